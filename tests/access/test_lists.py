"""No list, search, count or export shows an outsider anything of another commune's dossiers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from tests import world as making
from tests.access import asking
from tests.routes import all_routes

from tinhso.kernel.cases.models import Case
from tinhso.kernel.testing.lasting import lasting

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

LISTS = [route for route in all_routes() if "<" not in route.pattern and not route.pattern.startswith("tai-khoan/")]
QUESTIONS = (
    "q={number}",
    "tim={number}",
    "text={number}",
    "danh-sach=tat-ca&q={number}",
    "danh-sach=tat-ca&tim={applicant}",
    "whose=all&updated_since=2026-01-01T00:00:00Z",
    "ds=tat-ca",
    "dang=xlsx&tu=2026-01-01&den=2026-12-31",
    "don-vi={unit}",
    "unit={unit}",
)
CLOSED = (302, 401, 403, 404, 405)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        yield making.populate(making.build())


def said(response: HttpResponse) -> str:
    """All text of an answer, of a spreadsheet's parts too."""
    content = b"".join(response) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="replace")


@pytest.mark.parametrize("person", ["nobody", "minh", "outsider", "controller", "newcomer"])
def test_lists_tell_strangers_no_number_and_no_name(person: str, world: making.World) -> None:
    browser = asking.clients(world)[person]
    case = world.dossiers["processing"].case
    secrets = [dossier.case.number for dossier in world.dossiers.values()] + [case.applicant]
    about = {"number": case.number, "applicant": case.applicant, "unit": case.unit_id}
    told, opened = [], 0
    for route in LISTS:
        for question in ("", *QUESTIONS):
            asked = question.format(**about)
            answer = browser.get(f"/{route.pattern}?{asked}")
            text = said(answer)
            echoed = {
                number for number in (case.number, case.applicant) if number in asked
            }  # what was typed comes back
            told += [f"{route.name}?{asked}: {secret}" for secret in secrets if secret in text and secret not in echoed]
            if answer.status_code in CLOSED:
                break  # who may not enter at all is not let in by a question
            opened += 1
    assert told == []
    assert opened > 100


@pytest.mark.parametrize("person", ["clerk", "specialist", "overseer"])
def test_the_same_lists_do_tell_those_concerned(person: str, world: making.World) -> None:
    """Else the test before would pass on empty lists."""
    browser = asking.clients(world)[person]
    numbers = list(Case.objects.values_list("number", flat=True))
    text = said(browser.get("/api/v1/dossiers/?whose=all"))
    assert sum(number in text for number in numbers) == len(making.STATES) - 1  # the returned one is no work any more


def test_an_outsiders_counters_stand_at_nought(world: making.World) -> None:
    from django.utils import timezone

    from tinhso.kernel.cases import queries as cases

    at = timezone.now()
    for whose in cases.Whose:
        actor = world.actor("outsider")
        counted = cases.counters(cases.Wanted(whose=whose), actor, actor.scope("dossiers.see").units, at)
        assert set(counted.values()) == {0}
