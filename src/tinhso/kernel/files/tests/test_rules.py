import unicodedata

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import rules


def test_a_name_loses_its_folders_and_control_characters():
    assert rules.clean_name("C:\\Users\\an\\Đơn xin.pdf") == "Đơn xin.pdf"
    assert rules.clean_name("../../etc/passwd") == "passwd"
    assert rules.clean_name("a\x00b\r\nc\u202efdp.exe.pdf") == "ab cfdp.exe.pdf"


def test_a_decomposed_vietnamese_name_is_composed():
    decomposed = unicodedata.normalize("NFD", "Giấy chứng nhận quyền sử dụng đất.pdf")
    assert rules.clean_name(decomposed) == "Giấy chứng nhận quyền sử dụng đất.pdf"


@pytest.mark.parametrize(
    ("letters", "extension"),
    [("Giấy tờ ", ".pdf"), ("عقد ملكية الأرض ", ".pdf"), ("🏠👨‍👩‍👧", ".jpeg"), ("e\u0323\u0302x", ".docx")],
)
def test_a_huge_name_is_cut_between_letters_and_keeps_its_extension(letters, extension):
    name = rules.clean_name(letters * 200 + extension)
    assert len(name.encode()) <= rules.NAME_BYTES
    assert name.endswith(extension)
    stem = name.removesuffix(extension)
    assert unicodedata.normalize("NFC", letters * 200).startswith(stem)
    assert not stem.endswith("\u200d")


@pytest.mark.parametrize("raw", ["", "   ", "...", "\x00\x01", "/"])
def test_a_name_of_nothing_still_becomes_a_name(raw):
    assert rules.clean_name(raw) == "tệp"


def test_a_leading_dot_name_is_no_extension():
    assert rules.clean_name(".htaccess") == "htaccess"


def test_a_missing_extension_is_added():
    assert rules.agreed_name("Đơn", rules.PDF) == "Đơn.pdf"


def test_a_picture_with_another_pictures_extension_is_put_right():
    assert rules.agreed_name("anh.png", rules.JPEG) == "anh.jpg"


@pytest.mark.parametrize(("name", "kind"), [("don.pdf", rules.JPEG), ("anh.jpg", rules.PDF), ("don.exe", rules.PDF)])
def test_a_name_that_lies_is_refused(name, kind):
    with pytest.raises(Refusal) as refused:
        rules.agreed_name(name, kind)
    assert refused.value.code == "files.lying_type"
    assert f"“{name}”" in refused.value.message


def test_the_limit_itself_is_allowed():
    rules.check_size("a.pdf", 20, 20)
    with pytest.raises(Refusal, match="lớn hơn"):
        rules.check_size("a.pdf", 21, 20)


def test_a_burst_of_entries_is_refused():
    with pytest.raises(Refusal) as refused:
        rules.check_archive("a.docx", [rules.Entry(str(n), 1, 1) for n in range(rules.MAX_ENTRIES + 1)])
    assert refused.value.code == "files.archive_bomb"


def test_an_archive_that_climbs_out_is_refused():
    with pytest.raises(Refusal) as refused:
        rules.check_archive("a.zip", [rules.Entry("../../x", 1, 1)])
    assert refused.value.code == "files.damaged"
