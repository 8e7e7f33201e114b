"""Reading cases: the inbox page and its counters, what is late, and what the promises became."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache, reduce
from itertools import zip_longest
from operator import or_
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import CharField, Q, Subquery, Value
from django.db.models.functions import Coalesce

from tinhso.kernel.cases.models import Case, CaseQuerySet, OtherNumber, Promise, spoken
from tinhso.kernel.cases.rules import CaseKind, Phase, State
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Due, explain, time_left, worded_left
from tinhso.kernel.journal.queries import Damage, End
from tinhso.kernel.journal.rules import Head
from tinhso.kernel.language import readers_language
from tinhso.kernel.manifest import registry
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.statements import EACH_KEY, Counts, Kept, Merged, Slot, Tally, one_of_each
from tinhso.kernel.units.queries import tree

PAGE = 20
CAP = 1000
APART = 200  # so many units' lists at most are read one by one and merged
PASS = 5000  # a list up to here is counted in one pass over its rows
NOT_TO_ASSIGN = ("receive", "review", "sign", "issue", "return")


def own_number(number: str) -> Coalesce:
    """In a query: the number that a case bears itself, from that or from one under which it is found besides."""
    besides = OtherNumber.objects.filter(number=number).values("case__number")[:1]
    return Coalesce(Subquery(besides), Value(number), output_field=CharField())


class Whose(StrEnum):
    """The lists of the desk's left side."""

    MINE = "cua-toi"
    UNASSIGNED = "chua-phan-cong"
    UNIT = "don-vi"
    TO_SIGN = "cho-ky"
    RECEIVED = "tiep-nhan"
    ALL = "tat-ca"


class Urgency(StrEnum):
    """The quick counters above an inbox."""

    ALL = ""
    LATE = "qua-han"
    SOON = "sap-den-han"
    NEWS = "co-cap-nhat"
    PAUSED = "tam-dung"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader of an inbox asked for; all of it stands in the page's address."""

    whose: Whose = Whose.MINE
    urgency: Urgency = Urgency.ALL
    kind: str = ""
    state: str = ""
    unit_id: int | None = None
    text: str = ""
    after: tuple[datetime, int] | None = None


def _base(wanted: Wanted, actor: Actor, units: frozenset[int]) -> CaseQuerySet:
    """The list named by ``whose``; always limited to what the actor may see."""
    rows = Case.objects.all()
    if wanted.whose is Whose.MINE:
        return rows.working().filter(assignee_id=actor.account_id).visible_to(actor)
    if wanted.whose is Whose.ALL:
        return rows.working().visible_to(actor)
    return _of_whom(wanted.whose, rows.filter(_at_units(_COLUMNS[wanted.whose], actor, units)))


_COLUMNS = {  # of the lists of units: the unit in question
    Whose.UNASSIGNED: "unit_id",
    Whose.UNIT: "unit_id",
    Whose.TO_SIGN: "unit_id",
    Whose.RECEIVED: "received_unit_id",
}


def _of_whom(whose: Whose, rows: CaseQuerySet) -> CaseQuerySet:
    if whose is Whose.RECEIVED:
        return rows.filter(phase__in=[Phase.OPEN, Phase.SETTLED])
    rows = rows.working()
    if whose is Whose.UNASSIGNED:
        return rows.filter(assignee__isnull=True).exclude(step_kind__in=NOT_TO_ASSIGN)
    return rows.filter(step_kind="sign") if whose is Whose.TO_SIGN else rows


def _at_units(column: str, actor: Actor, units: frozenset[int]) -> Q:
    """Cases of each kind at those of the units on which the actor may see it.

    A case concerns the unit that resolves it and the one that received it, so all of these are visible to the actor;
    asking ``visible_to`` as well would make the database read every case that ever concerned the units."""
    allowed = [Q(kind=code, **{f"{column}__in": sorted(here)}) for code, here in _seen(actor, units).items()]
    return reduce(or_, allowed) if allowed else Q(pk__in=[])


def _seen(actor: Actor, units: frozenset[int]) -> dict[str, frozenset[int]]:
    """On which of the units the actor may see each kind of case, if on any."""
    seen = {kind.code: units & _scope_of(actor, kind.see, units) for kind in registry.case_kinds.values()}
    return {code: here for code, here in seen.items() if here}


def _scope_of(actor: Actor, right: str, units: frozenset[int]) -> frozenset[int]:
    scope = actor.scope(right)
    return units if scope.everywhere else scope.units


AT, SOON = Slot("at"), Slot("soon")  # in kept statements: now, and the end of tomorrow


def found(wanted: Wanted, actor: Actor, units: frozenset[int], at: datetime | Slot) -> CaseQuerySet:
    """All cases of the inbox that fit, most urgent first. With ``AT`` instead of a time it is for keeping."""
    rows = _filtered(_base(wanted, actor, units), wanted)
    soon = SOON if isinstance(at, Slot) else end_of_tomorrow(at)
    return _urgent(rows, wanted.urgency, at, soon).most_urgent_first()


