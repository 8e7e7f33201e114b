"""From a row of the catalogue (as in ``seeds/procedures.yaml``, or a line of a table) to the content of a version."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinhso.modules.procedures.rules.content import CHANNELS, CODE, Content, Malformed, Section, content_from
from tinhso.modules.procedures.rules.processes import process_for

MOST_CELL = 4000


@dataclass(frozen=True)
class Background:
    """What the catalogue does not give: plain names, forms, processes and sources, by code or group of procedures."""

    extras: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    templates: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    forms: Mapping[str, tuple[Section, ...]] = field(default_factory=dict)


def row_code(row: Mapping[str, Any]) -> str:
    """The code of a row. Raises Malformed for one that is no code; a number is refused, not guessed at."""
    code = row.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code.strip()):
        raise Malformed(f"Mã “{str(code)[:40]}” không có dạng 1.001193. Trong bảng tính, để cột mã ở dạng chữ.")
    return code.strip()


def content_of_row(row: Mapping[str, Any], background: Background) -> Content:
    """The content a row describes, completed from the background. Raises Malformed."""
    row = row if isinstance(row.get("time_limit"), Mapping) else nested(row)
    code = row_code(row)
    extra = background.extras.get(code, {})
    group = background.groups.get(str(row.get("group") or ""), {})
    value = _recorded(row, extra)
    if not value["names"]["legal"]:
        raise Malformed("Thiếu tên thủ tục.")
    value |= {
        "subjects": extra.get("subjects") or group.get("subjects") or ["citizen"],
        "legal_basis": extra.get("legal_basis") or group.get("legal_basis") or [],
        "conditions": extra.get("conditions", ""),
        "related": extra.get("related", []),
        "linked": extra.get("linked", []),
        "result_template": extra.get("result_template") or group.get("result_template") or "generic",
        "finance_step": bool(extra.get("finance_step", group.get("finance_step", False))),
        "demonstration": ["service_level", "process", "form"],
    }
    value |= _service(value, extra, str(row.get("note") or ""))
    content = content_from({key: part for key, part in value.items() if part not in (None, "", [], ())})
    return _completed(content, code, background)


def _completed(content: Content, code: str, background: Background) -> Content:
    """With process and form: both are typed already, so they are put in afterwards."""
    import msgspec

    process = process_for(content.limit, background.templates, finance=content.finance_step)
    form = background.forms.get(code) or background.forms.get("generic", ())
    note = "Quy trình minh họa theo độ dài thời hạn; quyết định phê duyệt quy trình nội bộ của tỉnh sẽ thay."
    return msgspec.structs.replace(content, process=process, form=form, process_note=note)


def _recorded(row: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that the row itself records."""
    limit = row.get("time_limit") or {}
    codes = [str(one) for one in extra.get("channels") or row.get("channels") or []]
    unknown = [one for one in codes if one not in CHANNELS]
    if unknown:
        raise Malformed(f"Cách nộp “{unknown[0]}” không biết. Dùng: online, direct, post.")
    return {
        "names": {
            "legal": _line(row.get("name")),
            "plain": extra.get("plain", ""),
            "everyday": extra.get("everyday", []),
            "english": _line(row.get("name_en")),
        },
        "kind": _line(row.get("kind")),
        "field": _line(row.get("field")),
        "group": _line(row.get("group")),
        "levels": list(row.get("level") or []),
        "agencies": {"competent": _line(row.get("agency")), "executing": _line(row.get("agency"))},
        "steps": extra.get("steps") or row.get("steps") or list(STEPS_TOLD),
        "limit": _limit(limit),
        "channels": [_channel(code, limit, row) for code in codes],
        "branches": _branches(limit, extra),
        "component_groups": [{"components": _components(row, extra)}] if row.get("components") else [],
        "results": [{"name": _line(one["name"]), "code": one.get("code") or ""} for one in row.get("results") or []],
        "fees": [_fee(fee) for fee in row.get("fees") or [] if not fee.get("channel")],
        "fee_set_by": row.get("fee_set_by") or "none",
        "publication_decision": _line(row.get("announced_by")),
        "confidence": row.get("confidence") or "",
        "note": _line(row.get("note")),
    }


STEPS_TOLD = (
    "Bạn nộp hồ sơ trực tuyến, tại bộ phận Một cửa bất kỳ trong tỉnh hoặc qua bưu chính.",
    "Bộ phận Một cửa kiểm tra, số hóa giấy tờ và gửi giấy tiếp nhận, hẹn ngày trả kết quả.",
    "Cơ quan giải quyết thẩm định; nếu thiếu, báo bạn bổ sung một lần, bằng văn bản.",
    "Lãnh đạo ký kết quả; bạn nhận bản điện tử trên cổng, bản giấy tại Một cửa hoặc qua bưu chính.",
)


def _line(value: Any) -> str:
    """One line of text in NFC; overlong cells are refused later by their length, not cut silently."""
    text = unicodedata.normalize("NFC", str(value if value is not None else ""))
    if len(text) > MOST_CELL:
        raise Malformed(f"Một ô dài {len(text)} ký tự; tối đa {MOST_CELL}.")
    return " ".join("".join(one for one in text if one.isprintable() or one.isspace()).split())


