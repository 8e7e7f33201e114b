"""Addresses of the module."""

from django.urls import path

from tinhso.modules.warnings import desk as for_officials
from tinhso.modules.warnings import portal as for_public

app_name = "warnings"
portal = [
    path("canh-bao/", for_public.home, name="home"),
    path("canh-bao/theo-doi/", for_public.mine, name="mine"),
    path("canh-bao/rss/", for_public.rss, name="rss"),
    path("canh-bao/du-lieu.json", for_public.data, name="data"),
    path("canh-bao/cap/<str:code>/<int:number>.xml", for_public.message, name="cap"),
    path("canh-bao/cap/<str:code>/<int:number>-rut.xml", for_public.message, {"is_cancelling": True}, name="cancel"),
    path("canh-bao/<str:code>/", for_public.one, name="one"),
]
desk = [
    path("canh-bao/", for_officials.home, name="desk"),
    path("canh-bao/soan/", for_officials.new, name="new"),
    path("canh-bao/<str:code>/", for_officials.detail, name="detail"),
    path("canh-bao/<str:code>/sua/", for_officials.edit, name="edit"),
    path("canh-bao/<str:code>/<slug:verb>/", for_officials.act, name="act"),
]
