"""The counter: one form for the whole reception, sent twice it is one dossier; finding what was received."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Person
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.queries import counter as queries
from tinhso.modules.dossiers.tests.at_counter import BRANCH, CARD, COUNTER, HOUSE, PNG, Counter
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.mark.slow
@pytest.mark.parametrize(("who", "status"), [("clerk", 200), ("handler", 403), ("lan", 403), ("nobody", 302)])
@pytest.mark.parametrize("page", ["", "tim/"])
def test_the_counter_is_for_those_who_receive(counter: Counter, who: str, status: int, page: str) -> None:
    assert counter.client(who).get(COUNTER + page).status_code == status


def test_a_complete_dossier_is_received_with_its_person_and_its_papers(counter: Counter) -> None:
    answer = counter.send()
    dossier = Dossier.objects.select_related("case", "person").get()
    assert (answer.status_code, answer["Location"]) == (302, f"{COUNTER}da-nhan/{dossier.case.number}/")
    assert (dossier.case.state, dossier.case.unit_id) == ("received", counter.province.commune.pk)
    assert dossier.case.received_unit_id == counter.province.shop.pk
    assert (dossier.applicant_name, dossier.identity_number) == ("Nguyễn Thị Lan", "079190012346")
    assert dossier.person.pk == counter.accounts["lan"].person_id
    assert dossier.case.owner_id == counter.accounts["lan"].pk
    assert dossier.parts.count() == len(door.components_for(counter.sheet, BRANCH))
    assert dossier.papers.get().form == "01"
    page = counter.client().get(answer["Location"])
    assert page.status_code == 200
    assert dossier.case.number in page.content.decode()


def test_somebody_new_is_registered_by_the_card(counter: Counter) -> None:
    counter.send(identity_number=CARD.replace("079190012346", "079190099999"))
    person = Person.objects.get(identity_number="079190099999")
    assert (person.full_name, person.phone) == ("Nguyễn Thị Lan", "+84912345678")


def test_sent_twice_it_is_one_dossier(counter: Counter) -> None:
    first, second = counter.send(), counter.send()
    assert first["Location"] == second["Location"]
    assert (Dossier.objects.count(), Entry.objects.filter(verb="dossier.receive").count()) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity_number": "12345", "full_name": "Lan"}, "identity_number"),
        ({"identity_number": "079190012346", "full_name": ""}, "full_name"),
        ({"phone": "12"}, "phone"),
        ({"procedure": ""}, "q"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_received(
    counter: Counter, changes: dict[str, str], field: str
) -> None:
    answer = counter.send(**changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert (Dossier.objects.count(), Case.objects.count()) == (0, 0)


def test_a_missing_paper_is_named_and_the_typed_stays(counter: Counter) -> None:
    paper = next(one for one in door.components_for(counter.sheet, BRANCH) if one.required)
    form = counter.form()
    del form[f"has-{paper.code}"]
    answer = counter.client().post(COUNTER, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert paper.name in page
    assert 'value="Nguyễn Thị Lan"' in page
    assert Dossier.objects.count() == 0


def test_a_scan_is_kept_with_its_paper(counter: Counter) -> None:
    paper = door.components_for(counter.sheet, BRANCH)[0]
    scan = SimpleUploadedFile("don.png", PNG, "image/png")
    assert counter.send(**{f"scan-{paper.code}": scan}).status_code == 302
    part = Part.objects.get(code=paper.code)
    assert (part.source, part.attachment.name) == ("scan", "don.png")


def test_the_form_works_itself_out_without_script(counter: Counter) -> None:
    page = counter.client().post(COUNTER, {"do": "xem-lai", "identity_number": CARD, "q": "1.013225"}).content.decode()
    assert 'name="procedure" value="1.013225"' in page
    assert 'value="Nguyễn Thị Lan"' in page
    assert "Hạn trả:" in page
    assert Dossier.objects.count() == 0


def test_received_at_another_place_the_clock_waits_for_the_hand_over(counter: Counter) -> None:
    counter.send("elsewhere")
    dossier = Dossier.objects.select_related("case").get()
    assert dossier.case.received_unit_id == counter.province.other_shop.pk
    assert dossier.case.unit_id == counter.province.commune.pk
    assert dossier.case.due_at - timezone.now() > timedelta(days=1)


@pytest.mark.parametrize("text", ["1.013225", "1.0132", "1013225", "cgpxd", "cpxd", "giay phep xay", "Giấy phép XÂY"])
def test_procedures_are_found_by_code_first_letters_and_words(counter: Counter, text: str) -> None:
    assert HOUSE in [one.code for one in queries.picks(text, timezone.localdate())]


def test_words_that_fit_nothing_find_nothing(counter: Counter) -> None:
    assert queries.picks("zzz", timezone.localdate()) == []
    assert queries.picks("", timezone.localdate()) == []


def test_a_dossier_is_found_by_its_number_or_qr_code_within_ones_units(counter: Counter) -> None:
    counter.send()
    case = Case.objects.get()
    for text in (case.number, case.number.lower(), f"https://localhost/tra-cuu/{case.number}/{case.lookup_key}/"):
        assert "quyet-dinh/rut/" in counter.client().get(COUNTER + "tim/", {"q": text}).content.decode()
    assert (
        case.number + "/" not in counter.client("elsewhere").get(COUNTER + "tim/", {"q": case.number}).content.decode()
    )


def test_the_list_finds_by_name_without_marks_and_costs_the_same_for_more_rows(counter: Counter) -> None:
    counter.send()
    client, url = counter.client("handler"), "/lam-viec/tra-cuu-ho-so/?q=nguyen+thi"
    assert Case.objects.get().number in client.get(url).content.decode()
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    counter.send(request_key="quay-2")
    counter.send(request_key="quay-3")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    assert Case.objects.first().number not in counter.client("elsewhere").get(url).content.decode()
