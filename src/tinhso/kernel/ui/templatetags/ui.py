"""Numbers, days and icons as pages write them: ``{% load ui %}`` (also a template builtin of this project)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import segno
from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.clock.rules.periods import QUARTER, YEAR, Period
from tinhso.kernel.manifest import Audience, registry
from tinhso.kernel.people.access import opens
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui import borrowed, bundle, statuses
from tinhso.kernel.ui.folding import fixed

register = template.Library()

NBSP = "\u00a0"
NEAR = {0: "Hôm nay", -1: "Hôm qua", 1: "Mai"}  # days away
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@register.simple_tag
@fixed
@lru_cache(maxsize=1024)
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite beside a word; screen readers skip it. ``classes``: ``small``, ``large``."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, bundle.sprite(), name
    )


@register.simple_tag
@fixed
def entry(name: str) -> SafeString:
    """The style sheets and scripts of one family of pages: ``app``, ``flow``, ``work`` or ``board``."""
    found = bundle.entry(name)
    if found is None:
        return mark_safe("")
    return format_html(
        '{}{}<script type="module" src="{}"></script>',
        format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in found.styles)),
        format_html_join("", '<link rel="modulepreload" href="{}">', ((part,) for part in found.imports)),
        found.script,
    )


@register.simple_tag
@fixed
def font_preloads() -> SafeString:
    """Asks browsers for the fonts before they have read the style sheet."""
    line = '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}">'
    return format_html_join("", line, ((font,) for font in bundle.fonts()))


@register.simple_tag
@fixed
def asset(source: str) -> str:
    """The address of one built file by its source path in ``frontend/``; empty when nothing has been built."""
    return bundle.address(source)


@register.simple_tag
@fixed
def mark(classes: str = "brand-mark") -> SafeString:
    """The product mark, as decoration beside its name."""
    return format_html('<img class="{}" src="{}" alt="" width="38" height="38">', classes, bundle.mark())


@register.simple_tag
def status(state: str, label: str = "") -> SafeString:
    """A state as icon, words and colour: ``state`` is a code of ``statuses.STATUSES``, ``label`` other words for it."""
    known = statuses.STATUSES.get(str(state), statuses.OTHER)
    words = label or known.words
    return format_html('<span class="tag {}">{}{}</span>', known.kind, icon(known.icon), _(words) if words else state)


@register.simple_tag
def summary(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """``<c-summary>`` for many short lists on one page, without a component and a loop for each: titles and values."""
    lines = "".join(f"<div><dt>{_plain(row['title'])}</dt><dd>{_plain(row['value']) or '–'}</dd></div>" for row in rows)
    return mark_safe(f'<dl class="summary">{lines}</dl>')  # noqa: S308 - titles and values are escaped


@register.simple_tag
def choices(pairs: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """The ``<option>`` of each value and name, ``chosen`` selected: a hundred communes for what ten cost in a loop."""
    wanted = str(chosen)
    lines = (_choice(said := str(value), str(name), said == wanted) for value, name in pairs)
    return mark_safe("".join(lines))  # noqa: S308 - values and names are escaped


@lru_cache(maxsize=4096)
def _choice(value: str, name: str, is_chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if is_chosen else ""}>{escape(name)}</option>'


def _plain(value: Any) -> str:
    return conditional_escape(value) if value else ""


@register.simple_tag
def qr_svg(value: str, title: str = "") -> SafeString:
    """A QR code with its quiet zone, black on white, drawn as lines so that it prints sharply."""
    code = segno.make(str(value), error="m")
    return mark_safe(  # noqa: S308 - segno writes the markup, the value is inside as modules only
        code.svg_inline(border=4, svgclass=None, lineclass=None, omitsize=True, title=title or _("Mã QR"))
    )


@register.simple_tag
def kin(code: str) -> list[tuple[str, str]]:
    """Title and address of the public pages that belong to the same family as the one with this line in the menu."""
    own = next((module for module in registry.modules.values() if any(one.code == code for one in module.menu)), None)
    lines = [one for module in registry.modules.values() if own and module.family == own.family for one in module.menu]
    public = [one for one in lines if one.audience == Audience.PORTAL and one.code != code]
    return [(_(one.title), reverse(one.page)) for one in sorted(public, key=lambda one: one.order)]


@register.simple_tag
def panels(where: str, key: int | str) -> SafeString:
    """What modules add to this place about a case or a procedure, each loaded by itself; without JavaScript a link.

    A part that the reader may not see goes away; one that breaks leaves its link."""
    rows = ((reverse(one.page, args=[key]), _(one.title)) for one in registry.panels(where))
    part = (
        '<div hx-get="{0}" hx-trigger="load" hx-swap="outerHTML" hx-status:4xx="swap:delete" hx-status:5xx="swap:none">'
        '<a href="{0}">{1}</a></div>'
    )
    return format_html_join("", part, rows)


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """``1.234,5``: full stops between thousands, a decimal comma; ``places`` fixes the digits after it."""
    if value is None or value == "":
        return ""
    amount = Decimal(str(value))
    text = f"{amount:,.{places}f}" if places is not None else f"{amount:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")).replace("-", "−")


@register.filter
def dong(value: Any) -> str:
    """``75.000 đ`` for a whole number of đồng; the space does not break."""
    return f"{number(int(value))}{NBSP}đ" if value not in (None, "") else ""


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """``98,2%`` for a share of 0 to 100."""
    return f"{number(value, places)}%" if value not in (None, "") else "–"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(timezone.get_current_timezone())
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """``thứ Sáu, 27/11/2026``."""
    if not value:
        return ""
    local = _local(value)
    return f"{_(WEEKDAYS[local.weekday()])}, {local:%d/%m/%Y}"


@register.filter
def short_day(value: date | datetime | None) -> str:
    """``27/11/2026``."""
    return f"{_local(value):%d/%m/%Y}" if value else ""


@register.filter
def moment(value: datetime | None, now: datetime | None = None) -> str:
    """``Hôm nay, 16:30`` · ``Hôm qua, 08:05`` · ``Mai, 10:00`` · ``20/11, 16:00`` · ``20/11/2025, 16:00``."""
    if not value:
        return ""
    local = _local(value)
    today = _local(now or timezone.now())
    near = NEAR.get(local.toordinal() - today.toordinal())
    named = _(near) if near else f"{local:%d/%m}" if local.year == today.year else f"{local:%d/%m/%Y}"
    return f"{named}, {local:%H:%M}"


@register.filter
def moment_within(value: datetime | None, now: datetime | None = None) -> str:
    """``moment`` in the middle of a sentence: ``hôm nay, 16:30``."""
    said = moment(value, now)
    return said[:1].lower() + said[1:]


@register.filter
def time_tag(value: datetime | None) -> SafeString:
    """``moment`` inside a ``<time>`` that carries the exact instant."""
    if not value:
        return mark_safe("")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), day(value), moment(value))


@register.filter
def span(value: timedelta | None) -> str:
    """A length of ordinary time in its largest unit: ``3 ngày``, ``5 giờ``, ``14 phút``."""
    if value is None:
        return ""
    seconds = int(abs(value.total_seconds()))
    for length, name in ((86400, _("ngày")), (3600, _("giờ")), (60, _("phút"))):
        if seconds >= length:
            return f"{seconds // length}{NBSP}{name}"
    return _("dưới 1 phút")


@register.filter
def masked(value: str | None) -> str:
    """An identity number with its middle hidden: ``0721 •••• 4417``."""
    text = str(value or "").replace(" ", "")
    return f"{text[:4]}{NBSP}••••{NBSP}{text[-4:]}" if len(text) >= 9 else "••••"


@register.filter
def file_size(value: int | None) -> str:
    """``182 KB``, ``2,1 MB``."""
    size = int(value or 0)
    return f"{number(size / 1048576, 1)}{NBSP}MB" if size >= 1048576 else f"{number(max(1, size // 1024))}{NBSP}KB"


@register.filter
def initials(name: str | None) -> str:
    """First letters of the first and last word of a name: ``MT`` for Mai Anh Tuấn."""
    words = str(name or "").split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing: for values looked up by a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def period_name(period: Period) -> str:
    """``Tháng 11/2026``, ``Quý IV/2026``, ``Năm 2026``, in the reader's language."""
    about = {"n": period.name.split()[1].partition("/")[0], "year": f"{period.since:%Y}"}
    if period.months == YEAR:
        return _("Năm %(year)s") % about
    return (_("Quý %(n)s/%(year)s") if period.months == QUARTER else _("Tháng %(n)s/%(year)s")) % about


@register.filter
def translated(words: str) -> str:
    """A declared Vietnamese name in the reader's language, inside a sentence."""
    return _(words) if words else ""


@register.filter
def if_opens(address: str, request: HttpRequest) -> str:
    """The address, or nothing where its page would refuse the reader."""
    return address if address and opens(address, acting(request)) else ""


@register.filter
def spoken(sentence: Any) -> str:
    """A form's label or error in Vietnamese, also where a library speaks only English."""
    text = str(sentence or "").removesuffix(" (optional)").removesuffix(" (không bắt buộc)")  # the field says so itself
    return borrowed.in_vietnamese(text) if get_language() == "vi" else text
