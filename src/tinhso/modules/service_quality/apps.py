from django.apps import AppConfig


class ServiceQualityConfig(AppConfig):
    name = "tinhso.modules.service_quality"
    label = "service_quality"
    verbose_name = "Chỉ số phục vụ người dân, doanh nghiệp"
    default_auto_field = "django.db.models.BigAutoField"
