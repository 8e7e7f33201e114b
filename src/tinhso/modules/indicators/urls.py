"""Addresses of the module."""

from django.urls import path

from tinhso.modules.indicators import portal as everybody
from tinhso.modules.indicators.desk import boards, defining, entering, files, pages

app_name = "indicators"
portal = [
    path("chi-tieu/", everybody.index, name="public"),
    path("chi-tieu/du-lieu.csv", everybody.table, name="public_csv"),
    path("chi-tieu/du-lieu.json", everybody.document, name="public_json"),
    path("chi-tieu/<slug:indicator>/", everybody.detail, name="public_one"),
    path("chi-tieu/<slug:indicator>/du-lieu.csv", everybody.one_table, name="public_one_csv"),
    path("chi-tieu/<slug:indicator>/du-lieu.json", everybody.one_document, name="public_one_json"),
]
desk = [
    path("chi-tieu/", boards.board, name="board"),
    path("chi-tieu/bang.csv", files.board_csv, name="board_csv"),
    path("chi-tieu/bang.xlsx", files.board_xlsx, name="board_xlsx"),
    path("chi-tieu/da-cong-bo/", boards.published, name="published"),
    path("chi-tieu/dinh-nghia/", defining.index, name="definitions"),
    path("chi-tieu/dinh-nghia/soan/", defining.write, name="write"),
    path("chi-tieu/nhap/", files.take_in, name="import"),
    path("chi-tieu/nhap/mau.xlsx", files.template, name="template"),
    path("chi-tieu/ma/<slug:indicator>/", pages.detail, name="indicator"),
    path("chi-tieu/ma/<slug:indicator>/du-lieu.csv", files.page_csv, name="page_csv"),
    path("chi-tieu/ma/<slug:indicator>/du-lieu.xlsx", files.page_xlsx, name="page_xlsx"),
    path("chi-tieu/ma/<slug:indicator>/don-vi/", pages.units, name="units"),
    path("chi-tieu/ma/<slug:indicator>/ho-so/", pages.behind, name="behind"),
    path("chi-tieu/ma/<slug:indicator>/so-lieu/", entering.report, name="report"),
    path("chi-tieu/ma/<slug:indicator>/muc-tieu/", entering.target, name="target"),
    path("chi-tieu/ma/<slug:indicator>/ghi-chu/", entering.note, name="note"),
]
