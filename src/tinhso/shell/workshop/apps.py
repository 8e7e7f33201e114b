from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "tinhso.shell.workshop"
    label = "workshop"
    verbose_name = "Quản trị"
