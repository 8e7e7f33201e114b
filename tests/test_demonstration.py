"""The demonstration's bulk rows are what the real actions write, and everything kept beside the journal agrees."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import chain
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from tinhso.config.cli.demonstration import heroes, loading, rows, stories
from tinhso.config.cli.demonstration.catalogue import mix
from tinhso.config.cli.demonstration.lines import Numbers
from tinhso.config.cli.demonstration.mirrors import ACTIONS, written
from tinhso.config.cli.demonstration.playing import play
from tinhso.config.cli.demonstration.stories import Story, Teller
from tinhso.config.cli.demonstration.writing import Pipe, Writer
from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.facts.actions import rebuild
from tinhso.kernel.facts.models import DayFigure, Fact, MonthFigure, Standing
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal import rules as journal_rules
from tinhso.kernel.journal.actions import anchor_up_to
from tinhso.kernel.journal.models import Anchor, Entry
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes.models import Step
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.actions import found_province
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier, Paper, Part, Supplement
from tinhso.modules.procedures import queries as procedures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=VIETNAM)
OFTEN = {
    "SUPPLEMENTED": 0.35, "NEVER_ANSWERED": 0.2, "DECLINED": 0.05, "GUIDED": 0.2, "WITHDRAWN": 0.08, "REFUSED": 0.1,
    "ASKED_OTHERS": 0.9, "PAYS": 0.7, "SENT_BACK": 0.2, "NOTED": 0.2, "LATE": 0.25,
}  # fmt: skip
TABLES: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Case, "id", ("lookup_key",)),
    (Dossier, "case_id", ()),
    (Step, "case_id,seq,id", ("id",)),
    (Promise, "case_id,id", ("id",)),
    (Supplement, "dossier_id,round", ("id",)),
    (Part, "dossier_id,id", ("id",)),
    (Paper, "dossier_id,id", ("id",)),
    (Entry, "case_id,seq", ("id",)),
)
FIGURES: tuple[tuple[Any, str], ...] = (
    (Fact, "name,on,unit_id,case_id,dims"),
    (DayFigure, "name,on,unit_id,key,dims,number"),
    (MonthFigure, "name,month,unit_id,verdict,number"),
    (Standing, "kind,unit_id,state,phase,due_on,number"),
)


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch) -> Teller:
    for name, value in OFTEN.items():
        monkeypatch.setattr(stories, name, value)
    monkeypatch.setattr(journal_rules, "new_salt", lambda: b"s" * 16)  # else the same words never have the same seal
    for remembered in (units, clock, people, procedures, rows):
        remembered.forget()
    found_province("H53", by=SYSTEM)
    cast = loading.prepare(1, 25, now=NOW)
    return Teller(Random(5), cast, mix(NOW.date()), NOW, spread=False)


def told(teller: Teller, number: int) -> list[Story]:
    """Stories of which every kind of act is part, half of them of the last days."""
    year = list(teller.year(number // 2, loading._first_day(NOW)))
    fresh = list(teller.year(number // 2, NOW.date().replace(day=5)))
    return sorted((*year, *fresh), key=lambda story: story.acts[0].at)


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """All rows about cases, without what chance or a sequence gives."""
    keys = dict(Case.objects.values_list("lookup_key", "number"))
    found = {}
    for model, order, without in TABLES:
        query = model.objects.order_by(*order.split(","))
        if model is Entry:
            query = query.filter(case__isnull=False)
        if model is Part:
            query = query.filter(dossier__isnull=False)
        plain = [{k: _plain(v, keys) for k, v in row.items() if k not in without} for row in query.values()]
        found[model.__name__] = plain
    return found


def _plain(value: Any, keys: dict[str, str]) -> Any:
    if isinstance(value, memoryview):
        return bytes(value).hex()
    if isinstance(value, dict) and "qr_url" in value:
        return {**value, "qr_url": value["qr_url"].rstrip("/").rpartition("/")[0]}
    return value


def figures() -> dict[str, list[Any]]:
    """All figures; a row that stays behind with 0 says the same as no row."""
    return {
        model.__name__: sorted(
            json.dumps(row, default=str) for row in model.objects.values(*names.split(",")) if row.get("number") != 0
        )
        for model, names in FIGURES
    }


def write(told: list[Story]) -> None:
    with Pipe() as pipe:
        numbers, writer = Numbers(), Writer(NOW.date(), pipe)
        for story in told:
            writer.add(written(story, writer.case_id(), numbers, None, f"key-{writer.next_case}"))
        writer.close(numbers.last.items())


@pytest.fixture
def _unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    """No PDF is made: bulk dossiers have none."""
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)


def restart(table: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), {value}, false)")


@pytest.mark.usefixtures("_unsigned")
def test_bulk_rows_are_those_that_the_actions_write(teller: Teller) -> None:
    stories_told = told(teller, 160)
    assert {act.verb for act in chain.from_iterable(one.acts for one in stories_told)} == set(ACTIONS)
    restart("cases_case", 50_000)
    with transaction.atomic():
        write(stories_told)
        in_bulk, bulk_figures = snapshot(), figures()
        transaction.set_rollback(True)
    restart("cases_case", 50_000)
    for story in stories_told:
        play(story, upload_id=None)
    by_actions = snapshot()
    for table, theirs_all in by_actions.items():
        for mine, theirs in zip(in_bulk[table], theirs_all, strict=True):
            assert mine == theirs, table
    rebuild()
    assert figures() == bulk_figures


def test_a_bulk_load_agrees_with_its_journal(teller: Teller) -> None:
    made = loading.generate(300, 7, teller.cast, now=NOW, spread=True)
    assert made == Case.objects.count() == 300
    assert list(journal.verify()) == []
    assert Anchor.objects.count() > 100
    before = figures()
    rebuild()
    assert figures() == before


def test_later_entries_are_sealed_after_those_of_the_load(teller: Teller) -> None:
    loading.generate(400, 7, teller.cast, now=NOW, spread=True)
    anchor = anchor_up_to(NOW.date())
    assert anchor is not None
    assert anchor.last_id == Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
    assert list(journal.verify()) == []


def test_the_same_seed_gives_the_same_dossiers(teller: Teller) -> None:
    heroes.make_upload()

    def load() -> dict[str, list[dict[str, Any]]]:
        restart("cases_case", 50_000)
        with transaction.atomic():
            loading.generate(60, 3, teller.cast, now=NOW, spread=True)
            found = snapshot()
            transaction.set_rollback(True)
        return found

    assert load() == load()
