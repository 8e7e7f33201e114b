"""The API's contract: what stands in ``openapi-v1.json`` is what programs rely on.

A change that is meant is taken over with ``python -m tests.test_api_contract``; the file's difference then shows in
review what programs will see. A removed route or field needs a new version of the API.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

KEPT = Path(__file__).with_name("openapi-v1.json")
SAFE = {"GET", "HEAD", "OPTIONS"}


def contract() -> str:
    from tinhso.config.api import api

    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def operations() -> list[tuple[str, Any]]:
    from tinhso.config.api import api

    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            found += [(f"{'/'.join(one.methods)} {prefix}{path}", one) for one in view.operations]
    return found


def test_the_contract_is_the_one_that_was_agreed():
    assert contract() == KEPT.read_text(encoding="utf-8"), "renew with: python -m tests.test_api_contract"


def test_every_write_is_named_by_its_caller_so_that_a_repeat_does_nothing():
    writes = [(name, one) for name, one in operations() if not set(one.methods) <= SAFE]
    assert [name for name, one in writes if not getattr(one.view_func, "is_idempotent", False)] == []


def test_every_route_says_who_may_ask():
    """A route open to all says so with ``auth.ANYBODY``; only the index has no word on it."""
    silent = [name for name, one in operations() if one.auth_param is None]
    assert [name for name in silent if name != "GET /"] == []


def test_every_operation_has_a_summary_and_a_name_of_its_own():
    names = [one.operation_id or api_name(one) for _, one in operations()]
    assert len(names) == len(set(names))


def api_name(operation: Any) -> str:
    from tinhso.config.api import api

    return api.get_openapi_operation_id(operation)


@pytest.mark.django_db
def test_the_contract_and_the_index_are_served(client):
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Tỉnh Số"
    assert client.get("/api/v1/").json()["version"] == "1"


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    KEPT.write_text(contract(), encoding="utf-8")
