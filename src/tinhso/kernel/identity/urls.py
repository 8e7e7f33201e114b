from django.urls import path

from tinhso.kernel.identity import backchannel, session_pages, views

app_name = "identity"

urlpatterns = [
    path("tai-khoan/dang-nhap/", views.show_list, name="list"),
    path("tai-khoan/dinh-danh/lien-ket/", views.link, name="link"),
    path("tai-khoan/dinh-danh/<slug:code>/", views.go, name="go"),
    path("tai-khoan/dinh-danh/<slug:code>/ve/", views.back, name="back"),
    path("tai-khoan/dinh-danh/<slug:code>/dang-xuat/", backchannel.signed_out, name="signed_out"),
    path("tai-khoan/dinh-danh/<int:identity_id>/go-lien-ket/", views.unlink, name="unlink"),
    path("tai-khoan/xac-nhan/<slug:task>/", views.prove, name="prove"),
    path("tai-khoan/tiep-tuc/<slug:task>/", views.resume, name="resume"),
    path("tai-khoan/sessions/", views.show_list, name="sessions"),
    path("tai-khoan/da-ra/", views.left, name="left"),
    path("tai-khoan/phien/<int:session_id>/ket-thuc/", session_pages.end_one, name="end_session"),
    path("tai-khoan/phien/khac/", session_pages.end_others, name="end_others"),
]
