"""Demonstration rounds: last year's communes published, this year's half filled, and a block of 19 departments.

All numbers are invented, the same for the same seed; rounds say so. The departments' grades come out as a province
once published them: 12 xuất sắc, 6 tốt, 1 khá.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind
from tinhso.modules.scorecards import forms
from tinhso.modules.scorecards.actions import editions as publishing
from tinhso.modules.scorecards.actions import reviewing, rounds
from tinhso.modules.scorecards.models import Card, Cell, CriteriaEdition, Evidence, Round, SuppliedFigure
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.rules.editions import Criterion, Edition
from tinhso.modules.scorecards.rules.editions import Kind as Rule
from tinhso.modules.scorecards.rules.words import CardState, RoundState

HOME = "xa-25459"
DEPARTMENTS = 19
COMMUNES = 36  # of the small demonstration, the home commune first
# Shares of 245 points, so that 12 reach 220, 6 reach 196 and 1 reaches 171.
DEPARTMENT_SHARES = (0.97, 0.96, 0.955, 0.95, 0.945, 0.94, 0.935, 0.93, 0.925, 0.92, 0.915, 0.91,
                     0.88, 0.87, 0.86, 0.85, 0.84, 0.83, 0.74)  # fmt: skip
HUNDREDTH = Decimal("0.01")
ROUND_NUMBERS = 3  # which of the communes gives round numbers only
_CHOSEN = (Rule.YES_NO, Rule.PARTS, Rule.OPTIONS, Rule.JUDGED)
SUPPLIER = "Sở Khoa học và Công nghệ (minh họa)"
REASONS = (
    "Văn bản minh chứng ban hành sau ngày hết kỳ.",
    "Số liệu tử số tính cả hồ sơ năm trước; đã trừ.",
    "Thiếu danh sách kèm theo, chỉ tính phần có tài liệu.",
)


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, scale: str = "small", **_more: Any) -> None:
    """Fill the module; asked again it changes nothing."""
    now = at or timezone.now()
    publishing.load_seeds(at=now)
    if Round.objects.exists():
        return
    _employ(timezone.localdate(now))
    chance = Random(seed)  # noqa: S311 - chance that can be repeated is meant
    rows = Unit.objects.living(timezone.localdate(now)).communes().order_by("code")
    communes = sorted(rows, key=lambda one: one.code != HOME)[: None if scale == "province" else COMMUNES]
    year = timezone.localdate(now).year
    for one in (year - 1, year):
        _supply(communes, one, chance)
    before = _commune_round(f"xa-{year - 1}", year - 1, communes, chance, None, now)
    autumn = Span(f"{year - 1}-q3", f"quý III năm {year - 1}", date(year - 1, 7, 1), date(year - 1, 9, 30))
    whole = Span(f"{year - 1}", f"năm {year - 1}", date(year - 1, 1, 1), date(year - 1, 12, 31))
    lower = [round(share - chance.uniform(0.02, 0.1), 3) for share in DEPARTMENT_SHARES]
    earlier = _departments(autumn, lower, chance, None, now)
    _departments(whole, DEPARTMENT_SHARES, chance, earlier, now)
    current = _commune_round(f"xa-{year}", year, communes, chance, before, now)
    _half_filled(current, chance, now)


def _employ(day: date) -> None:
    """Those who show it: clerk and chairman of the home commune, a council member and a manager of the province."""
    employ(
        day,
        at_home=(("chuyenvien", "scorecards.clerk"), ("lanhdao", "scorecards.head")),
        centrally=(("kiemsoat", "scorecards.council"), ("lanhdao.tinh", "scorecards.manager")),
    )


def _supply(communes: list[Unit], year: int, chance: Random) -> None:
    """What other offices know of each commune."""
    edition = _edition("commune-dt")
    read = editions.of(edition)
    made = []
    for unit in communes:
        people = chance.randrange(4_000, 60_000)
        for one in read.criteria:
            wanted = [each for each in one.inputs if each.source.startswith("supplied:")]
            if not wanted:
                continue
            whole = Decimal(chance.randrange(12, 60) if people < 9_000 else people // chance.choice((1, 2, 4, 9)))
            part = Decimal(int(whole * Decimal(str(round(chance.uniform(0.45, 1.0), 3)))))
            for each, value in zip(wanted, (part, whole), strict=True):
                code = each.source.partition(":")[2]
                made.append(
                    SuppliedFigure(
                        code=code, unit=unit, year=year, value=value, supplier=SUPPLIER, as_of=date(year, 10, 31)
                    )
                )
    SuppliedFigure.objects.bulk_create(made, batch_size=4000, ignore_conflicts=True)


def _edition(code: str) -> CriteriaEdition:
    found: CriteriaEdition = CriteriaEdition.objects.binding().filter(criteria_set__code=code).order_by("-number")[0]
    return found


def _commune_round(
    code: str, year: int, communes: Iterable[Unit], chance: Random, previous: Round | None, now: datetime
) -> Round:
    """A round of all communes; one of a past year is finished and published."""
    past = year < timezone.localdate(now).year
    due = forms.evening_of(date(year, 12, 15))
    asked = rounds.Asked(
        code, f"Đánh giá chuyển đổi số cấp xã năm {year} (minh họa)", _edition("commune-dt").pk, date(year, 1, 1),
        date(year, 12, 31), due if past else max(due, now + timedelta(days=7)), units=[one.pk for one in communes],
        previous_id=previous.pk if previous else None, is_demonstration=True,
    )  # fmt: skip
    opened = rounds.open_round(asked, by=SYSTEM, at=min(now, due - timedelta(days=14)))
    if past:
        _fill_all(opened, chance, {}, due - timedelta(days=2))
        _finish(opened, due, f"{120 + year % 10}/QĐ-UBND", chance)
    return opened


class Span(NamedTuple):
    """A period with its words."""

    code: str
    name: str
    since: date
    until: date


def _departments(span: Span, shares: Sequence[float], chance: Random, previous: Round | None, now: datetime) -> Round:
    """Nineteen departments whose cards give, for the whole year, the grades of a block that was really published."""
    rows = Unit.objects.living(timezone.localdate(now)).filter(kind__in=[Kind.DEPARTMENT, Kind.VERTICAL])
    units = list(rows.order_by("kind", "pk"))[:DEPARTMENTS]
    due = forms.evening_of(span.until - timedelta(days=16))
    asked = rounds.Asked(
        f"so-nganh-{span.code}", f"Đánh giá chuyển đổi số sở, ngành {span.name} (minh họa)",
        _edition("department-dt").pk, span.since, span.until, due, units=[one.pk for one in units],
        previous_id=previous.pk if previous else None, is_demonstration=True,
    )  # fmt: skip
    opened = rounds.open_round(asked, by=SYSTEM, at=due - timedelta(days=14))
    _fill_all(opened, chance, dict(zip((one.pk for one in units), shares, strict=False)), due - timedelta(days=2))
    _finish(opened, due, f"{130 + span.until.month}/QĐ-UBND", None)
    return opened


def _fill_all(opened: Round, chance: Random, shares: dict[int, float], at: datetime) -> None:
    """All cells that people would type, in bulk, each with a document as evidence; all cards sent."""
    read = editions.of(opened.edition)
    cards = list(Card.objects.filter(round=opened).order_by("pk"))
    locked = set(Cell.objects.filter(card__in=cards).values_list("card_id", "criterion"))
    made = []
    for card in cards:
        level = shares.get(card.unit_id) or chance.betavariate(6, 2)
        own = [one for one in read.criteria if (card.pk, one.code) not in locked]
        values = (
            _spread(own, level, chance)
            if card.unit_id in shares
            else {one.code: _typed(one, level, chance) for one in own}
        )
        made += [
            Cell(
                card=card,
                criterion=code,
                inputs=inputs,
                revision=1,
                filled_at=at - timedelta(minutes=chance.randrange(9000)),
            )
            for code, inputs in values.items()
        ]
    Cell.objects.bulk_create(made, batch_size=4000)
    _prove(opened, at)
    rounds.add_up(opened, cards)
    for card in cards:
        card.state, card.submitted_at = CardState.SUBMITTED, at
    Card.objects.bulk_update(cards, ["state", "submitted_at"], batch_size=500)


def _spread(criteria: list[Criterion], share: float, chance: Random) -> dict[str, dict[str, str]]:
    """Points so that the whole is the share wanted, to the hundredth: what one criterion has more, another lacks."""
    points = {one.code: (one.points * Decimal(str(share))).quantize(HUNDREDTH) for one in criteria}
    for one, other in zip(criteria[::2], criteria[1::2], strict=False):
        room = min(one.points - points[one.code], points[other.code])
        moved = (room * Decimal(str(round(chance.random(), 2)))).quantize(HUNDREDTH, ROUND_DOWN)
        points[one.code] += moved
        points[other.code] -= moved
    return {one.code: {one.inputs[0].code: str(points[one.code])} for one in criteria}


def _typed(one: Criterion, level: float, chance: Random) -> dict[str, str]:
    """Numbers a unit might give for a criterion, better for a higher level (0–1)."""
    kind = one.rule.kind
    if kind in (Rule.YES_NO, Rule.PARTS):
        return {each.code: str(int(chance.random() < level + 0.1)) for each in one.inputs}
    if kind is Rule.OPTIONS:
        return {one.inputs[0].code: str(0 if chance.random() < level else 1)}
    if kind is Rule.JUDGED:
        return {one.inputs[0].code: str((one.points * Decimal(str(round(level, 2)))).quantize(Decimal("0.01")))}
    if len(one.inputs) == 1:
        top = max((step.bound for step in one.rule.steps), default=4)
        return {one.inputs[0].code: str(int(float(top) * min(1.3, level + chance.uniform(-0.4, 0.4)) + 0.5))}
    whole = chance.randrange(11, 260)
    part = min(whole, max(0, round(whole * min(1.0, level + chance.uniform(-0.25, 0.2)))))
    return {one.inputs[0].code: str(part), one.inputs[1].code: str(whole)}


def _prove(opened: Round, at: datetime) -> None:
    rows = Cell.objects.filter(card__round=opened, is_system=False, evidence__isnull=True)
    if opened.state == RoundState.OPEN and at < opened.due_at - timedelta(days=5):
        rows = rows.exclude(card__unit__code=HOME, criterion__startswith="A2")  # the home commune still lacks some
    Evidence.objects.bulk_create(
        (
            Evidence(
                cell_id=pk, kind="document", title="Báo cáo (minh họa)", number=f"{10 + pk % 190}/BC-UBND",
                dated_on=timezone.localdate(at), added_at=at,
            )
            for pk in rows.values_list("pk", flat=True)
        ),
        batch_size=4000,
    )  # fmt: skip


def _finish(opened: Round, due: datetime, number: str, chance: Random | None) -> None:
    """The council changes a few points with reasons; then the round is announced, closed and published."""
    judge: Actor = SYSTEM
    first = Account.objects.filter(username="kiemsoat", is_demonstration=True).first()
    judge = actor_of(first) if first else SYSTEM
    cards = list(Card.objects.filter(round=opened).order_by("pk"))
    if chance is not None:
        for card in cards[:3]:
            _lower(card, judge, due)
        cards = list(Card.objects.filter(round=opened).order_by("pk"))
    at = due + timedelta(days=10)
    for card in cards:
        card.state, card.reviewed_at, card.reviewed_by_id = CardState.REVIEWED, at, judge.account_id
        if card.review_total is None:
            card.review_total = card.self_total
    Card.objects.bulk_update(cards, ["state", "reviewed_at", "reviewed_by", "review_total"], batch_size=500)
    rounds.announce(round_id=opened.pk, by=SYSTEM, at=at)
    rounds.close(round_id=opened.pk, by=SYSTEM, at=at + timedelta(days=7))
    day = timezone.localdate(at + timedelta(days=15))
    rounds.publish(round_id=opened.pk, number=number, decided_on=day, by=SYSTEM, at=at + timedelta(days=15))


def _lower(card: Card, judge: Actor, due: datetime) -> None:
    """Three criteria of a card get half of what the unit gave itself."""
    rows = Cell.objects.filter(card=card, self_points__gte=Decimal("0.5"), is_system=False).order_by("criterion")[:3]
    for cell, reason in zip(rows, REASONS, strict=False):
        points = ((cell.self_points or Decimal(0)) / 2).quantize(Decimal("0.01"))
        reviewing.review(
            card_id=card.pk, criterion=cell.criterion, points=str(points).replace(".", ","), reason=reason,
            revision=None, by=judge, at=due + timedelta(days=3),
        )  # fmt: skip


def _half_filled(opened: Round, chance: Random, now: datetime) -> None:
    """This year: the system filled its half; some communes sent theirs, the home commune is in the middle of it."""
    read = editions.of(opened.edition)
    cards = list(Card.objects.filter(round=opened).select_related("unit").order_by("unit__code"))
    locked = set(Cell.objects.filter(card__in=cards).values_list("card_id", "criterion"))
    made: list[Cell] = []
    for n, card in enumerate(cards):
        share = 0.3 if card.unit.code == HOME else (1.0, 0.6, 0.0)[n % 3]
        own = _some(card, read, locked, share, chance, now)
        made += _rounded_up(own, read) if n == ROUND_NUMBERS else own
    Cell.objects.bulk_create(made, batch_size=4000)
    rounds.add_up(opened, cards)
    sent = [card for n, card in enumerate(cards) if n % 3 == 0 and card.unit.code != HOME]
    for card in sent:
        card.state, card.submitted_at = CardState.SUBMITTED, now
    _prove(opened, now)
    Card.objects.bulk_update(sent, ["state", "submitted_at"], batch_size=500)


def _rounded_up(cells: list[Cell], read: Edition) -> list[Cell]:
    """One commune's counts all end in 0, so that reviewers have a sign to look at."""
    counted = {one.code for one in read.criteria if len(one.inputs) == 2 and one.rule.kind not in _CHOSEN}
    for cell in cells:
        if cell.criterion in counted:
            cell.inputs = {name: str((int(text) + 9) // 10 * 10) for name, text in cell.inputs.items()}
    return cells


def _some(
    card: Card, read: Edition, locked: set[tuple[int, str]], share: float, chance: Random, now: datetime
) -> list[Cell]:
    level = chance.betavariate(6, 2)
    free = [one for one in read.criteria if (card.pk, one.code) not in locked]
    return [
        Cell(card=card, criterion=one.code, inputs=_typed(one, level, chance), revision=1, filled_at=now)
        for one in free[: int(len(free) * share)]
    ]
