from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "tinhso.kernel.files"
    label = "files"
    verbose_name = "Tệp"
    default_auto_field = "django.db.models.BigAutoField"
