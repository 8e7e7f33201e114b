"""Demonstration papers: roles at the counters, a few papers of dan.lan, a scan to be signed, a certified copy."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tinhso.kernel.files.actions import store_made
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.vault import actions
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.models import Certification, Item, Scan, ScanFile
from tinhso.modules.vault.queries.kinds import kind_called
from tinhso.modules.vault.queries.signatures import Checked
from tinhso.modules.vault.rules import Permission, ScanState

ROLES = {
    "dossiers.clerk": "vault.digitiser", "dossiers.leader": "vault.certifier", "dossiers.registrar": "vault.registrar",
}  # fmt: skip
OWNER, CLERK, LEADER, REGISTRAR = "dan.lan", "canbo.motcua", "lanhdao", "vanthu"
# title, issuing body, number, days ago, usable for days
PAPERS = (
    ("Giấy khai sinh", "Ủy ban nhân dân phường Tân Ninh", "88/1988", 14_100, None),
    ("Giấy chứng nhận quyền sử dụng đất", "Văn phòng đăng ký đất đai", "CS 014 627", 900, None),
    ("Giấy khám sức khỏe", "Trung tâm y tế Tân Ninh", "1204/GKSK", 400, 365),
)
_SHEET = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title, date: auto)
#set page(paper: "a4")
#set text(lang: "vi", font: "Tinos", size: 14pt)
= #d.title
Giấy tờ minh họa của bản dùng thử, không phải giấy tờ của ai.

Số: #d.number. Cơ quan cấp: #d.issuer.
"""


@transaction.atomic
def fill(at: datetime | None = None, **_more: Any) -> None:
    """Give the demonstration's officials their rights and dan.lan a few papers; asked again it changes nothing."""
    now = at or timezone.now()
    owner = Account.objects.filter(username=OWNER, is_demonstration=True).select_related("person").first()
    if owner is None or Certification.objects.exists():
        return
    _employ(timezone.localdate(now))
    for title, issuer, number, days, usable in PAPERS:
        issued = timezone.localdate(now) - timedelta(days=days)
        _keep(owner, title, issuer, number, issued, issued + timedelta(days=usable) if usable else None, now)
    for case_id in _own_dossiers(owner):
        actions.keep_result(case_id=case_id, at=now)
    _share(owner, now)
    _scan(now)
    _certify(owner, now)


def _employ(day: date) -> None:
    """Who works at a counter digitises there; who signs and who seals certify copies."""
    held = set(Grant.objects.filter(role__startswith="vault.").values_list("account_id", "role", "unit_id"))
    new = {
        (grant.account_id, ROLES[grant.role], unit_id)
        for grant in Grant.objects.filter(role__in=ROLES, ends_on__isnull=True, account__is_demonstration=True)
        for unit_id in {grant.unit_id, tree().body_of(grant.unit_id).id}
    }
    Grant.objects.bulk_create(
        Grant(account_id=account, role=role, unit_id=unit, begins_on=day) for account, role, unit in sorted(new - held)
    )
    Account.objects.filter(pk__in={account for account, _role, _unit in new - held}).update(
        rights_version=F("rights_version") + 1
    )


def _paper(title: str, issuer: str, number: str, at: datetime) -> bytes:
    return typeset(_SHEET, {"title": title, "issuer": issuer, "number": number}, at=timezone.localtime(at))


def _file(title: str, issuer: str, number: str, at: datetime, purpose: str) -> Attachment:
    return store_made(_paper(title, issuer, number, at), name=f"{title}.pdf", purpose=purpose)


def _keep(
    owner: Account, title: str, issuer: str, number: str, issued: date, until: date | None, at: datetime
) -> Item | None:
    new = NewItem(
        title=title, attachment=_file(title, issuer, number, at, "vault.demo"), origin=Item.Origin.PAPER,
        source_key=f"demo/{number}", person_id=owner.person_id, business_id=None, kind=kind_called(title),
        issuer=issuer, number=number, issued_on=issued, valid_until=until, text=f"{title}\n{issuer}\n{number}",
    )  # fmt: skip
    return keep(new, signature=Checked(), by=SYSTEM, at=at)


def _own_dossiers(owner: Account) -> list[int]:
    from tinhso.kernel.cases.models import Case

    return list(Case.objects.filter(kind="dossier", owner=owner).order_by("-id").values_list("pk", flat=True)[:20])


def _share(owner: Account, at: datetime) -> None:
    item = Item.objects.filter(source_key=f"demo/{PAPERS[0][2]}").first()
    clerk = Account.objects.filter(username=CLERK).first()
    if item is None or clerk is None:
        return
    unit_id = tree().body_of(actor_of(clerk).unit_id or 0).id
    actions.share_item(token=item.token, purpose="ghi danh học cho con", days=30, unit_id=unit_id, by=actor_of(owner),
                       at=at)  # fmt: skip
    actions.note_seen(item_id=item.pk, by=actor_of(clerk), at=at)


def _scan(at: datetime) -> None:
    """One paper of the clerk's newest dossier, read and waiting to be compared."""
    clerk = Account.objects.filter(username=CLERK).first()
    sheets = dossiers.to_digitise(actor_of(clerk).scope(Permission.DIGITISE), most=1) if clerk else []
    if not clerk or not sheets:
        return
    sheet = sheets[0]
    paper = next(one for one in sheet.papers if one.is_on_paper)
    file = _file(paper.name, "Minh họa", sheet.number, at, "vault.original")
    scan = Scan.objects.create(
        case_id=sheet.case_id, unit_id=sheet.received_unit_id, part_id=paper.part_id, name=paper.name,
        state=ScanState.READY, pages=[{"number": 1, "dpi": 300, "is_blank": False, "words": 24}],
        text=f"{paper.name}\nGiấy tờ minh họa của bản dùng thử", result=file, brought_by=clerk, brought_at=at,
        read_at=at,
    )  # fmt: skip
    ScanFile.objects.create(scan=scan, attachment=file, position=1)


def _certify(owner: Account, at: datetime) -> None:
    """One copy that was certified and one request that waits."""
    officials = {name: Account.objects.filter(username=name).first() for name in (CLERK, LEADER, REGISTRAR)}
    if not all(officials.values()):
        return
    clerk, leader, registrar = (actor_of(one) for one in officials.values() if one)
    commune = tree().body_of(clerk.unit_id or 0).id
    copies = [
        actions.request_copy(title=title, unit_id=commune, pages=pages, request_key=f"demo-{pages}",
                             by=actor_of(owner), at=at, issuer="Trường Đại học minh họa", number=f"0{pages}-2010")
        for title, pages in (("Bằng tốt nghiệp đại học", 1), ("Bảng điểm đại học", 3))
    ]  # fmt: skip
    first = copies[0]
    file = _file(first.title, first.original_issuer, first.original_number, at, "vault.scan")
    Scan.objects.create(
        case_id=first.pk, unit_id=first.case.received_unit_id, name=first.title, state=ScanState.READY, result=file,
        pages=[{"number": 1, "dpi": 300, "is_blank": False, "words": 20}], text=first.title, brought_at=at, read_at=at,
        brought_by=officials[CLERK],
    )  # fmt: skip
    actions.compare(case_id=first.pk, pages=1, by=clerk, at=at)
    actions.sign(case_id=first.pk, by=leader, at=at)
    actions.issue(case_id=first.pk, by=registrar, at=at)
