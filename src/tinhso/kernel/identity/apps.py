from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tinhso.kernel.identity"
    label = "identity"
    verbose_name = "Định danh"
    default_auto_field = "django.db.models.BigAutoField"
