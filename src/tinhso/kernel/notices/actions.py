"""Telling a person something, marking it read, and carrying it outside.

A message is never sent twice by two jobs at once: its row is locked while it is sent and its state is looked at under
that lock. One gap remains and cannot be closed by any mail system: when the program dies after the mail server said
yes and before that is written down, the next try sends the message again, with the same Message-ID and date.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.notices import carriers, queries, rules
from tinhso.kernel.notices.models import (
    Delivery,
    Device,
    Notice,
    Preference,
    QuietHours,
    Reach,
    Template,
    TemplateVersion,
)
from tinhso.kernel.notices.rules import Channel, NotCarried, Sending, Text
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State

_TELL = """
with told as (
    insert into notices_notice (account_id, case_id, kind, title, body, sms, url, dedupe, created_at)
    values (%(account)s, %(case)s, %(kind)s, %(title)s, %(body)s, %(sms)s, %(url)s, %(dedupe)s, %(at)s)
    on conflict (account_id, dedupe) do nothing returning id, account_id
), reached as (
    select told.id, way.channel, way.address from told join people_account a on a.id = told.account_id and a.is_active
    left join people_person p on p.id = a.person_id
    cross join lateral (values
        ('email', case when %(email)s and not exists (
            select 1 from account_emailaddress e
            where e.user_id = a.id and lower(e.email) = lower(a.email) and not e.verified) then a.email end),
        ('sms', case when %(by_sms)s and p.phone ~ '^[+]84[35789]' then p.phone end),
        ('push', (select d.account_id::text from notices_device d where d.account_id = a.id limit 1)),
        ('message', (select r.address from notices_reach r where r.account_id = a.id order by r.id desc limit 1))
    ) as way (channel, address)
    where way.address <> '' and coalesce((
        select is_on from notices_preference x
        where x.account_id = a.id and x."group" = %(group)s and x.channel = way.channel), true)
), carried as (
    insert into notices_delivery (notice_id, channel, address, state, attempts, last_error)
    select id, channel, address, 'waiting', 0, '' from reached returning id, channel
)
select told.id, carried.id, carried.channel, q.begins, q.ends from told left join carried on true
left join notices_quiethours q on q.account_id = told.account_id
"""


@transaction.atomic
def tell(
    *,
    account_id: int,
    kind: str,
    title: str,
    body: str,
    url: str,
    dedupe: str,
    at: datetime,
    case_id: int | None = None,
    email: bool = True,
    sms: str = "",
) -> bool:
    """Tell an account something once; False when it was already told (same ``dedupe``), and then nothing changes.

    ``url`` is a path on this site. What goes outside follows the person's preferences: e-mail to an address that is not
    waiting for confirmation, ``sms`` to a mobile number, push to the browsers that take it; the jobs that carry it are
    queued in the same transaction, those that would disturb quiet hours for their end.
    """
    if not rules.is_inner_address(url) or len(url) > rules.URL_LENGTH:
        raise ValueError(f"a notice must lead to a path on this site, not {url!r}")
    values = {
        "account": account_id,
        "case": case_id,
        "kind": kind,
        "group": rules.group_of(kind),
        "title": " ".join(title.split())[: rules.TITLE_LENGTH],
        "body": body.strip(),
        "sms": sms,
        "url": url,
        "dedupe": dedupe,
        "at": at,
        "email": email,
        "by_sms": bool(sms) and bool(settings.SMS_GATEWAY),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        rows = cursor.fetchall()
    for _notice, delivery_id, channel, begins, ends in rows:
        if delivery_id is not None:
            _queue(delivery_id, kind, Channel(channel), at, begins or rules.QUIET_FROM, ends or rules.QUIET_UNTIL)
    return bool(rows)


def _queue(delivery_id: int, kind: str, channel: Channel, at: datetime, begins: time, ends: time) -> None:
    """Have it carried: at once, or after the person's quiet hours."""
    from tinhso.kernel.notices.jobs import deliver

    declared = registry.messages.get(kind)
    disturbs = channel is not Channel.EMAIL and not (declared and declared.is_urgent)
    later = rules.wait_until(timezone.localtime(at), begins, ends) if disturbs else None
    deliver.configure(schedule_at=later, priority=queries.priority_of(kind)).defer(delivery_id=delivery_id)


