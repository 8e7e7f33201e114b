"""What is wrong with a content before it is published: errors forbid publishing, warnings ask an official to look.

Sources: the seven mandatory parts of NĐ 63/2010 Đ.8.2 (index item 1.3 of QĐ 766/QĐ-TTg); traps seen in the national
catalogue; sum of steps within the limit, one role a step (practice of internal-process decisions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tinhso.modules.procedures.rules.content import (
    CHANNELS,
    CODE,
    ROLES,
    STEP_KINDS,
    Content,
    Fee,
    Field,
    LimitSpec,
)
from tinhso.modules.procedures.rules.sheets import decimal_words, form_of, limit_words, working_days_of

SMALLEST_LIKELY_FEE = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: ``code`` is stable, ``part`` the part of the content, ``message`` a Vietnamese sentence."""

    code: str
    part: str
    message: str
    blocks: bool = False


Findings = Iterator[Finding]


def check_content(content: Content) -> tuple[Finding, ...]:
    """All findings, those that forbid publishing first."""
    found = [finding for check in CHECKS for finding in check(content)]
    return tuple(sorted(found, key=lambda finding: not finding.blocks))


def _mandatory(content: Content) -> Findings:
    parts: tuple[tuple[str, bool, str], ...] = (
        ("names", bool(content.names.legal.strip()), "tên thủ tục"),
        ("steps", bool(content.steps or content.process), "trình tự thực hiện"),
        ("channels", bool(content.channels), "cách thức thực hiện"),
        ("component_groups", any(group.components for group in content.component_groups), "thành phần hồ sơ"),
        ("limit", True, "thời hạn giải quyết"),
        ("subjects", bool(content.subjects), "đối tượng thực hiện"),
        ("agencies", bool(content.agencies.executing or content.agencies.competent), "cơ quan thực hiện"),
    )
    for part, is_there, name in parts:
        if not is_there:
            yield Finding("missing_part", part, f"Bổ sung {name}: phần bắt buộc của mọi thủ tục (NĐ 63/2010).", True)
    if content.dossier_sets < 1:
        yield Finding("dossier_sets", "dossier_sets", "Ghi số lượng hồ sơ, ít nhất 1 bộ.", True)


def _limits(content: Content) -> Findings:
    for where, spec in _all_limits(content):
        if spec.cutoff:
            if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", spec.cutoff):
                yield Finding("cutoff", "limit", f"{where}: ghi giờ nhận dạng 15:00.", True)
        elif spec.amount is not None and spec.unit == "unknown":
            yield Finding(
                "limit_without_unit",
                "limit",
                f"{where}: có số “{decimal_words(spec.amount)}” nhưng chưa rõ ngày hay ngày làm việc. "
                "Tra văn bản gốc rồi chọn đơn vị.",
            )
        elif spec.amount is None or spec.unit == "unknown":
            yield Finding("limit_unknown", "limit", f"{where}: chưa có thời hạn; hồ sơ sẽ không có ngày hẹn trả.")
        elif spec.amount <= 0 or spec.amount > 1000:
            yield Finding("limit_range", "limit", f"{where}: thời hạn phải lớn hơn 0 và không quá 1.000.", True)


def _all_limits(content: Content) -> Iterator[tuple[str, LimitSpec]]:
    yield "Thời hạn", content.limit
    for channel in content.channels:
        if channel.limit is not None:
            yield f"Thời hạn khi nộp {CHANNELS[channel.code].lower()}", channel.limit
    for branch in content.branches:
        if branch.limit is not None:
            yield f"Thời hạn của trường hợp “{branch.name}”", branch.limit


def _channel_limits(content: Content) -> Findings:
    words = {CHANNELS[one.code]: limit_words(one.limit or content.limit) for one in content.channels}
    if len(set(words.values())) > 1:
        listed = "; ".join(f"{name.lower()} {said}" for name, said in words.items())
        yield Finding("limits_differ", "channels", f"Thời hạn khác nhau theo cách nộp ({listed}). Xác nhận là đúng.")


