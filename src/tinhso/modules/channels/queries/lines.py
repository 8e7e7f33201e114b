"""How the lines fare, and what was said on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Sum
from django.utils.translation import gettext as _

from tinhso.kernel.cases.addresses import own_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.channels.models import Contact, Line, Received, Sent, TextMessage
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import OPEN, Kind, Sending, mini, zalo
from tinhso.modules.channels.rules.sms import Fate

SHOWN = 50


@dataclass(frozen=True)
class Health:
    """A line with what its keeper must know; ``worry`` is a sentence, empty when all is well."""

    line: Line
    contacts: int
    waiting: int
    given_up: int
    last_at: datetime | None
    worry: str


def lines(actor: Actor, at: datetime) -> list[Health]:
    """All lines that the official may see, with their state: one statement."""
    last = Received.objects.filter(line=OuterRef("pk")).order_by("-id").values("received_at")[:1]
    rows = Line.objects.visible_to(actor).select_related("unit").order_by("name")
    counted = rows.annotate(
        contacts=Subquery(_counted(Contact.objects.filter(line=OuterRef("pk")), "line")),
        last_at=Subquery(last),
        waiting=Subquery(_sent(OPEN)),
        given_up=Subquery(_sent((Sending.GIVEN_UP,))),
    )
    return [
        Health(one, one.contacts or 0, one.waiting or 0, one.given_up or 0, one.last_at, worry(one, at))
        for one in counted[:200]
    ]


def _counted(rows: Any, by: str) -> Any:
    return rows.order_by().values(by).annotate(_n=Count("pk")).values("_n")[:1]


def _sent(states: tuple[str, ...]) -> Any:
    return _counted(Sent.objects.filter(contact__line=OuterRef("pk"), state__in=states), "contact__line")


def worry(line: Line, at: datetime) -> str:
    """What is about to go wrong with a line, and what to do."""
    if not line.is_open:
        return _("Đang tạm ngừng: tin gửi đến không được trả lời.")
    if line.problem:
        return line.problem
    if line.kind == Kind.MAIL:
        return "" if "@" in line.outside_id else _("Chưa ghi địa chỉ hộp thư của kênh.")
    if keys.missing(line):
        return _("Chưa nhập đủ khóa. Mở Kết nối và cài đặt.")
    return _of_tokens(line, at) if line.kind == Kind.ZALO else ""


def _of_tokens(line: Line, at: datetime) -> str:
    if not line.refresh_token:
        return _("Chưa kết nối với Zalo. Bấm Kết nối và đồng ý bằng tài khoản quản trị OA.")
    if line.refreshed_at and at - line.refreshed_at > zalo.REFRESH_WARNING:
        return _("Mã truy cập sắp hết hạn hẳn. Kết nối lại kênh.")
    if line.paused_until and line.paused_until > at:
        return _("Zalo yêu cầu gửi chậm lại; tin chờ được gửi sau.")
    return ""


def line_of(code: str, actor: Actor) -> Line | None:
    return Line.objects.visible_to(actor).select_related("unit").filter(code=code).first()


def said_on(line: Line, before: int | None = None) -> tuple[list[Received], int | None]:
    """The latest messages with what was answered, and the key of older ones: two statements."""
    rows = Received.objects.filter(line=line).order_by("-id")
    rows = rows.filter(pk__lt=before) if before else rows
    answers = Prefetch("answers", Sent.objects.order_by("part"))
    got = list(rows.prefetch_related(answers)[: SHOWN + 1])
    return got[:SHOWN], got[SHOWN - 1].pk if len(got) > SHOWN else None


def cases_of(account_id: int) -> list[dict[str, str]]:
    """A person's newest cases of every kind, in words and with their page: one statement."""
    rows = Case.objects.filter(owner_id=account_id).order_by("-opened_at", "-id")[: mini.CASES]
    nodes, found = tree().nodes, []
    for case in rows:
        kind = registry.case_kinds[case.kind]
        unit = nodes.get(case.unit_id)
        found.append(
            {
                "number": case.number,
                "title": case.title,
                "state": kind.lifecycle.state(case.state).name,
                "unit": unit.short_name if unit else "",
                "url": settings.BASE_URL + own_page(kind, case.number),
            }
        )
    return found


def text_figures(since: datetime) -> list[dict[str, Any]]:
    """Messages to telephones since then, by operator: number, segments, price in đồng, delivered, failed."""
    rows: Any = TextMessage.objects.filter(sent_at__gte=since).order_by("operator").values("operator")
    counted = rows.annotate(
        number=Count("pk"),
        segments=Sum("segments"),
        price=Sum("price"),
        delivered=Count("pk", filter=Q(state=Fate.DELIVERED)),
        failed=Count("pk", filter=Q(state=Fate.FAILED)),
    )
    return list(counted)


def unanswered(line: Line) -> int:
    """Messages that nothing was said to yet."""
    return Received.objects.filter(line=line, answered_at__isnull=True).count()
