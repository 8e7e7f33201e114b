"""Every address of the product, walked from the URL resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"


@dataclass(frozen=True)
class Route:
    """``name`` is the URL name with its namespace; of a route of the API the address under ``/api/v1/``."""

    name: str
    pattern: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith(API)


def all_routes() -> list[Route]:
    """The routes with distinct names, in the order in which they are tried."""
    found = {}
    for route in _walk(get_resolver(), "", ""):
        found.setdefault(route.name, route)
    return list(found.values())


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for one in resolver.url_patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            name = f"{namespace}{one.name}" if one.name else ""
            yield Route(f"api {pattern.removeprefix(API)}" if pattern.startswith(API) else name or pattern, pattern,
                        one.callback)  # fmt: skip
        else:
            yield from _walk(one, pattern, f"{namespace}{one.namespace}:" if one.namespace else namespace)
