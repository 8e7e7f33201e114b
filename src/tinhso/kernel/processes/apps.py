from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "tinhso.kernel.processes"
    label = "processes"
    verbose_name = "Quy trình"
    default_auto_field = "django.db.models.BigAutoField"
