"""A published round in SDMX: observations as SDMX-CSV 2.0, and the structure they follow as SDMX-JSON 2.0.

The structure (dataflow, data structure, code lists, concepts) belongs to an edition of the criteria: rounds of the same
edition share it. Codes of SDMX know letters, digits, ``_``, ``@``, ``$`` and ``-``; a point becomes ``_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.queries import editions, frozen
from tinhso.modules.scorecards.rules.editions import Edition
from tinhso.modules.scorecards.rules.numbers import plain, unscaled

AGENCY, MEASURE = "TINHSO", "PT"
WHOLE, WHOLE_NAME = "_T", "Tổng điểm"
MODEL = "urn:sdmx:org.sdmx.infomodel"
COLUMNS = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "REF_AREA", "CRITERION", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS",
    "UNIT_MEASURE",
)  # fmt: skip
CONCEPTS = {
    "REF_AREA": "Đơn vị được chấm điểm", "CRITERION": "Tiêu chí", "TIME_PERIOD": "Năm", "OBS_VALUE": "Điểm",
    "OBS_STATUS": "Tình trạng", "UNIT_MEASURE": "Đơn vị tính",
}  # fmt: skip
STATUSES = {"A": "Bình thường", "M": "Không áp dụng hoặc bỏ trống"}


def sdmx_id(code: str) -> str:
    """A code as SDMX may carry it."""
    return re.sub(r"[^A-Za-z0-9_@$-]", "_", code)


def flow_of(round_: Round) -> tuple[str, str]:
    """Id and version of the dataflow: the set and the number of its edition."""
    return f"SCORES_{sdmx_id(editions.of(round_.edition).code).upper().replace('-', '_')}", f"{round_.edition.number}.0"


def observations(round_: Round) -> Iterator[list[str]]:
    """One a line, the total first; OBS_STATUS M where the criterion does not apply or was left empty."""
    edition = editions.of(round_.edition)
    name, version = flow_of(round_)
    yield list(COLUMNS)
    start = ["dataflow", f"{AGENCY}:{name}({version})", "I"]
    year = str(round_.until.year)
    for one in frozen.units_of(round_):
        area = sdmx_id(one.unit)
        yield [*start, area, WHOLE, year, plain(unscaled(one.total, edition.total_places)), "A", MEASURE]
        for criterion, value in zip(edition.criteria, one.points, strict=True):
            shown = plain(unscaled(value, edition.decimals)) if value >= 0 else ""
            yield [*start, area, sdmx_id(criterion.code), year, shown, "A" if value >= 0 else "M", MEASURE]


def structure(round_: Round, *, at: datetime) -> dict[str, Any]:
    """The structure message that goes with the observations."""
    edition = editions.of(round_.edition)
    name, version = flow_of(round_)
    own = _Artefacts(name, version)
    units = {sdmx_id(one.unit): one.name for one in frozen.units_of(round_)}
    return {
        "meta": {
            "id": f"{name}-{round_.code}",
            "test": round_.is_demonstration,
            "prepared": at.isoformat(),
            "contentLanguages": ["vi"],
            "sender": {"id": AGENCY, "name": "Tỉnh Số", "names": {"vi": "Tỉnh Số"}},
        },
        "data": {
            "dataflows": [
                own.named(name, edition.name) | {"structure": own.urn("datastructure.DataStructure", name)}
            ],
            "dataStructures": [own.named(name, edition.name) | {"dataStructureComponents": _components(own)}],
            "conceptSchemes": [
                own.named(f"CS_{name}", "Khái niệm")
                | {"concepts": [_code(code, words) for code, words in CONCEPTS.items()]}
            ],
            "codelists": [
                own.codes("REF_AREA", [_code(code, words) for code, words in units.items()]),
                own.codes("CRITERION", _criteria(edition)),
                own.codes("OBS_STATUS", [_code(code, words) for code, words in STATUSES.items()]),
                own.codes("UNIT_MEASURE", [_code(MEASURE, "điểm")]),
            ],
        },
    }  # fmt: skip


class _Artefacts:
    """Names of all that belongs to one dataflow."""

    def __init__(self, flow: str, version: str) -> None:
        self.flow, self.version = flow, version

    def named(self, own_id: str, words: str) -> dict[str, Any]:
        return {"id": own_id, "agencyID": AGENCY, "version": self.version, **_words(words)}

    def urn(self, kind: str, own_id: str) -> str:
        return f"{MODEL}.{kind}={AGENCY}:{own_id}({self.version})"

    def codes(self, concept: str, codes: list[dict[str, Any]]) -> dict[str, Any]:
        return self.named(f"CL_{concept}_{self.flow}", CONCEPTS[concept]) | {"codes": codes}

    def component(self, concept: str, **more: Any) -> dict[str, Any]:
        """A dimension, measure or attribute; with a code list unless ``more`` says how it is written."""
        urn = f"{MODEL}.conceptscheme.Concept={AGENCY}:CS_{self.flow}({self.version}).{concept}"
        listed = {"enumeration": self.urn("codelist.Codelist", f"CL_{concept}_{self.flow}")}
        return {"id": concept, "conceptIdentity": urn, "localRepresentation": listed, **more}


def _components(own: _Artefacts) -> dict[str, Any]:
    time = {"format": {"dataType": "ObservationalTimePeriod"}}
    value = {"format": {"dataType": "Decimal"}}
    observed: dict[str, Any] = {"observation": {}}
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": [own.component("REF_AREA", position=0), own.component("CRITERION", position=1)],
            "timeDimension": own.component("TIME_PERIOD", localRepresentation=time),
        },
        "measureList": {
            "id": "MeasureDescriptor",
            "measures": [own.component("OBS_VALUE", localRepresentation=value, usage="optional")],
        },
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": [
                own.component("OBS_STATUS", attributeRelationship=observed, usage="mandatory"),
                own.component("UNIT_MEASURE", attributeRelationship=observed, usage="mandatory"),
            ],
        },
    }


def _words(words: str) -> dict[str, Any]:
    return {"name": words, "names": {"vi": words}}


def _code(code: str, words: str, **more: str) -> dict[str, Any]:
    return {"id": code, **_words(words), **more}


def _criteria(edition: Edition) -> list[dict[str, Any]]:
    """Every criterion under its total, with the most points it gives and whether a source confirms them."""
    found = [_code(WHOLE, WHOLE_NAME)]
    for one in edition.criteria:
        said = f"{one.code}: nhiều nhất {plain(one.points)} điểm" + ("" if one.confirmed else ", chưa xác nhận")
        found.append(_code(sdmx_id(one.code), one.name, parent=WHOLE, description=said))
        found[-1]["descriptions"] = {"vi": said}
    return found
