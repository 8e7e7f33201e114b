from allauth.mfa.webauthn.views import add_webauthn
from django.urls import path

from tinhso.kernel.identity import backchannel, session_pages, views
from tinhso.kernel.identity.assurance import proven

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
    # A key added here opens the account for ever: who has no password to be asked for proves themselves elsewhere.
    path("tai-khoan/2fa/webauthn/add/", proven()(add_webauthn), name="add_key"),
    path("tai-khoan/sessions/", views.show_list, name="sessions"),
    path("tai-khoan/da-ra/", views.left, name="left"),
    path("tai-khoan/phien/<int:session_id>/ket-thuc/", session_pages.end_one, name="end_session"),
    path("tai-khoan/phien/khac/", session_pages.end_others, name="end_others"),
]