def _filtered(rows: CaseQuerySet, wanted: Wanted) -> CaseQuerySet:
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.unit_id:
        rows = rows.filter(unit_id=wanted.unit_id)
    return containing(rows, wanted.text) if wanted.text else rows


def containing(rows: CaseQuerySet, text: str) -> CaseQuerySet:
    """Those of a worklist whose number, applicant or title contains each word, marks or not.

    A worklist is read in order of urgency and is short, so a look at each row's folded words costs less than the
    word index, which would have to be sorted; that one is for searching everything (``matching``)."""
    words = fold(text).split()[:8]
    if not words:
        return rows.none()
    for word in words:
        rows = rows.filter(needle__contains=word)
    return rows


def matching(rows: CaseQuerySet, text: str) -> CaseQuerySet:
    """Those whose number, applicant or title has all words of the text, marks or not; the last may be begun."""
    words = [word for word in fold(text).split() if word.replace("-", "").replace(".", "").isalnum()]
    if not words:
        return rows.none()
    quoted = [f"'{word}'" for word in words]
    query = SearchQuery(" & ".join([*quoted[:-1], f"{quoted[-1]}:*"]), config="simple", search_type="raw")
    return rows.annotate(_needle=SearchVector("needle", config="simple")).filter(_needle=query)


def _urgent(rows: CaseQuerySet, urgency: Urgency, at: datetime | Slot, soon: datetime | Slot) -> CaseQuerySet:
    fits = fitting(urgency, at, soon)
    return rows if fits is None else rows.filter(fits)


def fitting(urgency: Urgency, at: datetime | Slot, soon: datetime | Slot) -> Q | None:
    """What an urgency asks of a case: late at ``at``, or due from then on until ``soon``; None when nothing."""
    return {
        Urgency.ALL: None,
        Urgency.LATE: Q(urgent_at__lt=at),
        Urgency.SOON: Q(urgent_at__gte=at, urgent_at__lt=soon),
        Urgency.NEWS: ~Q(news=""),
        Urgency.PAUSED: Q(phase=Phase.PAUSED),
    }[urgency]


def end_of_tomorrow(at: datetime) -> datetime:
    """Midnight after tomorrow: what is due before it is due soon."""
    from django.utils import timezone

    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=2)


class Reader:
    """An actor as far as they may see cases: equal as long as these rights are, so that statements are kept by it."""

    def __init__(self, actor: Actor) -> None:
        scopes = tuple(actor.scope(kind.see) for kind in registry.case_kinds.values())
        self.actor, self.key = actor, (actor.kind, actor.account_id, scopes, tree().version)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reader) and self.key == other.key


class Line(NamedTuple):
    """A case as a worklist shows it."""

    pk: int
    kind: str
    number: str
    title: str
    state: str
    phase: int
    unit_id: int
    applicant: str
    place: str
    step: str
    news: str
    due_at: datetime | None
    step_due_at: datetime | None
    settled_at: datetime | None
    urgent_at: datetime

    @property
    def kind_of(self) -> CaseKind:
        return registry.case_kinds[self.kind]

    @property
    def state_of(self) -> State:
        return spoken(self.kind_of.lifecycle.state(self.state))


def page(wanted: Wanted, actor: Actor, units: frozenset[int], at: datetime, size: int = PAGE) -> tuple[list[Line], str]:
    """One page of the inbox and the key of the next (empty at the end): page 500 costs what page 1 costs."""
    moment, last = wanted.after or (None, None)
    rows = _listed(replace(wanted, after=None), Reader(actor), units, moment is not None, size)
    return cut(rows(at=at, soon=end_of_tomorrow(at), moment=moment, last=last), size)


def cut(rows: Sequence[tuple[Any, ...]], size: int) -> tuple[list[Line], str]:
    """Rows of which one more than fits was read as the lines of a page and the key of the next."""
    got = [Line._make(row) for row in rows]
    more = f"{got[size - 1].urgent_at.isoformat()}~{got[size - 1].pk}" if len(got) > size else ""
    return got[:size], more


@lru_cache(maxsize=512)
def _listed(wanted: Wanted, reader: Reader, units: frozenset[int], is_further: bool, size: int) -> Kept[Any]:
    """The statement of a page; kept, because composing it costs more than running it."""
    return listed(wanted, reader.actor, units, lambda rows: as_lines(rows, size, is_further), "urgent_at, pk", size + 1)


def listed(
    wanted: Wanted,
    actor: Actor,
    units: frozenset[int],
    columns: Callable[[CaseQuerySet], Any],
    order: str,
    most: int,
) -> Kept[Any]:
    """The statement of a page of the inbox, to be kept; its slots are ``at`` and ``soon``. ``columns`` chooses from
    the rows what is read and cuts after ``most``; ``order`` names time and id as they are called there."""
    column = _COLUMNS.get(wanted.whose)
    if column is None or len(units) > APART:
        return Kept(lambda: columns(found(wanted, actor, units, AT)))
    rows = Case.objects.filter(one_of_each(Case, "kind"), **{column: EACH_KEY})
    rows = _urgent(_filtered(_of_whom(wanted.whose, rows), wanted), wanted.urgency, AT, SOON)
    kinds = {unit: [kind for kind, here in _seen(actor, units).items() if unit in here] for unit in sorted(units)}
    return Merged(
        lambda: columns(rows.most_urgent_first()), {unit: each for unit, each in kinds.items() if each}, order, most
    )


