from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "tinhso.kernel.places"
    label = "places"
    verbose_name = "Địa điểm"
    default_auto_field = "django.db.models.BigAutoField"
