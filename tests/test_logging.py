"""Log lines name no person."""

from __future__ import annotations

import pytest

from tinhso.config.logging import account_mark, without_personal_data


def test_the_request_and_the_rows_quoted_by_the_database_are_dropped() -> None:
    event = {
        "event": "duplicate key\nDETAIL: Key (identity_number)=(012345678901) already exists.\nCONTEXT: x",
        "exception": "IntegrityError\nDETAIL:  Failing row contains (Nguyen).",
        "request": object(),
    }
    assert without_personal_data(None, "error", event) == {
        "event": "duplicate key\nDETAIL: …\nCONTEXT: x",
        "exception": "IntegrityError\nDETAIL: …",
    }


def test_an_address_with_a_code_in_it_is_not_repeated() -> None:
    event = {"logger": "django.request", "event": "Internal Server Error: /tra-cuu/H53.1234"}
    assert without_personal_data(None, "error", event)["event"] == "a page broke"


def test_an_account_has_a_steady_mark_that_is_not_its_number(settings: object) -> None:
    assert account_mark(None) is None
    assert account_mark(7) == account_mark(7)
    assert account_mark(7) != account_mark(8)
    assert len(account_mark(7) or "") == 12


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space 123", "néwline-123"])
def test_a_strange_request_id_is_replaced(client, given: str) -> None:  # type: ignore[no-untyped-def]
    given_back = client.get("/khoe/song", headers={"X-Request-ID": given.encode().decode("latin-1")})["X-Request-ID"]
    assert given_back != given
    assert len(given_back) == 16
