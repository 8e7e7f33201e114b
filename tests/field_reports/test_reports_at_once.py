"""What several do to a report in the same moment happens once: the database decides."""

from __future__ import annotations

from functools import partial

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import Refusal
from tinhso.kernel.testing.together import at_once
from tinhso.modules.field_reports.actions import filing, handling, senders, triage
from tinhso.modules.field_reports.models import Assignment, Rating, Report
from tinhso.modules.field_reports.rules.states import SENDER
from tinhso.modules.field_reports.tests.factories import MONDAY, act, approved, filed, new, world

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_report_sent_by_several_at_once_is_one() -> None:
    here = world()
    found = at_once(*[partial(filing.file, new(here, request_key="k"), at=MONDAY)] * 4)
    assert len({one.pk for one in found}) == 1
    assert Report.objects.count() == 1
    assert Case.objects.get().number == "PA-2026-0000001"


def test_two_operators_two_raters_and_two_who_reopen_do_it_once() -> None:
    here = world()
    waiting = filed(here)
    accept = partial(
        triage.accept, report_id=waiting.pk, category="GT01", level="normal", by=act(here.operator), at=MONDAY
    )
    got = at_once(accept, accept)
    assert got.count("cases.move_not_open") == 1
    assert Assignment.objects.filter(report=waiting).count() == 1
    start = partial(handling.start, report_id=waiting.pk, by=act(here.handler), at=MONDAY)
    assert at_once(start, start).count("cases.move_not_open") == 1
    done = approved(here)
    rate = partial(senders.rate, report_id=done.pk, score=5, comment="", by=SENDER, at=MONDAY)
    assert at_once(rate, rate).count("field_reports.rated") == 1
    assert Rating.objects.count() == 1
    reopen = partial(senders.reopen, report_id=done.pk, reason="Hôm sau lại sụt.", by=SENDER, at=MONDAY)
    assert at_once(reopen, reopen).count("cases.move_not_open") == 1


def test_two_duplicates_merged_into_each_other_at_once_are_not_both_gone() -> None:
    here = world()
    one, other = filed(here), filed(here)
    by = act(here.operator)
    got = at_once(
        partial(triage.merge, report_id=one.pk, into=other.case.number, by=by, at=MONDAY),
        partial(triage.merge, report_id=other.pk, into=one.case.number, by=by, at=MONDAY),
    )
    assert sum(isinstance(found, str) for found in got) == 1
    assert Report.objects.filter(parent__isnull=True).count() == 1
    with pytest.raises(Refusal):
        triage.merge(report_id=one.pk, into=one.case.number, by=by, at=MONDAY)
