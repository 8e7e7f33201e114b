from django.apps import AppConfig


class NationalPortalConfig(AppConfig):
    name = "tinhso.modules.national_portal"
    label = "national_portal"
    verbose_name = "Kết nối Cổng Dịch vụ công quốc gia"
    default_auto_field = "django.db.models.BigAutoField"
