"""Answers that fit any procedure's form: what an honest person might type, made from the form itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.modules.procedures import door

IDENTITY = "001190012345"


def fitting(form: Any, commune: str) -> dict[str, Any]:
    """An answer to every question asked, by the codes of the fields."""
    answers: dict[str, Any] = {}
    for _ in range(4):  # answers bring up further questions
        for field in door.visible_fields(form, answers):
            answers.setdefault(field.code, _answer(field, commune))
    clean, errors = door.check_answers(form, answers)
    assert errors == {}, errors
    assert clean
    return answers


def _answer(field: Any, commune: str) -> Any:
    least = field.min if field.min is not None else 1
    return {
        "number": f"{least}",
        "money": f"{max(least, 1)}",
        "date": "05/12/2026",
        "choice": field.options[0].value if field.options else "",
        "choices": [field.options[0].value] if field.options else [],
        "address": {"commune": commune, "detail": "Số 12, đường Trình Diễn"},
        "identity": IDENTITY,
        "phone": "0912 345 678",
        "email": "nguoi.nop@example.test",
        "yesno": "khong",
        "file": [],
    }.get(field.type, "Nội dung trình diễn"[: field.max_length or 250])


def posted(form: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers as the portal's pages post them."""
    said: dict[str, Any] = {}
    for field in door.visible_fields(form, answers):
        value = answers.get(field.code)
        if field.type == "address":
            said[f"{field.code}_ward"], said[f"{field.code}_street"] = value["commune"], value["detail"]
        elif value is not None and field.type != "file":
            said[field.code] = value
    return said
