"""Tariffs from a file, their editions by day, and who may publish them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.payments.factories import FEE, LINE, START, Till

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing import people
from tinhso.kernel.testing.browsing import signed_in
from tinhso.modules.dossiers.models import Paper
from tinhso.modules.payments import seeds
from tinhso.modules.payments.actions import tariffs
from tinhso.modules.payments.models import Tariff, TariffVersion
from tinhso.modules.payments.queries.tariffs import default_lines, quote_for

pytestmark = pytest.mark.django_db
ROLE = "payments.tariffs"


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


def drafted(till: Till) -> Tariff:
    """The published tariff with a draft in which the one fee costs 95,000."""
    publish(till, valid_from=START.date())
    tariff = Tariff.objects.get(code="minh-hoa")
    tariffs.begin_draft(tariff_id=tariff.pk, by=till.actor("tariff"), at=START)
    tariffs.put_line(
        tariff_id=tariff.pk, code=LINE["code"], line={**LINE, "amount": 95_000}, by=till.actor("tariff"), at=START
    )
    return tariff


def second(till: Till) -> Any:
    return actor_of(people.official("tariff2", till.province.root, "payments.tariffs"))


def test_a_draft_binds_nobody_until_somebody_else_publishes_it_with_its_source(till: Till) -> None:
    tariff = drafted(till)
    by, other, day = till.actor("tariff"), second(till), START.date() + timedelta(days=1)
    assert amount(till, day) == 90_000
    for who, code in ((by, "payments.own_draft"), (other, "payments.no_source")):
        with pytest.raises(Refusal) as refused:
            tariffs.publish_draft(tariff_id=tariff.pk, valid_from=day, by=who, at=START)
        assert refused.value.code == code
    tariffs.name_source(tariff_id=tariff.pk, legal_source="Nghị quyết 9/2026", by=by, at=START)
    with pytest.raises(Refusal) as refused:
        tariffs.publish_draft(tariff_id=tariff.pk, valid_from=START.date() - timedelta(days=1), by=other, at=START)
    assert refused.value.code == "payments.past_day"
    published = tariffs.publish_draft(tariff_id=tariff.pk, valid_from=day, by=other, at=START)
    assert (published.number, published.legal_source, amount(till, day)) == (3, "Nghị quyết 9/2026", 95_000)


def test_a_line_is_added_and_taken_out_and_a_wrong_one_changes_nothing(till: Till) -> None:
    tariff, by = drafted(till), till.actor("tariff")
    tariffs.put_line(tariff_id=tariff.pk, code="", line={**LINE, "code": "hai"}, by=by, at=START)
    lines = TariffVersion.objects.get(state="draft").content["lines"]
    assert [one["code"] for one in lines] == [LINE["code"], "hai"]
    with pytest.raises(Refusal):
        tariffs.put_line(tariff_id=tariff.pk, code="", line={**LINE, "code": "hai"}, by=by, at=START)
    assert TariffVersion.objects.get(state="draft").content["lines"] == lines
    tariffs.put_line(tariff_id=tariff.pk, code="hai", line=None, by=by, at=START)
    assert len(TariffVersion.objects.get(state="draft").content["lines"]) == 1
    tariffs.throw_away(tariff_id=tariff.pk, by=by)
    with pytest.raises(Refusal) as refused:
        tariffs.put_line(tariff_id=tariff.pk, code="hai", line=None, by=by, at=START)
    assert refused.value.code == "payments.no_draft"


def test_who_may_not_set_fees_drafts_nothing(till: Till) -> None:
    tariff = drafted(till)
    before = TariffVersion.objects.get(state="draft").content
    for act in (
        lambda by: tariffs.put_line(tariff_id=tariff.pk, code="", line=None, by=by, at=START),
        lambda by: tariffs.publish_draft(tariff_id=tariff.pk, valid_from=START.date(), by=by, at=START),
        lambda by: tariffs.throw_away(tariff_id=tariff.pk, by=by),
        lambda by: tariffs.found_tariff(code="moi", name="Mới", is_own=True, by=by, at=START),
    ):
        with pytest.raises(NotAllowed):
            act(till.actor("cashier"))
    assert TariffVersion.objects.get(state="draft").content == before


def test_the_pages_lead_from_a_new_tariff_to_its_publication(till: Till) -> None:
    writer, reader = signed_in(till.accounts["tariff"]), signed_in(people.official("r", till.province.root, ROLE))
    home = "/lam-viec/bieu-phi/"
    assert writer.post(f"{home}moi/", {"name": "NQ 1", "code": "NQ 1"}).status_code == 422
    page = writer.post(f"{home}moi/", {"name": "NQ 1", "code": "nq-1", "own": "1"})["Location"]
    said = {"code": "a", "procedure": till.sheet.code, "name": "Phí thử", "kind": "phi", "how": "fixed"}
    assert writer.post(f"{page}dong/", {**said, "amount": "x"}).status_code == 422
    assert (
        writer.post(f"{page}dong/", {**said, "amount": "20.000", "cuts": "50% online -31/12/2026"}).status_code == 302
    )
    assert "Phí thử" in writer.get(page).content.decode()
    assert writer.get(f"{page}dong/?ma=a").status_code == 200
    assert writer.post(page, {"legal_source": "NQ 1/2026/NQ-HĐND"}).status_code == 302
    assert writer.post(f"{page}cong-bo/", {}).status_code == 422
    assert reader.post(f"{page}cong-bo/", {}).status_code == 302
    assert TariffVersion.objects.get(tariff__code="nq-1").state == "published"


def test_the_receipt_printed_at_once_names_the_sum_that_the_tariff_asks(till: Till) -> None:
    dossier = till.receive()
    assert dossier.fee == 0  # the job that asks for the fee has not run
    (paper,) = Paper.objects.filter(dossier=dossier, form="01")
    assert paper.data["fees"] == [{"name": "Phí, lệ phí", "amount": dong(FEE)}]
