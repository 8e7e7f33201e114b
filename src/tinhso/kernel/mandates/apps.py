from django.apps import AppConfig


class MandatesConfig(AppConfig):
    name = "tinhso.kernel.mandates"
    label = "mandates"
    verbose_name = "Đại diện, ủy quyền"
    default_auto_field = "django.db.models.BigAutoField"
