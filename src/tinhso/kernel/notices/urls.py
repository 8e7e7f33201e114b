from django.urls import path

from tinhso.kernel.notices import desk as for_officials
from tinhso.kernel.notices import portal as pages

app_name = "notices"

portal = [
    path("thong-bao/", pages.show_list, name="list"),
    path("thong-bao/da-doc/", pages.read_all, name="read_all"),
    path("thong-bao/cai-dat/", pages.settings_page, name="settings"),
    path("thong-bao/thoi-nhan/<str:token>/", pages.stop, name="stop"),
    path("thong-bao/may/", pages.add_device, name="add_device"),
    path("thong-bao/may/<int:device_id>/bo/", pages.remove_device, name="remove_device"),
    path("thong-bao/<int:notice_id>/mo/", pages.open_notice, name="open"),
    path("tai-khoan/ai-da-xem/", pages.show_viewers, name="viewers"),
]
desk = [
    path("mau-thong-bao/", for_officials.templates, name="templates"),
    path("mau-thong-bao/<str:kind>/", for_officials.template, name="template"),
    path("mau-thong-bao/<str:kind>/cong-bo/", for_officials.publish, name="publish"),
]
