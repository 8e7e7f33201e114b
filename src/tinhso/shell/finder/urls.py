from django.urls import path

from tinhso.shell.finder import officials, pages

urlpatterns = [
    path("tim-kiem/", pages.find, name="find"),
    path("lam-viec/can-bo/tim/", officials.officials, name="find_official"),
]
