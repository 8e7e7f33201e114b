from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "tinhso.modules.vault"
    label = "vault"
    verbose_name = "Kho giấy tờ cá nhân"
    default_auto_field = "django.db.models.BigAutoField"
