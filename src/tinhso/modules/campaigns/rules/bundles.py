"""All that a campaign's places come from, as one document that anybody can compute again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.modules.campaigns.rules.places import Rules, Standing, place

FORMAT = "tinhso-campaign/1"


@dataclass(frozen=True, slots=True)
class Input:
    """A unit's frozen inputs: its code and name on that day, and where its value came from in words."""

    standing: Standing
    code: str
    name: str
    words: str


def pack(
    *, code: str, name: str, since: str, until: str, frozen_at: str, rules: Rules, rules_hash: str,
    inputs: Sequence[Input],
) -> dict[str, Any]:  # fmt: skip
    """The bundle of a campaign, with its own fingerprint; the same inputs give the same bundle."""
    places = place([one.standing for one in inputs], rules)
    body = {
        "format": FORMAT, "code": code, "name": name, "since": since, "until": until, "frozen_at": frozen_at,
        "rules": rules.to_json(), "rules_hash": rules_hash,
        "units": [
            {
                "id": one.standing.unit, "code": one.code, "name": one.name, "group": one.standing.group,
                "value": _text(one.standing.value), "second": _text(one.standing.second), "words": one.words,
                "place": places.get(one.standing.unit),
            }
            for one in sorted(inputs, key=lambda each: each.code)
        ],
    }  # fmt: skip
    return {**body, "sha256": fingerprint(body)}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 over all but the fingerprint itself, keys in their order."""
    plain = {key: value for key, value in body.items() if key != "sha256"}
    said = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def differences(bundle: Any) -> list[str]:
    """Where computing again gives something else; nothing when the bundle is whole. Raises Refusal for no bundle."""
    try:
        if bundle["format"] != FORMAT:
            raise KeyError("format")
        rules = Rules.from_json(bundle["rules"])
        rows = [
            Standing(int(one["id"]), str(one["group"]), _number(one["value"]), _number(one["second"]))
            for one in bundle["units"]
        ]
        said = {int(one["id"]): (one["code"], one["place"]) for one in bundle["units"]}
        whole = fingerprint(bundle) == bundle["sha256"]
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Refusal("campaigns.bundle", "Tệp này không phải gói kết quả của một phong trào thi đua.") from None
    places = place(rows, rules)
    found = [] if whole else ["sha256"]
    return found + [
        f"{code}: {before} → {places.get(unit)}" for unit, (code, before) in said.items() if places.get(unit) != before
    ]


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return value
