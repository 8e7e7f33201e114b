from django.apps import AppConfig


class LookupConfig(AppConfig):
    name = "tinhso.shell.lookup"
    label = "lookup"
    verbose_name = "Tra cứu hồ sơ"
