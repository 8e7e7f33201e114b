"""Pages of officials: the call screen, triage, handling, figures."""

from django.urls import path

from tinhso.modules.field_reports.desk import calling, catalogue, figures, handling, lists, pictures

routes = [
    path("phan-anh/", lists.listed, name="listed"),
    path("phan-anh/tong-dai/", calling.call, name="call"),
    path("phan-anh/tong-dai/doi-chieu/", calling.found, name="call_found"),
    path("phan-anh/phan-loai/", lists.triage, name="triage"),
    path("phan-anh/danh-muc/", catalogue.catalogue, name="catalogue"),
    path("phan-anh/thong-ke/", figures.figures, name="figures"),
    path("phan-anh/<str:number>/", handling.detail, name="detail"),
    path("phan-anh/<str:number>/anh/<int:photo_id>/", handling.photo, name="desk_photo"),
    path("phan-anh/<str:number>/anh/<int:photo_id>/che/", pictures.hiding, name="hide_photo"),
    path("phan-anh/<str:number>/anh/<int:photo_id>/ban-che/", pictures.shown, name="shown_photo"),
]
