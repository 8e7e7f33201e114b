"""Questions a published content answers for one way of filing and one case."""

from __future__ import annotations

import dataclasses
import sys
import zlib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache

import msgspec

from tinhso.kernel.clock.rules.limits import Limit, Unit
from tinhso.modules.procedures.rules.content import (
    Branch,
    Component,
    Content,
    Fee,
    LimitSpec,
    Names,
    Section,
    Step,
    content_from_json,
)

UNIT_WORDS = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ làm việc"}
UNIT_WORDS_EN = {"working_day": "working day", "day": "calendar day", "hour": "working hour"}
FEE_WORDS = {"from": "từ ", "none": "Không thu", "council": "Theo nghị quyết của tỉnh", "tariff": "Theo biểu phí"}
FEE_WORDS_EN = {"from": "from ", "none": "Free", "council": "By the province's resolution", "tariff": "By the tariff"}


@dataclass(frozen=True, slots=True)
class ProcedureSheet:
    """A published version of a procedure, as others see it.

    What lists and searches look at stands here. The whole content is kept packed, for a process holds thousands of
    sheets, and is unpacked when asked for.
    """

    version_id: int
    procedure_id: int
    code: str
    number: int
    valid_from: date
    valid_to: date | None
    names: Names
    field: str
    levels: tuple[str, ...]
    branches: tuple[Branch, ...]
    linked: tuple[str, ...]  # codes of the procedures that run as its children
    is_online: bool  # can be filed on the province's own portal
    for_persons: bool
    for_businesses: bool
    packed: bytes = dataclasses.field(repr=False)

    @property
    def content(self) -> Content:
        return _unpacked(self.packed)

    @property
    def name(self) -> str:
        """The title people understand."""
        return self.names.shown

    @property
    def legal_name(self) -> str:
        return self.names.legal

    @property
    def finance_step(self) -> bool:
        return self.content.finance_step

    @property
    def result_template(self) -> str:
        return self.content.result_template


def sheet_from(
    version_id: int, procedure_id: int, code: str, number: int, valid_from: date, valid_to: date | None, text: str
) -> ProcedureSheet:
    """The sheet of a stored version; ``text`` is its content as JSON. Raises Malformed."""
    content = content_from_json(text)
    return ProcedureSheet(
        version_id=version_id,
        procedure_id=procedure_id,
        code=code,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        names=content.names,
        field=sys.intern(content.field),
        levels=content.levels,
        branches=content.branches,
        linked=content.linked,
        is_online=content.is_online,
        for_persons=content.for_persons,
        for_businesses=content.for_businesses,
        packed=zlib.compress(text.encode()),
    )


@lru_cache(maxsize=256)
def _unpacked(packed: bytes) -> Content:
    """The few hundred contents that are asked for most stay unpacked, about 17 kB each."""
    return content_from_json(zlib.decompress(packed))


def branch_of(content: Content, code: str) -> Branch | None:
    return next((branch for branch in content.branches if branch.code == code), None)


def limit_spec(content: Content, channel: str = "", branch: str = "") -> LimitSpec:
    """The limit that holds: the case's own before the channel's own before the general one."""
    case = branch_of(content, branch)
    if case is not None and case.limit is not None:
        return case.limit
    for one in content.channels:
        if one.code == channel and one.limit is not None:
            return one.limit
    return content.limit


def limit_of(content: Content, channel: str = "", branch: str = "") -> Limit:
    return limit_spec(content, channel, branch).limit()


def _applies(branches: tuple[str, ...], branch: str) -> bool:
    """Without a case chosen, everything that may be needed applies."""
    return not branches or not branch or branch in branches


def components_of(content: Content, branch: str = "") -> tuple[Component, ...]:
    return tuple(
        component
        for group in content.component_groups
        if _applies(group.branches, branch)
        for component in group.components
        if _applies(component.branches, branch)
    )


def form_of(content: Content, branch: str = "") -> tuple[Section, ...]:
    """The form for a case: sections and fields of other cases are left out, and sections left empty too."""
    chosen = []
    for section in content.form:
        fields = tuple(field for field in section.fields if _applies(field.branches, branch))
        if fields and _applies(section.branches, branch):
            chosen.append(msgspec.structs.replace(section, fields=fields))
    return tuple(chosen)


def fees_of(content: Content, channel: str = "", branch: str = "") -> tuple[Fee, ...]:
    """The fee rows for a way of filing: its own, then the general ones.

    The two paper ways stand in for each other: where only one of them has rows, they count for both.
    """
    own: dict[str, tuple[Fee, ...]] = {one.code: one.fees for one in content.channels}
    rows = own.get(channel, ())
    if not rows and channel in ("direct", "post"):
        rows = own.get("post" if channel == "direct" else "direct", ())
    return tuple(fee for fee in (*rows, *content.fees) if _applies(fee.branches, branch))


