from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tinhso.kernel.facts.jobs import project
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Grant
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.tests.factories import counting, finish, official, parcel, pause, province, unit

pytestmark = pytest.mark.django_db
HOME, LIST = "/lam-viec/dieu-hanh/", "/lam-viec/dieu-hanh/danh-sach/"


@pytest.fixture
def top():
    return province()


@pytest.fixture
def ward(top):
    return unit("XA1", top)


def _count_all():
    for entry in Entry.objects.select_related("case").order_by("pk"):
        project(entry)


def _numbers(client, address=HOME):
    return {one["title"]: (one["value"], one["url"]) for one in client.get(address).context["numbers"]}


def _fill(ward, start=1):
    """Two late, one finished in time, one finished late, one paused, one with much time left."""
    now = timezone.now()
    for number in (start, start + 1):
        parcel(number, ward, at=now - timedelta(days=40), days=3)
    finish(parcel(start + 2, ward, at=now), "on_time", now)
    finish(parcel(start + 3, ward, at=now), "late", now)
    pause(parcel(start + 4, ward, at=now - timedelta(days=40), days=3), at=now - timedelta(days=39))
    parcel(start + 5, ward, at=now, days=60)
    _count_all()


def test_every_number_is_the_length_of_the_list_behind_it(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    for title, (value, url) in _numbers(client).items():
        page = client.get(url)
        assert page.status_code == 200
        shown = len(page.context["lines"])
        assert shown == page.context["total"], title
        if title == "Giải quyết đúng và trước hạn":
            assert (value, shown) == ("50,0%", 2)
        else:
            assert int(value) == shown, title


def test_the_board_says_what_is_late_where_and_who_has_it(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    page = client.get(HOME)
    assert [one["number"] for one in page.context["exceptions"]] == ["T01-000001", "T01-000002"]
    first = page.context["exceptions"][0]
    assert (first["unit"], first["step"], first["who"]) == ("P. XA1", "Thẩm định", "Chưa phân công")
    assert first["late"].startswith("Quá hạn")
    assert f'href="{first["url"]}"' in page.content.decode()


def test_a_unit_is_ranked_with_its_late_ones(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    (row,) = client.get(HOME).context["ranking"]
    assert (row["name"], row["share"].percent, row["share"].resolved, row["late"]) == ("P. XA1", 50.0, 2, 2)


def test_figures_of_units_out_of_sight_are_not_counted(client, ward, top):
    other = unit("XA2", top)
    _fill(ward)
    _fill(other, 11)
    client.force_login(official("hanh", ward, "parcels.reader"))
    assert _numbers(client)["Đang quá hạn"][0] == "2"
    assert client.get(f"{HOME}?don-vi={other.pk}").status_code == 404
    assert client.get(f"{LIST}?muc=qua-han&don-vi={other.pk}").status_code == 404


def test_a_right_over_one_kind_shows_no_other_kind(client, ward, top):
    """Who judges initiatives of the whole province reads no titles of cases of units that are not their own."""
    other = unit("XA2", top)
    _fill(ward)
    _fill(other, 11)
    member = official("hanh", ward, "parcels.reader")
    Grant.objects.create(account=member, unit=top, role="initiatives.member", begins_on=date(2025, 7, 1))
    client.force_login(member)
    assert _numbers(client)["Đang quá hạn"][0] == "2"
    assert [one["number"] for one in client.get(HOME).context["exceptions"]] == ["T01-000001", "T01-000002"]
    for title, (_value, url) in _numbers(client).items():
        page = client.get(url)
        assert {line["unit"] for line in page.context["lines"]} <= {"P. XA1"}, title
        assert len(page.context["lines"]) == page.context["total"], title
    assert _numbers(client, f"{HOME}?don-vi={other.pk}")["Đang quá hạn"][0] == "0"


def test_who_may_open_no_case_of_a_kind_is_not_shown_it(client, ward):
    _fill(ward)
    client.force_login(official("hoa", ward, "dossiers.head"))
    page = client.get(HOME)
    assert page.context["exceptions"] == []
    assert {value for value, _url in _numbers(client).values()} == {"0", "–"}
    for kind in ("qua-han", "den-han", "tiep-nhan", "giai-quyet"):
        assert client.get(f"{LIST}?muc={kind}").context["lines"] == []


def test_who_sees_the_province_sees_all_and_may_choose_one_unit(client, ward, top):
    other = unit("XA2", top)
    _fill(ward)
    _fill(other, 11)
    client.force_login(official("chu", top, "parcels.reader"))
    assert _numbers(client)["Đang quá hạn"][0] == "4"
    assert _numbers(client, f"{HOME}?don-vi={other.pk}")["Đang quá hạn"][0] == "2"


def test_nobody_citizens_and_officials_without_sight_are_refused(client, ward):
    assert client.get(HOME).status_code == 302
    for who in (people.citizen("lan"), official("tuan", ward)):
        client.force_login(who)
        assert client.get(HOME).status_code == 403
        assert client.get(f"{LIST}?muc=qua-han").status_code == 403


def test_nonsense_in_the_address_breaks_nothing(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    assert client.get(f"{LIST}?muc=none").status_code == 404
    assert client.get(f"{LIST}?muc=tiep-nhan&thang=2026-99&sau=xyz&ket-qua=%00").status_code == 200
    assert client.get(f"{HOME}?don-vi=abc").status_code == 200


def test_twice_the_cases_cost_the_same_statements(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    _fill(ward)
    client.get(HOME)
    with counting() as few:
        client.get(HOME)
    _fill(ward, 11)
    with counting() as many:
        client.get(HOME)
    assert len(many) == len(few) == 6


def test_an_empty_unit_says_that_nothing_is_late(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    page = client.get(HOME).content.decode()
    assert "Không có việc quá hạn" in page
    assert "Chưa có hồ sơ giải quyết xong" in page
