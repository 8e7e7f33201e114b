"""The public pages: values of periods that are over, targets, verdicts, and the same as open data."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.indicators.actions import closing, defining
from tinhso.modules.indicators.models import ClosedValue, Indicator, Target
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.tests.factories import AT, TODAY, counted

pytestmark = pytest.mark.django_db
HOME = "/chi-tieu/"
ON_TIME = f"{HOME}dossiers_on_time/"


@pytest.fixture
def told(here):
    """September had two in time, October one late; both are closed. November is still running. Wanted: 95 percent."""
    commune = here.province.commune.pk
    counted("dossiers.issued", commune, date(2026, 9, 2), 2, "early")
    counted("dossiers.issued", commune, date(2026, 10, 2), 1, "late")
    counted("dossiers.issued", commune, date(2026, 11, 2), 7, "late")
    Target.objects.create(
        indicator=Indicator.objects.get(code="dossiers_on_time"), unit=here.province.root, year=2026, value=95,
        document="Kế hoạch 12/KH-UBND", set_at=AT,
    )  # fmt: skip
    closing.close(by=SYSTEM, at=AT)
    return here


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_everybody_reads_what_was_reached_up_to_the_last_closed_period(client, told):
    page = text(client.get(HOME))
    assert "66,66%" in page  # two of three; the seven late ones of November are not over yet
    assert "Tháng 10/2026 · đã cắt bớt" in page
    assert "Kế hoạch 12/KH-UBND" in page
    assert "Chậm: 1" in page


def test_one_indicator_has_its_periods_its_target_and_its_meaning(client, told):
    page = text(client.get(ON_TIME))
    assert "kém 28,33 điểm" in page
    assert page.index("Tháng 10/2026") < page.index("Tháng 9/2026")
    assert "Tháng 11/2026" not in page
    assert '<svg viewBox="0 0 760 260"' in page
    assert definitions.one("dossiers_on_time", TODAY)[1].numerator.words in page


def test_open_data_say_how_a_value_was_cut(client, told):
    item = {one["indicator"]: one for one in client.get(f"{HOME}du-lieu.json").json()["items"]}["dossiers_on_time"]
    assert (item["period"], item["value"], item["how"]) == ("2026-10", "66.66", "đã cắt bớt")
    assert (item["numerator"], item["denominator"], item["verdict"]) == ("2", "3", "behind")
    lines = list(csv.DictReader(client.get(f"{ON_TIME}du-lieu.csv").content.decode().splitlines()))
    assert [(one["period"], one["numerator"], one["denominator"], one["value"]) for one in lines] == [
        ("2026-10", "0", "1", "0"), ("2026-09", "2", "2", "100"),
    ]  # fmt: skip
    assert client.get(f"{ON_TIME}du-lieu.json").json()["definition"]["rounding"] == "truncated"
    assert "du-lieu" not in client.get(f"{HOME}du-lieu.csv?nam=2025").content.decode()


def test_a_correction_after_closing_is_what_everybody_reads_from_then_on(client, told):
    counted("dossiers.issued", told.province.commune.pk, date(2026, 9, 3), 1, "early")
    assert "66,66%" in text(client.get(HOME))
    closing.close(by=SYSTEM, at=AT)
    assert "75%" in text(client.get(HOME))
    assert ClosedValue.objects.filter(number=2, numerator=D(3)).exists()


def test_one_that_is_kept_for_officials_is_not_found(client, told):
    version, _definition = definitions.one("dossiers_on_time", TODAY)
    defining.define("dossiers_on_time", {**version.content, "public": False}, valid_from=date(2026, 11, 1),
                    legal_source="", by=told.actor("manager"), at=AT)  # fmt: skip
    for path in ("", "du-lieu.csv", "du-lieu.json"):
        assert client.get(ON_TIME + path).status_code == 404
    assert "66,66%" not in text(client.get(HOME))
    assert [one["indicator"] for one in client.get(f"{HOME}du-lieu.json").json()["items"]] == ["dossiers_late_share"]


def test_an_empty_year_says_so(client, here):
    assert "Chưa có chỉ tiêu nào được công bố" in text(client.get(HOME))
    assert "Chưa có kỳ nào kết thúc" in text(client.get(ON_TIME))
    assert client.get(f"{HOME}khong_co/").status_code == 404


@pytest.mark.parametrize("address", [HOME, ON_TIME])
def test_public_pages_cost_three_statements(client, told, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    assert sum("treeversion" not in one["sql"] for one in seen) == 3
