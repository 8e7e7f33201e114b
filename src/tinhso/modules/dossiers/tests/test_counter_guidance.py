"""Guidance at the counter: form 02 without a dossier is kept, counted, and met again at the next visit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.queries import actor_of
from tinhso.modules.dossiers import actions, jobs
from tinhso.modules.dossiers.models import Dossier, Guidance
from tinhso.modules.dossiers.queries import guidance as queries
from tinhso.modules.dossiers.rules import GUIDANCE_COUNTS
from tinhso.modules.dossiers.tests.at_counter import BRANCH, CARD, COUNTER, HOUSE, Counter
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
LAN = "079190012346"
WORDS = "Bản vẽ thiếu kích thước."


@pytest.fixture
def counter() -> Counter:
    return Counter()


def lacking(counter: Counter) -> Any:
    return next(one for one in door.components_for(counter.sheet, BRANCH) if one.required and not one.when)


def guide(counter: Counter, who: str = "clerk", **changes: Any) -> Any:
    """The first required paper is missing; the clerk presses Ctrl+B."""
    form = counter.form(do="huong-dan", message=WORDS, **changes)
    del form[f"has-{lacking(counter).code}"]
    return counter.client(who).post(COUNTER, form)


def test_guidance_is_printed_and_kept_and_nothing_is_received(counter: Counter) -> None:
    answer = guide(counter)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    kept, paper = Guidance.objects.get(), lacking(counter)
    assert (kept.procedure_code, kept.branch, kept.identity_number) == (HOUSE, BRANCH, LAN)
    assert kept.missing == [{"code": paper.code, "name": paper.name}]
    assert (kept.unit_id, kept.given_by_id) == (counter.province.shop.pk, counter.accounts["clerk"].pk)
    assert kept.data["reason"] == WORDS
    assert (Dossier.objects.count(), Person.objects.count()) == (0, 1)


def test_the_entry_says_what_was_missing_and_nothing_of_the_person(counter: Counter) -> None:
    guide(counter, full_name="Nguyễn Thị Lan")
    entry = Entry.objects.get(verb="dossier.guide")
    assert entry.subject == f"guidance/{Guidance.objects.get().pk}"
    assert entry.data == {"procedure": HOUSE, "missing": lacking(counter).name}


def test_printed_twice_it_is_one_guidance_and_corrected_it_is_another(counter: Counter) -> None:
    guide(counter)
    guide(counter)
    assert (Guidance.objects.count(), Entry.objects.filter(verb="dossier.guide").count()) == (1, 1)
    counter.send(do="huong-dan", message="Thiếu chữ ký.")
    assert Guidance.objects.count() == 2


def test_the_next_visit_sees_what_was_asked_also_at_another_counter(counter: Counter) -> None:
    guide(counter)
    page = counter.client("elsewhere").post(COUNTER, {"do": "xem-lai", "identity_number": CARD}).content.decode()
    assert "Đã hướng dẫn bổ sung ngày" in page
    assert lacking(counter).name in page
    assert f'name="pick" value="{HOUSE}"' in page
    pdf = counter.client("elsewhere").get(f"{COUNTER}huong-dan/{Guidance.objects.get().pk}/")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


def test_the_papers_asked_for_are_marked_in_the_list(counter: Counter) -> None:
    guide(counter)
    page = counter.send(do="xem-lai").content.decode()
    assert page.count("Lần trước còn thiếu") == 1


def test_somebody_elses_visit_sees_nothing_of_it(counter: Counter) -> None:
    guide(counter)
    other = CARD.replace(LAN, "079190099999")
    page = counter.client().post(COUNTER, {"do": "xem-lai", "identity_number": other}).content.decode()
    assert "Đã hướng dẫn bổ sung ngày" not in page
    assert queries.open_for("", timezone.now()) == []


def test_guidance_is_over_when_the_dossier_comes_or_half_a_year_has_gone(counter: Counter) -> None:
    guide(counter)
    now = timezone.now()
    assert [one.procedure_code for one in queries.open_for(LAN, now)] == [HOUSE]
    assert queries.open_for(LAN, now + GUIDANCE_COUNTS) == []
    counter.send(request_key="quay-2")
    jobs.settle_guidance(Entry.objects.select_related("case").get(verb="dossier.receive"))
    assert Guidance.objects.get().dossier == Dossier.objects.get()
    assert queries.open_for(LAN, now) == []


def test_the_figure_is_the_count_of_its_list_by_unit_and_day(counter: Counter) -> None:
    guide(counter)
    today = timezone.localdate()
    shop, other = counter.province.shop.pk, counter.province.other_shop.pk
    assert queries.given([shop], today, today).count() == 1
    assert queries.given([other], today, today).count() == 0
    assert queries.given(None, today - timedelta(days=2), today - timedelta(days=1)).count() == 0
    assert "hướng dẫn bổ sung 1" in counter.client().get(COUNTER).content.decode()


@pytest.mark.parametrize(("who", "status"), [("handler", 403), ("lan", 403), ("nobody", 302)])
def test_who_does_not_receive_neither_guides_nor_reads(counter: Counter, who: str, status: int) -> None:
    guide(counter)
    assert guide(counter, who, request_key="quay-9").status_code == status
    assert counter.client(who).get(f"{COUNTER}huong-dan/{Guidance.objects.get().pk}/").status_code == status
    assert Guidance.objects.count() == 1


def test_guiding_at_a_counter_one_does_not_hold_is_refused(counter: Counter) -> None:
    with pytest.raises(NotAllowed):
        actions.guide(
            unit_id=counter.province.other_shop.pk, procedure_code=HOUSE, branch="", identity_number=LAN, missing=[],
            data={}, request_key="x", by=actor_of(counter.accounts["clerk"]), at=timezone.now(),
        )  # fmt: skip
    assert (Guidance.objects.count(), Entry.objects.filter(verb="dossier.guide").count()) == (0, 0)
