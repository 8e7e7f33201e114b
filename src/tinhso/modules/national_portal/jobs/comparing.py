"""Once a day: do both sides have the same dossiers at the same status, and the same procedures?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.actions import comparing, incoming, link, outgoing
from tinhso.modules.national_portal.actions.waking import COMPARE, QUEUE, SEND, SOON, wake
from tinhso.modules.national_portal.jobs.wire import Line, NoAnswer, SaidNo
from tinhso.modules.national_portal.models import Comparison
from tinhso.modules.national_portal.queries.deployment import Deployment, deployment
from tinhso.modules.national_portal.rules.comparing import (
    Listed,
    catalogue_changes,
    counted,
    differences,
    read_listed,
    unequal,
)
from tinhso.modules.procedures import door as procedures

PAGE = 1_000
MOST_PAGES = 2_000


@app.periodic(cron="10 1 * * *")
@app.task(name=COMPARE, queue=QUEUE, queueing_lock=COMPARE, lock=COMPARE, retry=SOON)
def compare(timestamp: int) -> None:
    """The daily comparison; dossiers that were never marked join the queue first, old messages are emptied."""
    incoming.forget_old(timezone.now())
    known = deployment()
    if known.is_on:
        compare_with(known)


def compare_with(known: Deployment) -> Comparison:
    """Compare numbers by status; where they differ, compare the codes. A portal that fails is noted as that."""
    at = timezone.now()
    if outgoing.mark_missing(at):
        wake(SEND)
    here = {code: status for _, code, status in dossiers.statuses()}
    ours = counted(here.values())
    theirs: dict[str, int] = {}
    try:
        with Line(known) as line:
            theirs = _counts(line)
            there = {code: status for number in unequal(ours, theirs) for code, status in _codes(line, number)}
    except (NoAnswer, SaidNo) as problem:
        link.failed(str(problem), timezone.now())
        return comparing.keep(ours=ours, theirs=theirs, found=(), at=at, error=str(problem))
    wrong = set(unequal(ours, theirs))
    concerned = {code: status for code, status in here.items() if status in wrong or code in there}
    made = comparing.keep(ours=ours, theirs=theirs, found=differences(concerned, there), at=at)
    if made.queued:
        wake(SEND)
    return made


def _counts(line: Line) -> dict[str, int]:
    said = line.ask("counts", {"MaDonVi": line.known.agency}).get("data")
    if not isinstance(said, dict):
        raise NoAnswer("Thống kê trạng thái của Cổng không đúng dạng.")
    return {str(key): int(value) for key, value in said.items() if str(value).isdigit()}


def _codes(line: Line, status: int) -> Iterator[tuple[str, int]]:
    """Codes that the portal shows at this status, page by page in the order of the codes."""
    after = ""
    for _ in range(MOST_PAGES):
        asked = {"MaDonVi": line.known.agency, "TrangThaiHoSo": str(status), "SauMaHoSo": after, "SoLuong": PAGE}
        rows = line.ask("codes", asked).get("data")
        if not isinstance(rows, list):
            raise NoAnswer("Danh sách hồ sơ của Cổng không đúng dạng.")
        codes = [str(row) for row in rows]
        yield from ((code, status) for code in codes)
        if len(codes) < PAGE or codes[-1] <= after:
            return
        after = codes[-1]


@app.periodic(cron="40 4 * * *")
@app.task(name="national_portal.catalogue", queue=QUEUE, queueing_lock="national_portal.catalogue", retry=SOON)
def look_at_catalogue(timestamp: int) -> None:
    """Note where the portal's catalogue of procedures differs from what is published here."""
    known = deployment()
    if not known.is_on:
        return
    try:
        read_catalogue(known)
    except (NoAnswer, SaidNo) as problem:
        link.failed(str(problem), timezone.now())


def read_catalogue(known: Deployment) -> int:
    """Returns how many differences are new."""
    with Line(known) as line:
        rows = line.ask("catalogue", {"MaDonVi": known.agency}).get("data")
    if not isinstance(rows, list):
        raise NoAnswer("Danh mục thủ tục của Cổng không đúng dạng.")
    sheets = procedures.all_published(timezone.localdate())
    ours = {code: Listed(code, sheet.legal_name, sheet.field) for code, sheet in sheets.items()}
    return comparing.keep_catalogue(catalogue_changes(ours, read_listed(rows)), timezone.now())
