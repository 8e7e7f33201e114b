"""Pages for the public: one's own papers, sharing, who used them, certified copies, what a shared link opens."""

from django.urls import URLPattern, path

from tinhso.modules.vault.portal import copies, linked, papers

routes: list[URLPattern] = [
    path("kho-giay-to/", papers.mine, name="mine"),
    path("kho-giay-to/da-dung/", papers.uses, name="uses"),
    path("kho-giay-to/chung-thuc/", copies.requests, name="requests"),
    path("kho-giay-to/chung-thuc/<str:copy_number>/", copies.request_page, name="request"),
    path("kho-giay-to/chung-thuc/<str:copy_number>/rut/", copies.cancel, name="cancel"),
    path("kho-giay-to/chia-se/<int:share_id>/thu-lai/", papers.end_share, name="end_share"),
    path("kho-giay-to/<uuid:item>/", papers.item, name="item"),
    path("kho-giay-to/<uuid:item>/tep/", papers.file, name="file"),
    path("kho-giay-to/<uuid:item>/chia-se/", papers.share, name="share"),
    path("giay-to-chia-se/<str:secret>/", linked.link, name="link"),
    path("giay-to-chia-se/<str:secret>/tep/", linked.file, name="link_file"),
    path("kiem-tra-ban-sao/", copies.verify, name="verify"),
    path("kiem-tra-ban-sao/<str:copy_code>/", copies.verified, name="verified"),
]
