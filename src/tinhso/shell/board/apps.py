from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "tinhso.shell.board"
    label = "board"
    verbose_name = "Bảng điều hành"
