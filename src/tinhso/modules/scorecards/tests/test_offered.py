"""What other modules take from published rounds, and what they cost."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tinhso.kernel.manifest import registry
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.kernel.units.queries import forget
from tinhso.modules.scorecards.actions import rounds
from tinhso.modules.scorecards.queries import frozen
from tinhso.modules.scorecards.tests import factories, sheets
from tinhso.modules.scorecards.tests.factories import LATER, actor, card, opened

pytestmark = pytest.mark.django_db
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def closed(stage):
    """Both communes assessed, 40 and 50 of 100 points; not published yet."""
    round_ = opened(stage, sheets.judged("50", "50"))
    for unit, who, points in ((stage.here.commune, stage.head, "30"), (stage.here.other, stage.stranger, "40")):
        given = {"1.1": {"points": points}, "1.2": {"points": "10"}}
        factories.reviewed(card(round_, unit), who, given, stage.council)
    rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    return round_


def publish(stage, round_):
    rounds.publish(round_id=round_.pk, number="1/QĐ", decided_on=LATER.date(), by=actor(stage.manager), at=LATER)


def asked(code, *units):
    return {unit: found.value for unit, found in registry.measures[code].values(units, *YEAR).items()}


def test_a_closed_round_offers_nothing_until_it_is_published(stage, closed):
    here, other = stage.here.commune.pk, stage.here.other.pk
    assert asked("scorecards.total", here, other) == {}
    publish(stage, closed)
    assert asked("scorecards.total", here, other) == {here: Decimal(40), other: Decimal(50)}
    assert asked("scorecards.share", here) == {here: Decimal(40)}
    assert asked("scorecards.rank", here, other) == {here: Decimal(2), other: Decimal(1)}
    assert asked("scorecards.total.commune-dt", here, other) == {}


def test_a_measure_says_where_it_comes_from_and_costs_one_statement(stage, closed):
    publish(stage, closed)
    here, other = stage.here.commune, stage.here.other
    registry.measures["scorecards.total"].values([here.pk], *YEAR)
    with CaptureQueriesContext(connection) as seen:
        found = registry.measures["scorecards.total"].values([here.pk, other.pk], *YEAR)
    assert len(seen) == 1
    assert found[here.pk].words == "Đánh giá năm 2026: 40/100 điểm, hạng 2"
    assert found[here.pk].link == f"/xep-hang/ky-2026/don-vi/{here.code}/"


def test_a_round_of_other_years_is_not_taken(stage, closed):
    publish(stage, closed)
    later = (date(2027, 1, 1), date(2027, 12, 31))
    assert registry.measures["scorecards.total"].values([stage.here.commune.pk], *later) == {}


def merged(stage):
    """A commune of today made of the two that were assessed."""
    new = Unit.objects.create(
        code="xa-moi", name="Xã Mới", short_name="X. Mới", kind="commune", level="xa", commune_kind="xa",
        parent=stage.here.root, begins_on=date(2026, 10, 2),
    )  # fmt: skip
    for old in (stage.here.commune, stage.here.other):
        Unit.objects.filter(pk=old.pk).update(ends_on=date(2026, 10, 1))
        Succession.objects.create(predecessor=old, successor=new, happened_on=new.begins_on)
    TreeVersion.grow()
    forget()
    return new


def test_a_unit_that_took_over_others_is_given_their_mean(stage, closed):
    publish(stage, closed)
    new = merged(stage)
    assert asked("scorecards.total", new.pk) == {new.pk: Decimal(45)}
    assert asked("scorecards.total", stage.here.commune.pk) == {stage.here.commune.pk: Decimal(40)}


def test_a_ranking_is_shown_under_the_map_of_its_time_and_under_todays(stage, closed, client):
    publish(stage, closed)
    path = "/xep-hang/ky-2026/"
    assert "Theo bản đồ đơn vị hôm nay" not in client.get(path).content.decode()
    merged(stage)
    (today,) = frozen.under_todays_map(closed, "xa")
    names = (stage.here.commune.name, stage.here.other.name)
    assert (today.name, today.total, today.rank, set(today.parts)) == ("Xã Mới", Decimal(45), 1, set(names))
    page = client.get(path).content.decode()
    assert [words in page for words in (*names, "Theo bản đồ đơn vị hôm nay", "Xã Mới")] == [True] * 4


def test_a_ranking_is_handed_on_as_a_spreadsheet(stage, closed, client):
    publish(stage, closed)
    book = load_workbook(io.BytesIO(client.get("/xep-hang/ky-2026/du-lieu.xlsx").content))
    rows = [[cell.value for cell in row] for row in book["Xã, phường"].iter_rows(min_row=3)]
    assert rows[0][:5] == ["Hạng", "Hạng thấp nhất", "Hạng cao nhất", "Đơn vị", "Điểm"]
    assert [(row[0], row[3], row[4]) for row in rows[1:]] == [
        (1, stage.here.other.name, 50), (2, stage.here.commune.name, 40),
    ]  # fmt: skip
