from django.apps import AppConfig


class ReorganisationConfig(AppConfig):
    name = "tinhso.kernel.reorganisation"
    label = "reorganisation"
    verbose_name = "Sắp xếp đơn vị"
    default_auto_field = "django.db.models.BigAutoField"
