from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "tinhso.modules.payments"
    label = "payments"
    verbose_name = "Phí, lệ phí và thanh toán"
    default_auto_field = "django.db.models.BigAutoField"
