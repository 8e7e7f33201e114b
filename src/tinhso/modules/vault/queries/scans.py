"""Digitisation at work: which dossiers wait, how far each of their papers is, what was read in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Scan
from tinhso.modules.vault.queries import items
from tinhso.modules.vault.rules import PageWorth, Permission, ScanState

PAGE = 30
TAGS = {ScanState.ADDING: "", ScanState.WAITING: "wait", ScanState.WORKING: "wait", ScanState.READY: "warn",
        ScanState.FAILED: "bad", ScanState.SIGNED: "ok", ScanState.DROPPED: ""}  # fmt: skip
ICONS = {ScanState.ADDING: "plus", ScanState.WAITING: "hourglass", ScanState.WORKING: "hourglass",
         ScanState.READY: "eye", ScanState.FAILED: "circle-alert", ScanState.SIGNED: "badge-check"}  # fmt: skip
ROUND = 60  # letters around a word that was found


def work(actor: Actor, after: int | None = None) -> dict[str, Any]:
    """The dossiers of the actor's counters of which a paper has no signed copy yet, newest first, paged by key."""
    sheets = dossiers.to_digitise(actor.scope(Permission.DIGITISE), after=after, most=PAGE + 1)
    scans = _by_part(sheet.case_id for sheet in sheets)
    names = tree().nodes
    rows = [
        {
            "sheet": sheet,
            "counter": names[sheet.received_unit_id].short_name if sheet.received_unit_id in names else "",
            "papers": [_paper(one, scans.get(one.part_id)) for one in sheet.papers if one.is_on_paper],
        }
        for sheet in sheets[:PAGE]
    ]
    return {"rows": rows, "more": sheets[PAGE - 1].case_id if len(sheets) > PAGE else None, "counts": counts(actor)}


def counts(actor: Actor) -> dict[str, int]:
    """How many scans of the actor's counters stand in each state that asks for something."""
    asking = (ScanState.ADDING, ScanState.WAITING, ScanState.WORKING, ScanState.READY, ScanState.FAILED)
    rows = Scan.objects.visible_to(actor).filter(state__in=asking).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def to_compare(actor: Actor) -> list[dict[str, Any]]:
    """Scans that are read and wait to be compared and signed, and those that failed; oldest first."""
    rows = Scan.objects.visible_to(actor).filter(state__in=[ScanState.READY, ScanState.FAILED], part_id__isnull=False)
    return [scan_row(one) for one in rows.select_related("case").defer("text").order_by("pk")[:PAGE]]


def _by_part(case_ids: Iterable[int]) -> dict[int, Scan]:
    """The latest scan of each paper that was not put aside."""
    rows = Scan.objects.filter(case_id__in=list(case_ids), part_id__isnull=False).exclude(state=ScanState.DROPPED)
    return {one.part_id: one for one in rows.defer("text").order_by("pk") if one.part_id is not None}


def _paper(one: Any, scan: Scan | None) -> dict[str, Any]:
    return {"paper": one, "scan": scan_row(scan) if scan else None}


def scan_row(scan: Scan) -> dict[str, Any]:
    """A scan as lists show it."""
    state = ScanState(scan.state)
    return {
        "scan": scan,
        "state": _(rules.SCAN_WORDS[state]),
        "tag": TAGS[state],
        "icon": ICONS.get(state, "circle"),
        "pages": len(scan.pages),
        "advice": advice_of(scan),
    }


def advice_of(scan: Scan) -> list[str]:
    """What the clerk should look at before signing."""
    return rules.advice(PageWorth(**page) for page in scan.pages) if scan.pages else []


def case_at_counter(actor: Actor, number: str) -> Case:
    """A dossier received or resolved at a unit where the actor digitises. Raises NotFound."""
    scope = actor.scope(Permission.DIGITISE)
    rows = Case.objects.filter(kind="dossier", number=tidy_code(number))
    if not scope.everywhere:
        rows = rows.filter(concerned__overlap=sorted(scope.units))
    found = rows.first()
    if found is None:
        raise NotFound("vault.no_dossier", _("Không tìm thấy hồ sơ này ở quầy của bạn. Kiểm tra lại mã."))
    return found


def dossier(case: Case, text: str = "") -> dict[str, Any]:
    """All papers of a dossier with their scans and what its owner has already; with words, where they were read."""
    sheet = dossiers.paper_dossiers([case.pk])[case.pk]
    scans = _by_part([case.pk])
    lacking = {str(one.part_id): one.name for one in sheet.papers if one.attachment_id is None and one.is_on_paper}
    kept = items.offer(lacking, person_id=sheet.person_id, business_id=sheet.business_id, at=timezone.now())
    rows = [{**_paper(one, scans.get(one.part_id)), "kept": kept.get(str(one.part_id), [])} for one in sheet.papers]
    return {"case": case, "sheet": sheet, "rows": rows, "text": text, "found": found_in(case, text)}


def found_in(case: Case, text: str) -> list[dict[str, Any]]:
    """Where the words stand in what was read of the dossier's papers: page and the line around them."""
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    found = []
    for scan in Scan.objects.filter(case=case, state__in=[ScanState.READY, ScanState.SIGNED]).order_by("pk")[:60]:
        for number, page in enumerate(scan.text.split("\f"), start=1):
            for line in page.splitlines():
                if wanted in fold(line):
                    found.append({"scan": scan, "page": number, "line": line.strip()[: 2 * ROUND]})
                    break
    return found[:50]


def scan_at_counter(actor: Actor, token: UUID) -> Scan:
    """A scan of the actor's counters. Raises NotFound."""
    found = (
        Scan.objects.visible_to(actor)
        .select_related("case", "result__blob", "signed__blob", "signed_by")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise NotFound("vault.no_scan", _("Không tìm thấy bản quét này trong phạm vi của bạn."))
    return found


def panel(actor: Actor, case_id: int) -> dict[str, Any] | None:
    """What the case page of officials says of digitisation and the vault; None where there is nothing to say."""
    case = Case.objects.visible_to(actor).filter(pk=case_id, kind="dossier").first()
    sheet = dossiers.paper_dossiers([case_id]).get(case_id) if case else None
    if case is None or sheet is None:
        return None
    on_paper = [one for one in sheet.papers if one.is_on_paper]
    from_vault = items.used_in(case_id)
    if not on_paper and not from_vault and not any(one.is_digitised for one in sheet.papers):
        return None
    return {
        "case": case,
        "on_paper": len(on_paper),
        "digitised": sum(one.is_digitised and not one.is_reused for one in sheet.papers),
        "from_vault": from_vault,
        "may_digitise": any(actor.may(Permission.DIGITISE, unit) for unit in (case.received_unit_id, case.unit_id)),
    }
