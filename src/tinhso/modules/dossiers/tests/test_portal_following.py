"""Following a dossier as its applicant does: whose it is, answering, withdrawing, the result, what it costs."""

from __future__ import annotations

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Paper, Part, Supplement
from tinhso.modules.dossiers.portal import following
from tinhso.modules.dossiers.tests.factories import MESSAGE, MISSING, START, after, everything, state
from tinhso.modules.dossiers.tests.on_portal import (
    MOST_FOR_A_READ,
    REASON,
    Portal,
    client,
    cost,
    image,
    program,
    track,
)

pytestmark = pytest.mark.django_db


# Whose it is

DOSSIER_PAGES = ("", "da-nop/", "vi-sao/", "bo-sung/", "rut/", "ket-qua/", "giay/1/", "tep/1/")


@pytest.mark.parametrize("path", DOSSIER_PAGES)
@pytest.mark.parametrize(("who", "status"), [("minh", 404), ("handler", 404), ("nobody", 302)])
def test_a_dossier_is_followed_by_its_owner_alone(portal, path, who, status):
    assert client(portal, who).get(track(portal.filed(), path)).status_code == status


@pytest.mark.parametrize("path", ["", "da-nop/", "vi-sao/", "rut/"])
def test_its_owner_follows_it(portal, path):
    assert client(portal).get(track(portal.accepted(), path)).status_code == 200


def test_a_code_is_understood_as_people_type_it(portal):
    number = portal.filed().case.number
    typed = number.replace("-", "–").lower()
    assert client(portal).get(f"/ho-so/{typed}/").status_code == 200


# Following


def test_my_dossiers_are_mine_those_that_wait_for_me_first(portal):
    portal.supplementing()
    portal.filed(after(1))
    portal.begun()
    text = client(portal).get("/ho-so/").content.decode()
    assert text.index("Cần bổ sung") < text.index("Đã nộp")
    number = Case.objects.values_list("number", flat=True).first()
    assert number in text
    assert number not in client(portal, "minh").get("/ho-so/").content.decode()


def test_a_supplement_is_handed_in_once(portal):
    dossier = portal.supplementing()
    answer = client(portal).post(track(dossier, "bo-sung/"), {"file-0": image(), "answer": "Tôi gửi thêm."})
    assert answer.status_code == 302
    assert state(dossier) == "processing"
    asked = Supplement.objects.get(dossier=dossier)
    assert (asked.answer, asked.answered_at is not None) == ("Tôi gửi thêm.", True)
    part = Part.objects.get(dossier=dossier, round=1)
    assert (part.code, part.name) == (MISSING[0].code, MISSING[0].name)
    before = everything(dossier)
    again = client(portal).post(track(dossier, "bo-sung/"), {"answer": "Lần nữa."})
    assert again["Location"] == track(dossier)
    assert everything(dossier) == before


def test_completing_before_acceptance_is_the_same_page(portal):
    dossier = portal.filed()
    actions.ask_completion(dossier_id=dossier.pk, message=MESSAGE, missing=MISSING, by=portal.actor("clerk"),
                           at=after(hours=1))  # fmt: skip
    assert client(portal).post(track(dossier, "bo-sung/"), {"file-0": image()}).status_code == 302
    assert state(dossier) == "filed"


