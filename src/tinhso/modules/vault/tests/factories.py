"""Lan with a dossier of each kind, a clerk who digitises, and papers that look like scans."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from tinhso.kernel.files.actions import store_made
from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.vault import actions
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.models import Scan, Use
from tinhso.modules.vault.queries.signatures import Checked

FONT = Path(__file__).resolve().parents[3] / "kernel/papers/fonts/Tinos-Regular.ttf"


def photo(*lines: str, size: tuple[int, int] = (1240, 1754), kind: str = "JPEG") -> bytes:
    """A sheet with these lines on it; without any it is blank. A4 at 150 dots an inch unless said otherwise."""
    picture = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(str(FONT), size[0] // 34)
    for index, line in enumerate(lines):
        pen.text((size[0] // 10, size[1] // 12 + index * size[0] // 16), line, font=font, fill="black")
    out = BytesIO()
    picture.save(out, kind, quality=85)
    return out.getvalue()


class Counter:
    """A commune's people by what they do here; ``neighbour`` does all of it in another commune."""

    def __init__(self) -> None:
        forget()
        self.province: Province = found()
        here, shop, other = self.province.commune, self.province.shop, self.province.other
        every = ("vault.digitiser", "vault.certifier", "vault.registrar", "dossiers.clerk", "dossiers.specialist")
        self.accounts: dict[str, Account] = {
            "lan": people.citizen("lan", identity_number="079190012346"),
            "minh": people.citizen("minh"),
            "clerk": people.official("clerk", shop, "dossiers.clerk", "vault.digitiser", also_on=(here,)),
            "handler": people.official("handler", here, "dossiers.specialist"),
            "leader": people.official("leader", here, "dossiers.leader", "vault.certifier"),
            "registrar": people.official("registrar", here, "dossiers.registrar", "vault.registrar"),
            "neighbour": people.official("neighbour", other, *every, also_on=(self.province.other_shop,)),
        }

    def actor(self, who: str) -> Actor:
        return actor_of(self.accounts[who])

    def person(self, who: str) -> Any:
        return self.accounts[who].person


def furnish(*, owner: Account, clerk: Account, case_id: int, part_id: int, commune_id: int) -> None:
    """For tests of all pages: a paper of the owner's used in the case and shared, a scan, a request for a copy."""
    at = timezone.now()
    file = store_made(photo("1", size=(200, 280)), name="x.jpg", purpose="test", media_type=JPEG)
    new = NewItem(title="Giấy khai sinh", attachment=file, origin="paper", source_key="test/whole", kind="khai_sinh",
                  person_id=owner.person_id, business_id=None, case_id=case_id)  # fmt: skip
    item = keep(new, signature=Checked(), by=SYSTEM, at=at)
    assert item is not None
    Use.objects.create(item=item, how="filed", at=at, on=at.date(), case_id=case_id, part_id=part_id, who="Lan")
    actions.share_item(token=item.token, purpose="vay vốn ngân hàng", days=7, by=actor_of(owner), at=at)
    brought = actions.add_file(
        case_id=case_id, part_id=part_id, name="Giấy khai sinh", stream=BytesIO(photo("2", size=(200, 280))),
        file_name="2.jpg", by=actor_of(clerk), at=at,
    )  # fmt: skip
    Scan.objects.filter(pk=brought.scan_id).update(result=file)
    actions.request_copy(
        title="Giấy khai sinh", unit_id=commune_id, pages=2, request_key="whole", by=actor_of(owner), at=at
    )
