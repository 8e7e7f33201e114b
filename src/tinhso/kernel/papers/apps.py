from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "tinhso.kernel.papers"
    label = "papers"
    verbose_name = "Văn bản in"
    default_auto_field = "django.db.models.BigAutoField"
