"""A counter where dossiers are received: its people, a complete form, and what a clerk sends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.procedures import door

HOUSE, BRANCH = "1.013225", "nha_o_rieng_le"
COUNTER = "/lam-viec/quay/"
CARD = "079190012346|212345678|Nguyễn Thị Lan|15031990|Nữ|Số 9, khu phố 2|01012022"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)


class Counter:
    """A clerk at the counter of a commune, a specialist there, and a clerk of another commune."""

    def __init__(self) -> None:
        forget()
        door.forget()
        door.publish_sample(HOUSE, valid_from=date(2026, 1, 1), at=timezone.now())
        self.province: Province = found()
        self.accounts = {
            "clerk": people.official("clerk", self.province.shop, "dossiers.clerk"),
            "handler": people.official("handler", self.province.commune, "dossiers.specialist"),
            "elsewhere": people.official("elsewhere", self.province.other_shop, "dossiers.clerk"),
            "lan": people.citizen("lan", identity_number="079190012346"),
        }
        self.sheet = door.published(HOUSE, timezone.localdate())

    def client(self, who: str = "clerk") -> Client:
        client = Client()
        if who != "nobody":
            client.force_login(self.accounts[who])
        return client

    def form(self, **changes: Any) -> dict[str, Any]:
        """A complete dossier on the counter."""
        papers = {f"has-{one.code}": "1" for one in door.components_for(self.sheet, BRANCH)}
        return {
            "do": "tiep-nhan", "request_key": "quay-1", "identity_number": CARD, "phone": "0912 345 678",
            "procedure": HOUSE, "branch": BRANCH, "commune": self.province.commune.code, "result_channel": "counter",
        } | papers | changes  # fmt: skip

    def send(self, who: str = "clerk", **changes: Any) -> Any:
        return self.client(who).post(COUNTER, self.form(**changes))
