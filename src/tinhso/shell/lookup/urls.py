from django.urls import path

from tinhso.shell.lookup import pages

app_name = "lookup"

portal = [
    path("tra-cuu/", pages.ask, name="ask"),
    path("tra-cuu/<str:number>/<str:key>/", pages.follow, name="follow"),
    path("tra-cuu/<str:number>/<str:key>/vi-sao/", pages.why, name="why"),
]
