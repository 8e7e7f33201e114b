"""Shape of what people send: filters of the catalogue, a draft's fields, the day of publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.numerals import is_whole
from tinhso.modules.procedures.queries import LONGEST_QUESTION, Wanted
from tinhso.modules.procedures.rules.content import (
    CHANNELS,
    FEE_SETTERS,
    LEVELS,
    SERVICE_LEVELS,
    SUBJECTS,
    Content,
    Malformed,
    content_to,
    sections_from,
)
from tinhso.modules.procedures.rules.editing import from_fields, to_fields
from tinhso.modules.procedures.rules.lines import AMOUNT_UNITS, TABLES

LONGEST_FORM = 100_000
RESULT_TEMPLATES = {"generic": _("Công văn trả lời chung"), "permit": _("Giấy phép, giấy chứng nhận")}


def wanted_from(given: Mapping[str, str]) -> tuple[Wanted, int]:
    """The filters and the page number in an address; what cannot be read narrows nothing."""
    page = given.get("trang", "1")
    audience = given.get("doi-tuong", "")
    wanted = Wanted(
        text=given.get("q", "").replace("\x00", "")[:LONGEST_QUESTION],
        audience=audience if audience in ("ca-nhan", "doanh-nghiep") else "",
        online_only=given.get("truc-tuyen") == "1",
        field=given.get("linh-vuc", "")[:200],
        level=given.get("cap", "") if given.get("cap", "") in LEVELS else "",
    )
    return wanted, min(int(page), 1000) if is_whole(page) and int(page[:6]) > 0 else 1


def _text(label: Any, *, required: bool = False, longest: int = 500, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=longest, help_text=hint)


def _area(
    label: Any, *, required: bool = False, rows: int = 4, longest: int = 60_000, hint: Any = ""
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, required=required, max_length=longest, widget=widget, help_text=hint)


def _table(part: str, rows: int = 5) -> forms.CharField:
    return _area(TABLES[part].title, rows=rows, hint=TABLES[part].heading)


def _several(label: Any, choices: Mapping[str, Any]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, choices=list(choices.items()), widget=forms.CheckboxSelectMultiple
    )


def _one(label: Any, choices: Mapping[str, Any], *, empty: bool = False) -> forms.ChoiceField:
    options = [*([("", "–")] if empty else []), *choices.items()]
    return forms.ChoiceField(label=label, required=not empty, choices=options)


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=1000, max_digits=8, decimal_places=2, localize=True
    )


def _yes(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


_OWN_LIMITS = " ".join(f"channel_{code} channel_{code}_amount channel_{code}_unit" for code in CHANNELS)
GROUPS = (
    (_("Tên và lĩnh vực"), "name_legal name_plain everyday name_english field kind levels subjects"),
    (_("Cơ quan"), "agency_competent agency_executing agency_delegated agency_coordinating"),
    (_("Thời hạn"), "limit_amount limit_unit limit_cutoff limit_note"),
    (
        _("Cách nộp"),
        f"{_OWN_LIMITS} own_portal national_portal boundary_free_national service_level service_level_reason",
    ),
    (_("Trường hợp và giấy tờ"), "branches components dossier_sets"),
    (_("Phí, lệ phí"), "fees fee_set_by"),
    (
        _("Trình tự, kết quả, căn cứ"),
        "steps conditions results result_template legal_basis related publication_decision",
    ),
    (_("Quy trình nội bộ"), "process finance_step process_decision electronic_decision"),
    (_("Biểu mẫu điện tử"), "form_text"),
)


class DraftForm(forms.Form):
    """All of a draft: plain fields, tables as lines, the e-form as YAML."""

    name_legal = _area(_("Tên theo quyết định công bố"), required=True, rows=2, longest=2000)
    name_plain = _text(_("Tên dễ hiểu"), longest=250, hint=_("Người dân thấy tên này; tên pháp lý ở dưới."))
    everyday = _area(_("Tên thường gọi"), rows=4, hint=_("Mỗi dòng một tên, ví dụ: xin phép xây nhà"))
    name_english = _text(_("Tên tiếng Anh"))
    field = _text(_("Lĩnh vực"), longest=200)
    kind = _text(_("Loại thủ tục"), longest=200)
    levels = _several(_("Cấp thực hiện"), LEVELS)
    subjects = _several(_("Đối tượng thực hiện"), SUBJECTS)
    agency_competent = _text(_("Cơ quan có thẩm quyền"))
    agency_executing = _text(_("Cơ quan thực hiện"))
    agency_delegated = _text(_("Cơ quan được ủy quyền"))
    agency_coordinating = _text(_("Cơ quan phối hợp"))
    limit_amount = _amount(_("Thời hạn giải quyết"))
    limit_unit = _one(_("Đơn vị thời hạn"), AMOUNT_UNITS)
    limit_cutoff = forms.RegexField(
        r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z",
        label=_("Trả trong ngày nếu nhận trước giờ"),
        required=False,
        help_text=_("Ví dụ 15:00; để trống nếu không trả trong ngày."),
        error_messages={"invalid": _("Ghi giờ dạng 15:00.")},
    )
    limit_note = _text(_("Ghi chú thời hạn"))
    channel_online = _yes(_("Nộp trực tuyến"))
    channel_online_amount = _amount(_("Thời hạn riêng khi nộp trực tuyến"))
    channel_online_unit = _one(_("Đơn vị"), AMOUNT_UNITS, empty=True)
    channel_direct = _yes(_("Nộp trực tiếp"))
    channel_direct_amount = _amount(_("Thời hạn riêng khi nộp trực tiếp"))
    channel_direct_unit = _one(_("Đơn vị"), AMOUNT_UNITS, empty=True)
    channel_post = _yes(_("Nộp qua bưu chính"))
    channel_post_amount = _amount(_("Thời hạn riêng khi nộp qua bưu chính"))
    channel_post_unit = _one(_("Đơn vị"), AMOUNT_UNITS, empty=True)
    own_portal = _yes(_("Mở trên cổng của tỉnh"))
    national_portal = _yes(_("Mở trên cổng quốc gia"))
    boundary_free_national = _yes(_("Tiếp nhận không phụ thuộc địa giới toàn quốc"))
    service_level = _one(_("Mức độ dịch vụ công"), SERVICE_LEVELS)
    service_level_reason = _text(_("Lý do chưa toàn trình"))
    branches = _table("branches", 3)
    components = _table("components", 8)
    dossier_sets = forms.IntegerField(label=_("Số bộ hồ sơ"), min_value=1, max_value=20)
    fees = _table("fees", 4)
    fee_set_by = _one(_("Cơ quan quy định mức thu"), FEE_SETTERS)
    results = _table("results", 3)
    steps = _area(_("Trình tự thực hiện"), rows=5, hint=_("Mỗi dòng một bước, viết cho người dân."))
    conditions = _area(_("Yêu cầu, điều kiện"), rows=3)
    legal_basis = _table("legal_basis", 4)
    related = _text(_("Thủ tục liên quan"), hint=_("Các mã, cách nhau bằng dấu phẩy"))
    publication_decision = _text(_("Quyết định công bố"))
    process = _table("process", 9)
    process_decision = _text(_("Quyết định phê duyệt quy trình nội bộ"))
    electronic_decision = _text(_("Quyết định phê duyệt quy trình điện tử"))
    finance_step = _yes(_("Có bước nghĩa vụ tài chính"))
    result_template = _one(_("Mẫu kết quả"), RESULT_TEMPLATES)
    form_text = _area(_("Biểu mẫu điện tử (YAML)"), rows=16, longest=LONGEST_FORM)
    seen_hash = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, before: Content, data: Any = None, *, seen_hash: str = "") -> None:
        self.before = before
        initial = {**to_fields(before), "form_text": form_as_text(before), "seen_hash": seen_hash}
        super().__init__(data, initial=initial)
        self.content: Content | None = None

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, in the order in which officials think of them."""
        return [(title, [self[name] for name in names.split()]) for title, names in GROUPS]

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if self.errors:
            return fields
        try:
            self.content = from_fields(self.before, fields, form_from_text(fields["form_text"]))
        except Malformed as problem:
            self.add_error(_field_of(str(problem)), str(problem))
        return fields