def as_lines(rows: CaseQuerySet, size: int, is_further: bool) -> Any:
    """One row more than fits on a page, in the columns of ``Line``; beyond the slots ``moment`` and ``last``."""
    if is_further:
        rows = rows.filter(Q(urgent_at__gt=Slot("moment")) | Q(urgent_at=Slot("moment"), id__gt=Slot("last")))
    return rows.values_list(*Line._fields)[: size + 1]


def read_key(text: str) -> tuple[datetime, int] | None:
    """The key of a page as it stands in an address; None when it is none."""
    moment, _tilde, last = text.partition("~")
    if not is_whole(last):
        return None
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, int(last)) if found.tzinfo else None


def counters(wanted: Wanted, actor: Actor, units: frozenset[int], at: datetime) -> dict[str, int]:
    """How many there are of each urgency: one statement. In a list of 5,000 and more, each counted up to 1,000."""
    plain, reader, soon = replace(wanted, after=None, urgency=Urgency.ALL), Reader(actor), end_of_tomorrow(at)
    told = _tally(plain, reader, units)(at=at, soon=soon)
    return told if told[Urgency.ALL] < PASS else _counts(plain, reader, units)(at=at, soon=soon)


@lru_cache(maxsize=512)
def _tally(wanted: Wanted, reader: Reader, units: frozenset[int]) -> Tally:
    def rows() -> tuple[CaseQuerySet, dict[str, Q | None]]:
        base = _filtered(_base(wanted, reader.actor, units), wanted)
        return base, {one.value: fitting(one, AT, SOON) for one in Urgency}

    return Tally(rows, PASS)


@lru_cache(maxsize=512)
def _counts(wanted: Wanted, reader: Reader, units: frozenset[int]) -> Counts:
    def lists() -> dict[str, CaseQuerySet]:
        base = _filtered(_base(wanted, reader.actor, units), wanted)
        return {one.value: _urgent(base, one, AT, SOON) for one in Urgency}

    return Counts(lists, CAP)


@dataclass(frozen=True, slots=True)
class Told:
    """A promise and what became of it: ``outcome`` is kept, broken, moved or open."""

    promise: Promise
    outcome: str


def ledger(case: Case, at: datetime) -> list[Told]:
    """Every date the applicant was told, oldest first, with what became of it.

    A date that passed while the clock ran is broken, whatever was promised afterwards; one that passed while the
    clock stood still is not."""
    promises = list(Promise.objects.filter(case=case))
    pauses = Term.from_json(case.clock).pauses
    kept = []
    for promise, following in zip_longest(promises, promises[1:]):
        until = following.promised_at if following else case.settled_at or at
        stood_still = any(one.start <= promise.due_at and (one.end or at) >= promise.due_at for one in pauses)
        if until > promise.due_at and not stood_still:
            outcome = "broken"
        elif following:
            outcome = "moved"
        else:
            outcome = "kept" if case.settled_at else "open"
        kept.append(Told(promise, outcome))
    return kept


def verify(ends: dict[str, End]) -> Iterator[Damage]:
    """Compare each case row with the end of its chain: same entry, same hash, same state."""
    rows = Case.objects.values_list("pk", "journal_seq", "journal_hash", "state")
    for pk, seq, sealed, state in rows.iterator(5000):
        end = ends.get(f"case/{pk}", End())
        if end.head != Head(seq, bytes(sealed)):
            yield Damage(f"case/{pk}", f"vụ việc dừng ở mục {seq}, lịch sử dừng ở mục {end.head.seq}")
        elif end.state != state:
            yield Damage(f"case/{pk}", f"trạng thái {state!r} không do lịch sử mà ra")


def by_number(number: str, actor: Actor) -> Any:
    """The case with this number, if the actor may see it; None otherwise."""
    return (
        Case.objects.visible_to(actor).filter(number=number).select_related("unit", "received_unit", "assignee").first()
    )


@dataclass(frozen=True)
class Reasons:
    """Why a due date is what it is: the sentences of the clock, and every date promised with what became of it."""

    due: Due | None
    sentences: list[str]
    promises: list[Told]
    left: str


def reasons(case: Case, at: datetime) -> Reasons:
    """The explanation of the case's due date, computed anew from its clock and the unit's calendar."""
    calendar = calendar_for(case.unit_id)
    found = Term.from_json(case.clock).due(calendar)
    sentences = explain(found, readers_language()) if found else []
    return Reasons(found, sentences, ledger(case, at), left_words(case, at))


def left_words(case: Case, at: datetime) -> str:
    """“Còn 3 giờ làm việc”, “Quá hạn 5 giờ”, in the reader's language; empty while no clock runs."""
    if case.phase != Phase.OPEN or case.due_at is None:
        return ""
    return worded_left(time_left(at, case.due_at, calendar_for(case.unit_id)), readers_language())
