"""Addresses of what everybody may see: the map and its data, reports, figures, and programs' Open311."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from tinhso.modules.field_reports.portal import mapping, open311

FORM = r"(?:\.(?P<form>\w+))?$"  # .xml, .json or nothing
routes: list[Any] = [
    path("phan-anh/", mapping.show_map, name="map"),
    path("phan-anh/ban-do.json", mapping.clusters, name="clusters"),
    path("phan-anh/ban-do/<int:key>.json", mapping.single, name="single"),
    path("phan-anh/quanh-day/", mapping.near, name="near"),
    path("phan-anh/so-lieu/", mapping.figures, name="public_figures"),
    path("phan-anh/moi.xml", mapping.feed, name="feed"),
    path("phan-anh/du-lieu.json", mapping.data, name="data"),
    path("phan-anh/anh/<int:photo_id>.jpg", mapping.photo, name="photo"),
    path("phan-anh/anh/<int:photo_id>-nho.webp", mapping.photo, {"small": "1"}, name="small_photo"),
    re_path(r"^phan-anh/(?P<number>PA-\d{4}-\d{7})/$", mapping.report, name="public"),
    re_path(r"^open311/(?:v2/)?discovery" + FORM, open311.discovery, name="open311_discovery"),
    re_path(r"^open311/v2/services" + FORM, open311.services, name="open311_services"),
    re_path(r"^open311/v2/services/(?P<code>[\w-]+)" + FORM, open311.definition, name="open311_definition"),
    re_path(r"^open311/v2/requests" + FORM, open311.requests, name="open311_requests"),
    re_path(r"^open311/v2/requests/(?P<number>[\w-]+)" + FORM, open311.request_by_id, name="open311_request"),
    re_path(r"^open311/v2/tokens/(?P<token>[\w-]+)" + FORM, open311.token, name="open311_token"),
    re_path(r"^open311/v2/servicerequestupdates" + FORM, open311.updates, name="open311_updates"),
]
