from django.urls import path

from tinhso.shell.home import pages

urlpatterns = [path("", pages.home, name="home"), path("viec-cua-toi/", pages.cases, name="my_cases")]
