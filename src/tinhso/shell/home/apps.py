from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "tinhso.shell.home"
    label = "home"
    verbose_name = "Trang chủ"
