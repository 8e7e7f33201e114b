"""Addresses: the page without network and its receipts for everybody; preparing, sending, deciding for officials."""

from django.urls import path

from tinhso.modules.offline_counter import desk as for_officials
from tinhso.modules.offline_counter import portal as for_public

app_name = "offline_counter"
portal = [
    path("quay-ngoai-tuyen/", for_public.page, name="page"),
    path("bien-nhan/<str:code>/<str:token>/", for_public.receipt, name="receipt"),
]
desk = [
    path("quay-khong-mang/", for_officials.listing, name="list"),
    path("quay-khong-mang/chuan-bi/", for_officials.prepare, name="prepare"),
    path("quay-khong-mang/gui/", for_officials.send, name="send"),
    path("quay-khong-mang/tinh-trang/", for_officials.states, name="states"),
    path("quay-khong-mang/quay/<int:counter_id>/tra-so/", for_officials.give_back, name="give_back"),
    path("quay-khong-mang/quay/<int:counter_id>/thu-hoi/", for_officials.revoke, name="revoke"),
    path("quay-khong-mang/<uuid:reception_id>/", for_officials.reception, name="reception"),
]
