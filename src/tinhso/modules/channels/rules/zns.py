"""Notices by telephone number on Zalo (ZNS): approved templates, their parameters, and what an answer means.

A template belongs to an Official Account, is approved by the operator and used for one kind of notice from a day on;
the newest approved one counts. Personal or promotional content is refused there, so values come from few known words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tinhso.kernel.errors import Refusal

# What a parameter may be filled with.
WORDS = {
    "title": "tiêu đề thông báo",
    "body": "nội dung thông báo",
    "number": "mã hồ sơ",
    "name": "tên người nhận",
    "day": "ngày báo",
}
LONGEST = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


class Approval(StrEnum):
    """What the operator says of a template."""

    PENDING = "pending"
    ENABLED = "enabled"
    REJECTED = "rejected"
    DISABLED = "disabled"


APPROVAL_NAMES = {
    Approval.PENDING: "Chờ Zalo duyệt",
    Approval.ENABLED: "Được dùng",
    Approval.REJECTED: "Zalo từ chối",
    Approval.DISABLED: "Zalo đã khóa",
}
_SAID = {
    "ENABLE": Approval.ENABLED,
    "PENDING_REVIEW": Approval.PENDING,
    "REJECT": Approval.REJECTED,
    "DISABLE": Approval.DISABLED,
}


def approval_of(said: Any) -> Approval:
    """Unknown words mean that it may not be used."""
    return _SAID.get(str(said).upper(), Approval.DISABLED)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A template's parameter: its name there, the word that fills it, and how many letters it may have."""

    name: str
    word: str
    most: int = 100


def parameters_of(text: str) -> list[Parameter]:
    """One a line: ``ma_ho_so = number 30``. Raises Refusal ``channels.zns_parameters`` naming the line."""
    found: list[Parameter] = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        name, _equals, rest = (part.strip() for part in line.partition("="))
        word, most = (*rest.split(), "100")[:2] if rest else ("", "0")
        fits = _NAME.fullmatch(name) and word in WORDS and most.isdecimal() and 0 < int(most) <= LONGEST
        if not fits or len(found) >= 20:
            raise Refusal("channels.zns_parameters", f"Chưa hiểu dòng “{line[:60]}”.", field="parameters")
        found.append(Parameter(name, word, int(most)))
    return found


def filled(parameters: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """The template's data: each word cut to its length; an empty one is a dash, since the operator refuses blanks."""
    return {
        name: (" ".join(words.get(said["word"], "").split())[: said["most"]] or "–")
        for name, said in parameters.items()
    }


def local_number(phone: str) -> str:
    """``+84901234567`` → ``84901234567``, as the operator wants it."""
    return phone.removeprefix("+")
