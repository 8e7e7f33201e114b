"""A PDF that asks for a password is of no use to an official; one that only forbids copying is."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import inspection, rules


def written(folder: Path, encryption: pikepdf.Encryption | bool) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    path = folder / "don.pdf"
    pdf.save(path, encryption=encryption)
    return path


def judged(path: Path) -> tuple[str, str]:
    return inspection.judge(path, name="don.pdf", allowed=frozenset({rules.PDF}))


@pytest.mark.parametrize("revision", [3, 4, 6])
def test_a_pdf_that_asks_for_a_password_is_refused_with_what_to_do(tmp_path, revision):
    path = written(
        tmp_path,
        pikepdf.Encryption(owner="chu", user="nguoi-dung", R=revision, metadata=revision > 3, aes=revision > 3),
    )
    with pytest.raises(Refusal) as refused:
        judged(path)
    assert (refused.value.code, refused.value.field) == ("files.locked", "file")
    assert "Bỏ mật khẩu" in refused.value.message


@pytest.mark.parametrize("encryption", [False, pikepdf.Encryption(owner="chu", user="")])
def test_one_that_opens_without_a_password_is_taken(tmp_path, encryption):
    assert judged(written(tmp_path, encryption)) == (rules.PDF, "don.pdf")


def test_one_that_only_speaks_of_encryption_is_taken(tmp_path):
    path = tmp_path / "don.pdf"
    path.write_bytes(b"%PDF-1.7\n% /Encrypt is not here\n%%EOF\n")
    assert judged(path) == (rules.PDF, "don.pdf")
