"""QR codes of transfers, checked letter by letter and by a decoder that is not ours."""

from __future__ import annotations

import io

import numpy
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tinhso.kernel.papers.typesetting import picture
from tinhso.kernel.ui.templatetags.ui import qr_svg
from tinhso.modules.payments.rules import vietqr

WORKED = (
    "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA530370454061500005802VN62230819"
    "H19.132-261118-00426304152A"
)
ORDER_QR = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS6869"
    "0819thanh toan don hang6304"
)
STATIC_QR = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN6304"


def test_the_checksum_has_its_published_check_value():
    assert vietqr.crc("123456789") == "29B1"


def test_the_worked_example_is_made_letter_by_letter():
    transfer = vietqr.Transfer("970415", "113366668888", 150_000, "H19.132-261118-0042")
    assert vietqr.text(transfer) == WORKED
    assert vietqr.read(WORKED) == transfer


@pytest.mark.parametrize(("body", "sum_"), [(ORDER_QR, "2E2E"), (STATIC_QR, "9E6F")])
def test_public_vectors_check(body, sum_):
    assert vietqr.crc(body) == sum_
    assert vietqr.read(body + sum_).account == "0011012345678"


def test_a_static_code_has_no_amount():
    assert vietqr.text(vietqr.Transfer("970403", "0011012345678")) == STATIC_QR + "9E6F"


@pytest.mark.parametrize(
    "transfer",
    [
        vietqr.Transfer("97041", "1", 1), vietqr.Transfer("970415", "", 1), vietqr.Transfer("970415", "1", 0),
        vietqr.Transfer("970415", "1", 1, "học phí"), vietqr.Transfer("970415", "1" * 20, 1),
    ],
)  # fmt: skip
def test_what_banks_could_not_read_is_not_made(transfer):
    with pytest.raises(vietqr.BadCode):
        vietqr.text(transfer)


@pytest.mark.parametrize("code", ["", "6304", WORKED[:-1] + "B", WORKED.replace("150000", "950000"), "học"])
def test_a_changed_code_is_not_read(code):
    with pytest.raises(vietqr.BadCode):
        vietqr.read(code)


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{1,19}", fullmatch=True),
    st.integers(1, 10**12),
    st.from_regex(r"[A-Z0-9]{1,25}", fullmatch=True),
)
def test_every_code_reads_back_as_it_was_made(bank, account, amount, purpose):
    transfer = vietqr.Transfer(bank, account, amount, purpose)
    assert vietqr.read(vietqr.text(transfer)) == transfer


def test_a_decoder_that_is_not_ours_reads_the_code_that_the_page_shows():
    code = vietqr.text(vietqr.Transfer("970999", "9990000000001", 75_000, "TS26111700088K"))
    svg = qr_svg(code, "Mã VietQR")
    drawn = (
        "#set page(width: 90mm, height: 90mm, margin: 10mm)\n"
        '#image(bytes(json(bytes(sys.inputs.data)).svg), format: "svg", width: 70mm)'
    )
    png = picture(drawn, {"svg": str(svg)}, dots_per_inch=144)[0]
    seen = zxingcpp.read_barcodes(numpy.array(Image.open(io.BytesIO(png)).convert("L")))
    assert [one.text for one in seen] == [code]
