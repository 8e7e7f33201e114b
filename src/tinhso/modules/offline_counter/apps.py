from django.apps import AppConfig


class OfflineCounterConfig(AppConfig):
    name = "tinhso.modules.offline_counter"
    label = "offline_counter"
    verbose_name = "Quầy không mạng"
    default_auto_field = "django.db.models.BigAutoField"
