"""The public addresses of the suggestions and of the communes' outlines."""

from __future__ import annotations

from django.urls import path

from tinhso.kernel.places import views

app_name = "places"

portal = [
    path("dia-chi/goi-y", views.suggest, name="suggest"),
    path("ban-do/ranh-gioi.json", views.boundaries, name="boundaries"),
]
