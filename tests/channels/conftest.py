"""A line of the province at an operator on the loopback, and the small world behind it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.world import AT, World, build, filed

from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries.sealing import seal
from tinhso.modules.channels.rules import Kind, facebook, zalo
from tinhso.modules.channels.tests.simulator import APP, OA_SECRET, SECRET, Operator, access_name, refresh_name
from tinhso.modules.field_reports.actions import editions
from tinhso.modules.questions.actions import routing

HOSTS = ("zalo_api", "zalo_oauth", "facebook_api", "zalo_zns", "zalo_graph", "esms", "speedsms")


class Talking:
    """A line as a person outside uses it: ``says`` delivers what they wrote and lets the answer go out."""

    def __init__(self, world: World, operator: Operator) -> None:
        self.world, self.operator, self.numbers = world, operator, count(1)
        now = timezone.now()
        self.row = Line.objects.create(
            code="zalo-tinh", kind=Kind.ZALO, unit_id=world.province.root.pk, name="Tỉnh thử", app_id=APP, added_at=now,
            access_token=seal(access_name(0)), refresh_token=seal(refresh_name(0)),
            access_until=now + timedelta(hours=25), refreshed_at=now,
        )  # fmt: skip

    def deliver(self, said: dict[str, Any], secret: str = OA_SECRET) -> Any:
        stamp = said.setdefault("timestamp", f"{timezone.now().timestamp() * 1000:.0f}")
        body = json.dumps({"app_id": APP, **said}, ensure_ascii=False).encode()
        return self.post(body, zalo.signature(APP, body, stamp, secret))

    def post(self, body: bytes, header: str) -> Any:
        return Client().post("/kenh/nhan/zalo-tinh/", body, "application/json", headers={"X-ZEvent-Signature": header})

    def message(self, text: str, person: str = "111", **more: Any) -> dict[str, Any]:
        said = {"text": text, "msg_id": f"m{next(self.numbers)}-{secrets.token_hex(3)}", **more}
        return {"event_name": "user_send_text", "sender": {"id": person}, "message": said}

    def says(self, text: str, person: str = "111", **more: Any) -> str:
        """What the person is told."""
        before = len(self.operator.zalo.sent)
        assert self.deliver(self.message(text, person, **more)).status_code == 200
        run_jobs()
        return "\n".join(words for to, words in self.operator.zalo.sent[before:] if to == person)


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with lasting(django_db_blocker):
        world = build()
        world.dossiers["filed"] = filed(world)
        editions.load_seeds(at=AT)
        routing.load_seeds(at=AT)
        run_jobs()
        yield world


@pytest.fixture
def line(made_world: World, db: None, settings: Any) -> Iterator[Talking]:
    with Operator() as operator:
        settings.CHANNEL_HOSTS = dict.fromkeys(HOSTS, operator.address)
        settings.CHANNEL_SECRETS = {"zalo-tinh": {"app_secret": SECRET, "oa_secret": OA_SECRET}}
        settings.CHANNEL_PICTURE_HOSTS = ("127.0.0.1",)
        yield Talking(made_world, operator)


def signed_by_facebook(said: dict[str, Any], secret: str) -> tuple[bytes, str]:
    body = json.dumps(said).encode()
    return body, facebook.signature(body, secret)
