"""Finding a case without an account, by its code and a secret, and telling how far it is without a name.

Every failed question does the same work as a successful one up to the comparison, so neither the answer nor its time
tells which codes exist.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.crypto import constant_time_compare

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import own_number
from tinhso.kernel.cases.rules import PublicStory
from tinhso.kernel.manifest import registry

NO_CASE = 0
_COLUMNS = (
    "id", "kind", "number", "title", "state", "phase", "unit_id", "received_unit_id", "owner_id", "clock", "due_at",
    "opened_at", "settled_at", "updated_at", "lookup_key",
)  # fmt: skip


class Pace(NamedTuple):
    """How often something may be asked."""

    times: int
    seconds: int


# Taste within reason: a person looks up a handful of codes; four digits are guessed in thousands of tries.
FROM_ONE_PLACE = Pace(60, 300)
ABOUT_ONE_CODE = Pace(10, 3600)


def by_phone(number: str, digits: str) -> Case | None:
    """The case with this code when the digits are the last four of its phone. Always two statements."""
    case = _case(number)
    story = story_of(case)
    known = story.phone_tail if story else ""
    is_right = constant_time_compare(known or "----", digits or "····")
    return case if is_right else None


def by_key(number: str, key: str) -> Case | None:
    """The case with this code when the key is the one printed in its QR code. Always one statement."""
    case = _case(number)
    return case if constant_time_compare(case.lookup_key if case else "-", key) and case else None


def by_owner(number: str, account_id: int) -> Case | None:
    """The account's own case with this code."""
    return Case.objects.filter(number=own_number(number), owner_id=account_id).only(*_COLUMNS).first()


def _case(number: str) -> Case | None:
    return Case.objects.filter(number=own_number(number)).only(*_COLUMNS).first()


def story_of(case: Case | None) -> PublicStory | None:
    """What the kind's module tells; for no case it does the same work and tells nothing."""
    kind = case.kind if case else next(iter(registry.stories), "")
    tell = registry.stories.get(kind)
    return tell(case.pk if case else NO_CASE) if tell else None
