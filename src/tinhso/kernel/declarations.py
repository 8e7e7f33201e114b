"""What a module may declare: one class for each slot of its manifest, and the manifest itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinhso.kernel.cases.rules import CaseKind, PublicStory
    from tinhso.kernel.personal_data import Holding, Retained
    from tinhso.kernel.talks import Talk


class Family(StrEnum):
    SERVICES = "services"
    GOVERNMENT = "government"
    MEASURING = "measuring"
    STEERING = "steering"


class Audience(StrEnum):
    """For whom a page, a tile or a menu line is: the public (with or without account), officials, or whoever stands
    before the wall of an operations room, where nobody is named and nothing is pressed."""

    PORTAL = "portal"
    DESK = "desk"
    WALL = "wall"


class Measure(StrEnum):
    """What a figure stands for on pages that know no module: boards and the public figures.

    A resolved case carries the dimension ``verdict`` (early, on_time, late; see ``kernel.clock.rules.Verdict``).
    """

    RECEIVED = "received"
    RESOLVED = "resolved"


class Readers(StrEnum):
    """Who may read a journal entry."""

    PUBLIC = "public"  # look-up without an account; never with personal data
    PARTIES = "parties"  # the applicant and the officials concerned
    OFFICIALS = "officials"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of journal entry: its verb, the sentence shown, who reads it and which of its data are personal.

    ``sentence`` is a ``str.format`` template over the entry's data, plus ``actor`` and ``unit``.
    """

    verb: str
    sentence: str
    readers: Readers = Readers.PARTIES
    personal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Role:
    """A suggested role: a name in the trade and the permissions it carries."""

    code: str
    name: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure's raw material: one row for each entry of ``verb`` (unit of count: the case).

    ``dimensions(entry) -> dict`` may add up to four short strings by which the figure is split. ``verdict`` among them
    is the unit's; where the promise to the citizen came out otherwise, ``promised`` says how, and the whole province is
    judged by that. ``measure`` says that the figure is part of what all kinds of case together received or resolved.
    ``when(entry)`` leaves out entries of the verb that do not count, such as payments that were not made online.
    """

    name: str
    title: str
    verb: str
    dimensions: Callable[[Any], Mapping[str, str]] | None = None
    measure: Measure | None = None
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures that a module keeps in tables of its own, by followers, because facts do not carry them.

    ``rebuild()`` throws them away and counts again, in one transaction, and says how many rows were counted;
    ``fingerprint()`` gives how many sums there are and one number over all of them. ``tinhso facts rebuild`` asks both.
    """

    code: str
    title: str
    rebuild: Callable[[], int]
    fingerprint: Callable[[], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One of the large buttons on the public's home page. ``page`` is a URL name; ``hint`` the short line under it."""

    code: str
    title: str
    page: str
    icon: str
    hint: str = ""
    colour: str = ""  # a colour pair of the chips: sen, warn, info, ok, wait
    order: int = 50


@dataclass(frozen=True, slots=True)
class Tile:
    """A small panel on the public's home page or a wall: ``load(actor, at) -> context`` for ``template``."""

    code: str
    title: str
    template: str
    load: Callable[..., Mapping[str, Any]]
    audience: Audience = Audience.DESK
    order: int = 50
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Something that can be found: ``find(text, actor, limit) -> list of hits`` (see ``kernel.search.rules.Hit``)."""

    code: str
    title: str
    find: Callable[..., Any]
    audience: Audience = Audience.PORTAL
    order: int = 50


@dataclass(frozen=True, slots=True)
class Menu:
    """A line in the navigation. ``page`` is a URL name; ``permission`` hides it from those without the right.

    ``shown_to(actor)`` says it where one right does not: nobody is shown a line whose page would refuse them.
    ``key`` are the keys that open it from anywhere on the desk: ``g q`` is g, then q. ``is_own``: the reader's own
    things; such lines stand on the account's home too, and the first two are tabs of the telephone."""

    code: str
    title: str
    page: str
    icon: str
    audience: Audience = Audience.DESK
    order: int = 50
    permission: str | None = None
    shown_to: Callable[[Any], bool] | None = None
    key: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A lazily loaded part of another page: ``where`` names the place, ``page`` is a URL name taking its key.

    Places: ``tracking`` (the applicant's page of a case) and ``case`` (the official's) with the case's id,
    ``procedure`` (the public's page of a procedure) with its code. htmx asks for the part, and an empty answer takes
    it away; without JavaScript the link is followed, so the address answers with a whole page too.
    """

    where: str
    title: str
    page: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper that a person has already, offered for a paper that is asked for.

    ``key`` names it to its source; ``detail`` says in one line who issued it, number and date; ``signed`` what its
    digital signature is worth, in words; ``look`` is where the person may look at it.
    """

    key: str
    title: str
    detail: str
    signed: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class TakenPaper:
    """A kept paper on its way into a dossier: a further use of its content, and what is known of it."""

    attachment: Any
    name: str
    item_id: int
    is_digitised: bool = False
    signed_by: str = ""
    signature: str = ""
    signature_valid_at: Any = None
    valid_until: Any = None


@dataclass(frozen=True, slots=True)
class PaperSource:
    """Where papers that a person has already are taken from again, so that nobody hands in a paper twice.

    ``offer(wanted, person_id=, business_id=, by=, at=)`` gives the fitting papers by the code of what is wanted
    (``wanted``: code → name) and remembers which of them an official was shown; ``take(key, person_id=, business_id=,
    by=, at=)`` gives one of them, or raises Refusal when it does not hold any more. Whoever asks has made sure that
    ``by`` acts for that person or business, or serves them at a counter.
    """

    code: str
    title: str
    offer: Callable[..., Mapping[str, Iterable[KeptPaper]]]
    take: Callable[..., TakenPaper]


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told about one kind of event, until a published text says otherwise.

    The texts are ``str.format`` templates over the event's words. ``sms`` is short and for what cannot wait for a look
    at the site; without it no text message is sent. ``is_urgent``: also in a person's quiet hours. ``is_mass``: told to
    many at once, so carried after everything else. ``holds(dedupe, at)`` is asked right before it is carried outside:
    what is over by then is not sent any more.
    """

    kind: str
    title: str
    body: str = ""
    sms: str = ""
    is_urgent: bool = False
    is_mass: bool = False
    holds: Callable[[str, datetime], bool] | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """What ``tinhso import`` can read: ``run(rows, *, dry_run, by, at) -> Iterable[report lines]``."""

    code: str
    title: str
    run: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number the platform knows about a unit, how it was found in words, and where it opens (a path, or nothing)."""

    value: Decimal
    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class MeasureSource:
    """Where a criterion, a report or a page takes a number from: an indicator, a part of an index.

    ``values(unit_ids, since, until)`` gives, for each unit that has it, the number over those days; units without one
    are left out. It must cost a few statements however many units are asked. ``unit`` is the unit of measure in words.
    """

    code: str
    title: str
    unit: str
    values: Callable[[Collection[int], date, date], Mapping[int, Measured]]


@dataclass(frozen=True, slots=True)
class Command:
    """``tinhso <group> <name> …``: ``run(arguments)`` gives the lines to print; a Refusal ends it with 1.

    ``is_offline(arguments)`` says that it needs no database, such as for a file that explains itself.
    """

    group: str
    name: str
    title: str
    run: Callable[[Sequence[str]], Iterable[str]]
    is_offline: Callable[[Sequence[str]], bool] = field(default=lambda arguments: False)


@dataclass(frozen=True, slots=True)
class Module:
    """All that a module offers to the shell and the kernel.

    By kind of case: ``stories`` tell the public look-up how far a case is, from its id (None when there is no such
    case, after the same work); ``takes`` let an official take a free case: ``take(case_id=, by=, at=)``. ``movers`` say
    what becomes of rows that name units when units change (see ``kernel.reorganisation.declarations``).

    ``price`` says what something costs by the tariffs in force, in whole đồng, and None where no tariff says it; at
    most one module sets prices: ``price(procedure=, version_id=, channel=, branch=, on=)``.
    """

    code: str
    name: str
    family: Family
    permissions: type[StrEnum] | None = None
    roles: tuple[Role, ...] = ()
    case_kinds: tuple[CaseKind, ...] = ()
    entries: tuple[Entry, ...] = ()
    followers: Mapping[str, Iterable[Callable[..., Any]]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    sums: tuple[Sums, ...] = ()
    tiles: tuple[Tile, ...] = ()
    search: tuple[Search, ...] = ()
    menu: tuple[Menu, ...] = ()
    panels: tuple[Panel, ...] = ()
    imports: tuple[Import, ...] = ()
    messages: tuple[Message, ...] = ()
    papers: tuple[PaperSource, ...] = ()
    carriers: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    measures: tuple[MeasureSource, ...] = ()
    commands: tuple[Command, ...] = ()
    retained: tuple[Retained, ...] = ()
    holdings: tuple[Holding, ...] = ()
    movers: tuple[Any, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    stories: Mapping[str, Callable[[int], PublicStory | None]] = field(default_factory=dict)
    takes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    talks: tuple[Talk, ...] = ()
    price: Callable[..., int | None] | None = None
    demo: Callable[..., Any] | None = None
    demo_end: Callable[..., Any] | None = None  # asked when every module has shown itself
