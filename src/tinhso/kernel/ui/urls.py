"""Addresses of the frame's own pages."""

from django.urls import path

from tinhso.kernel.ui import views

urlpatterns = [
    path("sw.js", views.service_worker, name="ui_worker"),
    path("manifest.webmanifest", views.web_manifest, name="ui_manifest"),
    path("khong-co-mang/", views.offline, name="ui_offline"),
    path("hop-gui/", views.outbox, name="ui_outbox"),
    path("hop-gui/nguoi-gui/", views.sender, name="ui_sender"),
    path("giao-dien/", views.look, name="ui_look"),
    path("he-thong-thiet-ke/", views.design_gallery, name="ui_gallery"),
    path("he-thong-thiet-ke/<slug:name>/", views.design_frame, name="ui_gallery_frame"),
]
