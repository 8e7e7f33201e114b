from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "tinhso.kernel.pictures"
    label = "pictures"
    verbose_name = "Ảnh"
    default_auto_field = "django.db.models.BigAutoField"
