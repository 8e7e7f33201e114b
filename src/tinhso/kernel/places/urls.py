"""The public address of the suggestions."""

from __future__ import annotations

from django.urls import path

from tinhso.kernel.places import views

app_name = "places"

portal = [path("dia-chi/goi-y", views.suggest, name="suggest")]
