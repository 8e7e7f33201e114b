from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "tinhso.modules.statistics"
    label = "statistics"
    verbose_name = "Thống kê giải quyết thủ tục"
    default_auto_field = "django.db.models.BigAutoField"
