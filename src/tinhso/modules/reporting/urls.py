"""Addresses of the module."""

from django.urls import path

from tinhso.modules.reporting.desk import periods, sheets, templates

app_name = "reporting"
desk = [
    path("bao-cao/", periods.index, name="reports"),
    path("bao-cao/phieu/<int:sheet_id>/", sheets.grid, name="sheet"),
    path("bao-cao/phieu/<int:sheet_id>/luu/", sheets.save, name="save"),
    path("bao-cao/phieu/<int:sheet_id>/dong/<str:code>/", sheets.row, name="row"),
    path("bao-cao/phieu/<int:sheet_id>/mau.xlsx", sheets.form, name="form"),
    path("bao-cao/phieu/<int:sheet_id>/nap-tep/", sheets.upload, name="upload"),
    path("bao-cao/phieu/<int:sheet_id>/buoc/", sheets.step, name="sheet_step"),
    path("bao-cao/ky/<int:period_id>/", periods.board, name="period"),
    path("bao-cao/ky/<int:period_id>/buoc/", periods.step, name="period_step"),
    path("bao-cao/ky/<int:period_id>/tong-hop/", periods.total, name="total"),
    path("bao-cao/ky/<int:period_id>/tong-hop.xlsx", periods.workbook, name="workbook"),
    path("bao-cao/ky/<int:period_id>/tong-hop.csv", periods.table, name="table"),
    path("bao-cao/mau/", templates.index, name="templates"),
    path("bao-cao/mau/soan/", templates.design, name="design"),
    path("bao-cao/mau/<int:version_id>/", templates.detail, name="template"),
    path("bao-cao/mau/<int:version_id>/sua/", templates.design, name="redesign"),
    path("bao-cao/mau/<int:version_id>/cong-bo/", templates.publish, name="publish"),
    path("bao-cao/mau/<int:version_id>/giao/", templates.assign, name="assign"),
    path("bao-cao/giao/<int:assignment_id>/thoi/", templates.end, name="end"),
]
