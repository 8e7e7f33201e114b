"""The public address of the suggestions; to be included at the root."""

from __future__ import annotations

from django.urls import path

from tinhso.kernel.places import views

app_name = "places"

urlpatterns = [path("dia-chi/goi-y", views.suggest, name="suggest")]
