from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "tinhso.modules.queueing"
    label = "queueing"
    verbose_name = "Lấy số, gọi số"
    default_auto_field = "django.db.models.BigAutoField"
