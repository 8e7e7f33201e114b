"""Lan with a dossier of each kind, a clerk who digitises, and papers that look like scans."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found

FONT = Path(__file__).resolve().parents[3] / "kernel/papers/fonts/Tinos-Regular.ttf"
BIRTH = ("GIẤY KHAI SINH", "Họ, chữ đệm, tên: NGUYỄN THỊ HƯƠNG", "Nơi sinh: Tây Ninh")


def photo(*lines: str, size: tuple[int, int] = (1240, 1754), kind: str = "JPEG") -> bytes:
    """A sheet with these lines on it; without any it is blank. A4 at 150 dots an inch unless said otherwise."""
    picture = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(str(FONT), size[0] // 34)
    for index, line in enumerate(lines):
        pen.text((size[0] // 10, size[1] // 12 + index * size[0] // 16), line, font=font, fill="black")
    out = BytesIO()
    picture.save(out, kind, quality=85)
    return out.getvalue()


def pdf(pages: int, *lines: str) -> bytes:
    """A scan of so many small pages as a PDF."""
    first = Image.open(BytesIO(photo(*lines, size=(240, 340))))
    out = BytesIO()
    first.save(out, "PDF", save_all=True, append_images=[first] * (pages - 1), resolution=72)
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
