"""What is filed in the demonstration: which procedures how often, who resolves them, and what each of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tinhso.config.cli.demonstration.names import Invented
from tinhso.kernel.clock.actions import add_calendar, seed_holidays
from tinhso.kernel.clock.models import WorkCalendar
from tinhso.kernel.clock.rules import OFFICE_WEEK, Limit, week_json
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes.rules import StepPlan
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Level
from tinhso.modules.dossiers.models import Competence
from tinhso.modules.dossiers.queries import catalogue, routing
from tinhso.modules.dossiers.queries.answers import COMMUNE_ASKED_BY_ITSELF
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import actions as procedure_actions
from tinhso.modules.procedures import door as procedures

AT_COMMUNES = 0.85  # share of dossiers that communes resolve
USUAL_WEIGHT = 0.25
# How often people file what, beside each other; invented from what one-stop shops report, not a statistic.
WEIGHTS: Mapping[str, float] = {
    "2.000815": 22, "2.000884": 6, "2.000635": 6, "1.001193": 9, "1.004873": 7, "1.000894": 3, "1.000656": 3,
    "2.001035": 3, "1.001612": 4, "2.000720": 1.5, "1.001266": 1, "1.004222": 5, "1.004194": 6, "1.010041": 3,
    "1.013978": 1.5, "1.013949": 1, "1.013225": 4, "1.013227": 0.5, "1.014027": 2.5, "1.001776": 2,
    "1.011607": 0.6, "1.014063": 2, "3.000333": 4, "1.001456": 3, "3.000348": 3, "1.013831": 6, "1.012783": 3,
    "1.012784": 1.5, "2.001583": 2.5, "2.001199": 1.5, "1.013237": 1.5, "2.002288": 2, "1.000703": 1,
}  # fmt: skip
# Field → department, as the departments' tasks lie since 2025; a province edits these rows.
COMPETENCE: Mapping[str, str] = {
    "Trợ giúp pháp lý": "stp", "Luật sư": "stp", "Công chứng": "stp", "Quốc tịch": "stp", "Hộ tịch": "stp",
    "Lý lịch tư pháp": "ca", "Quản lý xuất nhập cảnh": "ca", "Phòng cháy, chữa cháy": "ca", "Đất đai": "snnmt",
    "Môi trường": "snnmt", "Thú y": "snnmt", "Trồng trọt và Bảo vệ thực vật": "snnmt", "Thủy sản": "snnmt",
    "Hoạt động xây dựng": "sxd", "Đường bộ": "sxd", "Đầu tư tại Việt nam": "stc", "An toàn thực phẩm": "syt",
    "Việc làm": "snv",
}  # fmt: skip
BY_CODE: Mapping[str, str] = {
    "2.000591": "sct", "2.001583": "stc", "2.001199": "stc", "2.002043": "stc", "2.002029": "stc", "3.000347": "ca",
    "3.000348": "ca",
}  # fmt: skip


def found(at: datetime) -> None:
    """Calendar with its holidays, the sample procedures, and who resolves what; doing it again changes nothing."""
    if not WorkCalendar.objects.filter(is_standard=True).exists():
        add_calendar(code="hanh-chinh", name="Giờ hành chính", windows=week_json(OFFICE_WEEK),
                     from_on=date(2000, 1, 1), by=SYSTEM, is_standard=True)  # fmt: skip
    seed_holidays(by=SYSTEM, at=at)
    procedure_actions.load_seeds(by=SYSTEM, at=at)
    root = tree().nodes[tree().root_ids[0]].code
    rows = [Competence(field=name, unit_id=_unit(root, code)) for name, code in COMPETENCE.items()]
    rows += [Competence(procedure_code=name, unit_id=_unit(root, code)) for name, code in BY_CODE.items()]
    Competence.objects.bulk_create(rows, ignore_conflicts=True)


def _unit(root: str, code: str) -> int:
    return tree().by_code[f"{root}-{code}"].id


@dataclass(frozen=True)
class Pattern:
    """A procedure filed one way, with all that every dossier of it has in common."""

    sheet: Any
    branch: str
    channel: Channel
    title: str
    limit: Limit
    parts: tuple[Any, ...]
    fields: tuple[Any, ...]
    _plans: dict[tuple[int, int], list[StepPlan]] = field(default_factory=dict, compare=False, repr=False)
    _fees: dict[date, int] = field(default_factory=dict, compare=False, repr=False)
    _answers: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)

    def plan(self, where: routing.Route) -> list[StepPlan]:
        """The steps at these units; kept."""
        key = (where.received_unit_id, where.resolving_unit_id)
        found_plan = self._plans.get(key)
        if found_plan is None:
            found_plan = self._plans[key] = routing.plan_of(self.sheet, where, self.channel, self.branch)
        return found_plan

    def fee_on(self, on: date) -> int:
        fee = self._fees.get(on)
        if fee is None:
            fee = self._fees[on] = catalogue.fee_of(self.sheet, self.channel, self.branch, on)
        return fee

    def answers(self, said: Invented, commune: str, way: str) -> dict[str, Any]:
        """Answers to the form that can stand, for this person; ``way`` is how the result is wanted."""
        key = way
        base = self._answers.get(key)
        if base is None:
            base = self._answers[key] = sample_answers(self, said, commune, way)
        own = {
            "full_name": said.name,
            "identity_number": said.identity_number,
            "born_on": said.born_on.isoformat(),
            "phone": said.phone,
        }
        place = {"commune": commune, "detail": said.address}
        answers = dict(base)
        for one in self.fields:
            if one.code not in base:
                continue
            if one.type == "address":
                answers[one.code] = place
            elif one.prefill and (known := own.get(one.prefill.partition(".")[2])):
                answers[one.code] = known
        answers[COMMUNE_ASKED_BY_ITSELF] = commune
        return answers


_SAMPLES = {
    "text": "Minh họa",
    "longtext": "Nội dung minh họa, không phải hồ sơ thật.",
    "number": "5",
    "money": 50_000_000,
    "date": "2026-06-15",
    "phone": "+84900000000",
    "yesno": True,
    "identity": "072085000000",
}


def sample_answers(one: Pattern, said: Invented, commune: str, way: str) -> dict[str, Any]:
    """A filled-in form. Raises ValueError when the form would not take it: then a sample is missing here."""
    raw: dict[str, Any] = {}
    for asked in one.fields:
        if asked.type in ("choice", "choices"):
            values = [option.value for option in asked.options]
            raw[asked.code] = way if way in values else values[0]
        elif asked.type == "address":
            raw[asked.code] = {"commune": commune, "detail": said.address}
        elif asked.type == "number":
            raw[asked.code] = f"{max(asked.min or 5, 5):f}" if not asked.max or asked.max >= 5 else f"{asked.max:f}"
        elif asked.type in _SAMPLES:
            raw[asked.code] = _SAMPLES[asked.type]
    clean, errors = procedures.check_answers(procedures.form_for(one.sheet, one.branch), raw)
    if errors:
        raise ValueError(f"{one.sheet.code} {one.branch}: {errors}")
    return clean


def pattern(sheet: Any, branch: str, channel: Channel) -> Pattern:
    return Pattern(
        sheet=sheet,
        branch=branch,
        channel=channel,
        title=catalogue.title_of(sheet, branch)[:300],
        limit=procedures.limit_for(sheet, channel, branch),
        parts=tuple(
            part
            for part in procedures.components_for(sheet, branch)
            if part.required and part.kind == "submit" and not part.replace_by_data
        ),
        fields=tuple(one for section in procedures.form_for(sheet, branch) for one in section.fields),
    )


@dataclass(frozen=True)
class Mix:
    """Procedures to draw from: those that communes resolve and those that departments do."""

    communal: tuple[list[Any], list[float]]
    provincial: tuple[list[Any], list[float]]
    resolvers: Mapping[str, int]  # procedure code → department
    patterns: dict[tuple[int, str, str], Pattern] = field(default_factory=dict)

    def pattern(self, sheet: Any, branch: str, channel: Channel) -> Pattern:
        key = (sheet.version_id, branch, channel.value)
        found_one = self.patterns.get(key)
        if found_one is None:
            found_one = self.patterns[key] = pattern(sheet, branch, channel)
        return found_one


def mix(on: date) -> Mix:
    """All procedures in force that can be resolved here, with their weights."""
    communal: tuple[list[Any], list[float]] = ([], [])
    provincial: tuple[list[Any], list[float]] = ([], [])
    resolvers = {}
    for sheet in procedures.all_published(on).values():
        if sheet.linked:
            continue  # their children are dossiers of their own
        weight = WEIGHTS.get(sheet.code, USUAL_WEIGHT)
        if Level.COMMUNE in sheet.levels:
            communal[0].append(sheet)
            communal[1].append(weight)
        else:
            resolvers[sheet.code] = routing.competent_unit(sheet, None, on).id
            provincial[0].append(sheet)
            provincial[1].append(weight)
    return Mix(_running(communal), _running(provincial), resolvers)


def _running(rows: tuple[list[Any], list[float]]) -> tuple[list[Any], list[float]]:
    """Weights as running sums, as ``random.choices`` likes them."""
    total, sums = 0.0, []
    for weight in rows[1]:
        total += weight
        sums.append(total)
    return rows[0], sums
