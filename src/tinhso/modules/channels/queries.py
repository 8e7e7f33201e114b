"""Reading the lines: how they fare, and what was said on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Subquery

from tinhso.kernel.people.rules import Actor
from tinhso.modules.channels.models import Contact, Line, Received, Sent
from tinhso.modules.channels.rules import OPEN, Kind, Sending, zalo

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
        return "Đang tạm ngừng: tin gửi đến không được trả lời."
    if line.problem:
        return line.problem
    if line.kind == Kind.MAIL and "@" not in line.outside_id:
        return "Chưa ghi địa chỉ hộp thư của kênh."
    if line.kind != Kind.ZALO:
        return ""
    if not line.refresh_token:
        return "Chưa kết nối với Zalo. Bấm Kết nối và đồng ý bằng tài khoản quản trị OA."
    if line.refreshed_at and at - line.refreshed_at > zalo.REFRESH_WARNING:
        return "Mã truy cập sắp hết hạn hẳn. Kết nối lại kênh."
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


def unanswered(line: Line) -> int:
    """Messages that nothing was said to yet."""
    return Received.objects.filter(line=line, answered_at__isnull=True).count()
