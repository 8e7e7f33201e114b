from django.apps import AppConfig


class VersionsConfig(AppConfig):
    name = "tinhso.kernel.versions"
    label = "versions"
    verbose_name = "Phiên bản"
    default_auto_field = "django.db.models.BigAutoField"
