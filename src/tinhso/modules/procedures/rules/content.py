"""What a published procedure says, part by part.

Parts: NĐ 63/2010 Đ.8.2 (seven mandatory ones) and the record of the national database; process steps and form are the
province's own. All values are immutable and travel as JSON with defaults left out.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import msgspec

from tinhso.kernel.clock.rules.limits import Limit, Unit
from tinhso.modules.procedures.rules.wording import in_words

CODE = re.compile(r"[0-9]\.[0-9]{6}")

LEVELS = {"bo": "Bộ", "tinh": "Cấp tỉnh", "xa": "Cấp xã", "khac": "Cơ quan khác"}
CHANNELS = {"online": "Trực tuyến", "direct": "Trực tiếp", "post": "Bưu chính công ích"}
FEE_KINDS = {"phi": "Phí", "le_phi": "Lệ phí"}
FEE_SETTERS = {
    "central": "Bộ Tài chính quy định",
    "province_council": "Hội đồng nhân dân tỉnh quy định",
    "none": "Không thu",
}
SERVICE_LEVELS = {"full": "Toàn trình", "partial": "Một phần", "none": "Chưa nộp trực tuyến"}
SUBJECTS = {
    "citizen": "Công dân Việt Nam",
    "overseas": "Người Việt Nam định cư ở nước ngoài",
    "foreigner": "Người nước ngoài",
    "official": "Cán bộ, công chức, viên chức",
    "enterprise": "Doanh nghiệp",
    "foreign_enterprise": "Doanh nghiệp có vốn đầu tư nước ngoài",
    "cooperative": "Hợp tác xã",
    "organisation": "Tổ chức (không gồm doanh nghiệp, hợp tác xã)",
    "foreign_organisation": "Tổ chức nước ngoài",
}
PERSONS = frozenset({"citizen", "overseas", "foreigner", "official"})
DATA_SOURCES = {
    "dan_cu": "Cơ sở dữ liệu quốc gia về dân cư",
    "ho_tich": "Cơ sở dữ liệu hộ tịch",
    "bao_hiem": "Cơ sở dữ liệu bảo hiểm",
    "gplx": "Cơ sở dữ liệu giấy phép lái xe",
    "doanh_nghiep": "Cơ sở dữ liệu đăng ký doanh nghiệp",
    "dang_ky_xe": "Cơ sở dữ liệu đăng ký xe",
    "dat_dai": "Cơ sở dữ liệu đất đai",
    "ly_lich_tu_phap": "Cơ sở dữ liệu lý lịch tư pháp",
    "suc_khoe": "Sổ sức khỏe điện tử",
}
STEP_KINDS = {
    "receive": "Tiếp nhận",
    "assign": "Phân công",
    "appraise": "Thẩm định",
    "consult": "Lấy ý kiến",
    "finance": "Nghĩa vụ tài chính",
    "draft": "Dự thảo",
    "review": "Xem xét",
    "sign": "Ký",
    "issue": "Phát hành",
    "return": "Trả kết quả",
}
ROLES = {
    "clerk": "Cán bộ một cửa",
    "division_head": "Lãnh đạo phòng",
    "specialist": "Chuyên viên",
    "leader": "Lãnh đạo đơn vị",
    "secretary": "Văn thư",
}

FieldType = Literal[
    "text",
    "longtext",
    "number",
    "money",
    "date",
    "choice",
    "choices",
    "address",
    "identity",
    "phone",
    "email",
    "file",
    "yesno",
]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the content; unknown keys are refused, so that a misspelt one is noticed."""


class Names(Part, frozen=True, kw_only=True):
    """``legal`` as announced; ``plain`` the title people understand; ``everyday`` what people call it."""

    legal: str
    plain: str = ""
    everyday: tuple[str, ...] = ()
    english: str = ""

    @property
    def shown(self) -> str:
        return self.plain or self.legal


