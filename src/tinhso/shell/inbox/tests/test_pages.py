from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tinhso.kernel.people.tests import factories as people
from tinhso.kernel.processes.models import Step
from tinhso.shell.tests.factories import counting, finish, official, parcel, pause, province, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    return province()


@pytest.fixture
def ward(top):
    return unit("XA1", top)


def _page(client, address="/lam-viec/"):
    return client.get(address).content.decode()


def _numbers(page):
    return [f"T01-{number:06d}" for number in range(1, 60) if f"T01-{number:06d}" in page]


def test_nobody_is_sent_to_sign_in_and_citizens_are_refused(client):
    assert client.get("/lam-viec/")["Location"].startswith("/tai-khoan/")
    client.force_login(people.citizen("lan"))
    assert client.get("/lam-viec/").status_code == 403


def test_my_list_holds_mine_and_the_units_list_all_of_the_unit(client, ward):
    hanh, tuan = official("hanh", ward, "parcels.worker"), official("tuan", ward, "parcels.worker")
    parcel(1, ward, assignee_id=hanh.pk)
    parcel(2, ward, assignee_id=tuan.pk)
    parcel(3, ward)
    client.force_login(hanh)
    assert _numbers(_page(client)) == ["T01-000001"]
    assert _numbers(_page(client, "/lam-viec/viec/?danh-sach=don-vi")) == ["T01-000001", "T01-000002", "T01-000003"]
    assert _numbers(_page(client, "/lam-viec/viec/?danh-sach=chua-phan-cong")) == ["T01-000003"]


def test_an_official_of_another_unit_sees_none_of_it(client, ward, top):
    parcel(1, ward)
    client.force_login(official("tuan", unit("XA2", top), "parcels.worker"))
    for name in ("don-vi", "chua-phan-cong", "tat-ca", "tiep-nhan", "cho-ky", "y-kien"):
        assert _numbers(_page(client, f"/lam-viec/viec/?danh-sach={name}")) == []
    assert client.get("/lam-viec/viec/T01-000001/xem/").status_code == 404


def test_an_official_without_a_right_to_see_sees_an_empty_list(client, ward):
    parcel(1, ward)
    client.force_login(official("tuan", ward))
    page = _page(client, "/lam-viec/viec/?danh-sach=tat-ca")
    assert _numbers(page) == []
    assert "Nhận việc tiếp theo" not in page


def test_the_unit_asked_for_an_opinion_finds_it_in_its_list(client, ward, top):
    other = unit("XA2", top)
    case = parcel(1, ward)
    case.concerned = [ward.pk, other.pk]
    case.save(update_fields=["concerned"])
    Step.objects.create(case=case, seq=1, key="y", name="Ý kiến", kind="consult", role="", unit=other,
                        is_parallel=True, state="active", hours=8)  # fmt: skip
    parcel(2, ward)
    client.force_login(official("tuan", other, "parcels.worker"))
    page = _page(client, "/lam-viec/viec/?danh-sach=y-kien")
    assert _numbers(page) == ["T01-000001"]
    assert "1 việc" in page


def test_filters_stand_in_the_address_and_counters_follow_them(client, ward):
    now = timezone.now()
    client.force_login(official("hanh", ward, "parcels.worker"))
    parcel(1, ward, at=now - timedelta(days=60), days=2)
    parcel(2, ward, at=now, days=30)
    pause(parcel(3, ward, at=now, days=30), at=now)
    late = _page(client, "/lam-viec/viec/?danh-sach=don-vi&loc=qua-han")
    assert _numbers(late) == ["T01-000001"]
    assert "Quá hạn" in late
    assert _numbers(_page(client, "/lam-viec/viec/?danh-sach=don-vi&loc=tam-dung")) == ["T01-000003"]
    assert _numbers(_page(client, "/lam-viec/viec/?danh-sach=don-vi&trang-thai=waiting")) == ["T01-000003"]
    assert _numbers(_page(client, "/lam-viec/viec/?danh-sach=don-vi&q=tran van 2")) == ["T01-000002"]
    nothing = _page(client, "/lam-viec/viec/?danh-sach=don-vi&q=khongco")
    assert "Không có việc nào khớp bộ lọc" in nothing


def test_nonsense_in_the_address_is_taken_as_not_said(client, ward):
    client.force_login(official("hanh", ward, "parcels.worker"))
    parcel(1, ward)
    address = "/lam-viec/viec/?danh-sach=%27&loc=x&don-vi=9999999999999&sau=abc&loai=none%00"
    assert client.get(address).status_code == 200


def test_pages_follow_one_another_without_losing_or_repeating(client, ward):
    client.force_login(official("hanh", ward, "parcels.worker"))
    now = timezone.now()
    for number in range(1, 46):
        parcel(number, ward, at=now)
    seen, address = [], "/lam-viec/viec/?danh-sach=don-vi"
    while address:
        response = client.get(address)
        seen += _numbers(response.content.decode())
        more = response.context["more"]
        address = f"/lam-viec/viec/{more}" if more else ""
    assert sorted(seen) == [f"T01-{number:06d}" for number in range(1, 46)]


def test_the_worklist_costs_six_statements_with_one_row_and_with_twenty(client, ward):
    client.force_login(official("hanh", ward, "parcels.worker"))
    parcel(1, ward)
    address = "/lam-viec/viec/?danh-sach=don-vi"
    client.get(address)
    with counting() as few:
        client.get(address)
    for number in range(2, 25):
        parcel(number, ward)
    with counting() as many:
        client.get(address)
    assert len(many) == len(few) <= 6


def test_the_short_view_shows_the_case_and_notes_who_looked(client, ward):
    hanh = official("hanh", ward, "parcels.worker")
    case = parcel(1, ward, owner=people.citizen("lan"))
    client.force_login(hanh)
    page = _page(client, "/lam-viec/viec/T01-000001/xem/")
    assert "Trần Văn 1" in page
    assert "gửi T01-000001" in page
    assert list(case.views.values_list("account_id", "times")) == [(hanh.pk, 1)]


def test_the_printed_list_holds_the_same_cases(client, ward):
    client.force_login(official("hanh", ward, "parcels.worker"))
    parcel(1, ward)
    finish(parcel(2, ward))
    assert _numbers(_page(client, "/lam-viec/viec/in/?danh-sach=don-vi")) == ["T01-000001"]


def test_what_people_wrote_is_never_taken_for_markup(client, ward):
    parcel(1, ward, title="<script>x</script>", applicant='"><b>', place="a&b", step="<i>")
    client.force_login(official("hanh", ward, "parcels.worker"))
    page = _page(client, "/lam-viec/viec/?danh-sach=don-vi")
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "&quot;&gt;&lt;b&gt;" in page
    assert "<script>x" not in page
    assert "<i>" not in page
