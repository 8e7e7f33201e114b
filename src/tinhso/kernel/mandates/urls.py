from django.urls import path

from tinhso.kernel.mandates import desk as official
from tinhso.kernel.mandates import portal as public

app_name = "mandates"

portal = [
    path("tai-khoan/uy-quyen/", public.show_list, name="list"),
    path("tai-khoan/uy-quyen/xin/", public.ask, name="ask"),
    path("tai-khoan/uy-quyen/cho/", public.give, name="give"),
    path("tai-khoan/uy-quyen/nhan/", public.take_up, name="take_up"),
    path("tai-khoan/uy-quyen/<int:mandate_id>/thu/", public.revoke, name="revoke"),
    path("tai-khoan/uy-quyen/<int:mandate_id>/giay-to/", public.proof, name="proof"),
]
desk = [
    path("uy-quyen/", official.show_list, name="waiting"),
    path("uy-quyen/<int:mandate_id>/", official.show, name="one"),
    path("uy-quyen/<int:mandate_id>/xac-nhan/", official.confirm, name="confirm"),
    path("uy-quyen/<int:mandate_id>/tu-choi/", official.refuse, name="refuse"),
    path("uy-quyen/<int:mandate_id>/thu/", official.revoke, name="end"),
]
