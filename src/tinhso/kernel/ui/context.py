"""What every page frame shows, in one value named ``frame``. Asks the database nothing by itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.manifest import Audience, Menu, registry
from tinhso.kernel.people.marks import mark_of

THEMES = ("light", "dark")
SIZES = ("112", "125")
ABOUT_THE_PROVINCE = 50  # menu order of the public's pages: from here on they stand at the foot only
OWN_WORK, UNIT_WORK, FIGURES = 50, 70, 88  # menu order: where each group of the desk ends; what is left administers

# Pages of the shell that frames point to: the name of the page, and where it stands when no such name is known.
PAGES = {
    "home": ("home", "/"),
    "desk": ("desk", "/lam-viec/"),
    "find": ("find", "/tim-kiem/"),
    "notices": ("notices:list", "/thong-bao/"),
    "account": ("account", "/tai-khoan/"),
    "cases": ("my_cases", ""),
    "look_up": ("lookup:ask", "/tra-cuu/"),
    "outbox": ("ui_outbox", ""),
    "login": ("account_login", ""),
    "logout": ("account_logout", ""),
    "language": ("set_language", ""),
    "look": ("ui_look", ""),
}


@lru_cache(maxsize=256)
def address_of(page: str, otherwise: str = "") -> str:
    """The address of a page without arguments, or ``otherwise`` when this deployment has no such page."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return otherwise


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a menu as shown: with its address, whether one is there now, and how much waits."""

    code: str
    title: str
    icon: str
    url: str
    is_current: bool
    count: int | None = None
    key: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Menu lines under one heading."""

    title: str
    lines: tuple[Line, ...]
    is_folding: bool = False

    @property
    def is_here(self) -> bool:
        """Whether one of its pages is the one shown: a folding group then stands open."""
        return any(line.is_current for line in self.lines)


@lru_cache(maxsize=512)
def menu_text(language: str, groups: tuple[Group, ...]) -> SafeString:
    """The desk's menu as HTML, put together once for all who see the same lines at the same place."""
    return render_to_string("ui/_desk_menu.html", {"groups": groups})


class Frame:
    """The surroundings of a page: province, who is signed in, menus, look. Each part is worked out when first asked."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def province(self) -> str:
        named = getattr(self.request, "province_name", None)
        return str(named or getattr(settings, "PROVINCE_NAME", "Tỉnh Tây Ninh"))

    @cached_property
    def actor(self) -> Any:
        return getattr(self.request, "actor", None)

    @cached_property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def who(self) -> str:
        """The name to greet by; empty for a visitor."""
        named = getattr(self.actor, "name", "") or (
            self.user and (self.user.get_full_name() or self.user.get_username())
        )
        return str(named or "")

    @cached_property
    def role(self) -> str:
        """Position and unit under the name, when the one who acts carries them."""
        return str(getattr(self.request, "actor_title", "") or getattr(self.actor, "title", "") or "")

    @cached_property
    def initials(self) -> str:
        words = self.who.split()
        return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()

    @cached_property
    def unread(self) -> int:
        counted = getattr(self.request, "unread", 0)
        return int(counted() if callable(counted) else counted)

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def theme(self) -> str:
        return _allowed(self.request.COOKIES.get("theme"), THEMES)

    @cached_property
    def size(self) -> str:
        return _allowed(self.request.COOKIES.get("size"), SIZES)

    @cached_property
    def links(self) -> dict[str, str]:
        return {name: address_of(page, otherwise) for name, (page, otherwise) in PAGES.items()}

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)

    @cached_property
    def session_seconds(self) -> int:
        return settings.SESSION_COOKIE_AGE if self.user else 0

    @cached_property
    def account_mark(self) -> str:
        """Whose things the browser's outbox keeps; empty for a visitor."""
        return mark_of(getattr(self.user, "pk", None))

    @cached_property
    def desk_groups(self) -> list[Group]:
        """One's own work, the unit's, its figures, and folded below them what administers."""
        ends = (0, OWN_WORK, UNIT_WORK, FIGURES, sys.maxsize)
        titles = (_("Việc của tôi"), _("Đơn vị"), _("Số liệu"), _("Quản trị"))
        lines = self._lines(Audience.DESK)
        groups = [
            Group(title, tuple(line for order, line in lines if begin <= order < end), is_folding=begin == FIGURES)
            for title, begin, end in zip(titles, ends, ends[1:], strict=False)
        ]
        return [group for group in groups if group.lines]

    @cached_property
    def desk_menu(self) -> SafeString:
        """These groups as HTML, for the column and for the phone's drawer."""
        return menu_text(self.language, tuple(self.desk_groups))

    @cached_property
    def portal_menu(self) -> list[Line]:
        """What people come for, in the bar of a wide screen."""
        return [line for order, line in self._portal_lines if order < ABOUT_THE_PROVINCE]

    @cached_property
    def portal_foot(self) -> list[Line]:
        """What the bar or the phone's tabs have no room for."""
        tabs = {line.code for line in self.tabs}
        return [line for _order, line in self._portal_lines if line.code not in tabs]

    @cached_property
    def own_lines(self) -> list[Line]:
        """The reader's own things, for the account's home and the tabs."""
        return [line for _order, line in self._portal_lines if line.is_own]

    @cached_property
    def _portal_lines(self) -> list[tuple[int, Line]]:
        return self._lines(Audience.PORTAL)

    @cached_property
    def tabs(self) -> list[Line]:
        """At most five tabs of the phone: home, two of one's own things with the camera between them, the account."""
        home = Line("home", _("Trang chủ"), "house", self.links["home"], self.request.path == self.links["home"])
        account = self.links["account"] if self.user else self.links["login"]
        mine = Line("account", _("Cá nhân"), "user", account, self.request.path.startswith(account or "//"))
        own = self.own_lines[:2]
        centre = [line for _order, line in self._portal_lines if line.icon == "camera"][:1]
        return [home, *own[:1], *centre, *own[1:], mine]

    def _lines(self, audience: Audience) -> list[tuple[int, Line]]:
        declared = [item for item in registry.collect("menu", audience) if self._is_shown(item)]
        placed = [(item, address_of(item.page)) for item in declared]
        here = max((url for _, url in placed if url and self.request.path.startswith(url)), key=len, default=None)
        return [(item.order, self._line(item, url, here)) for item, url in placed if url]

    def _line(self, item: Menu, url: str, here: str | None) -> Line:
        counts = getattr(self.request, "menu_counts", {})
        count = counts.get(item.code)
        return Line(item.code, _(item.title), item.icon, url, url == here, count, item.key, item.is_own)

    def _is_shown(self, item: Menu) -> bool:
        if item.shown_to is not None and self.actor is not None and not item.shown_to(self.actor):
            return False
        return item.permission is None or bool(self.actor and self.actor.may(item.permission))


def _allowed(value: str | None, values: tuple[str, ...]) -> str:
    return value if value in values else ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: ``{{ frame }}`` in every template."""
    return {"frame": Frame(request)}
