"""Asking one address as one person, and saying in a word what came of it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from tests.answers import IDENTITY
from tests.campaigns.competing import CAMPAIGN, PLAN
from tests.routes import Route, all_routes
from tests.world import HOUSE, World

from tinhso.kernel.notices.models import Notice
from tinhso.kernel.reorganisation.models import Reorganisation
from tinhso.modules.campaigns.models import Award
from tinhso.modules.field_reports.models import Report
from tinhso.modules.initiatives.models import Author
from tinhso.modules.national_portal.models import CatalogueNotice, Comparison, Incoming
from tinhso.modules.national_portal.queries.pictures import address_of
from tinhso.modules.payments.models import Order
from tinhso.modules.plans.models import Duty, Task
from tinhso.modules.questions.models import Answer, LegalSource, Question
from tinhso.modules.reporting.models import Assignment, ReportPeriod, ReportVersion, Sheet
from tinhso.modules.satisfaction.models import Invitation
from tinhso.modules.scorecards.models import Card, CriteriaEdition, Evidence
from tinhso.modules.service_quality.models import IndexEdition
from tinhso.modules.vault.models import Certification, Item, ScanFile, Share

MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
PEOPLE = (
    "nobody", "lan", "minh", "clerk", "specialist", "colleague", "head", "leader", "registrar", "director", "outsider",
    "overseer", "controller", "admin", "manager", "newcomer",
)  # fmt: skip
NOT_COUNTED = {"sessions.Session", "journal.View", "api.Rate"}
STRANGERS = ("nobody", "minh", "outsider", "newcomer")  # have nothing to do with lan, so meet nothing of her
PLANTED = ("Nguyễn Thị Lan", "NGUYỄN THỊ LAN", "912345678", "079190012346", IDENTITY, "nguoi.nop@example.test")
_OPTIONAL = re.compile(r"\(\?:[^()]*(?:\([^()]*\))?[^()]*\)\?")
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>.*?\)(?=[-/$]|$)")


def outcome(response: HttpResponse) -> str:
    """``open``, ``login``, ``denied`` (403), ``hidden`` (404) or, when something broke, the status."""
    if response.status_code == 401 or (response.status_code == 302 and "/tai-khoan/login/" in response["Location"]):
        return "login"
    if response.status_code in (403, 404):
        return {403: "denied", 404: "hidden"}[response.status_code]
    return "open" if response.status_code < 500 or response.status_code == 503 else str(response.status_code)


def told(response: HttpResponse) -> list[str]:
    """Which of lan's name, numbers and address the answer tells: in text or headers, also between blanks and dots."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{content.decode('utf-8', 'replace')}\n{response.headers}"
    seen = text + re.sub(r"[\s.\-]", "", text)
    return [word for word in PLANTED if word in seen]


def stays(response: HttpResponse) -> bool:
    """Whether the browser may show the answer again to whoever comes next."""
    return "no-store" not in response.headers.get("Cache-Control", "")


def is_for_all(response: HttpResponse) -> bool:
    return "public" in response.headers.get("Cache-Control", "")


