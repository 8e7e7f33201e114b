"""Addresses of the module."""

from django.urls import path

from tinhso.modules.satisfaction import desk as for_officials
from tinhso.modules.satisfaction import portal as for_public

app_name = "satisfaction"
portal = [
    path("danh-gia/<str:code>/", for_public.survey, name="survey"),
    path("muc-do-hai-long/", for_public.published, name="published"),
    path("muc-do-hai-long/du-lieu.csv", for_public.table, name="table"),
    path("ho-so/phan/hai-long/<int:case_id>/", for_public.panel, name="panel"),
]
desk = [
    path("hai-long/", for_officials.unit, name="unit"),
    path("hai-long/tai-quay/", for_officials.counter, name="counter"),
    path("hai-long/<int:rating_id>/khac-phuc/", for_officials.follow_up, name="follow_up"),
]
