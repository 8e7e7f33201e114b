"""Playing a story through the real actions, one after the other, each at its own moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.config.cli.demonstration.staff import Citizen
from tinhso.config.cli.demonstration.stories import Act, Story, missing_of
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.journal.jobs import follow
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions.filing import Applicant, Filing
from tinhso.modules.dossiers.models import Dossier, Draft, Part
from tinhso.modules.dossiers.queries.answers import meant


@lru_cache(maxsize=4096)
def _account(account_id: int) -> Account:
    return Account.objects.select_related("person").get(pk=account_id)


def actor(act: Act) -> Actor:
    if act.by is None:
        return SYSTEM
    return actor_of(_account(act.by.account_id if isinstance(act.by, Citizen) else act.by.id))


def play(story: Story, *, upload_id: int | None, each: Callable[[int, Act], None] | None = None) -> Dossier:
    """All acts of a story. ``each`` is called after every act with the dossier's id."""
    _account.cache_clear()
    first, *others = story.acts
    dossier = _filed(story, first, upload_id) if story.citizen else _received(story, first)
    for act in (first, *others):
        if act is not first:
            PLAYED[act.verb](dossier.pk, act, story, upload_id)
        if each:
            each(dossier.pk, act)
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def _filed(story: Story, act: Act, upload_id: int | None) -> Dossier:
    by, sheet = actor(act), story.pattern.sheet
    draft = actions.begin(procedure_code=sheet.code, branch=story.pattern.branch, by=by, at=act.at, prefill={})
    Draft.objects.filter(pk=draft.pk).update(token=UUID(story.token))
    actions.save(token=story.token, answers=story.answers, by=by, at=act.at)
    Part.objects.bulk_create(
        Part(draft=draft, code=part.code, name=part.name[:300], attachment_id=upload_id, added_at=act.at)
        for part in story.pattern.parts
    )
    return actions.file_online(token=story.token, by=by, at=act.at)


def _received(story: Story, act: Act) -> Dossier:
    pattern = story.pattern
    said = meant(pattern.sheet, pattern.branch, story.answers)
    applicant = Applicant(
        name=story.said.name,
        identity_number=story.said.identity_number,
        phone=story.said.phone,
        address=said.address,
    )
    filing = Filing(pattern.sheet, pattern.branch, pattern.channel, story.where, applicant, story.answers, story.way)
    parts = [
        Part(code=one.code, name=one.name[:300], source=Part.Source.PAPER, originals=one.originals, copies=one.copies)
        for one in pattern.parts
    ]
    return actions.receive_at_counter(filing=filing, parts=parts, by=actor(act), at=act.at, fee_paid=story.fee_paid)


def _simple(verb: str, *names: str) -> Callable[[int, Act, Story, int | None], Any]:
    def played(pk: int, act: Act, story: Story, upload_id: int | None) -> Any:
        said = {name: act.said[name] for name in names if name in act.said}
        return getattr(actions, verb)(dossier_id=pk, by=actor(act), at=act.at, **said)

    return played


def _assign(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    actions.assign(dossier_id=pk, to=_account(act.said["to"].id), by=actor(act), at=act.at)


def _ask(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    said = {"message": act.said["message"], "missing": missing_of(story.pattern)}
    getattr(actions, act.verb)(dossier_id=pk, by=actor(act), at=act.at, **said)


def _answer(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    at_counter = act.verb == "supplement_at_counter"
    parts = [
        Part(code=one.code, name=one.name, source=Part.Source.PAPER if at_counter else Part.Source.UPLOAD,
             originals=int(at_counter), attachment_id=None if at_counter else upload_id)
        for one in missing_of(story.pattern)
    ]  # fmt: skip
    more: dict[str, Any] = {} if act.verb == "complete" else {"at_counter": at_counter}
    action = actions.complete if act.verb == "complete" else actions.supplement
    action(dossier_id=pk, answer=act.said["answer"], parts=parts, by=actor(act), at=act.at, **more)


def _draft(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    actions.draft_result(dossier_id=pk, text=act.said, by=actor(act), at=act.at)


def _ask_opinion(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    actions.ask_opinion(dossier_id=pk, unit_id=act.said["unit_id"], question=act.said["question"], days=Decimal(3),
                        by=actor(act), at=act.at)  # fmt: skip


def _answer_opinion(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    step = Dossier.objects.get(pk=pk).case.steps.get(is_parallel=True, state="active")
    actions.answer_opinion(dossier_id=pk, step_id=step.pk, answer=act.said["answer"], by=actor(act), at=act.at)


def _digitise(pk: int, act: Act, story: Story, upload_id: int | None) -> None:
    """All papers scanned, compared and signed, as the vault records it when the last one is."""
    papers = Part.objects.filter(dossier_id=pk, source=Part.Source.PAPER)
    number = papers.update(source=Part.Source.SCAN, is_digitised=True, attachment_id=upload_id)
    dossier = Dossier.objects.select_related("case").get(pk=pk)
    data = {"papers": number, "procedure": dossier.procedure_code, "field": dossier.field}
    cases.record(dossier.case, "vault.digitise", by=actor(act), at=act.at, data=data)


PLAYED: Mapping[str, Callable[[int, Act, Story, int | None], Any]] = {
    "accept": _simple("accept"), "decline": _simple("decline", "reason"), "take_over": _simple("take_over"),
    "step_on": _simple("step_on"), "step_back": _simple("step_back", "to_key", "reason"), "sign": _simple("sign"),
    "finish": _simple("finish"), "refuse": _simple("refuse", "reason"), "record_fee": _simple("record_fee"),
    "return_result": _simple("return_result", "how"), "withdraw": _simple("withdraw", "reason"),
    "stop": _simple("stop", "reason", "no_supplement"), "note": _simple("note", "text"),
    "apologise": _simple("apologise", "reason", "new_date"), "ask_payment": _simple("ask_payment", "amount", "notice"),
    "confirm_payment": _simple("confirm_payment", "proof"), "assign": _assign, "ask_completion": _ask,
    "ask_supplement": _ask, "complete": _answer, "supplement": _answer, "supplement_at_counter": _answer,
    "draft_result": _draft, "digitise": _digitise, "ask_opinion": _ask_opinion, "answer_opinion": _answer_opinion,
}  # fmt: skip


def follow_at_once(case_id: int) -> None:
    """Count and tell the entries of a case now instead of waiting for a worker, and take their jobs off the queue."""
    entries: list[int] = []
    mine = Entry.objects.filter(case_id=case_id).order_by("seq").values_list("pk", flat=True)
    while fresh := list(mine.exclude(pk__in=entries)):  # following may bring about entries
        for entry_id in fresh:
            follow(entry_id=entry_id)
        entries += fresh
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where task_name = 'journal.follow' and status = 'todo'"
            " and (args ->> 'entry_id')::bigint = any(%s)",
            [entries],
        )
