"""Proposing, sending again, withdrawing; forgetting who proposed what was not recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Limit, Unit
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.shelves import shelve, take_down
from tinhso.kernel.units.queries import tree
from tinhso.modules.initiatives.models import Author, Initiative
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.rules import judging
from tinhso.modules.initiatives.rules.asked import Proposal
from tinhso.modules.initiatives.rules.likeness import NEARLY_SAME
from tinhso.modules.initiatives.rules.states import INITIATIVE

PURPOSE = "initiatives.paper"


@transaction.atomic
def propose(proposal: Proposal, *, by: Actor, at: datetime, is_demonstration: bool = False) -> Initiative:
    """An official proposes an initiative to the body for which they work; its time for a decision begins.

    Raises Refusal ``initiatives.alike`` once, when something is nearly the same, until the proposal says it knows."""
    if not by.is_official or by.account_id is None or by.unit_id is None:
        raise NotAllowed
    edition = lists.regulation_on(timezone.localdate(at))
    regulation = judging.regulation_from(edition.content)
    if not proposal.is_aware:
        _refuse_alike(proposal)
    unit = tree().body_of(by.unit_id).id
    number = cases.take_number(f"initiatives/{at:%y}")
    case = cases.open_case(
        cases.NewCase(
            kind=INITIATIVE, number=f"SK-{at:%y}-{number:05d}", title=proposal.title, state="proposed", unit_id=unit,
            received_unit_id=unit, applicant=by.name, owner_id=by.account_id,
            term=Term(Limit(Decimal(regulation.term_days), Unit.DAY)).start(at, calendar_for(unit).code),
        ),
        verb="initiative.propose", by=by, at=at, data={"field": proposal.field},
    )  # fmt: skip
    made = Initiative.objects.create(
        case=case, regulation=edition, is_demonstration=is_demonstration, attachment=_kept(proposal, by),
        **_texts(proposal),
    )  # fmt: skip
    _write_authors(made, by, proposal.others)
    shelve(made)
    return made


def _texts(proposal: Proposal) -> dict[str, str]:
    return {name: getattr(proposal, name) for name in ("title", "field", "problem", "solution", "effect")}


def _kept(proposal: Proposal, by: Actor) -> Any:
    if proposal.stream is None:
        return None
    return files.store(proposal.stream, name=proposal.name, by_account_id=by.account_id, purpose=PURPOSE)


def _refuse_alike(proposal: Proposal) -> None:
    found = [pair for pair in lists.alike(None, proposal.title, proposal.solution) if pair[1] >= NEARLY_SAME]
    if found:
        other, share = found[0]
        message = (
            f"Giống {share}% sáng kiến {other.case.number} “{other.title}”. Xem lại; nếu khác thì xác nhận rồi gửi."
        )
        raise Refusal("initiatives.alike", message, field="is_aware")


def _write_authors(initiative: Initiative, by: Actor, others: Mapping[str, int]) -> None:
    """Who sends it is the first author, with what the others leave of the hundred."""
    known = {one.username: one for one in Account.objects.filter(username__in=others, is_official=True)}
    unknown = [one for one in others if one not in known or known[one].pk == by.account_id]
    if unknown:
        message = f"Không thêm được đồng tác giả: {', '.join(unknown)}. Chọn cán bộ khác."
        raise Refusal("initiatives.authors", message, field="authors-tim")
    if any(share < 1 for share in others.values()) or sum(others.values()) > 99:
        raise Refusal("initiatives.authors", "Tỷ lệ của các đồng tác giả cộng lại từ 1 đến 99%.", field="authors-tim")
    Author.objects.create(
        initiative=initiative, account_id=by.account_id, name=by.name, share=100 - sum(others.values())
    )
    Author.objects.bulk_create(
        Author(initiative=initiative, account=known[name], name=known[name].display_name, share=share)
        for name, share in others.items()
    )


@transaction.atomic
def resend(*, initiative_id: int, proposal: Proposal, by: Actor, at: datetime) -> Initiative:
    """Send again what was asked to be completed; authors stay."""
    found = Initiative.objects.locked(initiative_id)
    cases.advance(found.case, "resend", by=by, at=at, change={"title": proposal.title[:300]})
    for name, value in _texts(proposal).items():
        setattr(found, name, value)
    found.attachment, found.asked_words = _kept(proposal, by) or found.attachment, ""
    found.save(update_fields=[*_texts(proposal), "attachment", "asked_words"])
    shelve(found)
    return found


@transaction.atomic
def withdraw(*, initiative_id: int, by: Actor, at: datetime) -> Initiative:
    """Take it back before a council has it."""
    found = Initiative.objects.locked(initiative_id)
    cases.advance(found.case, "withdraw", by=by, at=at)
    take_down(found)
    return found


@transaction.atomic
def forget_authors(ids: Sequence[int], *, record: str, at: datetime) -> None:
    """Take the names out of initiatives that were not recognised; what they proposed stays."""
    Author.objects.filter(initiative_id__in=ids).delete()
    forget_cases(list(Initiative.objects.filter(pk__in=ids).values_list("case_id", flat=True)), record=record)
