from __future__ import annotations

from datetime import date

import pytest

from tinhso.kernel.clock.models import CalendarDay
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.tests import factories as people
from tinhso.kernel.units.models import Unit
from tinhso.shell.tests.factories import counting, official, parcel, province, unit

pytestmark = pytest.mark.django_db
BASE = "/lam-viec/quan-tri/"
PAGES = ("don-vi/", "can-bo/", "can-bo/them/", "lich/", "lich-su/")


@pytest.fixture
def top():
    return province()


@pytest.fixture
def ward(top):
    return unit("XA1", top)


def _verbs():
    return list(Entry.objects.filter(case=None).order_by("pk").values_list("verb", flat=True))


def test_the_administrator_opens_every_page(client, top):
    client.force_login(official("quan", top, "core.admin"))
    assert [client.get(BASE + page).status_code for page in PAGES] == [200] * 5


def test_others_open_none(client, ward):
    assert {client.get(BASE + page).status_code for page in PAGES} == {302}
    for who in (people.citizen("lan"), official("hanh", ward, "parcels.worker")):
        client.force_login(who)
        assert {client.get(BASE + page).status_code for page in PAGES} == {403}


def test_a_unit_is_added_renamed_and_ended_with_its_history(client, top, ward):
    client.force_login(official("quan", top, "core.admin"))
    said = {"name": "Phòng Kinh tế", "code": "XA1-KT", "kind": "division", "begins_on": "01/08/2026"}
    client.post(f"{BASE}don-vi/{ward.pk}/them/", said)
    made = Unit.objects.get(code="XA1-KT")
    assert (made.name, made.parent_id, made.begins_on) == ("Phòng Kinh tế", ward.pk, date(2026, 8, 1))
    client.post(f"{BASE}don-vi/{made.pk}/doi-ten/", {"new_name": "Phòng Kinh tế – Hạ tầng", "short_name": "KT-HT"})
    client.post(f"{BASE}don-vi/{made.pk}/ket-thuc/", {"ends_on": "31/12/2026"})
    made.refresh_from_db()
    assert (made.name, made.short_name, made.ends_on) == ("Phòng Kinh tế – Hạ tầng", "KT-HT", date(2026, 12, 31))
    assert _verbs() == ["unit.add", "unit.rename", "unit.end"]
    page = client.get(f"{BASE}don-vi/{made.pk}/").content.decode()
    assert "đổi tên đơn vị từ “Phòng Kinh tế” thành “Phòng Kinh tế – Hạ tầng”" in page


def test_a_refused_change_says_why_keeps_what_was_typed_and_changes_nothing(client, top, ward):
    client.force_login(official("quan", top, "core.admin"))
    response = client.post(
        f"{BASE}don-vi/{ward.pk}/them/", {"name": "Phòng Y tế", "code": "XA1", "kind": "division", "begins_on": "x"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nhập ngày theo dạng" in page
    assert 'value="Phòng Y tế"' in page
    assert Unit.objects.count() == 2
    assert _verbs() == []


def test_an_official_is_registered_and_gets_and_loses_a_role(client, top, ward):
    client.force_login(official("quan", top, "core.admin"))
    said = {"full_name": "Lê Văn Mới", "username": "moi", "email": "moi@example.test", "unit": ward.pk,
            "title": "Chuyên viên", "begins_on": "01/11/2026"}  # fmt: skip
    client.post(f"{BASE}can-bo/them/", said)
    account = Account.objects.get(username="moi")
    assert (account.is_official, account.has_usable_password()) == (True, False)
    client.post(f"{BASE}can-bo/{account.pk}/vai-tro/", {"role": "parcels.worker", "unit": ward.pk})
    grant = Grant.objects.get(account=account)
    assert (grant.role, grant.unit_id) == ("parcels.worker", ward.pk)
    client.post(f"{BASE}vai-tro/{grant.pk}/thu/")
    grant.refresh_from_db()
    assert grant.ends_on is not None
    assert _verbs() == ["person.register", "person.give_role", "person.take_role"]
    page = client.get(f"{BASE}can-bo/{account.pk}/").content.decode()
    assert "giao vai trò Người phát cho Lê Văn Mới tại Phường XA1" in page


def test_the_administrator_of_one_unit_reaches_no_other(client, top, ward):
    other = unit("XA2", top)
    stranger, colleague = official("tuan", other), official("hoa", ward)
    client.force_login(official("quan", ward, "core.people"))
    page = client.get(f"{BASE}can-bo/").content.decode()
    assert colleague.username in page
    assert "tuan" not in page
    assert client.get(f"{BASE}can-bo/{stranger.pk}/").status_code == 404
    asked = [
        client.post(f"{BASE}can-bo/{stranger.pk}/vai-tro/", {"role": "parcels.worker", "unit": ward.pk}),
        client.post(f"{BASE}can-bo/{colleague.pk}/vai-tro/", {"role": "parcels.worker", "unit": other.pk}),
        client.post(f"{BASE}can-bo/{colleague.pk}/vai-tro/", {"role": "parcels.worker", "unit": 999999}),
    ]
    assert [one.status_code for one in asked] == [403, 403, 404]
    assert not Grant.objects.filter(account__in=[stranger, colleague]).exists()


def test_nobody_gives_a_role_to_themselves_or_more_of_the_platform_than_they_hold(client, ward):
    quan, hoa = official("quan", ward, "core.people"), official("hoa", ward)
    client.force_login(quan)
    own = client.post(f"{BASE}can-bo/{quan.pk}/vai-tro/", {"role": "parcels.worker", "unit": ward.pk})
    more = client.post(f"{BASE}can-bo/{hoa.pk}/vai-tro/", {"role": "core.admin", "unit": ward.pk})
    assert (own.status_code, more.status_code) == (422, 403)
    assert Grant.objects.exclude(role="core.people").count() == 0


def test_a_day_off_needs_its_source_and_is_noted(client, top):
    client.force_login(official("quan", top, "core.admin"))
    said = {"day": "02/09/2027", "kind": "off", "name": "Quốc khánh", "source": ""}
    refused = client.post(f"{BASE}lich/ghi/", said)
    assert refused.status_code == 422
    assert "căn cứ" in refused.content.decode()
    assert CalendarDay.objects.count() == 0
    made = client.post(f"{BASE}lich/ghi/", said | {"source": "TB 1/TB-BNV"})
    assert made["Location"] == f"{BASE}lich/?nam=2027"
    assert "TB 1/TB-BNV" in client.get(made["Location"]).content.decode()
    client.post(f"{BASE}lich/bo/", {"day": "02/09/2027"})
    assert CalendarDay.objects.count() == 0
    assert _verbs() == ["calendar.set_day", "calendar.remove_day"]


def test_the_whole_history_is_checked_on_demand(client, top, ward):
    parcel(1, ward)
    client.force_login(official("quan", top, "core.auditor"))
    page = client.post(f"{BASE}lich-su/kiem-tra/").content.decode()
    assert "Lịch sử nguyên vẹn" in page
    case = parcel(2, ward)
    type(case).objects.filter(pk=case.pk).update(state="done")
    page = client.post(f"{BASE}lich-su/kiem-tra/").content.decode()
    assert "Lịch sử có chỗ không khớp" in page


def test_many_officials_cost_as_many_statements_as_few(client, top, ward):
    client.force_login(official("quan", top, "core.admin"))
    client.get(f"{BASE}can-bo/")
    with counting() as few:
        client.get(f"{BASE}can-bo/")
    for number in range(12):
        official(f"hanh{number}", ward)
    with counting() as many:
        client.get(f"{BASE}can-bo/")
    assert len(many) == len(few) <= 6
