from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "tinhso.kernel.money"
    label = "money"
    verbose_name = "Tiền"
    default_auto_field = "django.db.models.BigAutoField"
