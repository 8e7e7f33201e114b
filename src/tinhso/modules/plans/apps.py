from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "tinhso.modules.plans"
    label = "plans"
    verbose_name = "Kế hoạch, nghị quyết"
    default_auto_field = "django.db.models.BigAutoField"
