"""Signs found among a round's dossiers: closed, or paused, in the last minutes before they were due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.modules.scorecards.queries import signs
from tinhso.modules.scorecards.rules.signs import Kind
from tinhso.modules.scorecards.tests.factories import opened

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 23:00 in Vietnam on the last day of the period


def dossiers(unit, *minutes_before):
    """Settled so many minutes before they were due."""
    return Case.objects.bulk_create(
        Case(kind="dossier", number=f"{unit.pk}-{n}", title="Thử", state="finished", phase=3, unit=unit,
             received_unit=unit, applicant="Người thử", due_at=DUE, settled_at=DUE - timedelta(minutes=minutes),
             opened_at=DUE, updated_at=DUE, lookup_key=f"{unit.pk}{n}"[:16], needle="")
        for n, minutes in enumerate(minutes_before)
    )  # fmt: skip


def paused(case, minutes_before):
    Entry.objects.bulk_create([
        Entry(case=case, seq=1, verb="dossier.ask_supplement", at=DUE - timedelta(minutes=minutes_before),
              actor_name="", unit=case.unit, data={"was": {"due": DUE.isoformat()}}, hash=b"0" * 32)
    ])  # fmt: skip


def kinds_of(round_):
    return {unit: [one.kind for one in own] for unit, own in signs.of_round(round_).items()}


def test_dossiers_closed_in_the_last_minutes_are_a_sign_of_their_commune(stage):
    round_, here = opened(stage), stage.here
    dossiers(here.shop, 5, 10, 15, 20, 25, 300, 400)
    dossiers(here.other_shop, 5, 10, 300, 400, 500)
    assert kinds_of(round_) == {here.commune.pk: [Kind.CLOSED_AT_EDGE]}
    (sign,) = signs.of_round(round_)[here.commune.pk]
    assert sign.words == "5 trong 7 hồ sơ xong trong 30 phút cuối trước giờ hẹn."


def test_pauses_just_before_the_due_hour_are_a_sign(stage):
    round_, here = opened(stage), stage.here
    for case in dossiers(here.shop, *[300] * 6):
        paused(case, 12)
    for case in dossiers(here.other_shop, *[300] * 6):
        paused(case, 120)
    assert kinds_of(round_) == {here.commune.pk: [Kind.PAUSED_AT_EDGE]}


def test_signs_cost_the_same_for_more_dossiers(stage):
    round_, here = opened(stage), stage.here
    costs = []
    for unit, number in ((here.shop, 3), (here.other_shop, 40)):
        dossiers(unit, *[5] * number)
        with CaptureQueriesContext(connection) as seen:
            signs.of_round(round_)
        costs.append(len(seen))
    assert costs == [5, 5]
