"""Where a case's pages stand, from the page names of its kind; asked once per page name, then put together as text."""

from __future__ import annotations

from functools import lru_cache

from django.urls import NoReverseMatch, reverse

from tinhso.kernel.cases.rules import CaseKind

_NUMBER = "0number0"


@lru_cache(maxsize=64)
def _pattern(page: str) -> str:
    try:
        return reverse(page, args=[_NUMBER]) if page else ""
    except NoReverseMatch:
        return ""


def address_of(page: str, number: str) -> str:
    """The address of a page that takes a case's number; empty when this deployment has no such page."""
    return _pattern(page).replace(_NUMBER, number)


def desk_page(kind: CaseKind, number: str) -> str:
    """Where an official works on the case."""
    return address_of(kind.page, number)


def own_page(kind: CaseKind, number: str) -> str:
    """Where who filed it follows the case."""
    return address_of(kind.public_page, number)


def peek_page(kind: CaseKind, number: str) -> str:
    """The short view beside a list: the page ``peek`` in the namespace of the kind's desk page, if there is one."""
    namespace, _, _ = kind.page.rpartition(":")
    return address_of(f"{namespace}:peek" if namespace else "", number)
