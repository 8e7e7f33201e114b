"""Addresses: the machine, the ticket and the screen for everybody; calling and figures for officials."""

from django.urls import path

from tinhso.modules.queueing import desk as for_officials
from tinhso.modules.queueing import portal as for_public

app_name = "queueing"
portal = [
    path("lay-so/<uuid:token>/", for_public.kiosk, name="kiosk"),
    path("lay-so/<uuid:token>/<uuid:ticket>/", for_public.printed, name="printed"),
    path("ve/<uuid:ticket>/", for_public.ticket, name="ticket"),
    path("man-hinh-goi-so/<str:code>/", for_public.screen, name="screen"),
]
desk = [
    path("hang-doi/", for_officials.queue, name="queue"),
    path("hang-doi/quay/", for_officials.strip, name="strip"),
    path("hang-doi/may-lay-so/", for_officials.open_kiosk, name="open_kiosk"),
    path("hang-doi/so-lieu/", for_officials.figures, name="figures"),
]
