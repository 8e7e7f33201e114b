import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.errors import NotFound
from tinhso.kernel.notices import actions, queries
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.notices.tests import factories
from tinhso.kernel.notices.tests.factories import AT
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY

pytestmark = pytest.mark.django_db


def tell(account, dedupe="entry/1", **more):
    said = {
        "kind": "dossier.asked",
        "title": "Cần bổ sung hồ sơ",
        "body": "Bổ sung trước ngày 10/3.",
        "url": "/ho-so/1/",
    }
    return actions.tell(account_id=account.pk, dedupe=dedupe, at=AT, **{**said, **more})


def jobs():
    return list(ProcrastinateJob.objects.filter(task_name="notices.deliver").values_list("args", flat=True))


def test_a_person_is_told_once_of_one_thing_and_gets_one_message():
    lan = factories.account()
    assert tell(lan) is True
    assert tell(lan, title="Khác") is False
    notice = Notice.objects.get()
    assert (notice.title, notice.body, notice.url, notice.read_at, notice.created_at) == (
        "Cần bổ sung hồ sơ",
        "Bổ sung trước ngày 10/3.",
        "/ho-so/1/",
        None,
        AT,
    )
    delivery = Delivery.objects.get()
    assert (delivery.notice_id, delivery.channel, delivery.address, delivery.state, delivery.attempts) == (
        notice.pk,
        "email",
        "lan@example.test",
        "waiting",
        0,
    )
    assert jobs() == [{"delivery_id": delivery.pk}]


def test_two_people_are_each_told_of_the_same_thing():
    assert tell(factories.account("lan")) is True
    assert tell(factories.account("hoa", "hoa@example.test")) is True
    assert Notice.objects.count() == 2


def test_a_notice_may_be_about_a_case():
    lan = factories.account()
    case = factories.case(lan)
    tell(lan, case_id=case.pk)
    assert Notice.objects.get().case_id == case.pk


@pytest.mark.parametrize("reason", ["no address", "not asked for", "not active", "not confirmed"])
def test_no_message_goes_out_without_a_usable_address_but_the_notice_stands(reason):
    lan = factories.account(
        email="" if reason == "no address" else "lan@example.test", is_active=reason != "not active"
    )
    if reason == "not confirmed":
        EmailAddress.objects.create(user=lan, email="Lan@example.test", verified=False)
    assert tell(lan, email=reason != "not asked for") is True
    assert Notice.objects.count() == 1
    assert Delivery.objects.count() == 0
    assert jobs() == []


def test_a_confirmed_address_is_used():
    lan = factories.account()
    EmailAddress.objects.create(user=lan, email="lan@example.test", verified=True)
    tell(lan)
    assert Delivery.objects.count() == 1


def test_what_is_rolled_back_is_neither_told_nor_sent():
    lan = factories.account()
    with transaction.atomic():
        tell(lan)
        transaction.set_rollback(True)
    assert Notice.objects.count() == 0
    assert jobs() == []


@pytest.mark.parametrize("url", ["//evil.test/", "https://evil.test/", "/\\evil"])
def test_a_notice_that_leads_elsewhere_is_a_bug_and_changes_nothing(url):
    with pytest.raises(ValueError, match="must lead to a path on this site"):
        tell(factories.account(), url=url)
    assert Notice.objects.count() == 0


def test_the_database_refuses_an_address_elsewhere_too():
    lan = factories.account()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(account=lan, kind="x", title="x", url="//evil.test", dedupe="x", created_at=AT)


def test_a_title_is_one_line_of_at_most_200_letters():
    tell(factories.account(), title="Một\r\nBcc: x@example.test " + "a" * 300)
    title = Notice.objects.get().title
    assert title.startswith("Một Bcc: x@example.test aaa")
    assert len(title) == 200


def test_telling_costs_two_statements_with_a_message_and_one_when_already_told(django_assert_num_queries):
    lan = factories.account()
    with django_assert_num_queries(4):  # savepoint, notice with delivery, job, release
        tell(lan)
    with django_assert_num_queries(3):
        tell(lan)


def test_the_first_reading_counts():
    lan = factories.account()
    tell(lan)
    notice = Notice.objects.get()
    actions.read(notice_id=notice.pk, by=actor_of(lan), at=AT)
    actions.read(notice_id=notice.pk, by=actor_of(lan), at=AT + timedelta(hours=1))
    assert Notice.objects.get().read_at == AT


@pytest.mark.parametrize("who", ["stranger", "official", "nobody"])
def test_nobody_else_can_read_a_notice_and_it_stays_unread(who):
    tell(factories.account())
    by = (
        NOBODY
        if who == "nobody"
        else actor_of(factories.account("hoa", "h@example.test", is_official=who == "official"))
    )
    with pytest.raises(NotFound):
        actions.read(notice_id=Notice.objects.get().pk, by=by, at=AT)
    assert Notice.objects.get().read_at is None


def test_reading_all_leaves_other_peoples_notices_unread():
    lan, hoa = factories.account("lan"), factories.account("hoa", "h@example.test")
    tell(lan, "entry/1")
    tell(lan, "entry/2")
    tell(hoa, "entry/1")
    assert actions.read_all(by=actor_of(lan), at=AT) == 2
    assert queries.unread_count(lan.pk) == 0
    assert queries.unread_count(hoa.pk) == 1


def test_unread_notices_are_counted_up_to_99_in_one_statement(django_assert_num_queries):
    lan = factories.account()
    Notice.objects.bulk_create(
        Notice(account=lan, kind="x", title="x", url="/", dedupe=f"x/{n}", created_at=AT) for n in range(120)
    )
    with django_assert_num_queries(1):
        assert queries.unread_count(lan.pk) == 99
    with django_assert_num_queries(0):
        assert queries.unread_count(None) == 0


def test_pages_follow_each_other_newest_first_without_gap(django_assert_num_queries):
    lan = factories.account()
    Notice.objects.bulk_create(
        Notice(account=lan, kind="x", title=str(n), url="/", dedupe=f"x/{n}", created_at=AT) for n in range(45)
    )
    titles, after = [], None
    for _ in range(3):
        with django_assert_num_queries(1):
            rows, after = queries.page(lan.pk, after=after)
        titles += [row.title for row in rows]
    assert titles == [str(n) for n in range(44, -1, -1)]
    assert after is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_many_who_tell_the_same_at_once_one_tells():
    lan = factories.account()
    told = []

    def work() -> None:
        told.append(tell(lan))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 5 + [True]
    assert Notice.objects.count() == Delivery.objects.count() == len(jobs()) == 1
