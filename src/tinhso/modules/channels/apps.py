from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "tinhso.modules.channels"
    label = "channels"
    verbose_name = "Kênh giao tiếp"
    default_auto_field = "django.db.models.BigAutoField"
