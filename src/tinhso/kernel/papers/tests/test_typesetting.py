import subprocess
import threading
import unicodedata
from datetime import UTC, datetime

import pytest
import yaml

from tinhso.kernel.papers.typesetting import ROOT, compose, picture, typeset

FORMS = ROOT / "modules/dossiers/seeds/forms"
SAMPLE = yaml.safe_load((FORMS / "sample.yaml").read_text())
LIST = yaml.safe_load((FORMS / "forms.yaml").read_text())["forms"]
PLAIN = """
#import "/kernel/papers/typst/decree30.typ": *
#let d = json(bytes(sys.inputs.data))
#show: official.with(d, title: "Thử")
#for word in at(d, "words", other: ()) { par(lines(word)) }
"""


def text_of(pdf: bytes) -> str:
    out = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return unicodedata.normalize("NFC", out.decode())


def words_of(pdf: bytes) -> str:
    return " ".join(text_of(pdf).replace("\u200b", "").split())


@pytest.mark.parametrize("form", LIST, ids=lambda form: form["code"])
def test_every_form_is_an_archive_copy_and_accessible(form):
    pdf = typeset(FORMS / form["template"], SAMPLE)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


@pytest.mark.parametrize("form", LIST, ids=lambda form: form["code"])
def test_every_form_is_typeset_even_when_nothing_is_known(form):
    assert typeset(FORMS / form["template"], {}).startswith(b"%PDF-")


def test_every_template_is_listed_and_every_field_listed_is_read():
    assert {form["template"] for form in LIST} == {path.name for path in FORMS.glob("*.typ")}
    parts = "".join(path.read_text() for path in (ROOT / "kernel/papers/typst").glob("*.typ"))
    for form in LIST:
        source = (FORMS / form["template"]).read_text() + parts + "qr_url"
        assert [field for field in form["fields"] if f'"{field}' not in source and field != "qr_url"] == []


def test_the_receipt_says_what_the_clerk_and_the_citizen_need():
    words = words_of(typeset(FORMS / "form01.typ", SAMPLE))
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Tân Ninh, ngày 05 tháng 02 năm 2026",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Mã hồ sơ: H55.242.01-260205-0042",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Thử Nghiệm",
        "Thời gian trả kết quả giải quyết hồ sơ: 09 giờ 10 phút, ngày 05 tháng 3 năm 2026",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ):
        assert expected in words
    assert "trang 1/1" in words


def test_the_register_is_landscape_and_repeats_its_head():
    rows = [dict(SAMPLE["rows"][0], code=f"H55.242.01-260205-{n:04d}") for n in range(40)]
    pdf = typeset(FORMS / "form07.typ", {**SAMPLE, "rows": rows})
    info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True, text=False).stdout.decode()
    assert "841.89 x 595.276 pts (A4)" in info.replace("595.28", "595.276")
    pages = int(info.split("Pages:")[1].split()[0])
    assert pages > 1
    assert text_of(pdf).count("Ký nhận") == pages


def test_a_name_in_the_national_language_has_real_glyphs():
    alphabet = "aàáảãạ ăằắẳẵặ âầấẩẫậ đ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ"
    for form in (alphabet, alphabet.upper(), unicodedata.normalize("NFD", alphabet)):
        words = words_of(typeset(PLAIN, {"words": [form]}))
        assert unicodedata.normalize("NFC", form) in words


HOSTILE = [
    '#import "/config/settings.py": *',
    '#read("/config/settings.py")',
    "*không đậm* _không nghiêng_ `mã` $x^2$ = Đề mục",
    "\\ \\u{41} \\n ngược",
    "'nháy' \"kép\" “cong”",
    "</script><script>alert(1)</script> <label> @ref",
    "// chú thích /* nữa */ ~ -- --- ...",
    "[ngoặc] (tròn) {nhọn} #{1 + 1} #[x] ]]]",
    '"}], "code": "giả"',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_printed_as_it_is(hostile):
    assert " ".join(hostile.split()) in words_of(typeset(PLAIN, {"words": [hostile]}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_cannot_leave_its_place_in_a_form(hostile):
    data = {**SAMPLE, "applicant": {**SAMPLE["applicant"], "name": hostile}, "reason": hostile, "missing": [hostile]}
    for code in ("form01", "form02", "refusal"):
        words = words_of(typeset(FORMS / f"{code}.typ", data))
        assert words.replace(" ", "").count(hostile.replace(" ", "")) >= 1


def test_ten_thousand_letters_flow_over_pages_and_none_is_lost():
    long = " ".join(f"chữ{n}" for n in range(1700))
    assert len(long) > 10_000
    words = words_of(typeset(PLAIN, {"words": [long]}))
    assert words.replace(" 2 ", " ").startswith("chữ0 chữ1 chữ2")
    assert all(f"chữ{n} " in words + " " for n in range(1700))


def test_one_endless_word_stays_on_the_page():
    pdf = typeset(PLAIN, {"words": ["x" * 10_000]})
    assert "".join(text_of(pdf).split()).count("x") == 10_000


def test_letters_without_a_glyph_still_give_a_paper():
    pdf = typeset(PLAIN, {"words": ["Ông عقد 🏠 王"]})
    assert pdf.startswith(b"%PDF-")
    assert "Ông" in words_of(pdf)


def test_the_same_data_at_the_same_moment_gives_the_same_bytes():
    at = datetime(2026, 2, 5, 2, 10, tzinfo=UTC)
    assert typeset(FORMS / "form01.typ", SAMPLE, at=at) == typeset(FORMS / "form01.typ", SAMPLE, at=at)


def test_a_letter_tells_where_its_signature_goes():
    place = compose(FORMS / "refusal.typ", SAMPLE).places["leader"]
    assert (place.page, round(place.width), round(place.height)) == (1, 187, 77)
    assert 85 < place.left < 595 - place.width


def test_a_template_may_be_given_as_text():
    body = '#signature-of((title: "Phó Chủ tịch", name: at(d, "name")))'
    paper = compose(PLAIN + body, {"name": "Hoàng Văn Mẫu"})
    assert list(paper.places) == ["leader"]
    assert "PHÓ CHỦ TỊCH Hoàng Văn Mẫu" in words_of(paper.pdf)


def test_the_qr_code_is_at_least_25_mm_wide_on_the_slip():
    assert "qr(d, width: 30mm)" in (FORMS / "slip80.typ").read_text()
    assert len(picture(FORMS / "slip80.typ", SAMPLE)) == 1


def test_papers_are_made_side_by_side():
    errors = []

    def work(number):
        try:
            for _ in range(3):
                assert f"H-{number}" in words_of(typeset(FORMS / "slip80.typ", {**SAMPLE, "code": f"H-{number}"}))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
