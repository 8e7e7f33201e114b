"""Addresses under the officials' prefix; the portal itself speaks to the API."""

from __future__ import annotations

from django.urls import path

from tinhso.modules.national_portal import desk as pages

app_name = "national_portal"

desk = [
    path("cong-dvcqg/", pages.home, name="home"),
    path("cong-dvcqg/noi-lai/", pages.try_now, name="try_now"),
    path("cong-dvcqg/hang-doi/", pages.queue, name="queue"),
    path("cong-dvcqg/khong-gui-duoc/", pages.dead, name="dead"),
    path("cong-dvcqg/chua-xac-nhan/", pages.never, name="never"),
    path("cong-dvcqg/ho-so/<int:case_id>/", pages.sent, name="sent"),
    path("cong-dvcqg/ho-so/<int:case_id>/gui-lai/", pages.resend, name="resend"),
    path("cong-dvcqg/tiep-nhan-loi/", pages.wrong, name="wrong"),
    path("cong-dvcqg/tiep-nhan-loi/tai-tep-lai/", pages.fetch_again, name="fetch_again"),
    path("cong-dvcqg/ban-tin/<int:incoming_id>/", pages.message, name="message"),
    path("cong-dvcqg/ban-tin/<int:incoming_id>/tiep-nhan-lai/", pages.mend, name="mend"),
    path("cong-dvcqg/ban-tin/<int:incoming_id>/bo-qua/", pages.drop, name="drop"),
    path("cong-dvcqg/doi-soat/", pages.comparisons, name="comparisons"),
    path("cong-dvcqg/doi-soat/ngay/", pages.compare_now, name="compare_now"),
    path("cong-dvcqg/doi-soat/<int:comparison_id>/", pages.comparison, name="comparison"),
    path("cong-dvcqg/danh-muc/", pages.catalogue, name="catalogue"),
    path("cong-dvcqg/danh-muc/<int:change_id>/", pages.close_notice, name="close_notice"),
]