def _all_fees(content: Content) -> Iterator[Fee]:
    yield from content.fees
    for channel in content.channels:
        yield from channel.fees


def _fees(content: Content) -> Findings:
    rows = list(_all_fees(content))
    for fee in rows:
        if fee.amount is not None and fee.amount < 0:
            yield Finding("fee_negative", "fees", "Mức thu không được âm.", True)
        if fee.amount is not None and 0 < fee.amount < SMALLEST_LIKELY_FEE:
            yield Finding(
                "fee_too_small",
                "fees",
                f"Mức thu {fee.amount} đồng: có thể thiếu ba số 0 (danh mục ghi “{fee.amount} VNĐ” "
                f"thay cho {fee.amount}.000). Đối chiếu văn bản quy định.",
            )
        if fee.discount and fee.discount.ends_on is None:
            yield Finding("discount_open", "fees", "Mức giảm chưa có ngày kết thúc. Ghi ngày hết hiệu lực.")
    free = bool(rows) and all(fee.amount == 0 for fee in rows)
    says_free = any("miễn phí" in fee.note.lower() for fee in rows)
    if content.fee_set_by == "province_council" and (free or says_free):
        yield Finding(
            "free_by_flag",
            "fees",
            "Ghi 0 đồng hoặc “miễn phí” nhưng mức thu do Hội đồng nhân dân tỉnh quyết định. "
            "Chỉ hiện “Không thu” khi có nghị quyết.",
        )
    if content.fee_set_by == "none" and any(fee.amount for fee in rows):
        yield Finding("fee_setter", "fees", "Có mức thu nhưng ghi “Không thu”. Chọn cơ quan quy định mức thu.", True)


def _places(content: Content) -> Findings:
    words = (content.names.legal, content.agencies.competent, content.agencies.executing, *content.steps)
    old = {"thị trấn", "cấp huyện", "quận", "huyện"}
    for text in words:
        low = text.lower()
        for word in sorted(old):
            if re.search(rf"(?<!\w){word}(?!\w)", low) and "trước 1/7/2025" not in low:
                yield Finding(
                    "former_level",
                    "agencies",
                    f"Còn nhắc “{word}”: từ 1/7/2025 chỉ còn cấp tỉnh và cấp xã (xã, phường, đặc khu).",
                )
                return


def _components(content: Content) -> Findings:
    codes: set[str] = set()
    known = {branch.code for branch in content.branches}
    for group in content.component_groups:
        for one in group.components:
            if one.originals == 0 and one.copies == 0:
                yield Finding(
                    "heading_as_component",
                    "component_groups",
                    f"“{one.name[:80]}” ghi 0 bản chính và 0 bản sao: là đề mục hay giấy tờ? "
                    "Chuyển thành tên nhóm hoặc ghi số bản.",
                )
            if one.code in codes:
                yield Finding("component_twice", "component_groups", f"Mã giấy tờ {one.code} bị trùng.", True)
            codes.add(one.code)
            if set(one.branches) - known:
                yield Finding("unknown_branch", "component_groups", f"“{one.name[:80]}” nêu trường hợp không có.", True)


