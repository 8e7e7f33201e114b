from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "tinhso.modules.warnings"
    label = "warnings"
    verbose_name = "Cảnh báo công cộng"
    default_auto_field = "django.db.models.BigAutoField"
