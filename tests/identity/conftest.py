"""A strict provider in its own process, and the deployment set up for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.test import Client
from tests.provider import SECRET, Provider, path_of, provider

from tinhso.kernel.identity import providers
from tinhso.kernel.identity.rules import read_providers

SITE = "http://testserver"
LAN = {
    "name": "Nguyễn Thị Lan", "personal_number": "079190012346", "birthdate": "1990-03-15", "level": 2,
    "phone_number": "0912345678", "account_type": "citizen", "account_level": "2",
}  # fmt: skip


@pytest.fixture(scope="session")
def strict() -> Iterator[Provider]:
    with provider(back=SITE + "/tai-khoan/dinh-danh/{}/ve/", home=SITE + "/") as started:
        yield started


@pytest.fixture
def vneid(strict: Provider, settings: Any) -> Iterator[Provider]:
    """The provider, honest, knowing only Lan; the deployment knows it as VNeID and as the officials' directory."""
    settings.BASE_URL = SITE
    settings.IDENTITY_PROVIDERS = read_providers({"providers": [described(strict.issuer), directory(strict.issuer)]})
    providers.forget()
    strict.told_of_leaving.clear()
    strict.control(wrong="", people={"lan": LAN})
    yield strict
    providers.forget()


def described(issuer: str) -> dict[str, Any]:
    return {
        "code": "vneid", "name": "VNeID", "issuer": issuer, "client_id": "tinhso", "client_secret": SECRET,
        "kinds": {"citizen": "citizen", "foreigner": "foreigner", "organisation": "organisation"},
        "levels": {"1": 1, "2": 2}, "acr": {"1": "loa1", "2": "loa2"},
    }  # fmt: skip


def directory(issuer: str) -> dict[str, Any]:
    return {
        "code": "congvu", "name": "Tài khoản công vụ", "audience": "officials", "issuer": issuer,
        "client_id": "tinhso-officials", "client_secret": SECRET, "second_factor": True,
        "groups": {"mot-cua": [{"unit": "XA", "role": "dossiers.clerk", "title": "Công chức một cửa"}],
                   "lanh-dao": [{"unit": "XA", "role": "dossiers.leader"}]},
    }  # fmt: skip


class Visit:
    """One browser: its window on the platform and its session at the provider."""

    def __init__(self, strict: Provider) -> None:
        self.strict, self.here, self.there = strict, Client(), requests.Session()

    def answer(self, who: str = "lan", code: str = "vneid", query: str = "") -> str:
        """Go to the provider, sign in there as ``who``; the path with which the provider sends the browser back."""
        sent = self.here.get(f"/tai-khoan/dinh-danh/{code}/{query}")
        assert sent.status_code == 302, sent.content.decode()
        return path_of(self.strict.browse(sent["Location"], who, self.there))

    def sign_in(self, who: str = "lan", **more: Any) -> Any:
        return self.here.get(self.answer(who, **more))

    @property
    def account_id(self) -> int | None:
        said = self.here.session.get("_auth_user_id")
        return int(said) if said else None


@pytest.fixture
def visit(vneid: Provider) -> Visit:
    return Visit(vneid)
