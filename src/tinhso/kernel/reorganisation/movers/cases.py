"""Cases that are not settled go to the successor; those that wait to be handed over change their counter only.

With a case moves all that belongs to it, in the same transaction: steps, orders, scans. Numbers, look-up keys and
promises stay. Closed cases stay with the unit that closed them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.relocating import Relocation, relocate
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.reorganisation.context import Batch, Context
from tinhso.kernel.reorganisation.declarations import OfCase, column_of
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.movers.rows import drop, gone, restored, write
from tinhso.kernel.reorganisation.rules import MOVED, MOVED_BACK, Traits
from tinhso.kernel.units.queries import tree

Sorter = Callable[[Sequence[int]], Mapping[int, Traits]]
UNSETTLED = (Phase.DRAFT, Phase.OPEN, Phase.PAUSED)
LEDGER = ("unit_id", "received_unit_id", "concerned", "assignee_id", "place", "news", "clock", "due_at")
PLACES = ("unit_id", "received_unit_id")
COUNT_AT_ONCE = 5000
WINDOW = 10_000  # ids looked at together, whether their cases move or not


class CasesMover:
    code, title = "cases.case", "Vụ việc, hồ sơ chưa kết thúc"

    def __init__(self, sorts: Mapping[str, Sorter], parts: Iterable[OfCase]) -> None:
        self.sorts, self.parts = sorts, [Belongings(part) for part in parts]

    # -- which cases, and where they go

    def _ids(self, context: Context, after: int, size: int) -> list[int]:
        """The next cases that may have to move: by where they are worked on, received, known, or have something."""
        found: set[int] = set()
        while len(found) < size and (first := self._next(after)) is not None:
            last = first + WINDOW
            found |= self._between(context, first, last, size)
            after = last
        return sorted(found)[:size]

    @staticmethod
    def _next(after: int) -> int | None:
        """The next case there is, whether it moves or not."""
        found: int | None = Case.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).first()
        return found

    def _between(self, context: Context, first: int, last: int, size: int) -> set[int]:
        """Those among a stretch of ids: without its bounds each batch would look through all that still have to go."""
        ending, found = context.ending, set[int]()
        for rows in (
            Case.objects.filter(unit_id__in=context.touched, phase__in=UNSETTLED),
            Case.objects.filter(received_unit_id__in=ending, phase__lte=Phase.SETTLED),
            Case.objects.filter(concerned__overlap=ending, phase__in=UNSETTLED),
        ):
            within = rows.filter(pk__gte=first, pk__lte=last)
            found.update(within.order_by("pk").values_list("pk", flat=True)[:size])
        for part in self.parts:
            found.update(part.case_ids(ending, first, last, size))
        return found

    def _traits(self, cases: Sequence[Case], context: Context) -> dict[int, Traits]:
        by_kind: dict[str, list[int]] = {}
        for case in cases:
            by_kind.setdefault(case.kind, []).append(case.pk)
        known: dict[int, Traits] = {}
        for kind, ids in by_kind.items():
            known |= self.sorts[kind](ids) if kind in self.sorts else {}
        return {case.pk: _of_official(known.get(case.pk, Traits()), case, context) for case in cases}

    @staticmethod
    def _goals(case: Case, traits: Traits, context: Context) -> tuple[str | None, str | None]:
        """Codes of the units that will work on it and that will have received it; None where nothing changes."""
        unit = context.goal(case.unit_id, traits) if case.phase in UNSETTLED else None
        is_at_hand = case.phase <= Phase.SETTLED
        received = context.goal(case.received_unit_id, traits, if_ends=True) if is_at_hand else None
        return unit, received

    # -- counting

    def count(self, context: Context) -> dict[tuple[str, str], int]:
        return self.counts(context)[self.code]

    def counts(self, context: Context) -> dict[str, dict[tuple[str, str], int]]:
        """By mover: cases, and each kind of what belongs to them."""
        nodes, after = tree().nodes, 0
        codes = [self.code, *(part.code for part in self.parts)]
        found: dict[str, Counter[tuple[str, str]]] = {code: Counter() for code in codes}
        while ids := self._ids(context, after, COUNT_AT_ONCE):
            cases = list(Case.objects.filter(pk__in=ids).defer("clock", "needle", "journal_hash"))
            traits = self._traits(cases, context)
            for case in cases:
                unit, received = self._goals(case, traits[case.pk], context)
                if unit or received or self._concerned(case, traits[case.pk], context) != case.concerned:
                    before = case.unit_id if unit or not received else case.received_unit_id
                    found[self.code][nodes[before].code, unit or received or nodes[before].code] += 1
            by_id = {case.pk: case for case in cases}
            for part in self.parts:
                found[part.code].update(part.count(by_id, traits, context))
            after = ids[-1]
        return {code: dict(pairs) for code, pairs in found.items()}

    def _concerned(self, case: Case, traits: Traits, context: Context) -> list[int]:
        """Units that may know of it, as far as known before the tree changes: an ended one gives way to its heir."""
        if case.phase not in UNSETTLED:
            return case.concerned
        known = tree().by_code
        goals = ((unit_id, context.goal(unit_id, traits, if_ends=True)) for unit_id in case.concerned)
        return sorted(
            {known[goal].id if goal and goal in known else -1 if goal else unit_id for unit_id, goal in goals}
        )

    # -- moving

    def move(self, context: Context, after: int, size: int) -> Batch:
        ids = self._ids(context, after, size)
        cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
        traits = self._traits(cases, context)
        rights = Rights(cases)
        moves, before = [], {}
        for case in cases:
            change = self._change(case, traits[case.pk], context, rights)
            if change:
                before[case.pk] = _picture(case)
                moves.append(Relocation(case, change, self._said(case, change, context)))
        relocate(moves, MOVED, by=context.by, at=context.at, reason=context.plan.decision)
        context.enter(self.code, ((one.case.pk, before[one.case.pk], _picture(one.case)) for one in moves))
        by_id = {case.pk: case for case in cases}
        others = sum(part.move(by_id, traits, context) for part in self.parts)
        return Batch(len(moves) + others, ids[-1] if len(ids) == size else None)

    def _change(self, case: Case, traits: Traits, context: Context, rights: Rights) -> dict[str, Any]:
        known = tree()
        unit, received = self._goals(case, traits, context)
        unit_id = known.by_code[unit].id if unit else case.unit_id
        received_id = known.by_code[received].id if received else case.received_unit_id
        others = (
            {context.target(one, traits, if_ends=True) or one for one in case.concerned}
            if case.phase in UNSETTLED
            else {received_id if one == case.received_unit_id != case.unit_id else one for one in case.concerned}
        )
        concerned = sorted(others | {unit_id, received_id})
        if (unit_id, received_id, concerned) == (case.unit_id, case.received_unit_id, sorted(case.concerned)):
            return {}
        change: dict[str, Any] = {"unit_id": unit_id, "received_unit_id": received_id, "concerned": concerned}
        if unit:
            change["news"] = f"Chuyển từ {known.nodes[case.unit_id].short_name}"[:160]
            if case.place == known.nodes[case.unit_id].short_name:
                change["place"] = known.nodes[unit_id].short_name
            if case.assignee_id and not rights.may_work(case.assignee_id, case.kind, unit_id):
                change["assignee_id"] = None
        return change

    @staticmethod
    def _said(case: Case, change: Mapping[str, Any], context: Context) -> dict[str, Any]:
        nodes = tree().nodes
        column = "unit_id" if change["unit_id"] != case.unit_id else "received_unit_id"
        return {
            "before": nodes[getattr(case, column)].name,
            "after": nodes[change[column]].name,
            "decision": context.plan.decision,
            "plan": context.plan.code,
        }

    # -- moving back

    def undo(self, context: Context, lines: list[Moved]) -> int:
        by_case = {line.row: line for line in lines}
        cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=by_case).order_by("pk"))
        nodes, moves = tree().nodes, []
        for case in cases:
            was, now = by_case[case.pk].was, by_case[case.pk].now
            if any(getattr(case, name) != now[name] for name in PLACES):
                raise Refusal("reorganisation.changed_since", f"Hồ sơ {case.number} đã chuyển sang đơn vị khác.")
            are = _picture(case)
            change = {name: value for name, value in was.items() if name in LEDGER and are[name] == now[name]}
            if "due_at" in change:
                change["due_at"] = Case._meta.get_field("due_at").to_python(change["due_at"])
            column = next((name for name in PLACES if was[name] != now[name]), "unit_id")
            said = {"before": nodes[now[column]].name, "after": nodes[was[column]].name, "plan": context.plan.code}
            moves.append(Relocation(case, change, said, recount=False))
        relocate(moves, MOVED_BACK, by=context.by, at=context.at, reason=f"Hoàn tác: {context.plan.decision}")
        return len(lines) + sum(part.undo(list(by_case), context) for part in self.parts)

    def undo_rest(self, context: Context, size: int) -> int:
        """What belongs to cases that themselves did not move."""
        return sum(part.undo_rest(context, size) for part in self.parts)

    def changed_since(self, context: Context) -> int:
        """Cases that went elsewhere, or that the new unit has settled."""
        lines = Moved.objects.filter(plan=context.row, mover=self.code, is_undone=False).iterator(COUNT_AT_ONCE)
        changed = 0
        while some := list(islice(lines, COUNT_AT_ONCE)):
            cases = Case.objects.only(*PLACES, "phase").in_bulk([line.row for line in some])
            changed += sum(_has_changed(cases[line.row], line) for line in some)
        return changed

    def left_behind(self) -> QuerySet[Any]:
        at_unit = Q(phase__in=UNSETTLED) & gone("unit")
        return Case.objects.filter(at_unit | Q(phase__lte=Phase.SETTLED) & gone("received_unit"))


def _has_changed(case: Case, line: Moved) -> bool:
    """Whether a case went elsewhere, or was settled, since it was moved."""
    settled = line.was["phase"] in UNSETTLED and case.phase not in UNSETTLED
    return settled or any(getattr(case, name) != line.now[name] for name in PLACES)


class Belongings:
    """Rows of one kind that belong to cases."""

    def __init__(self, said: OfCase) -> None:
        self.said, self.code, self.title = said, said.code, said.title
        self.attname = column_of(said)
        self.rows = said.model._base_manager.filter(said.active)

    def case_ids(self, units: Sequence[int], first: int, last: int, size: int) -> Iterable[int]:
        case = self.said.case
        rows = self.rows.filter(**{f"{self.said.column}__in": units, f"{case}__gte": first, f"{case}__lte": last})
        return rows.order_by(self.said.case).values_list(self.said.case, flat=True).distinct()[:size]

    def _goals(
        self, cases: Mapping[int, Case], traits: Mapping[int, Traits], context: Context
    ) -> Iterable[tuple[int, int, str]]:
        """Key of the row, its unit, the code of the unit to which it goes."""
        rows = self.rows.filter(**{f"{self.said.case}__in": list(cases), f"{self.said.column}__in": context.touched})
        for key, case_id, unit_id in rows.order_by("pk").values_list("pk", self.said.case, self.attname):
            if_ends = self.said.is_received or cases[case_id].phase not in UNSETTLED
            goal = context.goal(unit_id, traits[case_id], if_ends=if_ends)
            if goal:
                yield key, unit_id, goal

    def count(
        self, cases: Mapping[int, Case], traits: Mapping[int, Traits], context: Context
    ) -> Counter[tuple[str, str]]:
        nodes = tree().nodes
        return Counter((nodes[unit_id].code, goal) for _, unit_id, goal in self._goals(cases, traits, context))

    def move(self, cases: Mapping[int, Case], traits: Mapping[int, Traits], context: Context) -> int:
        known = tree().by_code
        pairs = [(key, unit_id, known[goal].id) for key, unit_id, goal in self._goals(cases, traits, context)]
        doubled = self._doubled(cases, pairs) if self.said.unique is not None else set()
        drop(self.said.model, self.code, context, sorted(doubled))
        going = [pair for pair in pairs if pair[0] not in doubled]
        context.enter(self.code, ((key, {self.attname: was}, {self.attname: now}) for key, was, now in going))
        return len(doubled) + write(self.said.model, self.said.column, going)

    def _doubled(self, cases: Mapping[int, Case], pairs: Sequence[tuple[int, int, int]]) -> set[int]:
        """Those of which the goal has one like it already, or gets one."""
        goes = {key: now for key, _, now in pairs}
        columns = (self.said.case, *(self.said.unique or ()))
        taken, doubled = set(), set()
        rows = self.rows.filter(**{f"{self.said.case}__in": list(cases)}).order_by("pk")
        for key, unit_id, *said in sorted(
            rows.values_list("pk", self.attname, *columns), key=lambda row: row[0] in goes
        ):
            like = (goes.get(key, unit_id), *said)
            if like in taken and key in goes:
                doubled.add(key)
            taken.add(like)
        return doubled

    def undo(self, cases: Sequence[int], context: Context) -> int:
        keys = self.said.model._base_manager.filter(**{f"{self.said.case}__in": cases}).values("pk")
        return self._back(list(self._lines(context).filter(now__isnull=False, row__in=keys)))

    def undo_rest(self, context: Context, size: int) -> int:
        return self._back(list(self._lines(context).order_by("-id")[:size]))

    def _lines(self, context: Context) -> QuerySet[Moved]:
        return Moved.objects.filter(plan=context.row, mover=self.code, is_undone=False)

    def _back(self, lines: list[Moved]) -> int:
        """A row that has gone elsewhere since stays there: its case decides whether undoing is possible."""
        moved = [one for one in lines if one.now is not None]
        write(
            self.said.model,
            self.said.column,
            ((one.row, one.now[self.attname], one.was[self.attname]) for one in moved),
        )
        for one in lines:
            if one.now is None:
                restored(self.said.model, one.was).save(force_insert=True)
        Moved.objects.filter(pk__in=[line.pk for line in lines]).update(is_undone=True)
        return len(lines)

    def left_behind(self) -> QuerySet[Any]:
        return self.rows.filter(gone(self.said.column))


class Rights:
    """Which of the assignees may still work on a case at its new unit."""

    def __init__(self, cases: Iterable[Case]) -> None:
        accounts = Account.objects.in_bulk({case.assignee_id for case in cases if case.assignee_id})
        self.actors = {key: actor_of(account) for key, account in accounts.items()}

    def may_work(self, account_id: int, kind: str, unit_id: int) -> bool:
        declared = registry.case_kinds[kind]
        return any(self.actors[account_id].may(right, unit_id) for right in (declared.work, declared.see))


def _picture(case: Case) -> dict[str, Any]:
    """What the ledger keeps; as plain values, so that it compares with what was read back."""
    found = {name: getattr(case, name) for name in (*LEDGER, "phase")}
    found["phase"] = int(case.phase)
    found["due_at"] = case.due_at.isoformat() if case.due_at else None
    return found


def _of_official(traits: Traits, case: Case, context: Context) -> Traits:
    name = context.usernames.get(case.assignee_id or 0, "")
    return Traits(traits.procedure, traits.field, traits.place, name) if name else traits
