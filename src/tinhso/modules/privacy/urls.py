"""Addresses of the module."""

from django.urls import path

from tinhso.modules.privacy import portal as people
from tinhso.modules.privacy.desk import breaches, handing
from tinhso.modules.privacy.desk import keeping as officials

app_name = "privacy"
portal = [
    path("tai-khoan/du-lieu/", people.mine, name="mine"),
    path("tai-khoan/du-lieu/ban-tai/", people.export, name="export"),
    path("tai-khoan/du-lieu/ban-tai/<uuid:token>/", people.download, name="download"),
    path("tai-khoan/du-lieu/yeu-cau/", people.ask, name="ask"),
    path("tai-khoan/du-lieu/yeu-cau/<str:number>/", people.request_page, name="request"),
    path("tai-khoan/du-lieu/yeu-cau/<str:number>/rut/", people.cancel, name="cancel"),
    path("tai-khoan/dong/", people.close, name="close"),
    path("tai-khoan/dong/xac-nhan/", people.close_now, name="close_now"),
]
desk = [
    path("du-lieu-ca-nhan/", officials.requests, name="requests"),
    path("du-lieu-ca-nhan/yeu-cau/<str:number>/", officials.case, name="case"),
    path("du-lieu-ca-nhan/yeu-cau/<str:number>/<slug:verb>/", officials.act, name="act"),
    path("du-lieu-ca-nhan/giu-nguyen/", officials.holds, name="holds"),
    path("du-lieu-ca-nhan/giu-nguyen/<int:hold_id>/thoi/", officials.lift, name="lift"),
    path("du-lieu-ca-nhan/vi-pham/", breaches.register, name="breaches"),
    path("du-lieu-ca-nhan/vi-pham/moi/", breaches.notice, name="notice_breach"),
    path("du-lieu-ca-nhan/vi-pham/<str:number>/", breaches.breach, name="breach"),
    path("du-lieu-ca-nhan/vi-pham/<str:number>/bao-cao/", breaches.form, name="breach_form"),
    path("du-lieu-ca-nhan/vi-pham/<str:number>/<slug:verb>/", breaches.act, name="act_on_breach"),
    path("nop-luu-tru/", handing.home, name="handovers"),
    path("nop-luu-tru/<str:number>/", handing.handover, name="handover"),
    path("nop-luu-tru/<str:number>/goi/", handing.package, name="package"),
    path("nop-luu-tru/<str:number>/<slug:verb>/", handing.decide, name="decide_handover"),
    path("thoi-han-luu/", officials.home, name="home"),
    path("thoi-han-luu/quy-dinh/", officials.schedule, name="schedule"),
    path("thoi-han-luu/quy-dinh/cong-bo/", officials.publish, name="publish"),
    path("thoi-han-luu/de-nghi/", officials.propose, name="propose"),
    path("thoi-han-luu/<str:number>/", officials.disposal, name="disposal"),
    path("thoi-han-luu/<str:number>/bien-ban/", officials.record, name="record"),
    path("thoi-han-luu/<str:number>/<slug:verb>/", officials.decide, name="decide"),
]
