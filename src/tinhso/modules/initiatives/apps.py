from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "tinhso.modules.initiatives"
    label = "initiatives"
    verbose_name = "Sáng kiến"
    default_auto_field = "django.db.models.BigAutoField"
