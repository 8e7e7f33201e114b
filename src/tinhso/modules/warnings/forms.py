"""What officials and people type about warnings, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings.rules import Kind, Level, Text

FIELDS = ("title", "body", "advice", "level", "begins_at", "expires_at")


def text_of(said: QueryDict, at: datetime) -> Text:
    """The bulletin as typed; without a beginning it begins now. Raises Refusal naming the field."""
    words = {name: said.get(name, "").replace("\0", "").replace("\r\n", "\n").strip() for name in FIELDS}
    expires = moment_of(words["expires_at"])
    if expires is None:
        raise Refusal("warnings.times", _("Chọn ngày giờ hết hiệu lực."), field="expires_at")
    begins = moment_of(words["begins_at"]) if words["begins_at"] else at
    if begins is None:
        raise Refusal("warnings.times", _("Ngày giờ không đúng."), field="begins_at")
    level = int(words["level"]) if words["level"] in {str(int(one)) for one in Level} else 0
    areas = units_of(said.getlist("areas"))
    return Text(words["title"], words["body"], words["advice"], level, begins, expires, areas)


def left_out(said: QueryDict) -> list[tuple[str, str]]:
    """What must be typed and was not, all at once: field and what to do."""
    needed = {
        "title": _("Ghi tiêu đề."),
        "body": _("Ghi chuyện gì đang xảy ra."),
        "expires_at": _("Chọn ngày giờ hết hiệu lực."),
        "areas": _("Chọn ít nhất một nơi."),
    }
    return [(name, words) for name, words in needed.items() if not any(one.strip() for one in said.getlist(name))]


def kind_of(said: QueryDict) -> Kind:
    """Raises Refusal ``warnings.kind``."""
    kind = said.get("kind", "")
    if kind not in set(Kind):
        raise Refusal("warnings.kind", _("Chọn loại cảnh báo."), field="kind")
    return Kind(kind)


def units_of(codes: Iterable[str]) -> frozenset[int]:
    """Units by their codes; unknown ones are left out."""
    known = tree().by_code
    return frozenset(known[code].id for code in codes if code in known)


def moment_of(text: str) -> datetime | None:
    """``2026-11-22T08:00`` as a browser sends it, in the province's time."""
    try:
        said = datetime.fromisoformat(text)
        return timezone.make_aware(said) if timezone.is_naive(said) else said
    except (ValueError, OverflowError):
        return None


def shown(at: datetime | None) -> str:
    """As a browser wants it."""
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else ""
