"""Addresses: ``portal`` for the public, ``desk`` under the officials' prefix."""

from __future__ import annotations

from django.urls import path

from tinhso.modules.service_quality import desk as officials
from tinhso.modules.service_quality import portal as pages

app_name = "service_quality"

portal = [
    path("chi-so-phuc-vu/", pages.results, name="published"),
    path("chi-so-phuc-vu/<slug:code>/", pages.unit, name="unit"),
]
desk = [
    path("chi-so-phuc-vu/", officials.index, name="desk"),
    path("chi-so-phuc-vu/thanh-phan/<str:code>/", officials.component, name="component"),
    path("chi-so-phuc-vu/cach-tinh/", officials.editions, name="editions"),
    path("chi-so-phuc-vu/cach-tinh/<int:index_edition_id>/cong-bo/", officials.publish, name="publish"),
]
