from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "tinhso.modules.reporting"
    label = "reporting"
    verbose_name = "Báo cáo trực tuyến"
    default_auto_field = "django.db.models.BigAutoField"
