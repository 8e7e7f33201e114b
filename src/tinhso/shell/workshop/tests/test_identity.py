"""Posts that end, and numbers proven at the counter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.tests.factories import official, province, unit

pytestmark = pytest.mark.django_db
CONFIRM = "/lam-viec/doi-chieu/"
CARD = "001190012345||Nguyễn Thị Lan|15031990|Nữ|Số 1|01012022"


@pytest.fixture
def top() -> Any:
    return province()


def ending(post: Position) -> str:
    return f"/lam-viec/quan-tri/vi-tri/{post.pk}/ket-thuc/"


def test_who_leaves_a_post_loses_its_roles_and_sessions(client: Any, top: Any) -> None:
    ward = unit("XA1", top)
    hanh = official("hanh", ward, "parcels.worker")
    post = Position.objects.get(account=hanh)
    yesterday = timezone.localdate() - timedelta(days=1)
    client.force_login(official("quan", top, "core.admin"))
    page = f"/lam-viec/quan-tri/can-bo/{hanh.pk}/"
    assert ending(post) in client.get(page).content.decode()
    assert client.post(ending(post), {"ends_on": f"{yesterday:%d/%m/%Y}"}).status_code == 302
    post.refresh_from_db()
    assert post.ends_on == yesterday
    assert Grant.objects.filter(account=hanh, ends_on__isnull=True).count() == 0
    assert Account.objects.get(pk=hanh.pk).sessions_version == 1
    assert Entry.objects.filter(subject=f"account/{hanh.pk}", verb="person.leave").count() == 1
    assert client.post(ending(post), {"ends_on": f"{yesterday:%d/%m/%Y}"}).status_code == 422
    assert ending(post) not in client.get(page).content.decode()


def test_nobody_ends_ones_own_post_another_units_or_before_it_began(client: Any, top: Any) -> None:
    ward, other = unit("XA1", top), unit("XA2", top)
    quan, hanh = official("quan", ward, "core.people"), official("hanh", other, "parcels.worker")
    client.force_login(quan)
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert client.post(ending(Position.objects.get(account=quan)), {"ends_on": today}).status_code == 422
    assert client.post(ending(Position.objects.get(account=hanh)), {"ends_on": today}).status_code == 404
    binh = official("binh", ward, "parcels.worker")
    assert client.post(ending(Position.objects.get(account=binh)), {"ends_on": "01/01/2000"}).status_code == 422
    assert Position.objects.filter(ends_on__isnull=False).count() == 0


@pytest.fixture
def clerk(client: Any, top: Any) -> Any:
    client.force_login(official("mai", top, "core.identity"))
    return client


def test_a_card_seen_with_its_holder_proves_the_number(clerk: Any) -> None:
    lan = people.citizen("lan", declared_number="001190012345")
    known = Person.objects.create(full_name="Nguyễn Thị Lan", identity_number="001190012345", born_on=date(1990, 3, 15))
    shown = clerk.post(CONFIRM, {"username": "lan", "number": CARD}).content.decode()
    assert "tự khai, trùng với thẻ" in shown
    assert Entry.objects.count() == 0
    said = {"username": "lan", "number": CARD, "confirm": "1"}
    assert clerk.post(CONFIRM, said).status_code == 422
    assert Account.objects.get(pk=lan.pk).person_id != known.pk
    assert clerk.post(CONFIRM, said | {"seen": "1"}).status_code == 302
    assert Account.objects.get(pk=lan.pk).person_id == known.pk
    assert list(Entry.objects.values_list("verb", "subject")) == [("person.confirm_identity", f"account/{lan.pk}")]


@pytest.mark.parametrize(
    "changed", [{"username": "hoa"}, {"username": "nobody"}, {"username": "mai"}, {"number": "12"}]
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(changed: dict[str, str], clerk: Any) -> None:
    people.citizen("lan", identity_number="001190012345")
    people.citizen("hoa")
    before = list(Account.objects.order_by("pk").values_list("pk", "person_id"))
    answer = clerk.post(CONFIRM, {"username": "lan", "number": CARD, "confirm": "1", "seen": "1"} | changed)
    assert answer.status_code == 422
    assert list(Account.objects.order_by("pk").values_list("pk", "person_id")) == before
    assert Entry.objects.count() == 0
