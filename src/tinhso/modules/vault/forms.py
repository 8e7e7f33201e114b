"""The shape of what people type; its meaning is judged by actions."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind

DAYS = [("1", _("1 ngày")), ("7", _("7 ngày")), ("30", _("30 ngày")), ("90", _("90 ngày"))]


def text(posted: QueryDict, name: str, most: int) -> str:
    """What was typed, in the one form in which it is kept."""
    return unicodedata.normalize("NFC", posted.get(name, "").replace("\0", "")).strip()[:most]


def digits(typed: str) -> str:
    """Six digits as people type a code; anything else as something that fits nothing."""
    found = re.sub(r"[^0-9]", "", typed)
    return found if len(found) == 6 else ""


def key(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else None


def number(typed: str, usual: int = 0) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else usual


def day(typed: str) -> date | None:
    """A day as people write it, dd/mm/yyyy; None when nothing was written. Raises Refusal for anything else."""
    if not typed.strip():
        return None
    found = re.fullmatch(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})", typed.strip())
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise Refusal("vault.day", str(_("Nhập ngày dạng ngày/tháng/năm, ví dụ 05/02/2026.")), field="issued_on")


def shown_error(refusal: Refusal, usual: str) -> dict[str, Any]:
    """A refusal as pages show it: in the summary and at its field."""
    field = refusal.field or usual
    return {"errors": [(field, refusal.message)], "errors_by": {field: refusal.message}, "has_errors": True}


def units() -> list[tuple[str, str]]:
    """Units that one may share with: communes, departments and vertical agencies of today."""
    today = timezone.localdate()
    kinds = (Kind.COMMUNE, Kind.DEPARTMENT, Kind.VERTICAL)
    nodes = [one for one in tree().nodes.values() if one.kind in kinds and one.lives_on(today)]
    return [(str(one.id), one.name) for one in sorted(nodes, key=lambda one: (one.kind == Kind.COMMUNE, one.name))]


@dataclass(frozen=True, slots=True)
class ShareForm:
    purpose: str = ""
    days: int = 7
    unit_id: int | None = None
    way: str = "link"

    @classmethod
    def read(cls, posted: QueryDict) -> ShareForm:
        way = "unit" if posted.get("way") == "unit" else "link"
        unit_id = (key(posted.get("unit", "")) or 0) if way == "unit" else None
        return cls(text(posted, "purpose", 200), number(posted.get("days", ""), 7), unit_id, way)


@dataclass(frozen=True, slots=True)
class RequestForm:
    title: str = ""
    issuer: str = ""
    number: str = ""
    pages: int = 1
    unit_id: int = 0
    request_key: str = ""

    @classmethod
    def read(cls, posted: QueryDict) -> RequestForm:
        return cls(
            text(posted, "title", 300), text(posted, "issuer", 250), text(posted, "number", 80),
            number(posted.get("pages", "1"), 0), key(posted.get("unit", "")) or 0, text(posted, "request_key", 64),
        )  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {
            "title": self.title, "issuer": self.issuer, "number": self.number, "pages": self.pages,
            "unit_id": self.unit_id, "request_key": self.request_key or uuid.uuid4().hex,
        }  # fmt: skip
