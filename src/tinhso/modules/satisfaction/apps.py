from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    name = "tinhso.modules.satisfaction"
    label = "satisfaction"
    verbose_name = "Mức độ hài lòng"
    default_auto_field = "django.db.models.BigAutoField"