def _limit(limit: Mapping[str, Any]) -> dict[str, Any]:
    amount = limit.get("value")
    same_day = limit.get("rule") == "same_day"
    extend = limit.get("extend") or {}
    return {
        "amount": None if amount is None else str(amount),
        "unit": limit.get("unit") or "unknown",
        "cutoff": str(limit.get("cutoff") or "15:00") if same_day else None,
        "note": _line(limit.get("note")),
        "extend": f"tối đa {extend['value']} ngày làm việc khi {extend['when']}" if extend else "",
    }


def _channel(code: str, limit: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    own = (limit.get("by_channel") or {}).get(code)
    fees = [_fee(fee) for fee in row.get("fees") or [] if fee.get("channel") == code]
    return {
        "code": code,
        "fees": fees,
        "limit": None if own in (None, limit.get("value")) else {"amount": str(own), "unit": limit["unit"]},
    }


def _branches(limit: Mapping[str, Any], extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = limit.get("by_case") or {}
    named = {one["code"]: one for one in extra.get("branches", ())}
    found = []
    for code in dict.fromkeys((*named, *own)):
        branch = dict(named.get(code) or {"code": code, "name": code.replace("_", " ").capitalize()})
        if code in own and own[code] != limit.get("value"):
            branch["limit"] = {"amount": str(own[code]), "unit": limit["unit"]}
        found.append(branch)
    return found


def _fee(fee: Mapping[str, Any]) -> dict[str, Any]:
    cut = fee.get("discount")
    notes = [_line(fee.get("note"))]
    if fee.get("rule") == "per_page":
        notes.append(
            f"{fee['pages_1_2_vnd']} đ/trang với hai trang đầu, {fee['page_3_plus_vnd']} đ/trang từ trang thứ ba, "
            f"tối đa {fee['cap_per_copy_vnd']} đ/bản"
        )
    return {
        "kind": fee.get("kind") or "le_phi",
        "amount": fee.get("amount_vnd"),
        "per": _line(fee.get("per")),
        "note": "; ".join(note for note in notes if note),
        "discount": cut
        and {
            "percent": cut["percent"],
            "begins_on": cut.get("from"),
            "ends_on": cut.get("to"),
            "channel": "online" if "trực tuyến" in str(cut.get("when", "")) else "",
            "source": cut.get("src", ""),
        },
    }


def _components(row: Mapping[str, Any], extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = extra.get("components", {})
    found = []
    for place, one in enumerate(row.get("components") or [], 1):
        code = f"tp{one.get('seq') or place}"
        found.append(
            {
                "code": code,
                "name": _line(one.get("name")),
                "originals": int(one.get("originals") or 0),
                "copies": int(one.get("copies") or 0),
                "kind": one.get("kind") or "submit",
                "when": _line(one.get("when")),
                "replace_by_data": one.get("replace_by_data") or "",
                "required": not one.get("when"),
                **own.get(code, {}),
            }
        )
    return found


def _service(value: Mapping[str, Any], extra: Mapping[str, Any], note: str) -> dict[str, Any]:
    """Service level for demonstration: full unless there is no online channel or a note says otherwise."""
    online = any(channel["code"] == "online" for channel in value["channels"])
    level = extra.get("service_level") or ("partial" if "không toàn trình" in note.lower() else "full")
    reason = extra.get("service_level_reason", "")
    if not online:
        level, reason = "none", reason or "Pháp luật yêu cầu nộp và đối chiếu trực tiếp."
    elif level == "partial":
        reason = reason or note
    return {
        "service_level": level,
        "service_level_reason": reason,
        "doors": {"own_portal": online, "national_portal": online},
    }


_SPLIT = re.compile(r"\s*[|;]\s*")


def _cells(value: Any) -> list[str]:
    return [part for part in _SPLIT.split(str(value or "")) if part]


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a table in the shape of the catalogue.

    Columns: code, name, field, group, level, agency, channels, components, results (values within a cell separated by
    ``|`` or ``;``), time_value, time_unit, cutoff, fee_kind, fee_amount, fee_set_by, announced_by, note.
    """
    amount = _number(row.get("time_value"), "time_value")
    fee = _number(row.get("fee_amount"), "fee_amount")
    cutoff = str(row.get("cutoff") or "").strip()
    return {
        **{key: row.get(key) for key in ("code", "name", "name_en", "field", "group", "agency", "fee_set_by", "note")},
        "announced_by": row.get("announced_by"),
        "level": _cells(row.get("level")),
        "channels": _cells(row.get("channels")) or ["direct"],
        "time_limit": {
            "value": amount,
            "unit": str(row.get("time_unit") or "unknown").strip(),
            **({"rule": "same_day", "cutoff": cutoff} if cutoff else {}),
        },
        "fees": [{"kind": row.get("fee_kind") or "le_phi", "amount_vnd": None if fee is None else int(fee)}],
        "components": [
            {"seq": n, "name": name, "originals": 1} for n, name in enumerate(_cells(row.get("components")), 1)
        ],
        "results": [{"name": name} for name in _cells(row.get("results"))],
    }


def _number(value: Any, column: str) -> Any:
    if value is None or str(value).strip() == "":
        return None
    text = str(value).strip().replace(" ", "")
    if not re.fullmatch(r"[0-9]{1,12}([.,][0-9]{1,3})?", text):
        raise Malformed(f"Cột {column}: “{text[:40]}” không phải là số.")
    return (
        text.replace(".", "").replace(",", "")
        if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text)
        else text.replace(",", ".")
    )