@pytest.mark.parametrize(("said", "words"), [({}, "Thêm ít nhất một giấy tờ"), ({"answer": "   "}, "Thêm ít nhất")])
def test_an_empty_supplement_is_refused_and_changes_nothing(portal, said, words):
    dossier = portal.supplementing()
    before = everything(dossier)
    answer = client(portal).post(track(dossier, "bo-sung/"), said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert everything(dossier) == before


def test_a_bad_file_sends_nothing_and_what_was_written_is_kept(portal):
    dossier = portal.supplementing()
    before = everything(dossier)
    answer = client(portal).post(track(dossier, "bo-sung/"), {"file-0": program(), "answer": "Bản chụp mới."})
    assert answer.status_code == 422
    assert "Bản chụp mới." in answer.content.decode()
    assert everything(dossier) == before


def test_nobody_else_answers_for_the_applicant(portal):
    dossier = portal.supplementing()
    before = everything(dossier)
    for path in ("bo-sung/", "rut/"):
        assert client(portal, "minh").post(track(dossier, path), {"answer": "x", "reason": REASON}).status_code == 404
    assert everything(dossier) == before


def test_withdrawing_needs_a_reason_and_happens_once(portal):
    dossier = portal.accepted()
    assert client(portal).post(track(dossier, "rut/"), {"reason": "thôi"}).status_code == 422
    assert state(dossier) == "received"
    assert client(portal).post(track(dossier, "rut/"), {"reason": REASON}).status_code == 302
    assert state(dossier) == "withdrawn"
    again = client(portal).post(track(dossier, "rut/"), {"reason": REASON})
    assert again.status_code == 422
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.withdraw").count() == 1


def result(portal: Portal) -> Dossier:
    from tinhso.kernel.files import actions as files

    dossier = portal.to_sign()
    kept = files.store_made(b"%PDF-1.7\n%%EOF\n", name="ket-qua.pdf", purpose="dossiers.result")
    Dossier.objects.filter(pk=dossier.pk).update(result=kept, signed_at=after(2), result_number="01/GXN")
    return dossier


def test_a_result_that_is_signed_but_not_issued_is_not_found(portal):
    dossier = result(portal)
    assert client(portal).get(track(dossier, "ket-qua/")).status_code == 404
    assert "ket-qua/" not in client(portal).get(track(dossier)).content.decode()


def test_an_issued_result_is_its_owners(portal):
    dossier = result(portal)
    Case.objects.filter(pk=dossier.pk).update(state="finished", phase=3, settled_at=after(2))
    answer = client(portal).get(track(dossier, "ket-qua/"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client(portal, "minh").get(track(dossier, "ket-qua/")).status_code == 404
    assert track(dossier, "ket-qua/") in client(portal).get(track(dossier)).content.decode()


def test_issued_papers_are_the_applicants_inner_ones_are_not(portal, monkeypatch):
    monkeypatch.setattr(following, "typeset", lambda *given, **more: b"%PDF")
    dossier = portal.accepted()
    form = Paper.objects.get(dossier=dossier, form="01")
    assert client(portal).get(track(dossier, f"giay/{form.pk}/")).status_code == 200
    inner = Paper.objects.create(dossier=dossier, form="06", template="form06", issued_at=START)
    assert client(portal).get(track(dossier, f"giay/{inner.pk}/")).status_code == 404
    assert track(dossier, f"giay/{inner.pk}/") not in client(portal).get(track(dossier)).content.decode()


def test_the_applicant_reads_no_internal_note(portal):
    dossier = portal.at_work()
    actions.note(dossier_id=dossier.pk, text="Nghi ngờ giấy tờ giả", by=portal.actor("handler"), at=after(hours=2))
    assert "Nghi ngờ" not in client(portal).get(track(dossier)).content.decode()


def test_why_the_date_is_what_it_is(portal):
    text = client(portal).get(track(portal.accepted(), "vi-sao/")).content.decode()
    assert "19/11/2026" in text
    assert "Chưa đến hạn" in text or "Không giữ được" in text


# What it costs


@pytest.mark.parametrize("path", ["", "da-nop/", "vi-sao/", "bo-sung/", "rut/"])
def test_a_page_about_a_dossier_takes_few_statements(portal, path):
    url, asking = track(portal.supplementing(), path), client(portal)
    asking.get(url)
    assert cost(lambda: asking.get(url)) <= MOST_FOR_A_READ


def test_the_list_takes_the_same_statements_however_long_it_is(portal):
    asking = client(portal)
    portal.filed()
    asking.get("/ho-so/")
    first = cost(lambda: asking.get("/ho-so/"))
    for number in range(3):
        portal.filed(after(number + 1))
        portal.begun()
    assert cost(lambda: asking.get("/ho-so/")) == first <= MOST_FOR_A_READ
