"""A person's notices: how many are unread, and the list page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from tinhso.kernel.manifest import Family, Message, registry
from tinhso.kernel.notices.models import Device, Notice, Preference, QuietHours, TemplateVersion
from tinhso.kernel.notices.rules import (
    QUIET_FROM,
    QUIET_UNTIL,
    SHOWN_AT_MOST,
    Channel,
    NotCarried,
    Text,
    group_of,
    words_in,
)
from tinhso.kernel.statements import Counts, Slot

PAGE = 20


def unread_count(account_id: int | None) -> int:
    """How many notices wait to be read, counted up to 99: one indexed statement, none for a stranger."""
    if account_id is None:
        return 0
    return _unread(account=account_id)["unread"]


_unread = Counts(lambda: {"unread": Notice.objects.unread().filter(account_id=Slot("account"))}, SHOWN_AT_MOST)


def page(account_id: int | None, *, after: int | None = None, size: int = PAGE) -> tuple[list[Notice], int | None]:
    """Notices newest first, and the key of the next page (None at the end): one statement however far one pages."""
    rows = Notice.objects.of(account_id).newest_first()
    if after is not None:
        rows = rows.filter(pk__lt=after)
    got = list(rows[: size + 1])
    return got[:size], (got[size - 1].pk if len(got) > size else None)


def text_of(kind: str, day: date) -> Text:
    """The words in force for a kind: the published ones, else the module's own. Raises KeyError for an unknown kind."""
    declared = registry.messages[kind]
    published: TemplateVersion | None = (
        TemplateVersion.objects.in_force_on(day).filter(template__kind=kind).order_by("-valid_from").first()
    )
    return published.text if published is not None else own_text(declared)


def own_text(declared: Message) -> Text:
    return Text(declared.title, declared.body, declared.sms)


def words_of(declared: Message) -> list[str]:
    """The words that a kind's text may use: those of the module's own text, and the number of the case."""
    found = {"number"}
    for text in (declared.title, declared.body, declared.sms):
        found |= words_in(text)
    return sorted(found)


def groups() -> dict[str, str]:
    """What can be preferred: the groups of declared messages by the name of the module that declares them."""
    found: dict[str, str] = {}
    for module in registry.modules.values():
        for message in module.messages:
            found.setdefault(group_of(message.kind), _(module.name))
    return found


MASS = -1  # of a job's priority: after everything else


def priority_of(kind: str) -> int:
    """Of the jobs that carry such notices: what is told to many at once lets everything else pass."""
    declared = registry.messages.get(kind)
    return MASS if declared is not None and declared.is_mass else 0


def check_holds(notice: Notice, at: datetime) -> None:
    """Raises NotCarried for good when what the notice tells is over."""
    declared = registry.messages.get(notice.kind)
    if declared is not None and declared.holds is not None and not declared.holds(notice.dedupe, at):
        raise NotCarried("Nội dung đã hết hiệu lực trước khi gửi.", is_final=True)


@dataclass(frozen=True)
class Choice:
    """What a person chooses about in one line: all groups of messages of one module."""

    code: str
    name: str
    groups: tuple[str, ...]


def choices(*, is_official: bool) -> list[Choice]:
    """One line a module that has anything to tell; only those of public services tell people who are no officials."""
    found = []
    for code, module in registry.modules.items():
        if not is_official and module.family != Family.SERVICES:
            continue
        its = tuple(dict.fromkeys(group_of(message.kind) for message in module.messages))
        if its:
            found.append(Choice(code, _(module.name), its))
    return found


@dataclass(frozen=True)
class Wishes:
    """What an account wants: what is switched off, quiet hours, its browsers."""

    off: frozenset[tuple[str, str]]
    begins: time
    ends: time
    devices: list[Device]

    def wants(self, groups: Iterable[str], channel: Channel) -> bool:
        """Whether any of these groups may be told by this channel."""
        return any((group, channel.value) not in self.off for group in groups)


def wishes(account_id: int) -> Wishes:
    """Three statements."""
    off = Preference.objects.filter(account_id=account_id, is_on=False).values_list("group", "channel")
    quiet = QuietHours.objects.filter(account_id=account_id).first()
    return Wishes(
        frozenset(off),
        quiet.begins if quiet else QUIET_FROM,
        quiet.ends if quiet else QUIET_UNTIL,
        list(Device.objects.filter(account_id=account_id).order_by("-added_at")),
    )
