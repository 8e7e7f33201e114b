"""Pages for officials: the work list of digitisation, scans, certified copies, papers that were shared."""

from django.urls import URLPattern, path

from tinhso.modules.vault.desk import certifying, digitising, papers, scans

routes: list[URLPattern] = [
    path("so-hoa/", digitising.work, name="work"),
    path("so-hoa/khung/<int:case_id>/", digitising.panel, name="panel"),
    path("so-hoa/ban-quet/<uuid:scan>/", scans.scan, name="scan"),
    path("so-hoa/ban-quet/<uuid:scan>/pdf/", scans.archive, name="scan_pdf"),
    path("so-hoa/ban-quet/<uuid:scan>/tep/<int:file_id>/", scans.original, name="scan_file"),
    path("so-hoa/ban-quet/<uuid:scan>/tep/<int:file_id>/bo/", scans.remove, name="scan_remove"),
    path("so-hoa/ban-quet/<uuid:scan>/<slug:verb>/", scans.act, name="scan_act"),
    path("so-hoa/<str:number>/", digitising.dossier, name="dossier"),
    path("so-hoa/<str:number>/<int:part_id>/them/", digitising.add, name="add"),
    path("so-hoa/<str:number>/<int:part_id>/tu-kho/", digitising.take, name="take"),
    path("chung-thuc-ban-sao/", certifying.register, name="register"),
    path("chung-thuc-ban-sao/nhan/", certifying.receive, name="receive"),
    path("chung-thuc-ban-sao/<str:copy_number>/", certifying.certification, name="certification"),
    path("chung-thuc-ban-sao/<str:copy_number>/them/", certifying.add, name="certification_add"),
    path("chung-thuc-ban-sao/<str:copy_number>/tep/", certifying.file, name="certification_file"),
    path("chung-thuc-ban-sao/<str:copy_number>/<slug:verb>/", certifying.act, name="certification_act"),
    path("giay-to-chia-se/", papers.shared, name="shared"),
    path("giay-to/<uuid:item>/", papers.item, name="desk_item"),
    path("giay-to/<uuid:item>/tep/", papers.file, name="desk_file"),
    path("giay-to/<uuid:item>/thu-hoi/", papers.revoke, name="revoke"),
]
