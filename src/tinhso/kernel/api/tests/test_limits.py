import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from tinhso.kernel.api import actions, limits
from tinhso.kernel.api.models import Idempotency
from tinhso.kernel.api.tests.factories import AT
from tinhso.kernel.errors import TooMany

pytestmark = pytest.mark.django_db


def use(key="1.2.3.4", seconds=0.0, bucket="lookup"):
    limits.allow(bucket, key, times=3, seconds=60, at=AT + timedelta(seconds=seconds))


def rows():
    with connection.cursor() as cursor:
        cursor.execute("select key, forgiven_at from api_limit order by key")
        return cursor.fetchall()


def test_three_in_a_minute_are_allowed_and_the_fourth_is_told_when_to_come_again():
    for _ in range(3):
        use()
    before = rows()
    with pytest.raises(TooMany) as no:
        use()
    assert no.value.retry_after == 20
    assert rows() == before


def test_one_use_is_forgiven_each_twenty_seconds_and_all_after_a_minute():
    for _ in range(3):
        use()
    with pytest.raises(TooMany):
        use(seconds=19.9)
    use(seconds=20)
    with pytest.raises(TooMany):
        use(seconds=20.1)
    for _ in range(3):
        use(seconds=80)


def test_callers_and_buckets_do_not_share():
    for _ in range(3):
        use()
    use("5.6.7.8")
    use(bucket="sign_up")


def test_no_address_is_kept():
    use()
    ((key, _),) = rows()
    assert len(bytes(key)) == 32
    assert b"1.2.3.4" not in bytes(key)


def test_a_use_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        use()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_twelve_at_once_three_pass():
    passed = []

    def work():
        try:
            use("busy")
            passed.append(1)
        except TooMany:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 3
    with connection.cursor() as cursor:
        cursor.execute("delete from api_limit")


def test_counts_lie_in_a_table_without_a_journal():
    with connection.cursor() as cursor:
        cursor.execute("select relname, relpersistence from pg_class where relname in ('api_limit', 'api_cache')")
        assert sorted(cursor.fetchall()) == [("api_cache", "u"), ("api_limit", "u")]


def test_the_sweep_takes_what_is_forgiven_and_answers_older_than_three_days():
    use("old")
    use("new", seconds=3600)
    for age in (0, 4):
        Idempotency.objects.create(
            key=f"key-number-{age:06}", route="POST /", request_hash=b"x", created_at=AT - timedelta(days=age)
        )
    assert actions.sweep(at=AT + timedelta(seconds=60)) == (1, 1)
    assert len(rows()) == 1
    assert Idempotency.objects.get().key == "key-number-000000"


def test_the_caller_is_seen_through_as_many_proxies_as_we_have(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 2001:db8::5")
    assert limits.client_ip(request) == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert limits.client_ip(request) == "2001:db8::5"
    assert limits.client_network(request) == "2001:db8::/64"
