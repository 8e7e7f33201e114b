"""Demonstration of the link: invented deliveries and errors, so that each of its pages has something to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.actions import comparing, incoming, outgoing
from tinhso.modules.national_portal.models import Incoming, Outgoing
from tinhso.modules.national_portal.rules import OPERATOR, reading
from tinhso.modules.national_portal.rules.comparing import CatalogueChange, Difference, What, counted

OPERATORS = ("quantri",)
STILL_WAITING, DEAD, OLD = 12, 3, timedelta(days=9)
REFUSED = "MaLinhVuc không có trong danh mục lĩnh vực (minh họa)."
MESSAGES = (
    {"MaHoSo": "H53.00.00-261116-900001", "MaTTHC": "9.999999", "ChuHoSo": "Nguyễn Văn Minh Họa", "TrangThaiHoSo": "1"},
    {"MaHoSo": "H53.00.00-261117-900002", "MaTTHC": "1.004873", "ChuHoSo": "", "TrangThaiHoSo": "1"},
    {"TenTTHC": "Bản tin minh họa thiếu mã hồ sơ"},
)
CHANGES = (
    CatalogueChange("1.004873", What.RENAMED, "Cấp Giấy xác nhận tình trạng hôn nhân", "Xác nhận tình trạng hôn nhân"),
    CatalogueChange("9.000001", What.NEW, "", "Thủ tục mới công bố (minh họa)"),
)
_ACKNOWLEDGED = """
update national_portal_outgoing set state = 'sent', acknowledged_version = version,
    acknowledged_at = marked_at + interval '1 minute'
where case_id not in (select case_id from national_portal_outgoing order by case_id desc limit %s)
"""


@transaction.atomic
def demo(at: datetime | None = None, **_more: Any) -> None:
    """Most dossiers acknowledged, the newest waiting, a few refused; asked again it changes nothing."""
    if Outgoing.objects.exists() or Incoming.objects.exists():
        return
    now = at or timezone.now()
    _employ(now)
    outgoing.mark_missing(now)
    with connection.cursor() as cursor:
        cursor.execute(_ACKNOWLEDGED, [STILL_WAITING])
    for row in Outgoing.objects.order_by("-pk")[:DEAD]:
        row.state, row.error_code, row.error, row.attempts = Outgoing.State.DEAD, "12", REFUSED, 6
        row.payload, row.tried_at, row.first_marked_at = {"HoSo": {"MaHoSo": row.code}}, now, now - OLD
        row.save()
    incoming.keep([reading.envelope(one) for one in MESSAGES], now)
    for pk in list(Incoming.objects.due(now).values_list("pk", flat=True)):
        incoming.take_in(incoming_id=pk, at=now)
    _compare(now)
    comparing.keep_catalogue(CHANGES, now)


def _employ(now: datetime) -> None:
    """The administrator looks after the link too."""
    today = timezone.localtime(now).date()
    for account in Account.objects.filter(username__in=OPERATORS, is_official=True):
        post = account.positions.order_by("id").first()
        if post is not None:
            people.give_role(account=account, role=OPERATOR.code, unit_id=post.unit_id, begins_on=today, by=SYSTEM)


def _compare(now: datetime) -> None:
    here = {code: status for _, code, status in dossiers.statuses()}
    ours = counted(here.values())
    missing = list(Outgoing.objects.dead().values_list("code", flat=True))
    there = counted(status for code, status in here.items() if code not in missing)
    found = [Difference(code, here[code], 0) for code in missing if code in here]
    comparing.keep(ours=ours, theirs=there, found=found, at=now)
    Outgoing.objects.filter(code__in=missing).update(state=Outgoing.State.DEAD, error=REFUSED)
