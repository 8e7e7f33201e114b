"""Addresses: ``portal`` for the public, ``desk`` for officials under ``/lam-viec/``."""

from __future__ import annotations

from django.urls import path, register_converter

from tinhso.modules.payments import portal as pages
from tinhso.modules.payments.desk import cashier, counts, receipts, reconciling, refunds, tariff_editing

app_name = "payments"


class ReferenceConverter:
    regex = r"TS[0-9]{11}[A-Z]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "payment_reference")

portal = [
    path("thanh-toan/", pages.mine, name="mine"),
    path("thanh-toan/ho-so/<int:case_id>/", pages.panel, name="panel"),
    path("thanh-toan/<payment_reference:reference>/", pages.pay, name="pay"),
    path("thanh-toan/<payment_reference:reference>/da-chuyen/", pages.sent, name="sent"),
    path("thanh-toan/<payment_reference:reference>/ma-moi/", pages.renew, name="renew"),
    path("thanh-toan/<payment_reference:reference>/ma-qr.png", pages.code, name="code"),
    path("thanh-toan/<payment_reference:reference>/bien-lai/", pages.receipt, name="receipt"),
    path("ngan-hang-minh-hoa/<payment_reference:reference>/", pages.demonstration_bank, name="demonstration_bank"),
]
desk = [
    path("thu-phi/", cashier.orders, name="orders"),
    path("thu-phi/ho-so/<int:case_id>/", cashier.case_panel, name="case_panel"),
    path("thu-phi/<payment_reference:reference>/", cashier.order, name="order"),
    path("thu-phi/<payment_reference:reference>/tien-mat/", cashier.collect, name="collect"),
    path("thu-phi/<payment_reference:reference>/tinh-lai/", cashier.count_anew, name="count_anew"),
    path("thu-phi/<payment_reference:reference>/huy/", cashier.cancel, name="cancel"),
    path("thu-phi/<payment_reference:reference>/ma-moi/", cashier.renew, name="desk_renew"),
    path("thu-phi/<payment_reference:reference>/chap-nhan/", reconciling.accept, name="accept"),
    path("thu-phi/<payment_reference:reference>/hoan/", refunds.ask_for_order, name="refund_order"),
    path("thu-phi/<payment_reference:reference>/bien-lai/", receipts.file, name="desk_receipt"),
    path("doi-soat/", reconciling.differences, name="differences"),
    path("doi-soat/sao-ke/", reconciling.take_in, name="statement"),
    path("doi-soat/giao-dich/<int:transfer_id>/gan/", reconciling.assign, name="assign"),
    path("doi-soat/giao-dich/<int:transfer_id>/bo-qua/", reconciling.ignore, name="ignore"),
    path("doi-soat/giao-dich/<int:transfer_id>/hoan/", refunds.ask_for_transfer, name="refund_transfer"),
    path("bien-lai/", receipts.listed, name="receipts"),
    path("bien-lai/bang-tong-hop/", receipts.summary, name="summary"),
    path("bien-lai/ky-hieu/", receipts.open_series, name="open_series"),
    path("bien-lai/<int:receipt_id>/huy/", receipts.cancel, name="cancel_receipt"),
    path("bien-lai/<int:receipt_id>/thay-the/", receipts.replace, name="replace_receipt"),
    path("hoan-tien/", refunds.listed, name="refunds"),
    path("hoan-tien/<int:refund_id>/quyet-dinh/", refunds.decide, name="decide_refund"),
    path("hoan-tien/<int:refund_id>/da-chi/", refunds.finish, name="finish_refund"),
    path("bieu-phi/", counts.tariffs, name="tariffs"),
    path("bieu-phi/moi/", tariff_editing.new, name="tariff_new"),
    path("bieu-phi/<int:tariff_id>/", counts.tariff, name="tariff"),
    path("bieu-phi/<int:tariff_id>/soan/", tariff_editing.begin, name="tariff_begin"),
    path("bieu-phi/<int:tariff_id>/ban-nhap/", tariff_editing.draft, name="tariff_draft"),
    path("bieu-phi/<int:tariff_id>/ban-nhap/dong/", tariff_editing.line, name="tariff_line"),
    path("bieu-phi/<int:tariff_id>/ban-nhap/cong-bo/", tariff_editing.publish, name="tariff_publish"),
    path("bieu-phi/<int:tariff_id>/ban-nhap/bo/", tariff_editing.throw_away, name="tariff_discard"),
]