def tell_in_words(
    *, account_id: int, kind: str, words: Mapping[str, Any], url: str, dedupe: str, at: datetime, **more: Any
) -> bool:
    """Tell it in the words published for this kind, else in those the module declared; see ``tell``."""
    text = rules.filled(queries.text_of(kind, timezone.localdate(at)), words)
    return tell(
        account_id=account_id,
        kind=kind,
        title=text.title,
        body=text.body,
        sms=text.sms,
        url=url,
        dedupe=dedupe,
        at=at,
        **more,
    )


def text(*, to: str, text: str, reference: str, at: datetime | None = None) -> bool:
    """Send a text message to a telephone that belongs to no account; False when the deployment sends none.

    ``to`` is E.164; the same ``reference`` twice reaches the person once. Queued with the surrounding transaction; with
    ``at`` it waits for the end of the usual quiet hours, without it goes at once, as a code must."""
    from tinhso.kernel.notices.jobs import text as job

    if not settings.SMS_GATEWAY:
        return False
    later = rules.wait_until(timezone.localtime(at), rules.QUIET_FROM, rules.QUIET_UNTIL) if at else None
    job.configure(schedule_at=later).defer(to=to, text=rules.plain_text(text), reference=reference)
    return True


def mail(*, to: str, title: str, body: str, reference: str) -> None:
    """Send a mail to an address that belongs to no account, which nobody has proved to be theirs: what it says must be
    ours, not what somebody typed. Queued with the surrounding transaction; one ``reference``, one Message-ID."""
    from tinhso.kernel.notices.jobs import mail as job

    job.configure().defer(to=to, title=" ".join(title.split())[: rules.TITLE_LENGTH], body=body, reference=reference)


def read(*, notice_id: int, by: Actor, at: datetime) -> Notice:
    """Mark one's own notice as read; the first reading counts. Raises NotFound for anybody else's."""
    notice = Notice.objects.of(by.account_id).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    if Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at):
        notice.read_at = at
    return notice


def read_all(*, by: Actor, at: datetime) -> int:
    """Mark all of one's own notices as read; returns how many were not."""
    return Notice.objects.of(by.account_id).unread().update(read_at=at)


@transaction.atomic
def send(*, delivery_id: int, at: datetime) -> Sending | None:
    """Try to send one message under its lock and write down what came of it.

    None when there is nothing to do here: sent or given up before, or another job is sending it now.
    """
    _allow_slow_server()
    delivery = (
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("notice__account")
        .filter(pk=delivery_id, state__in=rules.OPEN)
        .first()
    )
    if delivery is None:
        return None
    delivery.attempts += 1
    try:
        queries.check_holds(delivery.notice, at)
        carriers.carry(delivery)
    except NotCarried as problem:
        delivery.state = rules.next_state(attempts=delivery.attempts, is_final=problem.is_final)
        delivery.last_error = str(problem)[:300]
    else:
        delivery.state, delivery.sent_at, delivery.last_error = Sending.SENT, at, ""
    delivery.save(update_fields=["state", "attempts", "last_error", "sent_at"])
    return Sending(delivery.state)


