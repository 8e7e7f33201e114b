from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "tinhso.kernel.facts"
    label = "facts"
    verbose_name = "Số liệu gốc"
    default_auto_field = "django.db.models.BigAutoField"
