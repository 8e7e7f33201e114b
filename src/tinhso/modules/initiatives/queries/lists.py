"""Lists of initiatives, what is alike, opinions of a council, the figure that others may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import Measured, Spared, Subject
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.shelves import find
from tinhso.kernel.units.queries import main_successor_on, tree
from tinhso.modules.initiatives.models import Author, Council, Initiative, Member, Opinion, RegulationEdition
from tinhso.modules.initiatives.rules import judging
from tinhso.modules.initiatives.rules.judging import Judged, Regulation
from tinhso.modules.initiatives.rules.likeness import ALIKE, likeness
from tinhso.modules.initiatives.rules.states import FIELDS

PAGE, CANDIDATES, SHOWN = 30, 12, 5


def by_number(number: str, actor: Actor) -> Initiative:
    """The initiative, if the actor may see it. Raises NotFound."""
    rows = Initiative.objects.visible_to(actor).select_related("case", "regulation", "council", "attachment__blob")
    found = rows.filter(case__number=number).first()
    if found is None:
        raise NotFound
    return found


def listed(rows: QuerySet[Initiative], after: int = 0) -> tuple[list[Initiative], int | None]:
    """A page, the newest first, and the key after which the next begins."""
    rows = rows.select_related("case").prefetch_related("authors").order_by("-pk")
    found = list(rows.filter(pk__lt=after)[: PAGE + 1] if after else rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def mine(actor: Actor) -> QuerySet[Initiative]:
    return Initiative.objects.filter(authors__account_id=actor.account_id or 0)


def to_judge(actor: Actor) -> QuerySet[Initiative]:
    """Before my councils, not by me, and without my opinion."""
    rows = Initiative.objects.filter(case__state="appraising", council__members__account_id=actor.account_id or 0)
    own = Author.objects.filter(account_id=actor.account_id or 0).values("initiative")
    given = Opinion.objects.filter(member__account_id=actor.account_id or 0).values("initiative")
    return rows.exclude(pk__in=own).exclude(pk__in=given)


def public(text: str, field: str, after: int = 0) -> tuple[list[Initiative], int | None]:
    """Recognised ones, the newest first, or those that answer a question best."""
    rows = Initiative.objects.public()
    if field in FIELDS:
        rows = rows.filter(field=field)
    if text.strip():
        pks = [one.pk for one, _name in find(rows, text[:200], PAGE)]
        known = rows.select_related("case").prefetch_related("authors").in_bulk(pks)
        return [known[pk] for pk in pks], None
    return listed(rows, after)


def alike(initiative_id: int | None, title: str, solution: str) -> list[tuple[Initiative, int]]:
    """Others whose words are alike, with the share in percent, the most alike first; withdrawn ones do not count."""
    rows = Initiative.objects.exclude(pk=initiative_id or 0).exclude(case__state="withdrawn").select_related("case")
    own = f"{title}. {solution}"
    shares = ((one, likeness(own, f"{one.title}. {one.solution}")) for one, _name in find(rows, title, CANDIDATES))
    return sorted((pair for pair in shares if pair[1] >= ALIKE), key=lambda pair: (-pair[1], pair[0].pk))[:SHOWN]


# Regulation, councils, opinions


def regulation_on(day: date) -> RegulationEdition:
    """The edition in force. Raises Refusal ``initiatives.no_regulation``."""
    found: RegulationEdition | None = RegulationEdition.objects.in_force_on(day).order_by("-number").first()
    if found is None:
        raise Refusal("initiatives.no_regulation", "Chưa công bố quy chế xét sáng kiến. Báo thường trực hội đồng.")
    return found


def regulation_of(initiative: Initiative) -> Regulation:
    return judging.regulation_from(initiative.regulation.content)


def councils_for(unit_id: int, day: date) -> list[Council]:
    """Councils of the unit and of those above it that sit on that day, the nearest first."""
    path = [node.id for node in tree().path(unit_id)]
    rows = Council.objects.filter(unit_id__in=path, begins_on__lte=day).exclude(ends_on__lt=day)
    return sorted(rows, key=lambda one: (path.index(one.unit_id), one.pk))


def author_ids(initiative: Initiative) -> set[int | None]:
    return set(initiative.authors.values_list("account_id", flat=True))


def judged(initiative: Initiative) -> Judged:
    """What the council has said so far; members who are authors do not count."""
    if initiative.council_id is None:
        return Judged(0, 0, 0, None)
    members = Member.objects.filter(council_id=initiative.council_id).exclude(
        account_id__in=[one for one in author_ids(initiative) if one is not None]
    )
    totals = list(Opinion.objects.filter(initiative=initiative, member__in=members).values_list("total", flat=True))
    return judging.judged(totals, members.count(), regulation_of(initiative))


def own_opinion(initiative: Initiative, actor: Actor) -> tuple[Member | None, Opinion | None]:
    """The actor's seat on the council, none for an author, and the opinion given."""
    member = Member.objects.filter(council_id=initiative.council_id or 0, account_id=actor.account_id or 0).first()
    if member is None or actor.account_id in author_ids(initiative):
        return None, None
    return member, Opinion.objects.filter(initiative=initiative, member=member).first()


# What other modules may take


def recognised(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """How many initiatives of each unit were recognised in the period; none where there was none. One statement."""
    asked = frozenset(unit_ids)
    counts = dict.fromkeys(asked, 0)
    rows = Initiative.objects.public().filter(decided_on__range=(since, until))
    for unit, number in rows.values_list("case__received_unit_id").annotate(number=Count("pk")):
        body = tree().body_of(unit).id
        heir = main_successor_on(body, until) or body
        if heir in asked:
            counts[heir] += number
    words = f"Sáng kiến được công nhận, {since:%d/%m/%Y} – {until:%d/%m/%Y}"
    return {unit: Measured(Decimal(number), words, "/sang-kien/") for unit, number in counts.items()}


# What is held of people


def made_by(subject: Subject) -> QuerySet[Author]:
    rows = Author.objects.filter(account_id=subject.account_id)
    return rows.select_related("initiative__case").order_by("pk")


def tell_author(author: Author) -> Mapping[str, Any]:
    one = author.initiative
    return {"Mã": one.case.number, "Sáng kiến": one.title, "Tỷ lệ đóng góp": f"{author.share}%",
            "Kết quả": one.case.state_of.name}  # fmt: skip


def unrecognised_due(before: Any, spared: Spared) -> Any:
    """Refused or withdrawn before that moment, and still naming somebody."""
    rows = Initiative.objects.filter(
        case__phase=Phase.CLOSED, case__settled_at__lt=before, decided_at__isnull=True, authors__isnull=False
    )
    return spared.leave_out(rows.distinct(), case="case_id")
