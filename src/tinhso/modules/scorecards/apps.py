from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "tinhso.modules.scorecards"
    label = "scorecards"
    verbose_name = "Đánh giá, xếp hạng"
    default_auto_field = "django.db.models.BigAutoField"
