"""Requests made up from the API's own contract: every route answers, none breaks, whoever asks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NOT_SET
from tests import world as making
from tests.access import asking
from tests.stage import key_of
from tests.test_api_contract import contract as contract_text

from tinhso.kernel.testing.lasting import lasting

pytestmark = [
    pytest.mark.bad_day,
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("default"),
]

EXAMPLES = 12
CHECKED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def keys(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    with lasting(django_db_blocker):
        world = making.populate(making.build())
        yield {name: key_of(world.account(name)) for name in ("lan", "specialist", "clerk")} | {
            "number": world.dossiers["processing"].case.number
        }


@pytest.mark.parametrize("who", ["lan", "specialist", "clerk"])
def test_no_request_breaks_the_server(who: str, keys: dict[str, str]) -> None:
    broken, asked = [], 0
    contract = schemathesis.openapi.from_dict(json.loads(contract_text()))
    browser = Client(raise_request_exception=False)
    for found in contract.get_all_operations():
        operation = found.ok()
        if operation.path.endswith("/files"):
            continue  # files that lie have tests of their own

        @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=CHECKED)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            if "number" in (case.path_parameters or {}) and asked % 3:
                case.path_parameters["number"] = keys["number"]
            headers = {"Authorization": f"Bearer {keys[who]}", "Idempotency-Key": uuid.uuid4().hex}
            with asking.taken_back():
                answer = browser.generic(
                    case.method,
                    case.formatted_path,
                    b"" if case.body is NOT_SET else json.dumps(case.body).encode(),
                    "application/json",
                    query_params={name: value for name, value in (case.query or {}).items() if value is not None},
                    headers=headers,
                )
            if answer.status_code >= 500:
                broken.append(f"{case.method} {case.path} {answer.status_code} {case.body!r} {case.query!r}"[:400])

        ask()
    assert asked > 100
    assert not broken, "\n".join(broken[:20])
