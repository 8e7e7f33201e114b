"""A rating as a form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from tinhso.modules.satisfaction.rules import Questionnaire

COUNTER = "quay"  # ?kenh=quay: answered on the device at the counter


def rating(said: QueryDict, asked: Questionnaire) -> Mapping[str, Any]:
    """The parts of a rating as ``actions.rate`` takes them."""
    return {
        "level": said.get("level", ""),
        "points": {one.code: said.get(f"c-{one.code}", "") for one in asked.criteria},
        "reasons": said.getlist("reasons"),
        "comment": said.get("comment", "").replace("\x00", ""),
    }
