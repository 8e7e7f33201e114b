"""The worklist's lines written out directly: the page is opened more often than any other, and a template would spend
half its time looking up the same fifteen names for each line. No words stand here; all text comes in escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from tinhso.kernel.ui.templatetags.ui import icon, moment

if TYPE_CHECKING:
    from tinhso.shell.inbox.asked import Left
    from tinhso.shell.inbox.queries import Row

_LINE = (
    '<tr data-key-row hx-get="{peek}" hx-trigger="row-chosen delay:150ms, click">'
    '<td><a class="row-link{unseen}" href="{url}">{title}</a><div class="meta clamp one">{number}{news}</div></td>'
    '<td>{applicant}<div class="meta">{place}</div></td>'
    '<td><span class="tag {step_kind}">{step}</span></td><td>{left}</td></tr>\n'
)
_LEFT = '<span class="sla {kind}"><span class="sla-words">{icon}{words}</span>{bar}{date}</span>'
_BAR = '<progress class="{kind}" max="100" value="{share}" aria-hidden="true"></progress>'


def written(rows: Iterable[Row], at: datetime) -> SafeString:
    """All lines of a page as the body of its table."""
    return mark_safe("".join(_line(row, at) for row in rows))  # noqa: S308 - every value is escaped below


def _line(row: Row, at: datetime) -> str:
    return _LINE.format(
        peek=escape(row.peek),
        unseen=" unseen" if row.news else "",
        url=escape(row.url),
        title=escape(row.title),
        number=escape(row.number),
        news=f" · {escape(row.news)}" if row.news else "",
        applicant=escape(row.applicant),
        place=escape(row.place),
        step_kind=row.step_kind,
        step=escape(row.step),
        left=left(row.left, at),
    )


def left(one: Left, at: datetime) -> str:
    """Time left as markup: words, then a bar in the last two days or dots while the clock stands, then the date."""
    bar = ""
    if one.kind == "wait":
        bar = '<span class="sla-dots"></span>'
    elif one.share is not None:
        bar = _BAR.format(kind=one.kind, share=one.share)
    date = f'<span class="sla-date">{escape(moment(one.at, at))}</span>' if one.at else ""
    return _LEFT.format(kind=one.kind, icon=icon(one.icon), words=escape(one.words), bar=bar, date=date)
