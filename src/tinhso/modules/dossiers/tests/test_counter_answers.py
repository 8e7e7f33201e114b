"""The e-form at the counter: filled in at once, left for later, never asking twice what the clerk has typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.queries import actor_of
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import printing
from tinhso.modules.dossiers.tests.at_counter import CARD, COUNTER, Counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter() -> Counter:
    return Counter()


def typed(counter: Counter, **changes: Any) -> dict[str, Any]:
    """What a clerk types from the paper form beside what the counter knows already."""
    commune = counter.province.commune.code
    answers = {
        "noi_o_ward": commune, "noi_o_street": "Số 9, khu phố 2", "dia_diem_ward": commune,
        "dia_diem_street": "Số 14, đường Trình Diễn", "so_thua": "125", "to_ban_do": "7", "dien_tich_dat": "120,5",
        "co_giay_chung_nhan": "khong", "giay_to_khac": "Hợp đồng có công chứng", "dien_tich_tang_1": "80",
        "tong_dien_tich": "160", "so_tang": "2", "chieu_cao": "7,5", "co_tang_ham": "khong",
        "don_vi_thiet_ke": "Công ty Trình diễn", "khoi_cong": "05/01/2027", "so_thang": "6",
    } | changes  # fmt: skip
    return {f"tk-{code}": value for code, value in answers.items()}


def test_filled_in_at_once_the_dossier_has_the_answers_of_an_online_one(counter: Counter) -> None:
    assert counter.send(fills_in="1", **typed(counter)).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.answers["so_thua"] == "125"
    assert dossier.answers["tong_dien_tich"] == "160"
    assert dossier.answers["co_giay_chung_nhan"] is False
    assert dossier.answers["khoi_cong"] == "2027-01-05"
    assert (dossier.answers["ho_ten"], dossier.answers["so_dinh_danh"]) == ("Nguyễn Thị Lan", "079190012346")
    assert (dossier.answers["dien_thoai"], dossier.answers["cach_nhan"]) == ("+84912345678", "mot_cua")


def test_the_result_repeats_what_the_paper_form_said(counter: Counter) -> None:
    counter.send(fills_in="1", **typed(counter))
    dossier = Dossier.objects.select_related("case").get()
    facts = printing.result_data(dossier, signer=None, title="")["facts"]
    assert {"label": "Số thửa đất", "value": "125"} in facts
    assert {"label": "Tổng diện tích sàn", "value": "160 m²"} in facts


def test_what_is_wrong_is_said_beside_its_question_and_nothing_is_received(counter: Counter) -> None:
    answer = counter.send(fills_in="1", **typed(counter, so_tang="nhiều", so_thua=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#tk-so_tang"' in page
    assert 'href="#tk-so_thua"' in page
    assert 'value="nhiều"' in page
    assert Dossier.objects.count() == 0


def test_left_for_later_what_is_known_is_kept_and_the_rest_is_asked_on_the_next_page(counter: Counter) -> None:
    answer = counter.send(**typed(counter, so_tang="nhiều"))
    dossier = Dossier.objects.get()
    assert dossier.answers["ho_ten"] == "Nguyễn Thị Lan"
    assert dossier.answers["so_thua"] == "125"
    assert "so_tang" not in dossier.answers
    assert "Điền tờ khai (còn 1 câu)" in counter.client().get(answer["Location"]).content.decode()


def test_what_the_counter_asks_anyway_is_not_asked_twice(counter: Counter) -> None:
    page = counter.send(do="xem-lai", fills_in="1").content.decode()
    assert 'name="tk-so_thua"' in page
    for code in ("ho_ten", "so_dinh_danh", "dien_thoai", "cach_nhan"):
        assert f'name="tk-{code}"' not in page
    assert "Lấy từ các mục trên:" in page


def test_filed_for_somebody_else_the_form_asks_who_that_is(counter: Counter) -> None:
    page = counter.send(do="xem-lai", fills_in="1", on_behalf_of="Nguyễn Văn Minh Họa").content.decode()
    for code in ("ho_ten", "so_dinh_danh", "dien_thoai"):
        assert f'name="tk-{code}"' in page


def test_the_name_of_an_organisation_is_not_taken_for_a_persons(counter: Counter) -> None:
    page = counter.send(do="xem-lai", fills_in="1", identity_number="0312345678", full_name="Công ty Minh Họa")
    assert 'name="tk-ho_ten"' in page.content.decode()
    assert 'name="tk-dien_thoai"' not in page.content.decode()


def test_a_question_is_asked_when_an_answer_brings_it_up(counter: Counter) -> None:
    assert 'name="tk-so_tang_ham"' not in counter.send(do="xem-lai", fills_in="1").content.decode()
    page = counter.send(do="xem-lai", fills_in="1", **{"tk-co_tang_ham": "co"}).content.decode()
    assert 'name="tk-so_tang_ham"' in page


def test_typed_answers_are_not_lost_while_the_form_is_closed(counter: Counter) -> None:
    page = counter.send(do="xem-lai", **{"tk-so_thua": "125"}).content.decode()
    assert '<input type="hidden" name="tk-so_thua" value="125">' in page


def test_the_card_fills_in_the_day_of_birth_and_names_the_commune(counter: Counter) -> None:
    commune = counter.province.commune
    card = CARD.replace("Số 9, khu phố 2", f"Số 9, khu phố 2, {commune.name}, Tỉnh Trình Diễn").replace(
        "0012346", "0099999"
    )
    counter.send(identity_number=card)
    assert f"{Person.objects.get(identity_number='079190099999').born_on}" == "1990-03-15"
    assert Dossier.objects.get().answers["noi_o"]["commune"] == commune.code


def page_of(dossier: Dossier) -> str:
    return f"/lam-viec/ho-so/{dossier.case.number}/to-khai/"


def received(counter: Counter) -> Dossier:
    counter.send()
    return Dossier.objects.select_related("case").get()


def test_filled_in_later_by_who_receives_or_handles(counter: Counter) -> None:
    dossier = received(counter)
    for who in ("clerk", "handler"):
        assert counter.client(who).get(page_of(dossier)).status_code == 200
    answers = typed(counter) | {"tk-ho_ten": "Nguyễn Thị Lan", "tk-so_dinh_danh": "079190012346",
                                "tk-dien_thoai": "0912345678", "tk-cach_nhan": "mot_cua"}  # fmt: skip
    answer = counter.client("handler").post(page_of(dossier), answers | {"do": "luu"})
    assert (answer.status_code, answer["Location"]) == (302, f"/lam-viec/ho-so/{dossier.case.number}/")
    dossier.refresh_from_db()
    assert dossier.answers["so_thua"] == "125"
    entry = Entry.objects.get(verb="dossier.fill_in")
    assert (entry.actor_id, entry.data["answers"]) == (counter.accounts["handler"].pk, len(dossier.answers))


def test_later_too_a_form_may_be_kept_as_far_as_it_is_known(counter: Counter) -> None:
    dossier = received(counter)
    sent = {"tk-so_thua": "125", "tk-so_tang": "nhiều"}
    refused = counter.client().post(page_of(dossier), sent | {"do": "luu"})
    assert refused.status_code == 422
    assert 'value="nhiều"' in refused.content.decode()
    assert "so_thua" not in Dossier.objects.get().answers
    assert counter.client().post(page_of(dossier), sent | {"do": "luu-tam"}).status_code == 302
    assert Dossier.objects.get().answers["so_thua"] == "125"


def test_a_clerk_of_another_place_does_not_find_the_dossier(counter: Counter) -> None:
    dossier = received(counter)
    assert counter.client("elsewhere").get(page_of(dossier)).status_code == 404
    assert counter.client("lan").get(page_of(dossier)).status_code == 403


def test_answers_of_the_applicant_and_of_a_signed_dossier_stay_as_they_are(counter: Counter) -> None:
    dossier = received(counter)
    clerk, elsewhere = (actor_of(counter.accounts[who]) for who in ("clerk", "elsewhere"))
    kept = Dossier.objects.values_list("answers", flat=True).get()
    with pytest.raises(NotAllowed):
        actions.fill_in(dossier_id=dossier.pk, answers={}, by=elsewhere, at=timezone.now(), is_partial=True)
    for change, code in (({"channel": "online"}, "own_answers"), ({"signed_at": timezone.now()}, "result_exists")):
        Dossier.objects.update(**{"channel": "direct", "signed_at": None} | change)
        with pytest.raises(Refusal) as refused:
            actions.fill_in(dossier_id=dossier.pk, answers={}, by=clerk, at=timezone.now(), is_partial=True)
        assert refused.value.code == f"dossiers.{code}"
    assert Dossier.objects.values_list("answers", flat=True).get() == kept
    assert not Entry.objects.filter(verb="dossier.fill_in").exists()


def test_the_counter_does_not_let_a_question_stand_in_for_its_own_fields(counter: Counter) -> None:
    counter.send(**{"tk-full_name": "Ai Đó", "tk-procedure": "0"})
    assert Dossier.objects.get().applicant_name == "Nguyễn Thị Lan"
    assert counter.client().get(COUNTER).status_code == 200