def working_days_of(spec: LimitSpec) -> Decimal | None:
    """The working days a limit leaves at least: five in seven calendar days, eight hours a day; None when unknown."""
    if spec.cutoff:
        return Decimal(1)
    if spec.amount is None or spec.unit == "unknown":
        return None
    if spec.unit == "hour":
        return spec.amount / 8
    return spec.amount if spec.unit == "working_day" else Decimal(int(spec.amount * 5 / 7 * 4)) / 4


def steps_of(content: Content, channel: str = "", branch: str = "") -> tuple[Step, ...]:
    """The process, shortened in proportion where a case or channel has less time than the steps need together."""
    total = sum((step.working_days for step in content.process), Decimal(0))
    budget = working_days_of(limit_spec(content, channel, branch))
    if budget is None or total <= budget or not total:
        return content.process
    return _shortened(content.process, budget, total)


QUARTER = Decimal("0.25")


def _shortened(steps: tuple[Step, ...], budget: Decimal, total: Decimal) -> tuple[Step, ...]:
    """Steps that fit the budget of working days: quarters of a day, the longest step taking the rest.

    Too short for quarters, all shrink alike.
    """
    share = budget / total
    quarters = [
        max(QUARTER, step.amount * share // QUARTER * QUARTER) if step.amount else step.amount for step in steps
    ]
    longest = max(range(len(steps)), key=lambda at: steps[at].working_days)
    rest = budget - sum(quarters) + quarters[longest]
    if rest >= QUARTER and all(step.unit == "working_day" for step in steps):
        quarters[longest] = rest
        amounts = quarters
    else:
        amounts = [(step.amount * share).quantize(Decimal("0.01"), rounding=ROUND_DOWN) for step in steps]
    return tuple(
        msgspec.structs.replace(step, amount=amount.normalize() + 0)
        for step, amount in zip(steps, amounts, strict=True)
    )


def decimal_words(amount: Decimal) -> str:
    """``0.25`` → ``0,25``; no trailing zeros."""
    return f"{amount.normalize():f}".replace(".", ",")


def limit_words(spec: LimitSpec, language: str = "vi") -> str:
    """``7 ngày làm việc``, ``Trong ngày (nhận trước 15:00)``; unknown says so."""
    vietnamese = language == "vi"
    if spec.cutoff:
        return (
            f"Trong ngày (nhận trước {spec.cutoff})" if vietnamese else f"Same day (if received before {spec.cutoff})"
        )
    if spec.amount is None or spec.unit == Unit.UNKNOWN:
        return "Theo thông báo của cơ quan giải quyết" if vietnamese else "As the resolving body announces"
    if vietnamese:
        return f"{decimal_words(spec.amount)} {UNIT_WORDS[spec.unit]}"
    return _amount_in_english(spec.amount, UNIT_WORDS_EN[spec.unit])


def step_words(step: Step, language: str = "vi") -> str:
    """``3 giờ``, ``1 ngày``, or that the clock stands still meanwhile."""
    if language != "vi":
        unit = "hour" if step.unit == "hour" else "day"
        return "clock stopped" if step.stops_clock else _amount_in_english(step.amount, unit)
    if step.stops_clock:
        return "dừng tính giờ"
    return f"{decimal_words(step.amount)} {'giờ' if step.unit == 'hour' else 'ngày'}"


def _amount_in_english(amount: Decimal, unit: str) -> str:
    return f"{amount.normalize():f} {unit}{'' if amount == 1 else 's'}"


def money_words(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đ"


def fee_words(content: Content, on: date, channel: str = "", branch: str = "", language: str = "vi") -> str:
    """The sum in a few words. Says "Không thu" only when nobody may set a fee; a zero alone is not enough."""
    words = FEE_WORDS if language == "vi" else FEE_WORDS_EN
    rows = fees_of(content, channel, branch)
    amounts = [fee.amount_on(on, channel) for fee in rows]
    known = [amount for amount in amounts if amount]
    if known:
        mixed = len(set(known)) > 1 or any(not amount for amount in amounts)
        return (words["from"] if mixed else "") + money_words(min(known))
    if content.fee_set_by == "none" or (rows and all(amount == 0 for amount in amounts)):
        return words["none"] if content.fee_set_by == "none" else "0 đ"
    return words["council"] if content.fee_set_by == "province_council" else words["tariff"]


def minutes_to_file(content: Content, branch: str = "") -> int:
    """How long filing online takes about: a third of a minute a question, a minute a paper; at least three."""
    questions = sum(len(section.fields) for section in form_of(content, branch))
    papers = sum(not one.replace_by_data for one in components_of(content, branch))
    return max(3, round(questions / 3 + papers))
