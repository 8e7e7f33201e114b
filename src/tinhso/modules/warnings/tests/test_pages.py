"""Warnings as people, programs and officials meet them."""

from __future__ import annotations

import json
from datetime import timedelta

from defusedxml import ElementTree
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.talks import Said
from tinhso.modules.warnings import demo, door
from tinhso.modules.warnings.actions import writing
from tinhso.modules.warnings.models import Bulletin, Subscription, Warning
from tinhso.modules.warnings.queries.shown import on_wall
from tinhso.modules.warnings.rules import Level
from tinhso.modules.warnings.tests.conftest import Here


def page(path: str, **more: object) -> str:
    answer = Client().get(path, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def browser_of(account: object) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def test_what_holds_is_on_the_home_page_and_vanishes_when_withdrawn(here: Here) -> None:
    made = here.published()
    home = page("/")
    assert home.index("Nộp hồ sơ</b>") < home.index("Mưa lớn ven sông") < home.index("Theo việc của bạn")
    Bulletin.objects.filter(pk=made.pk).update(level=Level.DANGER)
    home = page("/")
    assert home.index("Mưa lớn ven sông") < home.index("Nộp hồ sơ</b>")
    with CaptureQueriesContext(connection) as seen:
        page("/canh-bao/")
    assert len([one for one in seen if "warnings_" in one["sql"]]) == 1
    writing.withdraw(warning_id=made.warning_id, reason="Hết mưa rồi", by=actor_of(here.approver), at=timezone.now())
    assert "Mưa lớn ven sông" not in page("/")
    assert "Không có cảnh báo nào" in page("/canh-bao/")
    assert "Hết mưa rồi" in page(f"/canh-bao/{made.warning.code}/")


def test_a_place_shows_its_own_and_those_of_the_whole_province(here: Here) -> None:
    here.published()
    here.published(title="Cả tỉnh cảnh giác", areas=frozenset({here.province.root.pk}))
    other = page(f"/canh-bao/?noi={here.province.other.code}")
    assert ("Cả tỉnh cảnh giác" in other, "Mưa lớn" in other) == (True, False)


def test_programs_read_rss_json_and_cap_and_learn_of_a_withdrawal(here: Here) -> None:
    made = here.published(title="Nước lên <nhanh>")
    code = made.warning.code
    [item] = ElementTree.fromstring(page("/canh-bao/rss/")).iter("item")
    assert item.findtext("title") == "Chú ý: Nước lên <nhanh>"
    [told] = json.loads(page("/canh-bao/du-lieu.json"))["warnings"]
    assert (told["code"], told["severity"], told["is_demonstration"]) == (code, "Moderate", False)
    alert = ElementTree.fromstring(page(f"/canh-bao/cap/{code}/1.xml"))
    assert alert.findtext("{*}msgType") == "Alert"
    assert Client().get(f"/canh-bao/cap/{code}/1-rut.xml").status_code == 404
    writing.withdraw(warning_id=made.warning_id, reason="Nước đã rút", by=actor_of(here.approver), at=timezone.now())
    [told] = json.loads(page("/canh-bao/du-lieu.json"))["warnings"]
    assert (told["state"], told["cap"].endswith(f"/{code}/1-rut.xml")) == ("withdrawn", True)
    gone = ElementTree.fromstring(page(f"/canh-bao/cap/{code}/1-rut.xml"))
    assert (gone.findtext("{*}msgType"), gone.findtext("{*}info/{*}description")) == ("Cancel", "Nước đã rút")
    assert list(ElementTree.fromstring(page("/canh-bao/rss/")).iter("item")) == []


def test_a_warning_is_written_by_one_and_published_by_another_on_the_pages(here: Here) -> None:
    writer, approver = browser_of(here.writer), browser_of(here.approver)
    until = timezone.localtime(timezone.now() + timedelta(hours=5))
    said = {
        "kind": "power", "level": "1", "title": "Ngừng cấp điện", "body": "Ngừng điện để sửa lưới.",
        "expires_at": f"{until:%Y-%m-%dT%H:%M}", "areas": [here.province.commune.code],
    }  # fmt: skip
    wrong = writer.post("/lam-viec/canh-bao/soan/", {**said, "title": "x"})
    assert (wrong.status_code, Warning.objects.count()) == (422, 0)
    assert writer.post("/lam-viec/canh-bao/soan/", said).status_code == 302
    code = Warning.objects.get().code
    base = f"/lam-viec/canh-bao/{code}/"
    assert writer.post(f"{base}sua/", {**said, "title": "Ngừng cấp điện hôm nay"}).status_code == 302
    assert writer.post(f"{base}trinh/").status_code == 302
    assert writer.post(f"{base}duyet/").status_code == 403
    assert Bulletin.objects.get().state == "waiting"
    assert "Duyệt và công bố" in approver.get(base).content.decode()
    assert approver.post(f"{base}duyet/").status_code == 302
    assert "Ngừng cấp điện hôm nay" in page("/canh-bao/")
    assert "Ngừng cấp điện hôm nay" in writer.get("/lam-viec/canh-bao/").content.decode()
    assert approver.post(f"{base}rut/", {"reason": ""}).status_code == 422
    assert writer.post(f"{base}cap-nhat/")["Location"] == f"{base}sua/"
    assert approver.post(f"{base}rut/", {"reason": "Có điện sớm"}).status_code == 302
    assert [one.state for one in Bulletin.objects.all()] == ["withdrawn"]
    assert approver.post(f"{base}khac/").status_code == 404


def test_a_person_chooses_places_and_takes_them_back(here: Here) -> None:
    lan = browser_of(here.lan)
    assert Client().get("/canh-bao/theo-doi/").status_code == 302
    assert lan.post("/canh-bao/theo-doi/", {"places": [here.province.commune.code]}).status_code == 302
    assert "checked" in lan.get("/canh-bao/theo-doi/").content.decode()
    assert lan.post("/canh-bao/theo-doi/", {}).status_code == 302
    assert Subscription.objects.count() == 0


def test_asking_by_message_tells_what_holds_in_the_place(here: Here) -> None:
    def told(text: str) -> str:
        return door.converse(Said(text=text, at=timezone.now(), contact="c", key="k", way="zalo")).text

    assert told("") == "Hiện không có cảnh báo nào."
    here.published()
    assert "Mưa lớn ven sông" in told("")
    assert "Mưa lớn ven sông" in told(here.province.commune.short_name.upper())
    assert "không có" in told(here.province.other.name)


def test_the_demonstration_shows_two_and_lets_one_wait(here: Here) -> None:
    from tinhso.kernel.people.models import Account
    from tinhso.kernel.testing import people

    people.official(demo.WRITER, here.province.root)
    people.official(demo.APPROVER, here.province.root)
    for _ in range(2):
        demo.demo()
    assert sorted(Bulletin.objects.values_list("state", flat=True)) == ["published", "published", "waiting"]
    assert set(Warning.objects.values_list("is_demonstration", flat=True)) == {True}
    assert Account.objects.filter(is_official=False).count() == Subscription.objects.count() == 1


def test_the_wall_shows_dangers_only(here: Here) -> None:
    here.published(level=Level.CARE, title="Mất điện")
    assert on_wall(SYSTEM, timezone.now())["is_empty"] is True
    for number in range(3):
        here.published(level=Level.DANGER, title=f"Lũ lên nhanh {number}")
    shown = on_wall(SYSTEM, timezone.now())
    assert ([one.row.title for one in shown["warnings"]], shown["others"]) == (["Lũ lên nhanh 2", "Lũ lên nhanh 1"], 1)
    assert on_wall(SYSTEM, timezone.now() + timedelta(days=2))["is_empty"] is True