def clients(world: World) -> dict[str, Client]:
    """A browser for each person."""
    found = {}
    for name in PEOPLE:
        found[name] = Client(raise_request_exception=False)
        if name != "nobody":
            found[name].force_login(world.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return found


def arguments(world: World, row: Mapping[str, Any], route: Route) -> dict[str, Any]:
    """What fills the address: things of lan's, so that whoever else asks has no business there."""
    assert world.draft is not None
    dossier = world.dossiers[row.get("dossier", "processing")]
    part = world.draft.parts.all()[0]
    report = Report.objects.select_related("case").get()
    known: dict[str, Any] = {
        "number": 1 if route.name.startswith("procedures:") else dossier.case.number,
        "case_id": dossier.pk,
        "key": dossier.case.lookup_key,
        "code": HOUSE,
        "token": world.draft.token,
        "notice_id": Notice.objects.filter(account=world.lan).values_list("pk", flat=True)[0],
        "part_id": dossier.parts.values_list("pk", flat=True)[0],
        "paper_id": getattr(dossier.papers.first(), "pk", 0),
        "guidance_id": getattr(world.guidance, "pk", 0),
        "ticket": getattr(world.ticket, "token", ""),
        "size": "80",
        "uidb36": "1",
        "rest": "khong-co",
        "account_id": world.officials["colleague"].pk,
        "position_id": world.officials["colleague"].positions.values_list("pk", flat=True)[0],
        "grant_id": world.officials["colleague"].grants.values_list("pk", flat=True)[0],
        "unit_id": world.province.commune.pk,
        "plan_id": Reorganisation.objects.values_list("pk", flat=True)[0],
        "incoming_id": Incoming.objects.failed().values_list("pk", flat=True)[0],
        "comparison_id": Comparison.objects.values_list("pk", flat=True)[0],
        "change_id": CatalogueNotice.objects.values_list("pk", flat=True)[0],
        "answer_id": Answer.objects.values_list("pk", flat=True)[0],
        "source_id": LegalSource.objects.values_list("pk", flat=True)[0],
        "item": Item.objects.get(source_key="test/whole").token,
        "share_id": Share.objects.values_list("pk", flat=True)[0],
        "copy_number": Certification.objects.values_list("case__number", flat=True)[0],
        "scan": ScanFile.objects.values_list("scan__token", flat=True)[0],
        "file_id": ScanFile.objects.values_list("pk", flat=True)[0],
        "reference": Order.objects.get(case_id=world.dossiers["payment"].pk).reference,
        "signed": address_of(dossier.parts.values_list("attachment", flat=True)[0] or 0).rpartition("/")[2],
    }
    cards = Card.objects.filter(unit=world.province.commune)
    known |= {
        "card_id": cards.filter(round__code="ky-mo").values_list("pk", flat=True)[0],
        "evidence_id": Evidence.objects.filter(cell__card__round__code="ky-mo").values_list("pk", flat=True)[0],
        "edition_id": CriteriaEdition.objects.values_list("pk", flat=True)[0],
        "index_edition_id": IndexEdition.objects.drafts().values_list("pk", flat=True)[0],
        "appeal_id": 0,
        "unit_code": world.province.commune.code,
        "indicator": "dossiers_online",
    }
    known |= {
        "sheet_id": Sheet.objects.filter(unit=world.province.commune).values_list("pk", flat=True)[0],
        "period_id": ReportPeriod.objects.values_list("pk", flat=True)[0],
    }
    author = Author.objects.select_related("initiative__case").get()
    known |= {
        "duty_id": Duty.objects.values_list("pk", flat=True)[0],
        "task_id": Task.objects.values_list("pk", flat=True)[0],
        "award_id": Award.objects.values_list("pk", flat=True)[0],
        "author_id": author.pk,
    }
    own = {
        "plan": PLAN,
        "first": 1,
        "campaign": CAMPAIGN,
        "initiative": author.initiative.case.number,
        "scored": "ky-cong-bo",
        "scored_card": cards.filter(round__code="ky-cong-bo").values_list("pk", flat=True)[0],
        "kiosk": getattr(world.kiosk, "token", ""),
        "shop": world.province.shop.code,
        "paper": part.code,
        "of_draft": part.pk,
        "invitation": Invitation.objects.all()[0].code,
        "report": report.case.number,
        "report_key": report.case.lookup_key,
        "report_id": report.pk,
        "report_photo": report.photos.values_list("pk", flat=True)[0],
        "report_version": ReportVersion.objects.binding().values_list("pk", flat=True)[0],
        "report_draft": ReportVersion.objects.drafts().values_list("pk", flat=True)[0],
        "report_assignment": Assignment.objects.values_list("pk", flat=True)[0],
        "question": Question.objects.values_list("case__number", flat=True)[0],
    }
    return known | {name: own.get(value, value) for name, value in row.get("with", {}).items()}


def expected(audience: str) -> dict[str, str]:
    """Each person's outcome by the matrix."""
    table = MATRIX["audiences"][audience]
    said = {person: what for what, people in table.items() if people != "rest" for person in people}
    rest = next((what for what, people in table.items() if people == "rest"), "")
    assert said.keys() <= set(PEOPLE)
    return {person: said.get(person, rest) for person in PEOPLE}


def pages(world: World) -> list[dict[str, str]]:
    """Every address that can be looked at, with the first person who may: name, path, person."""
    found = []
    for route in all_routes():
        row = MATRIX["routes"].get(route.name, {})
        allowed = [person for person, what in expected(row["get"]).items() if what == "open"] if "get" in row else []
        if allowed and not route.is_api:
            path = address(route, arguments(world, row, route)) + row.get("query", "")
            found.append({"name": route.name, "path": path, "person": row.get("shown_to", allowed[0])})
    return found


def address(route: Route, arguments: Mapping[str, Any]) -> str:
    """The route's address with its arguments filled in."""
    pattern = _OPTIONAL.sub("", route.pattern)
    names = [first or second for first, second in _ARGUMENT.findall(pattern)]
    path = pattern.replace("^", "").replace("$", "")
    for name in names:
        path = _ARGUMENT.sub(lambda _, name=name: str(arguments[name]), path, count=1)
    return "/" + path


def ask(
    client: Client, method: str, path: str, body: Mapping[str, Any] | None
) -> tuple[HttpResponse, dict[str, int] | None]:
    """The answer to one request, and how many rows each table has if it said no and wrote; effects are taken back."""
    with taken_back(), _cookies_kept(client):
        before = written()
        if path.startswith("/api/") and method == "POST":
            key = {"Idempotency-Key": uuid.uuid4().hex}
            response = client.post(path, json.dumps(body or {}), "application/json", headers=key)
        else:
            response = client.get(path) if method == "GET" else client.post(path, body or {})
        return response, rows() if outcome(response) != "open" and written() != before else None


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _cookies_kept(client: Client) -> Iterator[None]:
    kept = client.cookies.output(header="", sep="\r\n")
    yield
    client.cookies.clear()
    client.cookies.load(kept)


@cache
def _counted() -> dict[str, str]:
    """The table of every model except those of sessions, limits and who looked at what."""
    tables = {m._meta.label: m._meta.db_table for m in apps.get_models() if m._meta.managed}
    return {label: table for label, table in tables.items() if label not in NOT_COUNTED}


def rows() -> dict[str, int]:
    """The number of rows of every counted table."""
    parts = (f"select '{label}', count(*) from {table}" for label, table in _counted().items())
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts))
        return dict(cursor.fetchall())


def written() -> dict[str, int]:
    """How many rows this transaction has inserted and deleted by now, what it took back included: cheap to ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_del > 0 and relname = any(%s)",
            [list(_counted().values())],
        )
        return dict(cursor.fetchall())


def body_for(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    """The least that fits a JSON schema: words where words are asked for, the first of a list of values."""
    if "$ref" in schema:
        return body_for(whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], whole)
    if "anyOf" in schema or "allOf" in schema:
        return body_for((schema.get("anyOf") or schema["allOf"])[0], whole)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", [])
        return {name: body_for(part, whole) for name, part in schema.get("properties", {}).items() if name in required}
    if kind == "array":
        return [body_for(schema["items"], whole)] if schema.get("minItems") else []
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    return {"date-time": "2027-01-04T08:00:00+07:00", "date": "2027-01-04"}.get(
        schema.get("format", ""), "Một lý do viết đủ dài để hiểu"[: schema.get("maxLength", 100)]
    )
