"""Addresses of the module."""

from django.urls import path

from tinhso.modules.initiatives import portal as public
from tinhso.modules.initiatives.desk import councils, initiatives

app_name = "initiatives"
portal = [
    path("sang-kien/", public.index, name="index"),
    path("sang-kien/<str:number>/", public.detail, name="public"),
]
desk = [
    path("sang-kien/", initiatives.index, name="list"),
    path("sang-kien/gui/", initiatives.propose, name="propose"),
    path("sang-kien/hoi-dong/", councils.index, name="councils"),
    path("sang-kien/<str:number>/", initiatives.detail, name="detail"),
    path("sang-kien/<str:number>/sua/", initiatives.resend, name="resend"),
    path("sang-kien/<str:number>/tep/", initiatives.file, name="file"),
    path("sang-kien/<str:number>/giay-chung-nhan/<int:author_id>.pdf", initiatives.certificate, name="certificate"),
]
