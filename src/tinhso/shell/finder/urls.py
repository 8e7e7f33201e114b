from django.urls import path

from tinhso.shell.finder import pages

urlpatterns = [path("tim-kiem/", pages.find, name="find")]
