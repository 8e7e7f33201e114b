"""Tariffs from a file, their editions by day, and who may publish them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.payments.factories import LINE, START, Till

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.modules.payments import seeds
from tinhso.modules.payments.actions import tariffs
from tinhso.modules.payments.models import Tariff, TariffVersion
from tinhso.modules.payments.queries.tariffs import default_lines, quote_for

pytestmark = pytest.mark.django_db


def publish(till: Till, who: str = "tariff", **more: Any) -> TariffVersion | None:
    asked: dict[str, Any] = {
        "code": "minh-hoa", "name": "Biểu phí minh họa", "content": {"lines": [{**LINE, "amount": 90_000}]},
        "legal_source": "Nghị quyết sau", "valid_from": date(2027, 1, 1), "rank": 0,
    }  # fmt: skip
    return tariffs.publish(**{**asked, **more}, by=till.actor(who), at=START)


def amount(till: Till, on: date) -> int:
    sheet = till.sheet
    return quote_for(procedure=sheet.code, version_id=sheet.version_id, channel="online", branch="", on=on).total


def test_an_edition_holds_until_the_day_before_the_next(till: Till) -> None:
    publish(till)
    assert [amount(till, day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [75_000, 90_000]
    assert publish(till) is None  # unchanged


def test_before_any_tariff_the_procedures_own_rows_hold(till: Till) -> None:
    assert amount(till, date(2025, 12, 31)) == 0
    (line,) = default_lines(till.sheet.version_id, "online", "")
    assert (line.how, line.kind) == ("external", "le_phi")


@pytest.mark.parametrize("who", ["lan", "cashier", "accountant", "chief", "handler"])
def test_only_who_keeps_tariffs_publishes_them(till: Till, who: str) -> None:
    before = TariffVersion.objects.count()
    with pytest.raises(NotAllowed):
        publish(till, who)
    assert TariffVersion.objects.count() == before


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{**LINE, "amount": -1}], "payments.tariff_line"),
        ([LINE, LINE], "payments.tariff_codes"),
        ([{**LINE, "gia": 1}], "payments.tariff_shape"),
        ([{"code": "a"}], "payments.tariff_shape"),
    ],
)
def test_a_tariff_that_cannot_be_is_refused_before_anything_is_kept(till: Till, lines: list[Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        publish(till, code="khac", content={"lines": lines})
    assert refused.value.code == code
    assert not Tariff.objects.filter(code="khac").exists()


def test_the_sample_tariffs_are_taken_in_once(till: Till) -> None:
    rows = yaml.safe_load((Path(seeds.__file__).parent / "tariffs.yaml").read_text(encoding="utf-8"))
    asked = {"by": till.actor("system"), "at": START}
    assert len(tariffs.run_import(rows, dry_run=True, **asked)) == 2
    assert Tariff.objects.count() == 1
    assert [line.rpartition("\t")[2] for line in tariffs.run_import(rows, dry_run=False, **asked)] == ["công bố"] * 2
    assert [line.rpartition("\t")[2] for line in tariffs.run_import(rows, dry_run=False, **asked)] == ["không đổi"] * 2
    with pytest.raises(Refusal):
        tariffs.run_import([{"code": "x"}], dry_run=False, **asked)


def test_every_sample_line_names_a_procedure_of_the_sample_catalogue() -> None:
    rows = yaml.safe_load((Path(seeds.__file__).parent / "tariffs.yaml").read_text(encoding="utf-8"))
    named = {line["procedure"] for row in rows for line in row["lines"]}
    from tinhso.modules.procedures import seeds as catalogue

    text = (Path(catalogue.__file__).parent / "procedures.yaml").read_text(encoding="utf-8")
    assert {code for code in named if f'"{code}"' not in text} == set()
