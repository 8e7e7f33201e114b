"""Pages of the public: filing, following."""

from django.urls import path

from tinhso.modules.field_reports.portal import filing, following
from tinhso.modules.field_reports.portal.shown import routes as shown

routes = [
    path("phan-anh/gui/", filing.report, name="file"),
    path("phan-anh/goi-y/", filing.hints, name="hints"),
    path("phan-anh/cua-toi/", following.my_list, name="my_list"),
    path("phan-anh/cua-toi/<str:number>/", following.mine, name="mine"),
    path("phan-anh/cua-toi/<str:number>/anh/<int:photo_id>/", following.own_photo, name="own_photo"),
    path("phan-anh/theo-doi/<str:number>/<str:key>/", following.followed, name="followed"),
    path("phan-anh/theo-doi/<str:number>/<str:key>/anh/<int:photo_id>/", following.secret_photo, name="secret_photo"),
    path("phan-anh/<str:number>/theo-doi/", following.follow_it, name="follow_it"),
    *shown,  # last: a report's own page takes any word as its code
]