class LimitSpec(Part, frozen=True, kw_only=True):
    """A time limit as recorded; ``unit`` unknown until an official has set it. ``cutoff`` hh:mm = the same day."""

    amount: Decimal | None = None
    unit: Literal["working_day", "day", "hour", "unknown"] = "unknown"
    cutoff: str | None = None
    note: str = ""
    extend: str = ""

    def limit(self) -> Limit:
        if self.cutoff:
            return Limit.same_day(time.fromisoformat(self.cutoff))
        if self.amount is None or self.unit == "unknown":
            return Limit.unknown()
        return Limit(self.amount, Unit(self.unit))


class Discount(Part, frozen=True, kw_only=True):
    """Percent off between two days, both counted; a cut without a last day is refused by the checks."""

    percent: int
    begins_on: date | None = None
    ends_on: date | None = None
    channel: str = ""
    source: str = ""


class Fee(Part, frozen=True, kw_only=True):
    """A fee row in đồng; without ``amount`` the sum follows a table or another body's decision."""

    kind: Literal["phi", "le_phi"]
    amount: int | None = None
    per: str = ""
    note: str = ""
    branches: tuple[str, ...] = ()
    discount: Discount | None = None

    def amount_on(self, day: date, channel: str = "") -> int | None:
        """What is due on that day, with a reduction that holds then; half đồng are rounded up."""
        cut = self.discount
        if self.amount is None or cut is None or (cut.channel and cut.channel != channel):
            return self.amount
        if (cut.begins_on and day < cut.begins_on) or (cut.ends_on and day > cut.ends_on):
            return self.amount
        return -(-self.amount * (100 - cut.percent) // 100)


class Channel(Part, frozen=True, kw_only=True):
    """One way to file, with its own limit and fee rows where they differ."""

    code: Literal["online", "direct", "post"]
    limit: LimitSpec | None = None
    fees: tuple[Fee, ...] = ()
    description: str = ""


class Branch(Part, frozen=True, kw_only=True):
    """A case within the procedure that people recognise themselves in; has its own limit where it differs."""

    code: str
    name: str
    question: str = ""
    hint: str = ""
    limit: LimitSpec | None = None
    everyday: tuple[str, ...] = ()


class Component(Part, frozen=True, kw_only=True):
    """A paper. ``branches`` limits it to cases by code, ``when`` says in words when it is needed."""

    code: str
    name: str
    originals: int = 1
    copies: int = 0
    kind: Literal["submit", "present"] = "submit"
    form_file: str = ""
    branches: tuple[str, ...] = ()
    when: str = ""
    replace_by_data: str = ""
    required: bool = True

    @property
    def source_name(self) -> str:
        return DATA_SOURCES.get(self.replace_by_data, self.replace_by_data)


class ComponentGroup(Part, frozen=True, kw_only=True):
    """Papers under one heading; ``branches`` limits the whole group."""

    title: str = ""
    branches: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()


class Result(Part, frozen=True, kw_only=True):
    name: str
    code: str = ""
    digital: bool = True


class LegalBasis(Part, frozen=True, kw_only=True):
    number: str
    title: str = ""
    issued_on: date | None = None
    issuer: str = ""


class Agencies(Part, frozen=True, kw_only=True):
    """Four different roles: who decides, who does it, who was entrusted, who helps."""

    competent: str = ""
    executing: str = ""
    delegated: str = ""
    coordinating: str = ""


class Doors(Part, frozen=True, kw_only=True):
    """Through which portals it can be filed online."""

    own_portal: bool = False
    national_portal: bool = False


class Step(Part, frozen=True, kw_only=True):
    """A step of the internal process. ``at``: receiving, resolving or a unit's code; ``amount`` in ``unit``."""

    key: str
    name: str
    role: str
    kind: Literal["receive", "assign", "appraise", "consult", "finance", "draft", "review", "sign", "issue", "return"]
    at: str = "resolving"
    amount: Decimal = Decimal(0)
    unit: Literal["working_day", "hour"] = "working_day"
    returns_to: str = ""
    stops_clock: bool = False

    @property
    def working_days(self) -> Decimal:
        """The time in working days of eight hours."""
        return self.amount / 8 if self.unit == "hour" else self.amount


class Option(Part, frozen=True, kw_only=True):
    value: str
    label: str


class Field(Part, frozen=True, kw_only=True):
    """A question of the form.

    ``when`` is data: ``{"field": code, "is": value}``, ``{"field": code, "in": [..]}``, ``{"all": [..]}``,
    ``{"any": [..]}``, ``{"not": ..}``, and may only name fields that come earlier.
    """

    code: str
    label: str
    hint: str = ""
    type: FieldType = "text"
    required: bool = True
    options: tuple[Option, ...] = ()
    when: dict[str, Any] | None = None
    branches: tuple[str, ...] = ()
    prefill: str = ""
    max_length: int = 0
    unit: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    autocomplete: str = ""


class Section(Part, frozen=True, kw_only=True):
    """A part of the form: one screen with one question above it."""

    code: str
    title: str
    question: str = ""
    fields: tuple[Field, ...] = ()
    branches: tuple[str, ...] = ()


class Content(Part, frozen=True, kw_only=True):
    """Everything a version of a procedure says."""

    names: Names
    kind: str = ""
    field: str = ""
    group: str = ""
    levels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("citizen",)
    agencies: Agencies = Agencies()
    steps: tuple[str, ...] = ()
    limit: LimitSpec = LimitSpec()
    channels: tuple[Channel, ...] = ()
    branches: tuple[Branch, ...] = ()
    component_groups: tuple[ComponentGroup, ...] = ()
    dossier_sets: int = 1
    results: tuple[Result, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    conditions: str = ""
    related: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()  # procedures that are opened together with this one (một cửa liên thông)
    service_level: Literal["full", "partial", "none"] = "full"
    service_level_reason: str = ""
    fees: tuple[Fee, ...] = ()
    fee_set_by: Literal["central", "province_council", "none"] = "none"
    publication_decision: str = ""
    process_decision: str = ""
    electronic_decision: str = ""
    doors: Doors = Doors()
    boundary_free_province: bool = True
    boundary_free_national: bool = False
    process: tuple[Step, ...] = ()
    process_note: str = ""
    form: tuple[Section, ...] = ()
    result_template: str = "generic"
    finance_step: bool = False
    confidence: str = ""
    note: str = ""
    demonstration: tuple[str, ...] = ()

    @property
    def for_persons(self) -> bool:
        return any(subject in PERSONS for subject in self.subjects)

    @property
    def for_businesses(self) -> bool:
        return any(subject not in PERSONS for subject in self.subjects)

    @property
    def is_online(self) -> bool:
        return self.doors.own_portal and any(channel.code == "online" for channel in self.channels)


class Malformed(ValueError):
    """A content that is not of this shape; the text says where, in Vietnamese."""


def content_from(value: Any) -> Content:
    """The typed content behind stored or submitted JSON. Raises Malformed."""
    try:
        return msgspec.convert(value, Content)
    except msgspec.ValidationError as problem:
        raise Malformed(in_words(str(problem))) from None


_read_json = msgspec.json.Decoder(Content).decode


def content_from_json(text: str | bytes) -> Content:
    """The typed content behind its JSON text. Raises Malformed."""
    try:
        return _read_json(text)
    except msgspec.ValidationError as problem:
        raise Malformed(in_words(str(problem))) from None


def sections_from(value: Any) -> tuple[Section, ...]:
    """The typed sections of a form. Raises Malformed."""
    try:
        return msgspec.convert(value, tuple[Section, ...])
    except msgspec.ValidationError as problem:
        raise Malformed(in_words(str(problem))) from None


def content_to(content: Content) -> dict[str, Any]:
    """The JSON form in which a content is stored and hashed: equal contents have one form, defaults left out."""
    plain: dict[str, Any] = _plain(content)
    return plain


@cache
def _defaults(part: type[Part]) -> tuple[tuple[str, Any], ...]:
    """A part's fields with their defaults; ``NODEFAULT`` for those that must be given."""
    return tuple((one.name, one.default) for one in msgspec.structs.fields(part))


def _plain(value: Any) -> Any:
    # msgspec's own omit_defaults compares by identity, so that equal contents could differ in form.
    if isinstance(value, Part):
        pairs = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        return {name: _plain(one) for name, one, default in pairs if default is msgspec.NODEFAULT or one != default}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
