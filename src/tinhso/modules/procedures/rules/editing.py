"""Between the content of a draft and the fields of the page on which officials change it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tinhso.modules.procedures.rules.content import CHANNELS, Content, content_from, content_to
from tinhso.modules.procedures.rules.lines import from_lines, to_lines

PLAIN = (
    "kind",
    "field",
    "conditions",
    "service_level",
    "service_level_reason",
    "fee_set_by",
    "publication_decision",
    "process_decision",
    "electronic_decision",
    "result_template",
    "dossier_sets",
    "finance_step",
    "boundary_free_national",
)
NAMES = ("legal", "plain", "english")
AGENCIES = ("competent", "executing", "delegated", "coordinating")


def to_fields(content: Content) -> dict[str, Any]:
    """The initial values of the page's fields."""
    value = _whole(content)
    fields = {key: getattr(content, key) for key in PLAIN}
    fields |= {f"name_{key}": value["names"].get(key, "") for key in NAMES}
    fields |= {f"agency_{key}": value["agencies"].get(key, "") for key in AGENCIES}
    fields |= {
        "everyday": "\n".join(content.names.everyday),
        "levels": list(content.levels),
        "subjects": list(content.subjects),
        "related": ", ".join(content.related),
        "steps": "\n".join(content.steps),
        "limit_amount": content.limit.amount,
        "limit_unit": content.limit.unit,
        "limit_cutoff": content.limit.cutoff or "",
        "limit_note": content.limit.note,
        "own_portal": content.doors.own_portal,
        "national_portal": content.doors.national_portal,
        "components": to_lines("components", _components(value)),
        "fees": to_lines("fees", _fees(value)),
        "branches": to_lines("branches", _flat_branches(value)),
    }
    fields |= {part: to_lines(part, value[part]) for part in ("results", "legal_basis", "process")}
    for code in CHANNELS:
        own = next((one for one in content.channels if one.code == code), None)
        fields[f"channel_{code}"] = own is not None
        fields[f"channel_{code}_amount"] = own.limit.amount if own and own.limit else None
        fields[f"channel_{code}_unit"] = own.limit.unit if own and own.limit else ""
    return fields


def _whole(content: Content) -> dict[str, Any]:
    """The JSON with its top-level defaults written out."""
    parts: dict[str, Any] = {
        "results": [],
        "legal_basis": [],
        "process": [],
        "branches": [],
        "channels": [],
        "fees": [],
    }
    return {"names": {}, "agencies": {}, "component_groups": [], **parts, **copy.deepcopy(content_to(content))}


def _components(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for group in value["component_groups"] for one in group.get("components", [])]


def _fees(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = [{**fee, "channel": one["code"]} for one in value["channels"] for fee in one.get("fees", [])]
    return [{"channel": "", **fee} for fee in value["fees"]] + own


def _flat_branches(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **one,
            "limit_amount": (one.get("limit") or {}).get("amount"),
            "limit_unit": (one.get("limit") or {}).get("unit", ""),
        }
        for one in value["branches"]
    ]


def from_fields(before: Content, fields: Mapping[str, Any], form: Any) -> Content:
    """The content with the page's fields put in; ``form`` is the e-form as plain data. Raises Malformed."""
    value = _whole(before)
    value |= {key: fields[key] for key in PLAIN}
    value["names"] |= {key: fields[f"name_{key}"] for key in NAMES} | {"everyday": _text_lines(fields["everyday"])}
    value["agencies"] |= {key: fields[f"agency_{key}"] for key in AGENCIES}
    value |= {
        "levels": list(fields["levels"]),
        "subjects": list(fields["subjects"]),
        "steps": _text_lines(fields["steps"]),
        "related": [code.strip() for code in fields["related"].split(",") if code.strip()],
        "limit": {
            **value.get("limit", {}),
            "amount": _decimal(fields["limit_amount"]),
            "unit": fields["limit_unit"],
            "cutoff": fields["limit_cutoff"] or None,
            "note": fields["limit_note"],
        },
        "doors": {"own_portal": fields["own_portal"], "national_portal": fields["national_portal"]},
        "form": form,
    }
    for part in ("results", "legal_basis", "process"):
        value[part] = from_lines(part, fields[part], value[part])
    for step in value["process"]:
        step["amount"] = str(step["amount"])
    value["branches"] = [_branch(one) for one in from_lines("branches", fields["branches"], _flat_branches(value))]
    _put_components(value, from_lines("components", fields["components"], _components(value)))
    _put_channels(value, fields, from_lines("fees", fields["fees"], _fees(value)))
    return content_from(value)


def _text_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _decimal(value: Any) -> str | None:
    return None if value is None else str(value)


def _branch(row: dict[str, Any]) -> dict[str, Any]:
    amount, unit = row.pop("limit_amount"), row.pop("limit_unit")
    row["limit"] = None if amount is None else {"amount": str(amount), "unit": unit or "unknown"}
    return row


def _put_components(value: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Papers stay in the group they were in; new ones join the last."""
    groups = value["component_groups"] or [{"components": []}]
    place = {one["code"]: at for at, group in enumerate(groups) for one in group.get("components", [])}
    for group in groups:
        group["components"] = []
    for number, row in enumerate(rows, 1):
        row["code"] = row["code"] or f"tp{number}"
        groups[place.get(row["code"], len(groups) - 1)]["components"].append(row)
    value["component_groups"] = [group for group in groups if group["components"]]


def _put_channels(value: dict[str, Any], fields: Mapping[str, Any], fees: list[dict[str, Any]]) -> None:
    old = {one["code"]: one for one in value["channels"]}
    value["fees"] = [_fee(fee) for fee in fees if not fee["channel"]]
    order = [*old, *(code for code in CHANNELS if code not in old)]
    value["channels"] = []
    for code in order:
        if not fields[f"channel_{code}"]:
            continue
        amount, unit = fields[f"channel_{code}_amount"], fields[f"channel_{code}_unit"]
        own = None if amount is None else {"amount": str(amount), "unit": unit or fields["limit_unit"]}
        rows = [_fee(fee) for fee in fees if fee["channel"] == code]
        value["channels"].append({**old.get(code, {"code": code}), "limit": own, "fees": rows})


def _fee(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "channel"}
