"""What saving one cell must know of its card, in two statements: the card is held, then all is read as of now.

Whoever waited for the card reads the round after it: a round that was closed meanwhile is seen to be closed. All who
write the history of a card hold the card, so that the end of its chain cannot move meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec
from django.db import connection

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.rules import Head
from tinhso.kernel.statements import Kept, Slot
from tinhso.modules.scorecards.models import Card
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.queries.cards import decimals_of
from tinhso.modules.scorecards.rules import scoring
from tinhso.modules.scorecards.rules.editions import Criterion, Edition, Kind, Zero
from tinhso.modules.scorecards.rules.scoring import Scored

_HELD: Kept[Card] = Kept(
    lambda: (
        Card.objects.select_for_update(of=("self",))
        .select_related("round__edition")
        .only("unit", "state", "self_total", "filled", "round__edition", "round__edition__content_hash")
        .filter(pk=Slot("card"))
    )
)
_NOW = """
select r.state, h.seq, h.hash, p.points, p.given from scorecards_round r
left join lateral (
    select seq, hash from journal_entry where subject = %s and subject <> '' order by seq desc limit 1
) h on true
cross join lateral (
    select json_object_agg(criterion, (self_points * %s)::bigint)::text points,
        (json_agg(json_build_array(criterion, id, inputs, is_system, revision, filled_by_id))
            filter (where criterion = any(%s)))::text given
    from scorecards_cell where card_id = %s
) p
where r.id = %s
"""


class Given(msgspec.Struct, array_like=True, frozen=True):
    """A cell as it stands: its row's id and what was given."""

    criterion: str
    id: int
    inputs: dict[str, str]
    is_system: bool
    revision: int
    filled_by: int | None


_points = msgspec.json.Decoder(dict[str, int | None])
_given = msgspec.json.Decoder(list[Given])


@dataclass(frozen=True, slots=True)
class Standing:
    """The round's state, the end of the card's chain, points of all cells (whole numbers of the last place) and, of
    the cells asked for and of those whose points do not say all, what was given."""

    round_state: str
    head: Head
    points: Mapping[str, int | None]
    given: Mapping[str, Given]


def held(card_id: int) -> Card | None:
    """The card under lock, with the edition of its round by name only. Its round's state may be an old one."""
    return next(iter(_HELD(card=card_id)), None)


def now(card: Card, subject: str, criterion: str) -> Standing:
    """All that one cell's change needs, of a card that the caller holds."""
    edition = editions.of(card.round.edition)
    apart = _apart(card.round.edition_id, card.round.edition.content_hash)
    values = [subject, 10**edition.decimals, [criterion, *apart.codes], card.pk, card.round_id]
    with connection.cursor() as cursor:
        cursor.execute(_NOW, values)
        state, seq, hash_, points, given = cursor.fetchone()
    rows = _given.decode(given) if given else []
    return Standing(
        state,
        Head(seq, bytes(hash_)) if seq else Head(),
        _points.decode(points) if points else {},
        {one.criterion: one for one in rows},
    )


def head_of(subject: str) -> Head:
    """The end of the chain of a card that the caller holds."""
    last = Entry.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash").first()
    return Head(last[0], bytes(last[1])) if last else Head()


@dataclass(frozen=True, slots=True)
class _Apart:
    """Criteria whose points alone do not say all: some may be left out, formulas see those of others."""

    codes: tuple[str, ...]
    formulas: tuple[Criterion, ...]


@lru_cache(maxsize=64)
def _apart(edition_id: int, content_hash: str) -> _Apart:
    edition = editions.read(edition_id, content_hash)
    formulas = tuple(one for one in scoring.order_of(edition) if one.rule.kind is Kind.EXPRESSION)
    may_be_left_out = (one.code for one in edition.criteria if one.rule.zero is Zero.LEAVE_OUT)
    return _Apart(tuple(dict.fromkeys((*may_be_left_out, *(one.code for one in formulas)))), formulas)


def scored_again(card: Card, standing: Standing, changed: Criterion, inputs: Mapping[str, str]) -> dict[str, Scored]:
    """The unit's own points after one cell has changed: that cell and the formulas anew, all others as they stand."""
    edition = editions.of(card.round.edition)
    apart = _apart(card.round.edition_id, card.round.edition.content_hash)
    given = {code: decimals_of(one.inputs) for code, one in standing.given.items()} | {
        changed.code: decimals_of(inputs)
    }
    found = {one.code: Scored(standing.points.get(one.code)) for one in edition.criteria}
    for code in (changed.code, *apart.codes):
        one = edition.by_code[code]
        if one.rule.kind is not Kind.EXPRESSION:
            found[code] = scoring.score(one, given.get(code, {}), edition.decimals)
    for one in apart.formulas:
        others = _others(edition, found)
        found[one.code] = scoring.score(one, given.get(one.code, {}), edition.decimals, others)
    return found


def _others(edition: Edition, found: Mapping[str, Scored]) -> dict[str, Fraction]:
    return {edition.by_code[code].variable: Fraction(done.points or 0, 10**edition.decimals)
            for code, done in found.items()}  # fmt: skip


def points_of(scored: Scored, edition: Edition) -> Decimal | None:
    """Points as they are kept."""
    return None if scored.points is None else Decimal(scored.points).scaleb(-edition.decimals)
