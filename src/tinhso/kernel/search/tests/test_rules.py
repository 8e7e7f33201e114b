"""Folding, synonyms and ranking, by examples and by properties."""

import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.search.queries import seeded_synonyms
from tinhso.kernel.search.rules import Document, Hit, Index, Thesaurus, fold, mark, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Giấy khai sinh (bản sao)", "giay khai sinh ban sao"),
        ("ĐƯỜNG Đặng  Thùy Trâm", "duong dang thuy tram"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("Thuỷ – Thủy", "thuy thuy"),
        ("Ea H'leo", "ea hleo"),
        ("1.004194.000.00.00.H53", "1 004194 000 00 00 h53"),
        ("  …  ", ""),
        (unicodedata.normalize("NFD", "Quyền sử dụng đất"), "quyen su dung dat"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ -,"))
@settings(max_examples=300, deadline=None)
def test_folded_vietnamese_is_plain_latin_whatever_the_form_and_case(text):
    assert fold(text).replace(" ", "").isascii()
    assert fold(unicodedata.normalize("NFD", text)) == fold(text) == fold(text.upper())


def test_tokens_keep_their_order():
    assert tokens("Sổ đỏ, sổ hồng") == ["so", "do", "so", "hong"]


def test_the_placement_of_a_tone_makes_no_other_word_but_its_absence_does():
    assert mark("hoà") == mark("hòa") == mark("HÒA")
    assert mark("hòa") != mark("hoa")
    assert mark("thuỷ") == mark("thủy")


def test_the_longest_expression_is_replaced():
    thesaurus = Thesaurus({"sổ đỏ": ["quyền sử dụng đất"], "mất sổ đỏ": ["cấp lại giấy chứng nhận"]})
    variants = thesaurus.read(tokens("bi mat so do"))
    assert [variant.words for variant in variants] == [
        ("bi", "mat", "so", "do"),
        ("bi", "cap", "lai", "giay", "chung", "nhan"),
    ]


DOCUMENTS = [
    Document("khai-sinh", "Đăng ký khai sinh", field="Hộ tịch", code="1.001193"),
    Document("khai-sinh-lai", "Đăng ký lại khai sinh", field="Hộ tịch", code="1.004884"),
    Document("khai-sinh-nn", "Đăng ký khai sinh có yếu tố nước ngoài", field="Hộ tịch", code="2.000528"),
    Document("trich-luc", "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh", field="Hộ tịch", code="2.000635"),
    Document("ket-hon", "Đăng ký kết hôn", field="Hộ tịch", code="1.000894"),
    Document("doc-than", "Cấp Giấy xác nhận tình trạng hôn nhân", field="Hộ tịch", code="1.004873"),
    Document("thuong-tru", "Đăng ký thường trú", field="Cư trú", code="1.004222"),
    Document("tach-ho", "Tách hộ", field="Cư trú", code="1.010038"),
    Document("can-cuoc-lai", "Cấp lại thẻ căn cước", field="Căn cước", code="1.014064"),
    Document("can-cuoc-doi", "Cấp đổi thẻ căn cước", field="Căn cước", code="1.014063"),
    Document(
        "xay-dung", "Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ", code="1.013225"
    ),
    Document("xay-dung-gh", "Gia hạn giấy phép xây dựng đối với công trình cấp III, cấp IV và nhà ở riêng lẻ"),
    Document(
        "bien-dong",
        "Đăng ký biến động quyền sử dụng đất trong các trường hợp chuyển nhượng, thừa kế, tặng cho",
        names=("Sang tên sổ đỏ",),
        field="Đất đai",
        code="1.013831",
    ),
    Document("cap-lai-so", "Cấp lại Giấy chứng nhận do bị mất", field="Đất đai", code="1.012786"),
    Document("tach-thua", "Tách thửa hoặc hợp thửa đất.", field="Đất đai", code="1.012784"),
    Document("dang-ky-xe", "Cấp lại chứng nhận đăng ký xe, biển số xe", field="Đăng ký xe", code="1.013080"),
    Document("ho-kd", "Đăng ký thành lập hộ kinh doanh", field="Hộ kinh doanh", code="1.001612"),
    Document("hoa-giai", "Hòa giải tranh chấp đất đai", field="Đất đai", code="1.012812"),
    Document("hoa-vien", "Chăm sóc hoa và cây xanh", field="Đô thị"),
    Document("lai-xe", "Đổi giấy phép lái xe", field="Giao thông", code="3.000347"),
]
INDEX = Index(DOCUMENTS, seeded_synonyms())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("đăng ký khai sinh", "khai-sinh"),
        ("dang ky khai sinh", "khai-sinh"),
        ("làm giấy khai sinh", "khai-sinh"),
        ("lam giay khai sinh cho con", "khai-sinh"),
        ("khai sih", "khai-sinh"),
        ("khaisinh", "khai-sinh"),
        ("dang ky ket h", "ket-hon"),
        ("giấy độc thân", "doc-than"),
        ("hộ khẩu", "thuong-tru"),
        ("nhập hộ khẩu", "thuong-tru"),
        ("tách khẩu", "tach-ho"),
        ("mất cccd", "can-cuoc-lai"),
        ("sang tên sổ đỏ", "bien-dong"),
        ("sang ten so do", "bien-dong"),
        ("mất sổ đỏ", "cap-lai-so"),
        ("tách sổ", "tach-thua"),
        ("xin phép xây nhà", "xay-dung"),
        ("gia hạn giấy phép xây dựng", "xay-dung-gh"),
        ("cavet xe", "dang-ky-xe"),
        ("mở quán", "ho-kd"),
        ("bằng lái hết hạn", "lai-xe"),
        ("1.013225", "xay-dung"),
        ("hoà giải", "hoa-giai"),
    ],
)
def test_people_find_what_they_mean(query, first):
    assert INDEX.search(query)[0].key == first


