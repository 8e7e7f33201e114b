"""Addresses of the module, all for officials."""

from django.urls import path

from tinhso.modules.plans.desk import plans, work, writing

app_name = "plans"
portal: list = []
desk = [
    path("ke-hoach/", plans.index, name="list"),
    path("ke-hoach/cua-toi/", work.mine, name="mine"),
    path("ke-hoach/toan-canh/", work.board, name="board"),
    path("ke-hoach/soan/", writing.begin, name="begin"),
    path("ke-hoach/nhiem-vu/<int:task_id>/", work.task, name="task"),
    path("ke-hoach/van-ban/<int:duty_id>/", work.duty, name="duty"),
    path("ke-hoach/van-ban/<int:duty_id>/tep/", work.duty_file, name="duty_file"),
    path("ke-hoach/<slug:code>/", plans.detail, name="plan"),
    path("ke-hoach/<slug:code>/buoc/", plans.step, name="step"),
    path("ke-hoach/<slug:code>/du-thao/", writing.draft, name="draft"),
    path("ke-hoach/<slug:code>/ban/<int:number>/tep/", plans.file, name="file"),
]
