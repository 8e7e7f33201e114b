"""What comes in from the forms of officials, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict

from tinhso.kernel.errors import Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.queries import officials_named
from tinhso.kernel.ui import typed
from tinhso.modules.initiatives.rules.asked import Proposal
from tinhso.modules.initiatives.rules.judging import Regulation
from tinhso.modules.initiatives.rules.states import FIELDS

MOST = 50


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
        others=others(said),
        stream=file,
        name=str(file.name) if file else "",
        is_aware=said.get("is_aware") == "1",
    )


def others(said: QueryDict) -> dict[str, int]:
    """Further authors as they were chosen, by user name, with their share in percent."""
    chosen = officials_named(ids(said, "authors"))
    found: dict[str, int] = {}
    for account_id, account in chosen.items():
        share = said.get(f"ty-le-{account_id}", "").strip().rstrip("%").strip()
        if not is_whole(share) or len(share) > 3:
            words = f"Ghi tỷ lệ đóng góp của {account.display_name}, từ 1 đến 99."
            raise Refusal("initiatives.authors", words, field="authors-tim")
        found[account.username] = int(share)
    return found


def ids(said: QueryDict, name: str) -> list[int]:
    """The people whom a form names, as ``<c-officials>`` sends them, in their order."""
    return [int(one) for one in said.getlist(name)[:MOST] if is_whole(one)]


def people(said: QueryDict, name: str) -> list[dict[str, Any]]:
    """The same people for showing the form again, with the shares that were typed."""
    known = officials_named(ids(said, name))
    return [
        {"pk": one, "name": known[one].display_name, "share": said.get(f"ty-le-{one}", "")}
        for one in dict.fromkeys(ids(said, name)) if one in known
    ]  # fmt: skip


def points(said: Mapping[str, str], regulation: Regulation) -> dict[str, Decimal]:
    """A member's points by criterion, as typed."""
    return {one.code: typed.number(said.get(f"diem-{one.code}", ""), f"diem-{one.code}") for one in regulation.criteria}
