from django.apps import AppConfig


class FinderConfig(AppConfig):
    name = "tinhso.shell.finder"
    label = "finder"
    verbose_name = "Tìm kiếm"
