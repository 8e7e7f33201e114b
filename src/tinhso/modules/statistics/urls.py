"""Addresses: ``portal`` for the public, ``desk`` under the officials' prefix."""

from __future__ import annotations

from django.urls import path

from tinhso.modules.statistics import desk as officials
from tinhso.modules.statistics import portal as pages

app_name = "statistics"

portal = [path("thong-ke/", pages.statistics, name="published")]
desk = [
    path("thong-ke/", officials.statistics, name="desk"),
    path("thong-ke/danh-sach/", officials.behind, name="list"),
    path("thong-ke/bieu-mau/", officials.form, name="form"),
]
