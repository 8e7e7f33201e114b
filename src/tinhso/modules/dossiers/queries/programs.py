"""Dossiers as programs read them: plain rows, one statement for a page, two for a whole dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from tinhso.kernel.api.rules import from_key, to_key
from tinhso.kernel.cases import queries as cases
from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.models import Case, CaseQuerySet, Promise
from tinhso.kernel.cases.queries import Reader, Urgency, Wanted, Whose
from tinhso.kernel.cases.rules import Whom, holds
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import explain
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import readable, sentence
from tinhso.kernel.manifest import Readers
from tinhso.kernel.papers.rules import masked_identity
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Dossier, Paper, Part, Supplement
from tinhso.modules.dossiers.queries.gathering import gather, rows_of
from tinhso.modules.dossiers.rules import DOSSIER, Permission

MOST_ENTRIES = 500
PURPOSE = "dossiers.component"
_INTERNAL = ("06", "07")
_LINE = (
    "id", "urgent_at", "updated_at", "opened_at", "number", "title", "state", "unit_id", "received_unit_id",
    "applicant", "assignee_id", "step", "step_kind", "news", "due_at", "step_due_at", "settled_at", "revision",
)  # fmt: skip
_INBOX, _CHANGED, _OWN = ("urgent_at", "id"), ("updated_at", "id"), ("-opened_at", "-id")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asked the list for; empty values narrow nothing."""

    whose: Whose = Whose.ALL
    urgency: Urgency = Urgency.ALL
    state: str = ""
    unit: str = ""
    text: str = ""
    updated_since: datetime | None = None
    after: str = ""
    size: int = 20


def lines(asked: Asked, actor: Actor, at: datetime) -> dict[str, Any]:
    """One page with the key of the next. Officials get the inbox, most urgent first; others what they filed, newest
    first. With ``updated_since`` everything that changed since, also what is settled, in order of change."""
    statement, order = _composed(asked, Reader(actor))
    got = statement(at=at, soon=cases.end_of_tomorrow(at))
    return {"items": [_line(row) for row in got[: asked.size]], "next": _next(got, order, asked.size)}


@lru_cache(maxsize=512)
def _composed(asked: Asked, reader: Reader) -> tuple[Kept[Any], tuple[str, str]]:
    """The list's statement, kept because composing it costs more than running it, and its order."""
    actor, scope = reader.actor, reader.actor.scope(Permission.SEE)
    unit_id = unit_id_of(asked.unit) if asked.unit else None
    if not scope.everywhere and not scope.units:
        rows, order = Case.objects.filter(owner_id=actor.account_id), _OWN
    elif asked.updated_since is not None:
        rows, order = Case.objects.visible_to(actor), _CHANGED
    else:
        wanted = Wanted(asked.whose, asked.urgency, DOSSIER.code, asked.state, unit_id, asked.text)
        units = frozenset(tree().nodes) if scope.everywhere else scope.units
        part = partial(_columns, asked, _INBOX)
        return cases.listed(wanted, actor, units, part, "urgent_at, id", asked.size + 1), _INBOX
    return Kept(lambda: _columns(asked, order, _narrowed(rows, asked, unit_id))), order


def _columns(asked: Asked, order: tuple[str, str], rows: CaseQuerySet) -> Any:
    if asked.after:
        rows = rows.filter(_beyond(order, asked.after))
    code = Dossier.objects.filter(pk=OuterRef("pk")).values("procedure_code")[:1]
    return rows.order_by(*order).values_list(*_LINE, Subquery(code))[: asked.size + 1]


def _narrowed(rows: CaseQuerySet, asked: Asked, unit_id: int | None) -> CaseQuerySet:
    rows = rows.filter(kind=DOSSIER.code)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if unit_id:
        rows = rows.filter(unit_id=unit_id)
    if asked.text:
        rows = cases.matching(rows, asked.text)
    if asked.updated_since is not None:
        rows = rows.filter(updated_at__gte=asked.updated_since)
    return rows


def _beyond(order: tuple[str, str], after: str) -> Q:
    values = from_key(after, 2)
    if values is None or not isinstance(values[0], datetime):
        raise Refusal("api.page_key", "Khóa trang không đúng. Lấy lại từ trang đầu.", field="after")
    name, further = order[0].lstrip("-"), "lt" if order[0].startswith("-") else "gt"
    equal = Q(**{name: values[0], f"id__{further}": values[1]})
    # The same limit on the first column alone: the planner turns this one into an index range.
    return Q(**{f"{name}__{further}e": values[0]}) & (Q(**{f"{name}__{further}": values[0]}) | equal)


def _next(got: Sequence[tuple[Any, ...]], order: tuple[str, str], size: int) -> str | None:
    if len(got) <= size:
        return None
    last = got[size - 1]
    return to_key((last[_LINE.index(order[0].lstrip("-"))], last[0]))


def _unit(unit_id: int | None) -> dict[str, str]:
    node = tree().nodes.get(unit_id or 0)
    return {"code": node.code, "name": node.name} if node else {"code": "", "name": ""}


