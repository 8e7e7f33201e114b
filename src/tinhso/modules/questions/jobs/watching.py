"""Every morning: what must be answered soon or is late already, and answers whose ground may have gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import nearest_holders
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.actions import library
from tinhso.modules.questions.models import Answer, LegalSource
from tinhso.modules.questions.rules import Permission as P
from tinhso.modules.questions.rules.library import AnswerState, Why

SOON, LATELY = timedelta(hours=36), timedelta(days=3)  # before the date; after it, should a morning be missed
MOST = 2000
ACTS = {"received": P.SCREEN, "approving": P.PUBLISH}  # state → who has to act, whoever wrote


def warn(at: datetime) -> None:
    """Whoever has to act hears of it once while there is time, whoever leads the unit once it is late."""
    rows = Case.objects.filter(kind="question", phase=Phase.OPEN, due_at__gt=at - LATELY, due_at__lt=at + SOON)
    cases = list(rows.order_by("due_at", "id")[:MOST])
    units, day = {one.unit_id for one in cases}, timezone.localdate(at)
    holding = {right: nearest_holders(right, units, day) for right in (P.SCREEN, P.ANSWER, P.PUBLISH)}
    for case in cases:
        if case.due_at is not None and case.due_at < at:
            _remind("questions.silent", case, holding[P.PUBLISH][case.unit_id], at)
        elif case.assignee_id and case.state not in ACTS:
            _remind("questions.due", case, [case.assignee_id], at)
        else:
            _remind("questions.due", case, holding[ACTS.get(case.state, P.ANSWER)][case.unit_id], at)


def _remind(kind: str, case: Case, accounts: Iterable[int], at: datetime) -> None:
    unit = tree().nodes.get(case.unit_id)
    words = {
        "number": case.number,
        "title": case.title[:200],
        "unit": unit.short_name if unit else "",
        "due": f"{timezone.localtime(case.due_at):%H:%M %d/%m/%Y}" if case.due_at else "",
    }
    for account_id in accounts:
        notices.tell_in_words(
            account_id=account_id,
            kind=kind,
            words=words,
            url=f"/lam-viec/hoi-dap/{case.number}/",
            dedupe=f"{kind}/{case.pk}/{words['due']}",
            case_id=case.pk,
            at=at,
            email=False,
        )


def flag_citing(entry: Entry) -> None:
    """A source was replaced: answers that cite it go under review on that day, and their units are told once."""
    _flag_replaced(entry.at)


def _flag_replaced(at: datetime) -> None:
    library.flag_replaced(on=timezone.localdate(at))
    sources = LegalSource.objects.filter(replaced_on__lte=timezone.localdate(at), pk__in=_under_review())
    for source in sources.order_by("pk"):
        rows = Answer.objects.filter(state=AnswerState.UNDER_REVIEW, review_source=source)
        why = f"Văn bản {source.number} đã được thay bằng {source.replaced_by}"
        _tell_units(Counter(rows.values_list("unit_id", flat=True)), why, f"questions.review/{source.pk}", at)


def _under_review() -> Any:
    return Answer.objects.filter(state=AnswerState.UNDER_REVIEW, why=Why.REPLACED).values("review_source")


def _tell_units(counts: Counter[int], why: str, dedupe: str, at: datetime) -> None:
    found = nearest_holders(P.PUBLISH, counts, timezone.localdate())
    for unit_id, accounts in found.items():
        for account_id in accounts:
            notices.tell_in_words(
                account_id=account_id,
                kind="questions.review",
                words={"count": counts[unit_id], "why": why},
                url="/lam-viec/hoi-dap/thu-vien/?loc=ra-soat",
                dedupe=f"{dedupe}/{unit_id}/{account_id}",
                at=at,
                email=False,
            )


@app.periodic(cron="40 5 * * *", periodic_id="questions.expire")
@app.task(name="questions.expire", queueing_lock="questions.expire", retry=3)
def expire(timestamp: int) -> None:
    """Every morning: units are warned; answers whose time has come, or whose source is replaced from today on, are
    looked at again, and their units are told."""
    now = timezone.now()
    warn(now)
    today = timezone.localdate(now)
    _flag_replaced(now)
    if not library.flag_expired(on=today):
        return
    rows = Answer.objects.filter(state=AnswerState.UNDER_REVIEW, why=Why.EXPIRED)
    counts = Counter(rows.values_list("unit_id", flat=True))
    _tell_units(counts, "Đến kỳ rà soát", f"questions.expired/{today}", now)
