"""Names as people type them: without marks, in small letters."""

from __future__ import annotations

import unicodedata

from tinhso.modules.procedures.rules.content import Names


def folded(text: str) -> str:
    """``Đăng ký khai sinh`` → ``dang ky khai sinh``: no tone marks, small letters, single blanks."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.lower().split())


def folded_name(names: Names) -> str:
    return folded(" ".join((names.plain, names.legal, *names.everyday)))
