from django.urls import path

from tinhso.kernel.people import views

urlpatterns = [
    path("setlang/", views.switch_language, name="set_language"),
    path("tai-khoan/", views.home, name="account"),
    path("tai-khoan/cua-toi/", views.profile, name="account_details"),
    path("tai-khoan/doc-the/", views.read_card_text, name="read_card"),
]
