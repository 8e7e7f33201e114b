"""Pages for officials: one question with its decisions, the library, legal sources, who answers what."""

from django.urls import URLPattern, path

from tinhso.modules.questions.desk import case, deciding, library, settings

routes: list[URLPattern] = [
    path("hoi-dap/thu-vien/", library.listed, name="library"),
    path("hoi-dap/thu-vien/<int:answer_id>/", library.edit, name="edit"),
    path("hoi-dap/thu-vien/<int:answer_id>/xac-nhan/", library.confirm, name="confirm"),
    path("hoi-dap/thu-vien/<int:answer_id>/go/", library.withdraw, name="withdraw"),
    path("hoi-dap/can-cu/", settings.sources, name="sources"),
    path("hoi-dap/can-cu/<int:source_id>/thay-the/", settings.replace, name="replace"),
    path("hoi-dap/phan-luong/", settings.routing, name="routing"),
    path("hoi-dap/<str:number>/", case.detail, name="detail"),
    path("hoi-dap/<str:number>/xem-nhanh/", case.peek, name="peek"),
    path("hoi-dap/<str:number>/tep/<int:place>/", case.file, name="file"),
    path("hoi-dap/<str:number>/viec/<slug:verb>/", deciding.act, name="act"),
]
