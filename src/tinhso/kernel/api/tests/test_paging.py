from datetime import date

import pytest

from tinhso.kernel.api.paging import page
from tinhso.kernel.api.tests.factories import account, bearer, key
from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return Person.objects.bulk_create(Person(full_name=f"Tên {n // 3:02}", born_on=date(2000, 1, 1)) for n in range(50))


@pytest.mark.parametrize(
    "order", [("id",), ("-id",), ("full_name", "-id"), ("-full_name", "id"), ("born_on", "full_name", "id")]
)
@pytest.mark.parametrize("as_values", [True, False])
def test_pages_together_are_the_list_in_its_order(people, order, as_values, django_assert_num_queries):
    rows = Person.objects.values("id", "full_name", "born_on") if as_values else Person.objects.all()
    seen, after = [], None
    for _ in range(8):
        with django_assert_num_queries(1):
            got = page(rows, order=order, after=after, size=7)
        seen += [row["id"] if as_values else row.pk for row in got["items"]]
        after = got["next"]
    assert seen == list(Person.objects.order_by(*order).values_list("pk", flat=True))
    assert after is None


@pytest.mark.parametrize(("size", "shown"), [(0, 1), (-5, 1), (1000, 50), (50, 50)])
def test_a_page_holds_between_1_and_100_rows(people, size, shown):
    assert len(page(Person.objects.all(), order=("id",), size=size)["items"]) == shown


def test_a_wrong_key_is_refused():
    with pytest.raises(Refusal) as no:
        page(Person.objects.all(), order=("id",), after="nonsense")
    assert (no.value.code, no.value.field) == ("api.page_key", "after")


@pytest.mark.urls("tinhso.kernel.api.tests.urls")
def test_a_list_costs_two_statements_however_long_it_is(client, people, django_assert_num_queries):
    headers = bearer(key(account()))
    for size in (2, 40):
        with django_assert_num_queries(2):
            body = client.get("/api/v1/things/people", {"size": size}, headers=headers).json()
        assert len(body["items"]) == size
    again = client.get("/api/v1/things/people", {"size": 40, "after": body["next"]}, headers=headers).json()
    assert (len(again["items"]), again["next"]) == (10, None)
