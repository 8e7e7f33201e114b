from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "tinhso.kernel.journal"
    label = "journal"
    verbose_name = "Lịch sử xử lý"
    default_auto_field = "django.db.models.BigAutoField"
