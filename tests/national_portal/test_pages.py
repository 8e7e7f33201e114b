"""Pages of the link for its operators, the portal's own way in, and what the doctor says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.national_portal.factories import CODE, PDF, message, operator, timezone
from tests.stage import key_of

from tinhso.config.cli import checks
from tinhso.kernel.files import actions as files
from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import START, Office
from tinhso.modules.national_portal.actions import incoming, link, outgoing
from tinhso.modules.national_portal.models import Comparison, Incoming, Outgoing
from tinhso.modules.national_portal.queries.pictures import address_of
from tinhso.modules.national_portal.rules import reading

pytestmark = [pytest.mark.django_db]
PAGES = ("", "hang-doi/", "khong-gui-duoc/", "chua-xac-nhan/", "tiep-nhan-loi/", "doi-soat/", "danh-muc/")
AT = "/lam-viec/cong-dvcqg/"
IN = "/api/v1/national-portal/dossiers"


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def chief(office: Office) -> Client:
    return browser(operator(office))


def queued(office: Office, number: int) -> list[Outgoing]:
    made = []
    for _ in range(number):
        dossier = office.filed()
        outgoing.mark(case_id=dossier.pk, code=dossier.case.number, version=1, at=START)
        made.append(Outgoing.objects.get(pk=dossier.pk))
    return made


def failed(office: Office, **change: Any) -> Incoming:
    incoming.keep([reading.envelope(message(office, **{"ChuHoSo": "", **change}))], START)
    row = Incoming.objects.latest("id")
    incoming.take_in(incoming_id=row.pk, at=START)
    return row


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_operators_only(office: Office, chief: Client, page: str) -> None:
    assert chief.get(AT + page).status_code == 200
    for who in ("lan", "clerk", "leader", "neighbour"):
        assert browser(office.accounts[who]).get(AT + page).status_code == 403
    assert Client().get(AT + page).status_code == 302


@pytest.mark.parametrize("page", ["hang-doi/", "chua-xac-nhan/", "tiep-nhan-loi/"])
def test_twice_the_rows_cost_the_same_statements(office: Office, chief: Client, page: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert chief.get(AT + page).status_code == 200
        return len(seen)

    queued(office, 2)
    failed(office)
    chief.get(AT + page)
    few = statements()
    queued(office, 2)
    failed(office, MaHoSo="H53.242.01-261116-0043")
    assert statements() == few


def test_the_first_page_says_how_the_link_fares(office: Office, chief: Client, settings: Any) -> None:
    assert "Kết nối đang tắt" in chief.get(AT).content.decode()
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "url": "https://cong.example/api", "password": "bi-mat"}
    for _ in range(5):
        link.failed("Cổng trả lời HTTP 503.", timezone.now())
    page = chief.get(AT).content.decode()
    assert "5 lần liền không được: Cổng trả lời HTTP 503." in page
    link.worked(timezone.now())
    page = chief.get(AT).content.decode()
    assert "Kết nối thông suốt" in page
    assert "https://cong.example/api" in page
    assert "bi-mat" not in page


def test_a_dead_letter_is_shown_with_its_payload_and_sent_again(office: Office, chief: Client) -> None:
    (row,) = queued(office, 1)
    Outgoing.objects.filter(pk=row.pk).update(
        state="dead", error="Sai mã lĩnh vực", error_code="12", payload={"HoSo": {"ChuHoSo": "<b>Lan</b>"}}
    )
    assert row.code in chief.get(f"{AT}khong-gui-duoc/").content.decode()
    page = chief.get(f"{AT}ho-so/{row.pk}/").content.decode()
    assert "Sai mã lĩnh vực" in page
    assert "&lt;b&gt;Lan&lt;/b&gt;" in page
    assert Dossier.objects.get(pk=row.pk).case.views.count() == 1  # who saw personal data is on record
    answer = chief.post(f"{AT}ho-so/{row.pk}/gui-lai/", follow=True)
    assert f"Đã đưa hồ sơ {row.code} vào hàng đợi gửi lại." in answer.content.decode()
    assert Outgoing.objects.get(pk=row.pk).state == "waiting"


def test_a_message_is_mended_on_its_page(office: Office, chief: Client) -> None:
    row = failed(office)
    assert "Thiếu ChuHoSo" in chief.get(f"{AT}tiep-nhan-loi/").content.decode()
    page = f"{AT}ban-tin/{row.pk}/"
    assert CODE in chief.get(page).content.decode()
    wrong = chief.post(f"{page}tiep-nhan-lai/", {"text": "{không phải"})
    assert wrong.status_code == 422
    assert "{không phải" in wrong.content.decode()
    assert Incoming.objects.get(pk=row.pk).state == "failed"
    done = chief.post(f"{page}tiep-nhan-lai/", {"text": json.dumps(message(office))})
    assert (done.status_code, Incoming.objects.get(pk=row.pk).state) == (302, "waiting")
    incoming.take_in(incoming_id=row.pk, at=START)
    assert chief.get(page).status_code == 200
    assert Dossier.objects.count() == 1


def test_a_message_is_put_aside_with_a_reason(office: Office, chief: Client) -> None:
    row = failed(office)
    page = f"{AT}ban-tin/{row.pk}/bo-qua/"
    assert chief.post(page, {"reason": "thừa"}).status_code == 422
    assert chief.post(page, {"reason": "Cổng đã gửi bản đúng rồi."}).status_code == 302
    assert Incoming.objects.get(pk=row.pk).state == "dropped"


@pytest.fixture
def portal_key(office: Office) -> dict[str, str]:
    account = people.official("cong", office.province.root, "national_portal.program")
    return {"Authorization": f"Bearer {key_of(account)}"}


def test_the_portal_delivers_with_its_key_and_nobody_else_does(office: Office, portal_key: dict[str, str]) -> None:
    body = json.dumps({"data": [message(office), message(office, "H53.242.01-261116-0043")]})
    for key, status in (({}, 401), ({"Authorization": f"Bearer {key_of(office.accounts['clerk'])}"}, 403)):
        assert Client().post(IN, body, "application/json", headers=key).status_code == status
    assert Incoming.objects.count() == 0
    for new in (2, 0):
        answer = Client().post(IN, body, "application/json", headers=portal_key)
        assert answer.json() == {"error_code": "0", "message": f"Đã nhận 2 bản tin, {new} bản tin mới."}
    assert Incoming.objects.filter(state="waiting", times=2).count() == 2


@pytest.mark.parametrize("body", ["<html>", '{"MaHoSo": "H', "null", "{}"])
def test_nonsense_delivered_is_kept_and_answered_with_why(
    office: Office, portal_key: dict[str, str], body: str
) -> None:
    for _ in range(2):
        answer = Client().post(IN, body, "application/json", headers=portal_key)
        assert (answer.status_code, answer.json()["error_code"]) == (200, "1")
    assert Incoming.objects.get().state == "failed"


def test_files_are_fetched_by_signed_addresses_with_the_portals_key(office: Office, portal_key: dict[str, str]) -> None:
    paper = files.store_made(PDF, name="to-khai.pdf", purpose="dossiers.component")
    other = files.store_made(PDF, name="khac.pdf", purpose="vault.item")
    path = address_of(paper.pk).partition("//")[2].partition("/")[2]
    answer = Client().get(f"/{path}", headers=portal_key)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert Client().get(f"/{path}").status_code == 401
    assert Client().get(f"/{path[:-1]}", headers=portal_key).status_code == 404
    hidden = address_of(other.pk).partition("//")[2].partition("/")[2]
    assert Client().get(f"/{hidden}", headers=portal_key).status_code == 404


def test_the_doctor_says_how_the_link_fares(office: Office, settings: Any) -> None:
    assert [one.what for one in checks.national_portal()] == ["The link to the national portal is off"]
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "url": "https://cong.example/api"}
    queued(office, 3)
    failed(office)
    Outgoing.objects.filter(pk=Outgoing.objects.first().pk).update(state="dead")  # type: ignore[union-attr]
    assert [(one.level, one.what) for one in checks.national_portal()] == [
        ("ok", "The national portal is linked, 2 dossiers wait to be sent"),
        ("warn", "1 dossiers were refused by the national portal"),
        ("warn", "1 messages of the national portal could not be taken in"),
        ("warn", "3 dossiers have not been acknowledged for over a day"),
    ]
    for _ in range(5):
        link.failed("HTTP 503", timezone.now())
    assert next(iter(checks.national_portal())).level == "bad"


def test_the_demonstration_fills_every_page_once(office: Office) -> None:
    from tinhso.modules.national_portal.demo import demo

    for _ in range(20):
        office.filed()
    Account.objects.filter(username="clerk").update(username="quantri")
    demo(at=timezone.now())
    counted = (Outgoing.objects.dead().count(), Outgoing.objects.waiting().count(), Incoming.objects.failed().count())
    assert counted == (3, 9, 3)
    demo(at=timezone.now())
    assert Incoming.objects.count() == 3
    pages = browser(Account.objects.get(username="quantri"))
    for page in PAGES:
        assert pages.get(AT + page).status_code == 200


def test_a_comparison_names_the_states_on_both_sides(chief: Client) -> None:
    one = Comparison.objects.create(made_at=START, ours={"4": 2, "10": 5}, theirs={"4": 1, "10": 5}, differing=1)
    one.rows.create(code=CODE, ours=4, theirs=0)
    page = chief.get(f"{AT}doi-soat/{one.pk}/").content.decode()
    assert '<th scope="row">4. Đang xử lý</th><td class="number">2</td><td class="number">1</td>' in page
    assert '<th scope="row">10. Đã trả kết quả</th>' in page
    assert f'<th scope="row">{CODE}</th><td>4. Đang xử lý</td><td>không có</td>' in page
