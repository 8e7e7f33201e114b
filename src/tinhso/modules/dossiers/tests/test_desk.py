"""The case page and its decisions: who may open and take them, what a refusal leaves, what pressing twice does."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry, View
from tinhso.kernel.testing.browsing import prove
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Supplement
from tinhso.modules.dossiers.tests.town import Town, seen

pytestmark = pytest.mark.django_db
IN_TIME = f"{date.today() + timedelta(days=200):%d/%m/%Y}"  # a promise for the far side of any due date
REASON = "Thiếu chữ ký của chủ đầu tư."
MOST_STATEMENTS = 6


@pytest.fixture
def town() -> Town:
    return Town()


def state_of(dossier: Dossier) -> tuple[str, int, int]:
    case = Case.objects.get(pk=dossier.pk)
    return case.state, case.revision, Entry.objects.filter(case_id=dossier.pk).count()


PAGES = ("", "xem-nhanh/", "vi-sao/", "phieu-kiem-soat/", "phieu-hen/80/", "phieu-hen/a5/")


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("handler", 200), ("colleague", 200), ("clerk", 200), ("outsider", 404), ("lan", 403), ("nobody", 302)],
)
def test_officials_concerned_open_the_pages_and_nobody_else(town: Town, path: str, who: str, status: int) -> None:
    dossier = town.received()
    answer = town.get(who, dossier, path)
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"].startswith("/tai-khoan/")


def test_the_case_page_costs_six_statements_however_long_the_history(town: Town) -> None:
    dossier = town.at_work()
    client, url = town.client("handler"), f"/lam-viec/ho-so/{dossier.case.number}/"
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as short:
        assert client.get(url).status_code == 200
    for number in range(12):
        actions.note(dossier_id=dossier.pk, text=f"Ghi chú {number}", by=town.actor("handler"), at=timezone.now())
    with CaptureQueriesContext(connection) as long:
        assert client.get(url).status_code == 200
    assert len(short) <= MOST_STATEMENTS, [one["sql"][:90] for one in short]
    assert len(long) == len(short)


def test_looking_at_a_dossier_is_remembered_for_the_applicant(town: Town) -> None:
    dossier = town.received()
    town.get("colleague", dossier)
    town.get("colleague", dossier)
    seen = View.objects.get(case_id=dossier.pk)
    assert (seen.account_id, seen.times) == (town.accounts["colleague"].pk, 2)


@pytest.mark.parametrize("path", ["phieu-hen/80/", "quyet-dinh/nhan-xu-ly/"])
def test_who_opens_only_a_paper_or_a_decision_is_remembered_too(town: Town, path: str) -> None:
    dossier = town.received()
    assert town.get("colleague", dossier, path).status_code == 200
    assert View.objects.get(case_id=dossier.pk).account_id == town.accounts["colleague"].pk


def test_who_finds_a_dossier_at_the_counter_is_remembered(town: Town) -> None:
    dossier = town.received()
    assert town.client("clerk").get("/lam-viec/quay/tim/", {"q": dossier.case.number}).status_code == 200
    assert View.objects.get(case_id=dossier.pk).account_id == town.accounts["clerk"].pk


def test_a_note_is_read_by_officials_and_marked_internal(town: Town) -> None:
    dossier = town.at_work()
    assert town.take("colleague", dossier, "ghi-chu", text="Đã gọi điện cho chủ nhà.").status_code == 302
    page = town.get("handler", dossier).content.decode()
    assert "Đã gọi điện cho chủ nhà." in page
    assert "composer internal" in page


def test_the_whole_number_is_shown_to_those_who_work_on_it_only(town: Town) -> None:
    dossier = town.received()
    assert "079190012346" in town.get("handler", dossier).content.decode()
    assert "079190012346" not in town.get("registrar", dossier).content.decode()
    assert "079190012346" not in town.get("handler", dossier, "xem-nhanh/").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "slug"),
    [
        ("colleague", "phan-cong"), ("handler", "ky"), ("registrar", "chuyen-buoc"), ("clerk", "bo-sung"),
        ("leader", "phat-hanh"), ("head", "tu-choi"),
    ],
)  # fmt: skip
def test_a_decision_without_the_right_is_refused_and_changes_nothing(town: Town, who: str, slug: str) -> None:
    dossier = town.to_sign() if slug in ("ky", "phat-hanh", "tu-choi") else town.at_work()
    before = state_of(dossier)
    to = town.accounts["colleague"].pk
    said = {"reason": REASON, "message": REASON, "to": to, "unit": town.province.other.pk}
    assert town.take(who, dossier, slug, **said).status_code in (403, 422)
    assert state_of(dossier) == before


def test_an_outsider_finds_no_decision_and_changes_nothing(town: Town) -> None:
    dossier = town.at_work()
    before = state_of(dossier)
    assert town.take("outsider", dossier, "chuyen-buoc").status_code == 404
    assert town.take("nobody", dossier, "chuyen-buoc").status_code == 302
    assert town.take("lan", dossier, "chuyen-buoc").status_code == 403
    assert state_of(dossier) == before


def test_a_decision_on_an_old_page_keeps_what_was_typed_and_says_what_changed(town: Town) -> None:
    dossier = town.at_work()
    old = seen(dossier)
    actions.note(dossier_id=dossier.pk, text="Chờ đo lại ranh đất.", by=town.actor("colleague"), at=timezone.now())
    before = state_of(dossier)
    answer = town.take("handler", dossier, "bo-sung", message="Bản vẽ thiếu kích thước.", **old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bản vẽ thiếu kích thước." in page
    assert "Chờ đo lại ranh đất." in page
    assert f'name="revision" value="{before[1]}"' in page
    assert state_of(dossier) == before


def test_pressing_twice_decides_once_and_says_so_both_times(town: Town) -> None:
    dossier = town.at_work()
    said = {"message": "Bản vẽ thiếu kích thước.", **seen(dossier)}
    first = town.take("handler", dossier, "bo-sung", **said)
    second = town.take("handler", dossier, "bo-sung", **said)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Supplement.objects.filter(dossier=dossier).count() == 1
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.ask_supplement").count() == 1


def test_a_note_sent_twice_is_one_note(town: Town) -> None:
    dossier = town.at_work()
    said = {"text": "Đã gọi điện.", **seen(dossier)}
    assert town.take("handler", dossier, "ghi-chu", **said).status_code == 302
    assert town.take("handler", dossier, "ghi-chu", **said).status_code == 302
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.note").count() == 1
    assert town.take("handler", dossier, "ghi-chu", **said | {"text": "Hẹn thứ Hai."}).status_code == 302
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.note").count() == 2


def test_the_same_decision_by_somebody_else_is_no_repeat(town: Town) -> None:
    dossier = town.at_work()
    said = {"message": "Bản vẽ thiếu kích thước.", **seen(dossier)}
    assert town.take("handler", dossier, "bo-sung", **said).status_code == 302
    assert town.take("colleague", dossier, "bo-sung", **said).status_code == 409


def test_a_request_without_a_sentence_stays_on_its_page(town: Town) -> None:
    dossier = town.at_work()
    before = state_of(dossier)
    answer = town.take("handler", dossier, "bo-sung", message="")
    assert answer.status_code == 422
    assert state_of(dossier) == before


def test_a_preview_shows_the_letter_and_keeps_nothing(town: Town) -> None:
    dossier = town.at_work()
    before = state_of(dossier)
    url = f"/lam-viec/ho-so/{dossier.case.number}/quyet-dinh/bo-sung/xem-truoc/"
    client, said = town.client("handler"), {"message": "Bản vẽ thiếu kích thước.", "missing": town.components()[0].code}
    plain = client.post(url, said)
    assert (plain.status_code, plain["Content-Type"], plain.content[:5]) == (200, "application/pdf", b"%PDF-")
    part = client.post(url, said, headers={"HX-Request": "true"}).content.decode()
    assert "data:image/png;base64," in part
    assert "Bản vẽ thiếu kích thước." in part
    assert state_of(dossier) == before
    assert not dossier.papers.filter(form="02").exists()


def test_the_bar_offers_what_the_step_allows(town: Town) -> None:
    dossier = town.at_work()
    page = town.get("handler", dossier).content.decode()
    assert "quyet-dinh/chuyen-buoc/" in page
    assert "quyet-dinh/ky/" not in page
    assert "quyet-dinh/ky/" not in town.get("leader", dossier).content.decode()
    signing = town.to_sign()
    assert "quyet-dinh/ky/" in town.get("leader", signing).content.decode()
    assert "quyet-dinh/chuyen-buoc/" not in town.get("handler", signing).content.decode()


@pytest.mark.slow
def test_every_button_of_every_page_opens(town: Town) -> None:
    """What the bar offers, its page shows; nothing offered leads back."""
    for dossier in (town.received(), town.at_work(), town.to_sign()):
        for who in ("clerk", "handler", "head", "leader", "registrar"):
            from tinhso.modules.dossiers.desk.offers import offers
            from tinhso.modules.dossiers.queries.case_page import case_page

            page = case_page(dossier.case.number, town.actor(who))
            for one in offers(page, town.actor(who), timezone.now()).all:
                assert town.get(who, dossier, f"quyet-dinh/{one.slug}/").status_code == 200, (who, one.slug)


@pytest.mark.slow
def test_a_dossier_goes_from_the_counter_to_the_hands_of_the_applicant(town: Town) -> None:
    dossier = town.received()
    assert town.take("head", dossier, "phan-cong", to=town.accounts["handler"].pk).status_code == 302
    unit = town.province.other.pk
    asked = town.take("handler", dossier, "lay-y-kien", unit=unit, question="Cao độ nền có phù hợp không?", days="2")
    assert asked.status_code == 302
    opinion = Case.objects.get(pk=dossier.pk).steps.get(is_parallel=True)
    assert town.take("outsider", dossier, "cho-y-kien", step=opinion.pk, answer="Phù hợp.").status_code == 302
    components = {"missing": town.components()[1].code, f"reason-{town.components()[1].code}": "thiếu chữ ký"}
    assert town.take("handler", dossier, "bo-sung", message=REASON, **components).status_code == 302
    assert town.take("clerk", dossier, "nhan-bo-sung", **{f"paper-{town.components()[1].code}": "1"}).status_code == 302
    assert town.take("handler", dossier, "nghia-vu", amount="1.250.000", notice="Số 12").status_code == 302
    assert town.take("handler", dossier, "da-nop", proof="Biên lai 0012 ngày 20/11").status_code == 302
    assert town.take("handler", dossier, "du-thao", content="Chấp thuận.").status_code == 302
    assert town.get("handler", dossier, "du-thao-ket-qua/").content[:5] == b"%PDF-"
    while (kind := Case.objects.get(pk=dossier.pk).step_kind) != "sign":
        who = "head" if kind == "review" else "handler"
        assert town.take(who, dossier, "chuyen-buoc", note="Đủ điều kiện.").status_code == 302
    back = Case.objects.get(pk=dossier.pk).steps.get(kind="appraise").key
    assert town.take("leader", dossier, "tra-lai", to=back, reason="Bổ sung căn cứ pháp lý.").status_code == 302
    while (kind := Case.objects.get(pk=dossier.pk).step_kind) != "sign":
        assert town.take("head" if kind == "review" else "handler", dossier, "chuyen-buoc").status_code == 302
    assert town.take("leader", dossier, "ky").status_code == 302
    assert town.take("registrar", dossier, "phat-hanh").status_code == 302
    if Dossier.objects.get(pk=dossier.pk).fee:
        assert town.take("clerk", dossier, "tra-ket-qua", how="counter").status_code == 422
        assert town.take("clerk", dossier, "thu-phi").status_code == 302
    if Case.objects.get(pk=dossier.pk).state == "finished":
        assert town.take("clerk", dossier, "tra-ket-qua", how="counter").status_code == 302
    assert Case.objects.get(pk=dossier.pk).state == "returned"
    for paper in dossier.papers.all():
        assert town.get("clerk", dossier, f"giay/{paper.pk}/").content[:5] == b"%PDF-"
    assert town.get("clerk", dossier, "ket-qua/").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "slug", "said", "state"),
    [
        ("clerk", "rut", {"reason": "Đổi thiết kế nhà."}, "withdrawn"),
        ("leader", "dung", {"reason": "Đất có tranh chấp."}, "stopped"),
        ("leader", "tu-choi", {"reason": "Không phù hợp quy hoạch."}, "finished"),
        ("handler", "xin-loi", {"reason": "Phải đo lại ranh đất.", "new_date": IN_TIME}, "processing"),
    ],
)
def test_other_ends_and_promises(town: Town, who: str, slug: str, said: dict[str, str], state: str) -> None:
    dossier = town.at_work()
    assert town.take(who, dossier, slug, **said).status_code == 302
    assert Case.objects.get(pk=dossier.pk).state == state
    assert town.get(who, dossier).status_code == 200


def test_a_dossier_is_moved_to_another_unit(town: Town) -> None:
    dossier = town.at_work()
    unit = town.province.other
    assert (
        town.take("head", dossier, "chuyen-co-quan", unit=unit.pk, reason="Thửa đất thuộc xã bên.").status_code == 302
    )
    assert Case.objects.get(pk=dossier.pk).unit_id == unit.pk
    assert town.get("outsider", dossier).status_code == 200


def test_the_register_is_for_those_who_receive(town: Town) -> None:
    town.received()
    assert town.client("handler").get("/lam-viec/so-theo-doi/").status_code == 403
    assert town.client("clerk").get("/lam-viec/so-theo-doi/").content[:5] == b"%PDF-"
    for span in ("", "&tu=0001-01-01&den=9999-12-31", "&tu=31/02/2026"):
        sheet = town.client("clerk").get(f"/lam-viec/so-theo-doi/?dang=xlsx{span}")
        assert sheet.content[:2] == b"PK"


@pytest.mark.parametrize(("slug", "verb"), [("ky", "dossier.sign"), ("tu-choi", "dossier.refuse")])
def test_a_signature_waits_until_the_leader_has_shown_who_they_are(town: Town, slug: str, verb: str) -> None:
    dossier, leader = town.to_sign(), town.client("leader")
    page = f"/lam-viec/ho-so/{dossier.case.number}/quyet-dinh/{slug}/"
    before, said = state_of(dossier), seen(dossier) | {"reason": "Thiếu chữ ký của chủ đầu tư."}
    prove(leader, town.accounts["leader"], at=time.time() - 5 * 3600)
    asked = leader.post(page, said)
    assert asked["Location"].startswith("/tai-khoan/xac-nhan/")
    assert state_of(dossier) == before
    prove(leader, town.accounts["leader"])
    assert reverse("dossiers:detail", args=[dossier.case.number]) in leader.post(page, said)["Location"]
    assert Entry.objects.filter(case_id=dossier.pk, verb=verb).count() == 1


def test_an_english_page_says_time_left_and_the_reasons_of_the_date_in_english(town):
    dossier, handler = town.at_work(), town.client("handler")
    handler.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = handler.get(reverse("dossiers:detail", args=[dossier.case.number])).content.decode()
    assert "working days left" in page
    assert "làm việc</" not in page
    reasons = handler.get(reverse("dossiers:desk_why", args=[dossier.case.number])).content.decode()
    assert "Received at " in reasons
    assert "Nhận hồ sơ lúc" not in reasons


def test_who_handled_a_dossier_is_warned_before_signing_it(town):
    dossier = town.to_sign()
    page = reverse("dossiers:decide", args=[dossier.case.number, "ky"])
    warning = "Bạn vừa xử lý vừa ký hồ sơ này"
    assert warning not in town.client("leader").get(page).content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(handler=town.accounts["leader"])
    assert warning in town.client("leader").get(page).content.decode()
