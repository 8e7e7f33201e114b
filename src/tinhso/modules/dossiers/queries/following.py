"""A dossier as its applicant sees it: the story in journey order, the next thing to do, the papers."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases import queries as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import readable, sentence
from tinhso.kernel.manifest import Readers
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Dossier, Draft, Paper, Part, Supplement
from tinhso.modules.dossiers.queries.kept import offered
from tinhso.modules.dossiers.queries.printing import RESULT_CHANNEL_WORDS, lookup_url
from tinhso.modules.dossiers.rules import DOSSIER, ResultChannel

PAGE = 20
# What the applicant reads of each state, and how it is shown: words, kind of tag, icon
SHOWN = {
    "filed": ("Đã nộp", "info", "send"),
    "incomplete": ("Cần bổ sung", "warn", "clock-alert"),
    "received": ("Đã tiếp nhận", "info", "inbox"),
    "declined": ("Từ chối", "bad", "circle-x"),
    "processing": ("Đang xử lý", "info", "circle-play"),
    "supplement": ("Cần bổ sung", "warn", "clock-alert"),
    "payment": ("Tạm dừng", "wait", "pause"),
    "withdrawn": ("Đã rút", "", "undo-2"),
    "stopped": ("Đã dừng", "", "circle-x"),
    "finished": ("Có kết quả", "ok", "circle-check"),
    "returned": ("Đã trả kết quả", "ok", "check-check"),
}
ASKING = ("incomplete", "supplement")
CAN_WITHDRAW = DOSSIER.lifecycle.move("withdraw").sources


def shown(state: str) -> dict[str, str]:
    words, kind, icon = SHOWN[state]
    return {"words": _(words), "kind": kind, "icon": icon}


def mine(actor: Actor, before: str) -> dict[str, Any]:
    """Drafts, what waits for me, and my dossiers, the newest first."""
    rows = Case.objects.filter(owner_id=actor.account_id, kind=DOSSIER.code).order_by("-opened_at", "-id")
    key = cases.read_key(before)
    if key:
        rows = rows.filter(Q(opened_at__lt=key[0]) | Q(opened_at=key[0], id__lt=key[1]))
    got = list(rows.defer("clock", "needle", "journal_hash")[: PAGE + 1])
    listed: list[dict[str, Any]] = [
        {"case": case, "status": shown(case.state), "unit": tree().nodes[case.unit_id].name} for case in got[:PAGE]
    ]
    more = f"{got[PAGE - 1].opened_at.isoformat()}~{got[PAGE - 1].pk}" if len(got) > PAGE else ""
    for_me = [] if key else list(Dossier.objects.filed_for(actor).select_related("case").order_by("-pk")[:PAGE])
    drafts = [] if key else list(Draft.objects.visible_to(actor).open().order_by("-saved_at")[:10])
    return {
        "drafts": drafts,
        "asking": [row for row in listed if row["case"].state in ASKING],
        "rows": [row for row in listed if row["case"].state not in ASKING],
        "for_me": [
            {
                "dossier": one,
                "case": one.case,
                "status": shown(one.case.state),
                "unit": tree().nodes[one.case.unit_id].name,
            }
            for one in for_me
        ],
        "more": more,
        "is_first": key is None,
    }


def filed(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """The confirmation: code, QR, and the three things that happen next."""
    case, known = dossier.case, tree()
    centre, body = known.nodes[case.received_unit_id], known.nodes[case.unit_id]
    answer_by = case.step_due_at if case.state == "filed" else None
    return {
        "dossier": dossier,
        "case": case,
        "centre": centre.name,
        "body": body.name,
        "answer_by": answer_by,
        "qr": lookup_url(case),
        "result_channel": _(RESULT_CHANNEL_WORDS[ResultChannel(dossier.result_channel)]),
    }


def story(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """The tracking page: state, date, journey, what to do next."""
    case = dossier.case
    line, papers, parts, requests = _pieces(dossier)
    entries = list(Entry.objects.filter(case=case).order_by("seq"))
    done = sum(1 for step in line if step.state == StepState.DONE)
    asked = requests[-1] if requests and case.state in ASKING else None
    return {
        "dossier": dossier,
        "case": case,
        "status": shown(case.state),
        "is_waiting": case.state in ASKING,
        "asked": asked,
        "unit": tree().nodes[case.unit_id].name,
        "left": cases.left_words(case, at),
        "is_late": case.phase == Phase.OPEN and case.due_at is not None and case.due_at < at,
        "done": done,
        "total": len(line),
        "journey": _journey(case, line, entries),
        "papers": papers,
        "parts": parts,
        "has_result": dossier.result_id is not None and case.state in ("finished", "returned"),
        "can_withdraw": case.state in CAN_WITHDRAW and dossier.signed_at is None,
        "apology": next((paper for paper in reversed(papers) if paper.form == "04"), None),
        "qr": lookup_url(case),
        "result_channel": _(RESULT_CHANNEL_WORDS[ResultChannel(dossier.result_channel)]),
    }


def _pieces(dossier: Dossier) -> list[list[SimpleNamespace]]:
    """The steps of the main line, the papers issued, the parts handed in and the requests for more: one statement."""
    outer = OuterRef("pk")
    steps = Step.objects.filter(case_id=outer, is_parallel=False)
    papers = Paper.objects.filter(dossier_id=outer).exclude(form__in=["06", "07"])
    row = (
        Dossier.objects.filter(pk=dossier.pk)
        .values_list(
            _told(steps, "seq", "name", "state", "unit_id", account="account__display_name"),
            _told(papers, "pk", "form", "data"),
            _told(Part.objects.filter(dossier_id=outer), "pk", "name", file="attachment__name"),
            _told(Supplement.objects.filter(dossier_id=outer), "message", "missing"),
        )
        .get()
    )
    return [[SimpleNamespace(**one) for one in some] for some in row]


def _told(rows: QuerySet[Any], *columns: str, **named: str) -> ArraySubquery:
    return ArraySubquery(rows.values(one=JSONObject(**{name: name for name in columns}, **named)))


def _journey(case: Case, line: list[SimpleNamespace], entries: list[Entry]) -> list[dict[str, Any]]:
    """What has happened that the applicant may read, the step it is in now, and the steps to come."""
    known = tree()
    items = [
        {"kind": "done", "title": sentence(entry), "at": entry.at, "place": _place(entry)}
        for entry in readable(entries, Readers.PARTIES)
    ]
    for step in line:
        unit = known.nodes[step.unit_id].name
        if step.state == StepState.ACTIVE and case.phase in (Phase.OPEN, Phase.PAUSED):
            note = _("Người xử lý: %s") % (step.account or case.assignee) if step.account or case.assignee else ""
            kind = "wait" if case.phase == Phase.PAUSED else "now"
            title = _("Chờ bạn bổ sung") if case.state in ASKING else step.name
            items.append({"kind": kind, "title": title, "place": unit, "note": note, "at": None})
        elif step.state == StepState.WAITING and case.phase in (Phase.OPEN, Phase.PAUSED):
            items.append({"kind": "next", "title": step.name, "place": unit, "at": None, "number": step.seq})
    if not line and case.state == "filed":
        items.append({"kind": "now", "title": _("Bộ phận một cửa kiểm tra hồ sơ"), "at": None,
                      "place": known.nodes[case.received_unit_id].name})  # fmt: skip
    return items


def _place(entry: Entry) -> str:
    """Where it happened: the unit of an official, nothing for what the applicant did."""
    node = tree().nodes.get(entry.unit_id or 0)
    return node.name if node and entry.verb not in ("dossier.file", "dossier.supplement", "dossier.complete") else ""


def open_children(dossier: Dossier) -> list[dict[str, str]]:
    """What was opened for this dossier and would go on without it: number, title, who resolves it."""
    rows = Dossier.objects.filter(parent_id=dossier.pk, case__phase__lt=Phase.SETTLED).order_by("pk")
    known = tree().nodes
    return [
        {"number": number, "title": title, "unit": known[unit_id].name if unit_id in known else ""}
        for number, title, unit_id in rows.values_list("case__number", "case__title", "case__unit_id")[:PAGE]
    ]


def reasons(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """The page that explains the date."""
    return {
        "dossier": dossier,
        "case": dossier.case,
        "why": cases.reasons(dossier.case, at),
        "at": timezone.localtime(at),
    }


def asked_for(dossier: Dossier, by: Actor) -> dict[str, Any]:
    """The open request: each missing paper with its reason, one place to upload for each, and what one has already."""
    asked = dossier.supplements.filter(answered_at__isnull=True).first()
    if dossier.case.state not in ASKING:
        asked = None
    missing = asked.missing if asked else []
    rows = [
        {"code": one["code"], "name": one["name"], "reason": one["reason"], "field": f"file-{index}"}
        for index, one in enumerate(missing)
    ] or [{"code": "khac", "name": _("Giấy tờ bổ sung"), "reason": "", "field": "file-0"}]
    kept = offered({row["field"]: row["name"] for row in rows}, person_id=by.person_id, by=by, at=timezone.now())
    for index, row in enumerate(rows):
        row |= {"kept": kept.get(row["field"], []), "kept_field": f"kept-{index}"}
    return {"dossier": dossier, "case": dossier.case, "asked": asked, "rows": rows, "back": _page(dossier)}


def _page(dossier: Dossier) -> str:
    return reverse("dossiers:tracking", args=[dossier.case.number])
