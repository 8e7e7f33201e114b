"""Addresses of the module."""

from django.urls import path

from tinhso.modules.scorecards import portal as public
from tinhso.modules.scorecards.desk import cards, editions, rounds

app_name = "scorecards"
portal = [
    path("xep-hang/", public.index, name="rankings"),
    path("xep-hang/dti/", public.dti, name="dti"),
    path("xep-hang/dti/du-lieu.csv", public.dti_table, name="dti_table"),
    path("xep-hang/<slug:code>/", public.ranking, name="ranking"),
    path("xep-hang/<slug:code>/du-lieu.csv", public.table, name="table"),
    path("xep-hang/<slug:code>/du-lieu.xlsx", public.workbook, name="workbook"),
    path("xep-hang/<slug:code>/du-lieu.json", public.document, name="document"),
    path("xep-hang/<slug:code>/sdmx.csv", public.sdmx, name="sdmx"),
    path("xep-hang/<slug:code>/sdmx-cau-truc.json", public.sdmx_structure, name="sdmx_structure"),
    path("xep-hang/<slug:code>/goi.json", public.bundle, name="bundle"),
    path("xep-hang/<slug:code>/don-vi/<str:unit_code>/", public.unit, name="unit"),
]
desk = [
    path("danh-gia/", rounds.index, name="rounds"),
    path("danh-gia/mo-ky/", rounds.begin, name="begin"),
    path("danh-gia/bo-tieu-chi/", editions.index, name="editions"),
    path("danh-gia/bo-tieu-chi/soan/", editions.write, name="write"),
    path("danh-gia/bo-tieu-chi/<int:edition_id>/", editions.detail, name="edition"),
    path("danh-gia/bo-tieu-chi/<int:edition_id>/cong-bo/", editions.publish, name="publish_edition"),
    path("danh-gia/phieu/<int:card_id>/", cards.grid, name="card"),
    path("danh-gia/phieu/<int:card_id>/luu/", cards.save, name="save"),
    path("danh-gia/phieu/<int:card_id>/buoc/", cards.step, name="card_step"),
    path("danh-gia/phieu/<int:card_id>/ket-qua/", cards.result, name="result"),
    path("danh-gia/phieu/<int:card_id>/giay-chung-nhan.pdf", rounds.certificate, name="certificate"),
    path("danh-gia/phieu/<int:card_id>/tieu-chi/<str:code>/", cards.criterion, name="criterion"),
    path("danh-gia/minh-chung/<int:evidence_id>/", cards.file, name="evidence"),
    path("danh-gia/minh-chung/<int:evidence_id>/bo/", cards.detach, name="detach"),
    path("danh-gia/kien-nghi/<int:appeal_id>/", cards.answer, name="answer"),
    path("danh-gia/<slug:code>/", rounds.board, name="round"),
    path("danh-gia/<slug:code>/buoc/", rounds.step, name="round_step"),
    path("danh-gia/<slug:code>/dau-hieu/", rounds.show_signs, name="signs"),
    path("danh-gia/<slug:code>/tinh-lai/", rounds.check, name="check"),
    path("danh-gia/<slug:code>/quyet-dinh.pdf", rounds.decision, name="decision"),
]