def _process(content: Content) -> Findings:
    if not content.process:
        yield Finding("no_process", "process", "Chưa có quy trình nội bộ: hồ sơ sẽ không có bước xử lý.", True)
        return
    keys = [step.key for step in content.process]
    if len(set(keys)) != len(keys):
        yield Finding("step_twice", "process", "Mã bước bị trùng trong quy trình.", True)
    for step in content.process:
        if step.role not in ROLES:
            yield Finding("step_role", "process", f"Bước “{step.name}”: chọn đúng một vai trò thực hiện.", True)
        if step.returns_to and step.returns_to not in keys:
            yield Finding("step_returns", "process", f"Bước “{step.name}” trả về bước không có.", True)
        if (step.stops_clock or step.kind == "finance") and step.amount:
            yield Finding("stopped_step_time", "process", f"Bước “{step.name}” dừng tính giờ nên thời gian phải là 0.")
    kinds = [step.kind for step in content.process]
    for kind in ("receive", "sign", "issue", "return"):
        if kind not in kinds:
            yield Finding("step_missing", "process", f"Quy trình thiếu bước {STEP_KINDS[kind].lower()}.", True)
    if kinds[0] != "receive" or kinds[-1] != "return":
        yield Finding("step_order", "process", "Quy trình bắt đầu bằng tiếp nhận và kết thúc bằng trả kết quả.", True)
    total = sum((step.working_days for step in content.process), Decimal(0))
    budget = working_days_of(content.limit)
    if budget is not None and total > budget:
        yield Finding(
            "steps_exceed_limit",
            "process",
            f"Các bước cộng lại {decimal_words(total)} ngày làm việc, quá thời hạn {limit_words(content.limit)} "
            f"(nhiều nhất {decimal_words(budget)} ngày làm việc). Rút ngắn các bước.",
            True,
        )


def _service(content: Content) -> Findings:
    if content.service_level == "partial" and not content.service_level_reason.strip():
        yield Finding(
            "partial_reason",
            "service_level",
            "Nêu lý do chưa toàn trình: từ 1/7/2026 dịch vụ một phần phải công khai lý do.",
            True,
        )
    if content.service_level != "none" and not any(one.code == "online" for one in content.channels):
        yield Finding("online_channel", "channels", "Đã chọn dịch vụ trực tuyến nhưng chưa có cách nộp trực tuyến.")
    if not content.legal_basis:
        yield Finding("no_legal_basis", "legal_basis", "Chưa có căn cứ pháp lý.")


def _form(content: Content) -> Findings:
    seen: set[str] = set()
    for section in content.form:
        for field in section.fields:
            if field.code in seen:
                yield Finding("field_twice", "form", f"Mã câu hỏi “{field.code}” bị trùng trong biểu mẫu.", True)
            for name in _names_in(field.when):
                if name not in seen:
                    yield Finding(
                        "field_condition",
                        "form",
                        f"Câu hỏi “{field.label}” phụ thuộc câu “{name}” không đứng trước nó.",
                        True,
                    )
            if field.type in ("choice", "choices") and not field.options:
                yield Finding("field_options", "form", f"Câu hỏi “{field.label}” chưa có lựa chọn nào.", True)
            seen.add(field.code)
    yield from _form_size(content)


def _form_size(content: Content) -> Findings:
    fields: list[Field] = [field for section in content.form for field in section.fields]
    if not fields:
        yield Finding("no_form", "form", "Chưa có biểu mẫu điện tử: không nộp trực tuyến được.")
    cases = [branch.code for branch in content.branches] or [""]
    longest = max(len(form_of(content, case)) for case in cases)
    if longest > 7:
        yield Finding("form_long", "form", f"Biểu mẫu có {longest} phần; nên gọn trong 7 phần.")


def _names_in(condition: Any) -> list[str]:
    if not isinstance(condition, dict):
        return []
    if "field" in condition:
        return [str(condition["field"])]
    parts = [*condition.get("all", ()), *condition.get("any", ()), condition.get("not")]
    return [name for part in parts for name in _names_in(part)]


def _related(content: Content) -> Findings:
    for code in (*content.related, *content.linked):
        if not CODE.fullmatch(code):
            yield Finding("related_code", "related", f"Mã thủ tục liên quan “{code}” phải có dạng 1.001193.")


CHECKS: tuple[Callable[[Content], Findings], ...] = (
    _mandatory,
    _limits,
    _channel_limits,
    _fees,
    _places,
    _components,
    _process,
    _service,
    _form,
    _related,
)