def _field_of(sentence: str) -> str | None:
    """Which field a sentence about the content is about; None for the whole."""
    for part, table in TABLES.items():
        if sentence.startswith(table.title):
            return part
    return "form_text" if sentence.startswith("Biểu mẫu") else None


def form_as_text(content: Content) -> str:
    """The e-form as YAML."""
    value = content_to(content).get("form", [])
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110) if value else ""


def form_from_text(text: str) -> list[Any]:
    """The e-form as plain data. Raises Malformed with the line where the YAML breaks."""
    if any(mark in text for mark in ("&", "*")) and _has_anchor(text):
        raise Malformed("Biểu mẫu điện tử: không dùng neo (& và *) trong YAML.")
    try:
        value = yaml.safe_load(text) or []
    except yaml.YAMLError as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        where = f", dòng {line + 1}" if line is not None else ""
        raise Malformed(f"Biểu mẫu điện tử{where}: sai cú pháp YAML. Kiểm tra dấu hai chấm và thụt đầu dòng.") from None
    if not isinstance(value, list):
        raise Malformed("Biểu mẫu điện tử: bắt đầu mỗi phần bằng “- code: …”.")
    try:
        sections_from(value)
    except Malformed as problem:
        raise Malformed(f"Biểu mẫu điện tử – {problem}") from None
    return value


def _has_anchor(text: str) -> bool:
    """Whether YAML would follow aliases: a few lines of them can unfold into gigabytes."""
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return False


class NewForm(forms.Form):
    """The first two things about a procedure that does not exist yet."""

    code = forms.RegexField(
        r"\A[0-9]\.[0-9]{6}\Z",
        label=_("Mã quốc gia"),
        help_text=_("Dạng 1.001193"),
        error_messages={"invalid": _("Nhập mã quốc gia dạng 1.001193.")},
    )
    name = _area(_("Tên theo quyết định công bố"), required=True, rows=2, longest=2000)


class PublishForm(forms.Form):
    valid_from = forms.DateField(
        label=_("Ngày có hiệu lực"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        help_text=_("Dạng 01/12/2026. Bản đang công bố hết hiệu lực vào hôm trước."),
        error_messages={"invalid": _("Nhập ngày dạng 01/12/2026.")},
    )


class AbolishForm(forms.Form):
    last_day = forms.DateField(
        label=_("Ngày cuối còn hiệu lực"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        help_text=_("Dạng 31/12/2026. Hồ sơ đã nhận vẫn theo bản này."),
        error_messages={"invalid": _("Nhập ngày dạng 31/12/2026.")},
    )
