from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "tinhso.modules.questions"
    label = "questions"
    verbose_name = "Hỏi đáp"
    default_auto_field = "django.db.models.BigAutoField"
