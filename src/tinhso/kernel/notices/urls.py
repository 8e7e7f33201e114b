from django.urls import path

from tinhso.kernel.notices import portal as pages

app_name = "notices"

portal = [
    path("thong-bao/", pages.show_list, name="list"),
    path("thong-bao/da-doc/", pages.read_all, name="read_all"),
    path("thong-bao/<int:notice_id>/mo/", pages.open_notice, name="open"),
    path("tai-khoan/ai-da-xem/", pages.show_viewers, name="viewers"),
]