def test_an_exact_code_comes_first_and_a_begun_code_lists_those_that_begin_so():
    assert INDEX.search("1.004873")[0].score == math.inf
    assert {one.key for one in INDEX.search("1.0048")[:2]} == {"khai-sinh-lai", "doc-than"}


def test_the_everyday_name_that_was_typed_is_told():
    assert INDEX.search("sang tên sổ đỏ")[0].name == "Sang tên sổ đỏ"
    assert INDEX.search("đăng ký khai sinh")[0].name == ""


def test_marks_that_were_typed_decide_between_words_that_fold_alike():
    pair = Index([Document("flower", "Chợ hoa"), Document("peace", "Chợ hòa")])
    assert [one.key for one in pair.search("hòa")] == ["peace", "flower"]
    assert [one.key for one in pair.search("hoà")] == ["peace", "flower"]


def test_most_words_answer_when_no_document_has_all():
    assert INDEX.search("đăng ký kết hôn trực tuyến nhanh")[0].key == "ket-hon"


def test_a_query_without_words_or_without_answers_finds_nothing():
    assert INDEX.search("…") == []
    assert INDEX.search("zzzzzz qqqqqq") == []
    assert Index([]).search("đất") == []


def test_a_limit_holds():
    assert len(INDEX.search("đăng ký", limit=3)) == 3


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_may_be_typed(text):
    assert len(INDEX.search(text, limit=5)) <= 5


def test_there_are_at_least_150_everyday_expressions_all_distinct_when_folded():
    seeds = seeded_synonyms()
    assert len(seeds) >= 150
    assert len({fold(phrase) for phrase in seeds}) == len(seeds)


def test_a_hit_is_a_plain_value():
    assert Hit("Đăng ký khai sinh", "/thu-tuc/1.001193") == Hit("Đăng ký khai sinh", "/thu-tuc/1.001193", facts=())
