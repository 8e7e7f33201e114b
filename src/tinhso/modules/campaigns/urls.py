"""Addresses of the module."""

from django.urls import path

from tinhso.modules.campaigns import portal as public
from tinhso.modules.campaigns.desk import campaigns

app_name = "campaigns"
portal = [
    path("thi-dua/", public.index, name="public"),
    path("thi-dua/<slug:code>/", public.result, name="result"),
    path("thi-dua/<slug:code>/du-lieu.csv", public.table, name="table"),
    path("thi-dua/<slug:code>/goi.json", public.bundle, name="bundle"),
]
desk = [
    path("thi-dua/", campaigns.index, name="list"),
    path("thi-dua/phat-dong/", campaigns.begin, name="begin"),
    path("thi-dua/khen-thuong/<int:award_id>/giay-chung-nhan.pdf", campaigns.certificate, name="certificate"),
    path("thi-dua/<slug:code>/", campaigns.detail, name="campaign"),
    path("thi-dua/<slug:code>/buoc/", campaigns.step, name="step"),
]
