"""What comes in from the forms of officials, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.http import HttpRequest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.ui import typed
from tinhso.modules.initiatives.rules.asked import Proposal
from tinhso.modules.initiatives.rules.judging import Regulation
from tinhso.modules.initiatives.rules.states import FIELDS


def proposal(request: HttpRequest) -> Proposal:
    said, file = request.POST, request.FILES.get("file")
    field = said.get("field", "")
    if field not in FIELDS:
        raise Refusal("initiatives.field", "Chọn lĩnh vực.", field="field")
    return Proposal(
        title=typed.line(said.get("title", ""), "title", least=10),
        field=field,
        problem=typed.words(said.get("problem", ""), "problem", least=20),
        solution=typed.words(said.get("solution", ""), "solution", least=20, most=20_000),
        effect=typed.words(said.get("effect", ""), "effect", least=10),
        others=others(said.get("others", "")),
        stream=file,
        name=str(file.name) if file else "",
        is_aware=said.get("is_aware") == "1",
    )


def others(text: str) -> dict[str, int]:
    """Further authors, one a line: ``username: share``."""
    found: dict[str, int] = {}
    for row in text.splitlines():
        name, _colon, share = row.partition(":")
        if not name.strip():
            continue
        if not share.strip().rstrip("%").isdigit():
            raise Refusal("initiatives.authors", "Mỗi đồng tác giả một dòng, dạng “tên đăng nhập: 30”.", field="others")
        found[name.strip()] = int(share.strip().rstrip("%"))
    return found


def points(said: Mapping[str, str], regulation: Regulation) -> dict[str, Decimal]:
    """A member's points by criterion, as typed."""
    return {one.code: typed.number(said.get(f"diem-{one.code}", ""), f"diem-{one.code}") for one in regulation.criteria}