def _line(row: tuple[Any, ...]) -> dict[str, Any]:
    (_id, _urgent, updated, opened, number, title, state, unit_id, received_id, applicant, assignee_id, step, step_kind,
     news, due, step_due, settled, revision, procedure) = row  # fmt: skip
    return {
        "number": number,
        "procedure": procedure,
        "title": title,
        "state": state,
        "state_name": DOSSIER.lifecycle.state(state).name,
        "unit": _unit(unit_id),
        "received_unit": _unit(received_id),
        "applicant": applicant,
        "assignee": assignee_id,
        "step": step,
        "step_kind": step_kind,
        "news": news,
        "due_at": due,
        "step_due_at": step_due,
        "opened_at": opened,
        "settled_at": settled,
        "updated_at": updated,
        "revision": revision,
    }


# --- One dossier ----------------------------------------------------------------------------------------------------

_CASE = ("number", "title", "state", "unit_id", "received_unit_id", "owner_id", "assignee_id", "step", "step_kind",
         "clock", "due_at", "step_due_at", "opened_at", "settled_at", "updated_at", "revision")  # fmt: skip
_OWN_COLUMNS = (
    "case_id", "procedure_code", "procedure_name", "branch", "field", "channel", "answers", "applicant_name",
    "identity_number", "phone", "email", "address", "on_behalf_of", "result_channel", "fee", "fee_paid_at",
    "finance_due", "outcome", "result_number", "signed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What a write must know of a dossier before the action locks it."""

    id: int
    unit_id: int
    owner_id: int | None
    state: str


def find(number: str, actor: Actor) -> Found:
    """The dossier with this number, for whoever may see it. Raises NotFound. One statement."""
    found = _found_by(Reader(actor))(number=tidy_code(number))
    if not found:
        raise _nothing()
    return Found(*found[0])


@lru_cache(maxsize=512)
def _found_by(reader: Reader) -> Kept[tuple[int, int, int | None, str]]:
    """What looks a number up among what somebody may see."""
    seen = Case.objects.visible_to(reader.actor).filter(number=Slot("number"), kind=DOSSIER.code)
    return Kept(lambda: seen.values_list("id", "unit_id", "owner_id", "state"))


def unit_id_of(code: str) -> int:
    """The unit with this code. Raises Refusal ``dossiers.unit``."""
    node = tree().by_code.get(code)
    if node is None:
        raise Refusal("dossiers.unit", "Không có đơn vị mang mã này.", field="unit")
    return node.id


def handler(account_id: int, unit_id: int) -> Account:
    """The account, if it may handle dossiers of the unit. Raises Refusal ``dossiers.no_handler``."""
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None or not actor_of(account).may(Permission.HANDLE, unit_id):
        raise Refusal("dossiers.no_handler", "Người này không thụ lý hồ sơ của đơn vị. Chọn người khác.", field="to")
    return account


def opinion_id(dossier_id: int, key: str) -> int:
    """The step by which another unit was asked. Raises NotFound."""
    found = Step.objects.filter(case_id=dossier_id, key=key, is_parallel=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("dossiers.no_opinion", "Không có yêu cầu lấy ý kiến này trong hồ sơ.")
    return found


def papers_from(given: Sequence[tuple[str, int]], actor: Actor) -> list[Part]:
    """Parts made of files that the actor uploaded and that hang nowhere yet; ``given`` is (component, file).

    Raises Refusal ``dossiers.no_file`` for any other file."""
    wanted = [file for _component, file in given]
    if not wanted:
        return []
    owned = Attachment.objects.filter(pk__in=wanted, owner_id=actor.account_id, purpose=PURPOSE)
    free = {
        one.pk: one for one in owned.exclude(pk__in=Part.objects.filter(attachment__in=wanted).values("attachment"))
    }
    if len(free) != len(wanted):
        raise Refusal("dossiers.no_file", "Có tệp chưa tải lên hoặc đã dùng. Tải lên lại rồi gửi.", field="papers")
    return [Part(code=code, name=free[file].name[:300], attachment=free[file]) for code, file in given]


def whole(number: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """A dossier with all that the actor may read of it: two statements. Raises NotFound for what they may not see.

    The applicant reads what is for parties; officials also what is internal, and identity numbers whole only when they
    receive or handle it."""
    found = _visible(Reader(actor))(number=tidy_code(number))
    if not found:
        raise _nothing()
    row = dict(zip(_OWN_COLUMNS, found[0], strict=False))
    case = SimpleNamespace(**dict(zip(_CASE, found[0][len(_OWN_COLUMNS) :], strict=True)))
    whom = Whom(case.unit_id, case.received_unit_id, case.owner_id, case.assignee_id, DOSSIER.resolvers)
    is_owner = actor.account_id is not None and case.owner_id == actor.account_id
    works_on_it = any(holds(right, whom, actor) for right in (Permission.RECEIVE, Permission.HANDLE))
    readers = Readers.OFFICIALS if actor.is_official and not is_owner else Readers.PARTIES
    around = gather(_around, row["case_id"])
    return {
        "id": row["case_id"],
        **_of_case(case),
        **_of_dossier(row, shows_identity=is_owner or works_on_it),
        "due": _due(case),
        "promises": _promises(around["promises"], case, at),
        "entries": _entries(around["entries"], readers),
        "steps": [{**step, "unit": _unit(step.pop("unit_id"))} for step in around["steps"]],
        "parts": around["parts"],
        "supplements": around["supplements"],
        "papers": [
            paper for paper in around["papers"] if readers is Readers.OFFICIALS or paper["form"] not in _INTERNAL
        ],
    }


@lru_cache(maxsize=512)
def _visible(reader: Reader) -> Kept[Any]:
    rows = Dossier.objects.visible_to(reader.actor).filter(case__number=Slot("number"))
    return Kept(lambda: rows.values_list(*_OWN_COLUMNS, *(f"case__{name}" for name in _CASE)))


def _nothing() -> NotFound:
    return NotFound("dossiers.not_found", "Không tìm thấy hồ sơ này trong phạm vi của bạn. Kiểm tra lại mã.")


def _around() -> dict[str, Any]:
    """What is read beside the dossier itself."""
    entry = ("seq", "verb", "at", "actor_name", "unit_id", "data", "personal")
    step = ("seq", "key", "name", "kind", "state", "unit_id", "is_parallel", "started_at", "due_at", "done_at", "round")
    asked = ("round", "before_acceptance", "asked_at", "message", "missing", "answer_by", "answered_at", "answer")
    return {
        "entries": rows_of(Entry, "case_id", "seq", entry, MOST_ENTRIES),
        "steps": rows_of(Step, "case_id", "seq", step),
        "parts": rows_of(
            Part, "dossier_id", "id", ("id", "code", "name", "source", "originals", "copies", "round", "added_at"),
            file="attachment__name", size="attachment__blob__size", media_type="attachment__blob__media_type",
        ),
        "supplements": rows_of(Supplement, "dossier_id", "round", asked),
        "papers": rows_of(Paper, "dossier_id", "id", ("id", "form", "serial", "issued_at")),
        "promises": rows_of(Promise, "case_id", "id", ("due_at", "promised_at", "reason", "note")),
    }  # fmt: skip


def _of_case(case: Any) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title,
        "state": case.state,
        "state_name": DOSSIER.lifecycle.state(case.state).name,
        "unit": _unit(case.unit_id),
        "received_unit": _unit(case.received_unit_id),
        "step": case.step,
        "step_kind": case.step_kind,
        "step_due_at": case.step_due_at,
        "opened_at": case.opened_at,
        "settled_at": case.settled_at,
        "updated_at": case.updated_at,
        "revision": case.revision,
    }


def _of_dossier(row: Mapping[str, Any], *, shows_identity: bool) -> dict[str, Any]:
    number = row["identity_number"]
    return {
        "procedure": row["procedure_code"],
        "branch": row["branch"],
        "channel": row["channel"],
        "applicant": {
            "name": row["applicant_name"],
            "identity_number": number if shows_identity else masked_identity(number),
            "phone": row["phone"],
            "email": row["email"],
            "address": row["address"],
            "on_behalf_of": row["on_behalf_of"],
        },
        "answers": row["answers"] if shows_identity else None,
        "result_channel": row["result_channel"],
        "fee": row["fee"],
        "fee_paid_at": row["fee_paid_at"],
        "finance_due": row["finance_due"],
        "outcome": row["outcome"],
        "result_number": row["result_number"],
        "signed_at": row["signed_at"],
    }


def _due(case: Any) -> dict[str, Any]:
    """The due date and how it came about, sentence by sentence; without one before the clock has begun."""
    term = Term.from_json(case.clock)
    due = term.due(calendar_for(case.unit_id))
    return {"at": case.due_at, "is_paused": term.is_paused, "explanation": explain(due) if due else []}


def _promises(rows: list[dict[str, Any]], case: Any, at: datetime) -> list[dict[str, Any]]:
    """Each date the applicant was told with what became of it: kept, broken, moved or open."""
    for row in rows[:-1]:
        row["outcome"] = "moved"
    for row in rows[-1:]:
        is_broken = (case.settled_at or at) > datetime.fromisoformat(row["due_at"])
        row["outcome"] = "broken" if is_broken else "kept" if case.settled_at else "open"
    return rows


def _entries(rows: list[dict[str, Any]], readers: Readers) -> list[dict[str, Any]]:
    entries = readable([SimpleNamespace(**row) for row in rows], readers)  # type: ignore[misc]
    return [
        {
            "seq": one.seq,
            "verb": one.verb,
            "at": one.at,
            "actor": one.actor_name,
            "unit": _unit(one.unit_id),
            "sentence": sentence(one),
        }
        for one in entries
    ]
