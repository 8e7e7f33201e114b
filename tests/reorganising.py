"""A province of 2024 with work at its old units, the plan that makes it that of 2025, and what its rows were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.models import UnitCalendar
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Limit
from tinhso.kernel.clock.rules import Unit as Of
from tinhso.kernel.people.models import Account, Business, Grant, Person, Position
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.processes.rules import StepKind, StepPlan
from tinhso.kernel.reorganisation.declarations import Dated, OfCase, Rows
from tinhso.kernel.reorganisation.movers import declared
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import forget
from tinhso.kernel.units import actions as units
from tinhso.kernel.units import seeds
from tinhso.kernel.units.models import Succession, Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Competence, Dossier
from tinhso.modules.dossiers.rules import DOSSIER
from tinhso.modules.payments.models import BankAccount, Order
from tinhso.modules.queueing.models import Kiosk

PROVINCE, OLD_CODE = "H37", "20"  # Lạng Sơn: not merged with another, so only its inside changed
BEFORE, DAY = date(2024, 1, 1), date(2025, 7, 1)
FIELD = "Hoạt động xây dựng"
NOT_RESTORED = {"journal_seq", "journal_hash", "revision", "updated_at"}  # a history only ever grows


def rows_of_everything() -> dict[str, dict[int, dict[str, Any]]]:
    """Every row of every table that may move, and of the tree as far as it lived before."""
    models: set[type[Model]] = {one.model for one in declared(Rows, OfCase, Dated)}
    found = {}
    for model in models | {Case, Unit, Succession, UnitCalendar}:
        columns = [one.attname for one in model._meta.concrete_fields if one.attname not in NOT_RESTORED]
        rows = model._base_manager.exclude(code__contains="~") if model is Unit else model._base_manager.all()
        found[model._meta.label] = {row["pk"]: row for row in rows.values("pk", *columns)}
    return found


@dataclass
class Old:
    """The province as it was: its former communes by code, and who worked where."""

    formers: list[seeds.Former]
    officials: dict[str, Account]

    @property
    def districts(self) -> list[str]:
        return list(dict.fromkeys(f"huyen-{one.district_code}" for one in self.formers))


def found() -> Old:
    """The units of 2024, imported as a province would import them; an official in every fifth commune."""
    formers = [one for one in seeds.formers(frozenset({OLD_CODE})) if one.code]
    report = units.import_units(_rows(formers), dry_run=False, by=SYSTEM)
    assert {line.outcome for line in report} == {"added"}
    _shops()
    forget()
    officials = {}
    for one in formers[::5]:
        place = Unit.objects.get(code=f"xa-cu-{one.code}")
        officials[place.code] = people.official(f"cb{one.code}", place, "dossiers.specialist", "dossiers.head")
    for rows in (Position.objects.all(), Grant.objects.all()):
        rows.update(begins_on=BEFORE)
    return Old(formers, officials)


def _rows(formers: list[seeds.Former]) -> Iterator[dict[str, Any]]:
    (province,) = [one for one in seeds.provinces() if one.agency == PROVINCE]
    first = {"begins_on": BEFORE.isoformat()}
    yield {
        "code": PROVINCE,
        "name": province.name,
        "kind": "province",
        "level": "tinh",
        "national_id": PROVINCE,
        **first,
    }
    sxd = {"code": f"{PROVINCE}-sxd", "name": "Sở Xây dựng", "kind": "department", "level": "tinh", **first}
    yield {**sxd, "parent": PROVINCE, "national_id": f"{PROVINCE}.017"}
    for number, (code, name) in enumerate({one.district_code: one.district for one in formers}.items(), 31):
        district = {"code": f"huyen-{code}", "name": name, "kind": "district", "level": "huyen", **first}
        yield {**district, "parent": PROVINCE, "national_id": f"{PROVINCE}.{number}"}
    for number, one in enumerate(formers, 1):
        code, above = f"xa-cu-{one.code}", f"huyen-{one.district_code}"
        commune = {"code": code, "name": one.name, "kind": "commune", "level": "xa", "commune_kind": one.kind, **first}
        yield {**commune, "parent": above, "national_id": f"{PROVINCE}.99.{number:03}", "admin_code": one.code}


def _shops() -> None:
    """A one-stop shop in each commune and district."""
    Unit.objects.bulk_create(
        Unit(
            code=f"{one.code}-mc", name=f"Một cửa {one.name}", short_name="Một cửa", kind="centre", level=one.level,
            parent=one, begins_on=BEFORE,
        )
        for one in Unit.objects.filter(kind__in=("commune", "district"))
    )  # fmt: skip


def plan_of_2025(old: Old) -> dict[str, Any]:
    """Each commune merged or divided as the real mapping says, the districts abolished: their building matters go to
    the department, everything else to the commune at their seat."""
    new = {one.code: one for one in seeds.communes(OLD_CODE)}
    steps: list[dict[str, Any]] = []
    merged: dict[str, list[str]] = {}
    for one in old.formers:
        main, *others = one.successors
        if others:
            parts = [{"unit": f"xa-{code}", "places": [f"Thôn {n}"]} for n, code in enumerate(others, 1)]
            steps.append({"split": f"xa-cu-{one.code}", "into": [*parts, {"unit": f"xa-{main}"}]})
        else:
            merged.setdefault(main, []).append(f"xa-cu-{one.code}")
    steps += [{"merge": codes, "into": f"xa-{code}"} for code, codes in merged.items()]
    seats = {f"huyen-{one.district_code}": f"xa-{one.successors[0]}" for one in reversed(old.formers)}
    sxd = {"unit": f"{PROVINCE}-sxd", "fields": [FIELD]}
    steps += [{"abolish": [code], "into": [sxd, {"unit": seats[code]}]} for code in old.districts]
    return {
        "code": "hai-cap-2025",
        "title": "Chính quyền địa phương hai cấp",
        "decision": "Luật 72/2025/QH15",
        "effective_on": DAY.isoformat(),
        "found": [
            {"code": f"xa-{one.code}", "name": one.name, "kind": "commune", "level": "xa", "commune_kind": one.kind,
             "parent": PROVINCE, "national_id": f"{PROVINCE}.{one.agency_number}", "admin_code": one.code}
            for one in new.values()
        ],
        "steps": steps,
    }  # fmt: skip


def fill(old: Old, at: datetime) -> dict[str, Dossier]:
    """Dossiers in all phases at communes and districts, with steps and orders; people, accounts, machines, competence.

    By name: ``open``, ``split`` (in a part that goes elsewhere), ``paused``, ``finished``, ``closed``, ``building``."""
    known = tree().by_code
    divided = next(one for one in old.formers if len(one.successors) > 1)
    whole = [one for one in old.formers if len(one.successors) == 1]
    account = BankAccount.objects.create(
        code="kho-bac", unit_id=known[old.districts[0]].id, bank_bin="970400", bank_name="Kho bạc", number="1",
        holder="UBND", adapter="demo",
    )  # fmt: skip
    Competence.objects.create(field=FIELD, unit_id=known[old.districts[0]].id)
    named = {
        "open": _dossier(f"xa-cu-{whole[0].code}", "processing", at),
        "paused": _dossier(f"xa-cu-{whole[1].code}", "supplement", at),
        "finished": _dossier(f"xa-cu-{whole[2].code}", "finished", at),
        "closed": _dossier(f"xa-cu-{whole[3].code}", "returned", at),
        "split": _dossier(f"xa-cu-{divided.code}", "processing", at, address="Số 5, Thôn 1"),
        "building": _dossier(old.districts[0], "processing", at, field=FIELD),
    }
    for number, one in enumerate(old.formers[4::4]):
        code = f"xa-cu-{one.code}"
        dossier = _dossier(code, ("processing", "supplement", "finished", "returned")[number % 4], at)
        _order(dossier, account, number, at)
        Person.objects.create(full_name=f"Công dân {number}", commune_id=known[code].id)
        Kiosk.objects.create(unit_id=known[f"{code}-mc"].id, opened_at=at, opened_by=next(iter(old.officials.values())))
    Business.objects.create(name="Hợp tác xã", tax_code="0100000001", commune_id=known[f"xa-cu-{divided.code}"].id)
    return named


def _dossier(code: str, state: str, at: datetime, address: str = "", field: str = "") -> Dossier:
    known = tree().by_code
    unit, centre = known[code], known[f"{code}-mc"]
    agency = unit.national_id
    number, case_id = cases.reserve(f"{agency}-{at:%y%m%d}")
    case = cases.open_case(
        cases.NewCase(
            id=case_id, kind=DOSSIER, number=f"{agency}-{at:%y%m%d}-{number:04}", title="Hồ sơ", state="received",
            unit_id=unit.id, received_unit_id=centre.id, applicant="Nguyễn Văn A", place=unit.short_name,
            term=Term(Limit(10, Of.WORKING_DAY)).start(at, calendar_for(unit.id).code),
        ),
        verb="dossier.receive", by=SYSTEM, at=at, data={"channel": "direct", "procedure": "1.0"},
    )  # fmt: skip
    processes.plan(
        case,
        [
            StepPlan("nhan", "Tiếp nhận", StepKind.RECEIVE, "", centre.id, 0),
            StepPlan("xu-ly", "Xử lý", StepKind.APPRAISE, "", unit.id, 8),
            StepPlan("tra", "Trả kết quả", StepKind.RETURN, "", centre.id, 0),
        ],
        at=at,
    )
    phase = DOSSIER.lifecycle.state(state).phase
    if state != "received":
        settled = at if phase >= 3 else None
        cases.record(
            case, "dossier.note", by=SYSTEM, at=at, change={"state": state, "phase": phase, "settled_at": settled}
        )
    return Dossier.objects.create(
        case=case, procedure_code="1.000001", procedure_name="Thủ tục", version_id=1, channel="direct",
        applicant_name="Nguyễn Văn A", address=address, field=field, phone="0912345678",
    )  # fmt: skip


def _order(dossier: Dossier, account: BankAccount, number: int, at: datetime) -> None:
    case = dossier.case
    Order.objects.create(
        case=case, purpose="fee", reference=f"TS{number:09}A", request_key=f"don-{number}", amount=15_000, title="Phí",
        payer_name="A", unit_id=case.unit_id, received_unit_id=case.received_unit_id, account=account, requested_at=at,
    )  # fmt: skip
