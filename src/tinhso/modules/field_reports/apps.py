from django.apps import AppConfig


class FieldReportsConfig(AppConfig):
    name = "tinhso.modules.field_reports"
    label = "field_reports"
    verbose_name = "Phản ánh hiện trường"
    default_auto_field = "django.db.models.BigAutoField"
