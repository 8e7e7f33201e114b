"""What programs send and get: written by hand, so that a changed table changes no contract."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import AwareDatetime, Field

REASON = Field(min_length=10, max_length=4000, description="Lý do bằng lời, ít nhất 10 ký tự")


class UnitOut(Schema):
    code: str
    name: str


class DossierLine(Schema):
    """A dossier in a list. ``assignee`` is an account's number; moments carry their zone."""

    number: str
    procedure: str
    title: str
    state: str
    state_name: str
    unit: UnitOut
    received_unit: UnitOut
    applicant: str
    assignee: int | None
    step: str
    step_kind: str
    news: str
    due_at: datetime | None
    step_due_at: datetime | None
    opened_at: datetime
    settled_at: datetime | None
    updated_at: datetime
    revision: int


class DossierPage(Schema):
    items: list[DossierLine]
    next: str | None


class ApplicantOut(Schema):
    name: str
    identity_number: str
    phone: str
    email: str
    address: str
    on_behalf_of: str


class DueOut(Schema):
    at: datetime | None
    is_paused: bool
    explanation: list[str]


class PromiseOut(Schema):
    """A date the applicant was told; ``outcome`` is kept, broken, moved or open."""

    due_at: datetime
    promised_at: datetime
    reason: str
    note: str
    outcome: str


class EntryOut(Schema):
    seq: int
    verb: str
    at: datetime
    actor: str
    unit: UnitOut
    sentence: str


class StepOut(Schema):
    seq: int
    key: str
    name: str
    kind: str
    state: str
    unit: UnitOut
    is_parallel: bool
    started_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    round: int


class PartOut(Schema):
    id: int
    code: str
    name: str
    source: str
    originals: int
    copies: int
    round: int
    added_at: datetime
    file: str | None
    size: int | None
    media_type: str | None


class SupplementOut(Schema):
    round: int
    before_acceptance: bool
    asked_at: datetime
    message: str
    missing: list[dict[str, Any]]
    answer_by: date | None
    answered_at: datetime | None
    answer: str


class PaperOut(Schema):
    id: int
    form: str
    serial: int
    issued_at: datetime


class DossierFull(Schema):
    """One dossier with its history, steps, papers and the reasons of its due date.

    ``answers`` is null, and ``identity_number`` hidden but for its end, for officials who neither receive nor handle
    it.
    """

    number: str
    procedure: str
    branch: str
    title: str
    state: str
    state_name: str
    channel: str
    unit: UnitOut
    received_unit: UnitOut
    applicant: ApplicantOut
    answers: dict[str, Any] | None
    step: str
    step_kind: str
    step_due_at: datetime | None
    due: DueOut
    promises: list[PromiseOut]
    entries: list[EntryOut]
    steps: list[StepOut]
    parts: list[PartOut]
    supplements: list[SupplementOut]
    papers: list[PaperOut]
    result_channel: str
    fee: int = Field(description="đồng")
    fee_paid_at: datetime | None
    finance_due: int | None = Field(description="đồng")
    outcome: str
    result_number: str
    signed_at: datetime | None
    opened_at: datetime
    settled_at: datetime | None
    updated_at: datetime
    revision: int


class DossierState(Schema):
    """Where a dossier stands after a write; send ``revision`` with the next one to be told of changes in between."""

    number: str
    state: str
    state_name: str
    step: str
    step_kind: str
    assignee: int | None
    due_at: datetime | None
    step_due_at: datetime | None
    revision: int


class Filed(DossierState):
    """A new dossier; ``lookup_key`` opens the public look-up."""

    lookup_key: str


class FileOut(Schema):
    """An uploaded file, to be named when filing or supplementing."""

    file: int
    name: str
    size: int
    media_type: str


class PaperIn(Schema):
    """A file for a component of the procedure."""

    component: str = Field(max_length=60)
    file: int


class ApplicantIn(Schema):
    """Who applies, when that is not the account that sends."""

    name: str = Field(min_length=2, max_length=200)
    identity_number: str = Field("", max_length=14)
    phone: str = Field("", max_length=16)
    email: str = Field("", max_length=254)
    address: str = Field("", max_length=250)
    on_behalf_of: str = Field("", max_length=200)


class NewDossier(Schema):
    """``answers`` by field code as the procedure's form names them; ``branch`` its case, empty when it has none."""

    procedure: str = Field(max_length=20)
    branch: str = Field("", max_length=40)
    answers: dict[str, Any] = {}
    papers: list[PaperIn] = Field([], max_length=60)
    applicant: ApplicantIn | None = None
    mandate: int | None = Field(None, ge=1, lt=2**63, description="by what right one files for somebody else")


class MandateOut(Schema):
    """For whom the caller may file today; ``mandate`` goes into the filing."""

    mandate: int
    name: str
    basis: str
    basis_name: str
    until: date


class Revised(Schema):
    """``revision`` on which the decision was made; an older one than the dossier's is refused (409)."""

    revision: int | None = None


class MissingIn(Schema):
    code: str = Field(max_length=60)
    name: str = Field(max_length=300)
    reason: str = Field("", max_length=1000)


class Guidance(Revised):
    message: str = REASON
    missing: list[MissingIn] = Field([], max_length=60)


class SupplementRequest(Guidance):
    answer_by: date | None = None


class Reasoned(Schema):
    reason: str = REASON


class Declining(Revised):
    reason: str = REASON


class Nothing(Schema):
    """No fields; the body may be left out."""


class OpinionRequest(Schema):
    """``days`` are working days of the unit asked."""

    unit: str = Field(max_length=40)
    question: str = REASON
    days: Decimal = Field(gt=0, le=60)


class Opinion(Schema):
    """``step`` is the key of the step that asked, as the dossier's ``steps`` name it."""

    step: str = Field(max_length=40)
    answer: str = Field("", max_length=4000)


class Answer(Schema):
    answer: str = Field("", max_length=4000)
    papers: list[PaperIn] = Field([], max_length=60)


class Noted(Revised):
    note: str = Field("", max_length=2000)


class Assignment(Schema):
    """``to`` is the account's number of somebody who handles dossiers of the unit."""

    to: int
    note: str = Field("", max_length=500)


class StepBack(Schema):
    to_key: str = Field(max_length=40)
    reason: str = REASON


class PaymentRequest(Schema):
    amount: int = Field(gt=0, lt=10**13, description="đồng")
    notice: str = Field("", max_length=500)


class Proof(Schema):
    proof: str = Field(min_length=10, max_length=500)


class Apology(Schema):
    reason: str = REASON
    new_date: AwareDatetime


class Transfer(Schema):
    unit: str = Field(max_length=40)
    reason: str = REASON


class NoteIn(Schema):
    text: str = Field(min_length=1, max_length=4000)


class ResultText(Schema):
    content: str = Field(min_length=1, max_length=8000)
    subject: str = Field("", max_length=8000)
    conditions: str = Field("", max_length=8000)
    basis: str = Field("", max_length=8000)
    valid_until: str = Field("", max_length=8000)


class HandedOver(Schema):
    """How the result reached the applicant: electronic, counter or post."""

    how: str = Field("", pattern="^(electronic|counter|post)?$")


class Stopping(Schema):
    reason: str = REASON
    no_supplement: bool = Field(False, description="Hết thời hạn mà người nộp không bổ sung")


class PublicEntry(Schema):
    at: datetime
    sentence: str


class PublicStory(Schema):
    """Where a dossier stands, without anything about a person."""

    number: str
    procedure: str
    state: str
    state_name: str
    unit: UnitOut
    step: str
    opened_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    entries: list[PublicEntry]
