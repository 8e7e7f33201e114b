"""Officials from a list, and what leaving a post ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.identity import jobs
from tinhso.kernel.identity.roster import import_officials
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
HANH = {
    "username": "hanh",
    "full_name": "Trần Thị Hạnh",
    "unit": "XA",
    "title": "Chuyên viên",
    "roles": "core.calendars",
}


@pytest.fixture(autouse=True)
def _unit() -> None:
    factories.unit("XA")


def run(*rows: dict[str, Any], dry_run: bool = False) -> list[str]:
    """The report, as the command prints it; all is taken back when a line was wrong."""
    said: list[str] = []
    try:
        with transaction.atomic():
            for line in import_officials(rows, dry_run=dry_run, by=SYSTEM, at=AT):
                said.append(line)
            transaction.set_rollback(dry_run)
    except Refusal as refused:
        said.append(refused.message)
    return said


def test_a_line_makes_account_post_and_roles_and_writes_it_down() -> None:
    assert run(HANH | {"begins_on": "01/03/2026", "email": "hanh@example.test"}) == ["1: hanh – đã thêm"]
    account = Account.objects.get(username="hanh")
    assert (account.is_official, account.has_usable_password()) == (True, False)
    assert account.positions.values_list("title", "unit__code", "begins_on").get() == (
        "Chuyên viên", "XA", date(2026, 3, 1)
    )  # fmt: skip
    assert account.grants.values_list("role", "unit__code").get() == ("core.calendars", "XA")
    assert Entry.objects.filter(subject=f"account/{account.pk}", verb="person.register").count() == 1


def test_read_again_a_list_changes_nothing_and_a_longer_one_adds_what_is_missing() -> None:
    run(HANH)
    before = (Account.objects.count(), Position.objects.count(), Grant.objects.count(), Entry.objects.count())
    assert run(HANH) == ["1: hanh – giữ nguyên"]
    assert before == (Account.objects.count(), Position.objects.count(), Grant.objects.count(), Entry.objects.count())
    assert run(HANH | {"roles": "core.calendars core.auditor"}) == ["1: hanh – giao Kiểm tra lịch sử xử lý"]
    factories.unit("XB")
    assert run(HANH | {"unit": "XB"}) == ["1: hanh – bổ nhiệm Chuyên viên; giao Quản lý lịch làm việc"]
    assert list(Position.objects.order_by("id").values_list("unit__code", "is_main")) == [("XA", True), ("XB", False)]


def test_the_end_of_a_post_ends_its_roles_and_sessions() -> None:
    run(HANH | {"begins_on": "01/02/2026"})
    account = Account.objects.get(username="hanh")
    UserSession.objects.create(user=account, ip="127.0.0.1", session_key="a", user_agent="x")
    assert run(HANH | {"ends_on": "28/02/2026"}) == ["1: hanh – kết thúc Chuyên viên từ 28/02/2026"]
    assert Position.objects.values_list("ends_on", flat=True).get() == date(2026, 2, 28)
    assert Grant.objects.values_list("ends_on", flat=True).get() == date(2026, 2, 28)
    assert UserSession.objects.count() == 0
    account.refresh_from_db()
    assert account.sessions_version == 1
    assert run(HANH | {"ends_on": "28/02/2026"}) == ["1: hanh – giữ nguyên"]


@pytest.mark.parametrize(("changed", "words"), [
    ({"username": ""}, "thiếu tên đăng nhập"),
    ({"full_name": " "}, "thiếu tên đăng nhập"),
    ({"unit": "none"}, "không có đơn vị mã “none”"),
    ({"roles": "king"}, "không có vai trò “king”"),
    ({"begins_on": "hôm qua"}, "không đọc được ngày"),
    ({"username": "lan"}, "là tài khoản của người dân"),
    ({"username": "ma", "ends_on": "28/02/2026"}, "chưa có tài khoản “ma”"),
])  # fmt: skip
def test_a_wrong_line_is_named_the_others_are_looked_at_and_nothing_is_changed(
    changed: dict[str, Any], words: str
) -> None:
    factories.citizen("lan")
    report = run(HANH | changed, HANH | {"username": "binh"})
    assert report[0].startswith("1: SAI – ")
    assert words in report[0]
    assert report[1:] == ["2: binh – đã thêm", "1 trong 2 dòng sai: 1."]
    assert not Account.objects.filter(username="binh").exists()
    assert Position.objects.count() == Entry.objects.count() == 0


def test_a_dry_run_reports_and_keeps_nothing() -> None:
    assert run(HANH, dry_run=True) == ["1: hanh – đã thêm"]
    assert Account.objects.count() == 0


def test_the_night_after_a_post_ended_its_sessions_end_and_later_ones_stay() -> None:
    run(HANH | {"begins_on": "01/02/2026"})
    run(HANH | {"ends_on": "02/03/2026"})
    account = Account.objects.get(username="hanh")
    for key, began in (("old", AT - timedelta(hours=1)), ("new", AT + timedelta(days=2))):
        UserSession.objects.create(user=account, ip="127.0.0.1", session_key=key, user_agent="x", created_at=began)
    assert jobs.end_sessions(AT + timedelta(hours=5)) == 0
    assert jobs.end_sessions(AT + timedelta(days=1)) == 1
    assert jobs.end_sessions(AT + timedelta(days=2)) == 0
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["new"]
