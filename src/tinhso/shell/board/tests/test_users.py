"""Leaders see how many people have an account and how many used it, for their own communes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.people.demonstrating import show_use
from tinhso.kernel.people.models import Account, ActiveMonth
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.tests.factories import official, province, unit

pytestmark = pytest.mark.django_db
PAGE = "/lam-viec/dieu-hanh/nguoi-dung/"


@pytest.fixture
def wards():
    top = province()
    return top, unit("XA1", top), unit("XA2", top)


def _live(name, ward, *, at):
    made = people.citizen(name)
    Account.objects.filter(pk=made.pk).update(created_at=at, last_login=at)
    type(made.person).objects.filter(pk=made.person_id).update(commune=ward)


def _figures(page):
    chart = page.context["chart"]
    return page.context["accounts"], [(one.label, one.value, one.is_open) for one in chart.points] if chart else []


def test_the_chart_has_what_was_kept_and_the_month_as_far_as_it_has_come(client, wards):
    top, one, other = wards
    now = timezone.now()
    before = (timezone.localdate(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    for commune, number in ((one, 5), (other, 7), (None, 2)):
        ActiveMonth.objects.create(month=before, commune=commune, number=number)
    for name, ward in (("an", one), ("binh", one), ("chi", other)):
        _live(name, ward, at=now)
    client.force_login(official("sep", top, "parcels.reader"))
    month = f"{timezone.localdate(now).month}"
    assert _figures(client.get(PAGE)) == (3, [(f"{before.month}", 14, False), (month, 3, True)])
    assert _figures(client.get(PAGE, {"don-vi": one.pk})) == (2, [(f"{before.month}", 5, False), (month, 2, True)])
    client.force_login(official("xa", other, "parcels.reader"))
    assert _figures(client.get(PAGE)) == (1, [(f"{before.month}", 7, False), (month, 1, True)])


def test_the_board_asks_for_it_as_a_part_that_costs_three_statements(client, wards):
    top, _one, _other = wards
    client.force_login(official("sep", top, "parcels.reader"))
    assert f'hx-get="{PAGE}"' in client.get("/lam-viec/dieu-hanh/").content.decode()
    with CaptureQueriesContext(connection) as asked:
        part = client.get(PAGE, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert "Chưa có người dân nào đăng nhập" in part.content.decode()
    assert sum("people_a" in one["sql"] and "commune" in one["sql"] for one in asked) == 3


def test_the_public_sees_none_of_it(client, wards):
    client.force_login(people.citizen("lan"))
    assert client.get(PAGE).status_code == 403


def test_the_demonstration_shows_a_year_of_use_that_grows_and_stays(client, wards):
    top, one, _other = wards
    for number in range(5):
        _live(f"nguoi{number}", one, at=timezone.now())
        Account.objects.update(last_login=None)
    for _twice in range(2):
        show_use(timezone.localdate())
    assert list(ActiveMonth.objects.order_by("month").values_list("number", flat=True)) == [1] * 5 + [2] * 5 + [3] * 2
    client.force_login(official("sep", top, "parcels.reader"))
    assert len(client.get(PAGE).context["chart"].points) == 12
