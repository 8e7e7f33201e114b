"""The papers of a published round: the decision with its ranking, and a unit's certificate."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from tinhso.kernel.papers.rules import date_words
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.ui.templatetags.ui import number
from tinhso.kernel.units.queries import province
from tinhso.kernel.units.rules import people_committee, within_sentence
from tinhso.modules.scorecards.models import Card, Round
from tinhso.modules.scorecards.queries import editions, rounds

FORMS = Path(__file__).resolve().parents[1] / "seeds" / "forms"
# Who decides in his own right signs for nobody: “TM.” is for a collective (NĐ 30/2020/NĐ-CP Đ.13).
CHAIRMAN = {"capacity": "", "title": "Chủ tịch", "name": ""}


def _head(round_: Round, day: date) -> dict[str, Any]:
    root = province()
    name = root.name if root else ""
    return {
        "agency": people_committee(name) if name else "Ủy ban nhân dân",
        "place": name.removeprefix("Tỉnh ").removeprefix("Thành phố "),
        "date": date_words(round_.decided_on or day),
        "number": round_.decision_number or ".........../QĐ-UBND",
        "round": round_.name,
        "demonstration": round_.is_demonstration,
        "signer": {"capacity": "TM. Ủy ban nhân dân", "title": "Chủ tịch", "name": ""},
    }


def decision(round_: Round, day: date) -> bytes:
    """The decision as PDF: articles, then the ranking of each group as an annex."""
    edition = editions.of(round_.edition)
    groups = [
        {
            "name": name,
            "rows": [
                {
                    "rank": str(row.card.rank), "unit": row.card.unit.name,
                    "total": number(row.card.final_total, edition.total_places),
                    "grade": row.grade,
                }
                for row in rounds.ranking(round_, code)
            ],
        }
        for code, name in rounds.groups_in(round_)
    ]  # fmt: skip
    data = {
        **_head(round_, day), "title": "Quyết định", "subject": f"Công bố kết quả {within_sentence(round_.name)}",
        "round": within_sentence(round_.name), "signer": CHAIRMAN,
        "set": edition.name, "most": number(edition.most), "ties": edition.ties_words,
        "groups": [one for one in groups if one["rows"]],
        "has_grades": bool(edition.grades),
    }  # fmt: skip
    return typeset(FORMS / "decision.typ", data, at=timezone.localtime(round_.closed_at))


def certificate(card: Card) -> bytes:
    """A unit's certificate as PDF: total, rank in its group, grade."""
    round_ = card.round
    edition = editions.of(round_.edition)
    group = next((one.name for one in edition.groups if one.code == card.group), "")
    grade = next((one.name for one in edition.grades if one.code == card.grade), "")
    ranked = Card.objects.filter(round=round_, group=card.group, rank__isnull=False).count()
    data = {
        **_head(round_, timezone.localdate()), "title": "Giấy chứng nhận", "unit": card.unit.name,
        "total": number(card.final_total, edition.total_places),
        "most": number(edition.most), "rank": str(card.rank), "of": str(ranked),
        "group": within_sentence(group), "grade": grade, "set": edition.name,
    }  # fmt: skip
    return typeset(FORMS / "certificate.typ", data, at=timezone.localtime(round_.published_at or round_.closed_at))