def _allow_slow_server() -> None:
    """A mail server may think for minutes; the usual limit for idle transactions would drop the lock meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '10min'")


@transaction.atomic
def prefer(
    *,
    wanted: Collection[tuple[str, Channel]],
    asked: Collection[str],
    begins: time,
    ends: time,
    by: Actor,
    ways: Collection[Channel] = tuple(Channel),
) -> None:
    """Keep what the actor wants to get by which channel, among the groups ``asked`` about and the ``ways`` that were
    shown, and the quiet hours."""
    if by.account_id is None:
        raise NotFound
    rows = [
        Preference(account_id=by.account_id, group=group, channel=channel, is_on=(group, channel) in wanted)
        for group in asked
        for channel in ways
    ]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "group", "channel"], update_fields=["is_on"]
    )
    QuietHours.objects.update_or_create(account_id=by.account_id, defaults={"begins": begins, "ends": ends})


@transaction.atomic
def stop_mail(*, token: str) -> str:
    """End mails of the group that the key in a mail names; the group. Opened or posted twice it changes nothing more.

    Raises NotFound for a key that is none of ours."""
    account_id, group = carriers.stopped_by(token)
    _switch([account_id], [group], Channel.EMAIL, is_on=False)
    return group


@transaction.atomic
def switch_phone(*, phone: str, channel: Channel, is_on: bool) -> list[int]:
    """Switch a channel off, or on, for all groups and all accounts of a telephone; the accounts. ``phone`` is E.164."""
    accounts = list(Account.objects.filter(person__phone=phone).order_by("pk").values_list("pk", flat=True)[:50])
    _switch(accounts, list(queries.groups()), channel, is_on=is_on)
    return accounts


def _switch(accounts: Collection[int], groups: Collection[str], channel: Channel, *, is_on: bool) -> None:
    rows = [
        Preference(account_id=one, group=group, channel=channel, is_on=is_on) for one in accounts for group in groups
    ]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "group", "channel"], update_fields=["is_on"]
    )


@transaction.atomic
def add_device(*, endpoint: str, p256dh: str, auth: str, name: str, by: Actor, at: datetime) -> Device:
    """Have a browser take push messages; one that belonged to somebody else belongs to who signs in on it now.

    Raises Refusal ``notices.push_service`` for an address that is no push service of a known browser."""
    where = urlsplit(endpoint)
    is_known = rules.is_push_service(where.hostname or "", settings.PUSH_SERVICES)
    if by.account_id is None or where.scheme not in settings.PUSH_SCHEMES or not is_known or len(endpoint) > 600:
        raise Refusal("notices.push_service", "Trình duyệt này dùng dịch vụ thông báo chưa được hỗ trợ.")
    if not (60 < len(p256dh) <= 120 and 16 <= len(auth) <= 40):
        raise Refusal("notices.push_keys", "Trình duyệt gửi khóa không đúng. Tắt rồi bật lại thông báo.")
    found, _made = Device.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "account_id": by.account_id, "p256dh": p256dh, "auth": auth, "name": name.strip()[:100], "added_at": at,
        },
    )  # fmt: skip
    return found


@transaction.atomic
def reach(*, address: str, account_id: int | None) -> None:
    """Tell the account from now on by this address of a module's, or by None nobody any more."""
    if account_id is None:
        Reach.objects.filter(address=address).delete()
    else:
        Reach.objects.update_or_create(address=address, defaults={"account_id": account_id})


def remove_device(*, device_id: int, by: Actor) -> None:
    """Stop push messages to one of the actor's own browsers. Raises NotFound for anybody else's."""
    if by.account_id is None or not Device.objects.filter(pk=device_id, account_id=by.account_id).delete()[0]:
        raise NotFound


@transaction.atomic
def draft_template(*, kind: str, text: Text, by: Actor, at: datetime) -> TemplateVersion:
    """Begin or change the draft of a kind's words. Raises NotFound, NotAllowed, Refusal of ``check_text``."""
    _ask(by)
    declared = registry.messages.get(kind)
    if declared is None:
        raise NotFound
    rules.check_text(text, queries.words_of(declared))
    parent, _made = Template.objects.get_or_create(kind=kind)
    content = {"title": text.title, "body": text.body, "sms": text.sms}
    draft: TemplateVersion | None = parent.versions.filter(state=State.DRAFT).first()
    if draft is not None:
        return versions.change(draft, content=content, by=by, at=at)
    return versions.draft(TemplateVersion, parent_id=parent.pk, content=content, by=by, at=at)


@transaction.atomic
def publish_template(*, kind: str, valid_from: date, by: Actor, at: datetime) -> TemplateVersion:
    """Have the draft hold from a day on, today or later; the words before it end the day before."""
    _ask(by)
    draft = TemplateVersion.objects.filter(template__kind=kind, state=State.DRAFT).first()
    if draft is None:
        raise Refusal("notices.no_draft", "Chưa có bản nháp. Sửa nội dung rồi lưu trước.")
    if valid_from < timezone.localdate(at):
        raise Refusal("notices.past_day", "Chọn ngày hiệu lực từ hôm nay trở đi.", field="valid_from")
    published = versions.publish(draft, valid_from=valid_from, by=by, at=at)[0]
    note(
        subject=f"notices/{kind}", verb="notices.publish", by=by, at=at,
        data={"kind": kind, "number": published.number, "from": valid_from.isoformat()},
    )  # fmt: skip
    return published


def _ask(by: Actor) -> None:
    if not by.may("notices.manage"):
        raise NotAllowed
