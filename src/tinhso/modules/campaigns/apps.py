from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "tinhso.modules.campaigns"
    label = "campaigns"
    verbose_name = "Phong trào thi đua"
    default_auto_field = "django.db.models.BigAutoField"
