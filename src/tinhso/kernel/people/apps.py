from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tinhso.kernel.people"
    label = "people"
    verbose_name = "Con người và tài khoản"
    default_auto_field = "django.db.models.BigAutoField"
