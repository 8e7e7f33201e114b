from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tinhso.kernel.cases"
    label = "cases"
    verbose_name = "Vụ việc"
    default_auto_field = "django.db.models.BigAutoField"
