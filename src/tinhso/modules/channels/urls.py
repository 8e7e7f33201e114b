"""Addresses of the module."""

from django.urls import path

from tinhso.modules.channels.desk import connecting, lines, zns
from tinhso.modules.channels.portal import lines as for_public
from tinhso.modules.channels.portal import mini

app_name = "channels"
portal = [
    path("kenh/nhan/<slug:code>/", for_public.delivered, name="delivered"),
    path("kenh/sms/<slug:operator>/<slug:secret>/", for_public.reported, name="reported"),
    path("kenh/mini/viec/", mini.cases, name="mini_cases"),
    path("kenh/mini/<slug:code>/vao/", mini.enter, name="mini_enter"),
    path("kenh/lien-ket/<str:token>/", for_public.link, name="link"),
    path("kenh/cua-toi/", for_public.mine, name="mine"),
    path("kenh/cua-toi/<int:contact_id>/bo/", for_public.unlink, name="unlink"),
]
desk = [
    path("kenh/", lines.home, name="home"),
    path("kenh/them/", lines.new, name="new"),
    path("kenh/ket-noi/", connecting.connected, name="connected"),
    path("kenh/<slug:code>/", lines.line, name="line"),
    path("kenh/<slug:code>/ket-noi/", connecting.connect, name="connect"),
    path("kenh/<slug:code>/cai-dat/", connecting.set_up, name="set_up"),
    path("kenh/<slug:code>/ngat/", connecting.disconnect, name="disconnect"),
    path("kenh/<slug:code>/mau-zns/", zns.templates, name="templates"),
    path("kenh/<slug:code>/mo/", lines.switch, name="switch"),
]
