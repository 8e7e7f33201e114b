from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "tinhso.kernel.clock"
    label = "clock"
    verbose_name = "Thời hạn"
    default_auto_field = "django.db.models.BigAutoField"
