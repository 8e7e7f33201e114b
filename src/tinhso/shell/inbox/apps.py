from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "tinhso.shell.inbox"
    label = "inbox"
    verbose_name = "Việc cần xử lý"
