"""What comes in from pages: days, moments, the text of an edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import yaml
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal

LARGEST_TEXT = 400_000
EVENING = time(17, 0)


def day_from(text: str, field: str) -> date:
    """A day as ``2026-12-15`` (what browsers send) or ``15/12/2026``."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refusal("scorecards.day", _("Nhập ngày theo dạng dd/mm/yyyy."), field=field)


def evening_of(day: date) -> datetime:
    """17:00 of a day, when a due day ends for offices."""
    return timezone.make_aware(datetime.combine(day, EVENING))


def edition_content(text: str) -> dict[str, Any]:
    """An edition written as YAML (or JSON). Raises Refusal with the line that cannot be read."""
    if len(text) > LARGEST_TEXT:
        raise Refusal("scorecards.unreadable", _("Bộ tiêu chí quá dài. Tách thành nhiều bộ."), field="content")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = mark.line + 1 if mark else "?"
        message = _("Không đọc được dòng %(line)s. Kiểm tra thụt dòng và dấu hai chấm.") % {"line": where}
        raise Refusal("scorecards.unreadable", message, field="content") from None
    if not isinstance(content, dict):
        raise Refusal("scorecards.unreadable", _("Bộ tiêu chí phải là một bảng các mục."), field="content")
    plain: dict[str, Any] = _plain(content)
    return plain


def _plain(value: Any) -> Any:
    """Only what JSON can keep: days and numbers that YAML guessed become texts again."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return value
