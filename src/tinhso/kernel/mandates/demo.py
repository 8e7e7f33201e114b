"""A little of mandates for the demonstration: one that holds, one that waits for an official, one that has ended."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from tinhso.kernel.files import actions as files
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import Basis, Status
from tinhso.kernel.people.models import Account, Business, Person

HOLDER = "dan.lan"
MOTHER, CHILD, FIRM = "079160900011", "079315900022", "0100109106"


def demo(**_more: Any) -> None:
    """For the demonstration's best-known citizen; loaded twice it changes nothing."""
    holder = Account.objects.filter(is_demonstration=True, username=HOLDER).first()
    if holder is None or Mandate.objects.filter(holder=holder).exists():
        return
    now = timezone.now()
    today = timezone.localdate(now)
    mother, _new = Person.objects.get_or_create(
        identity_number=MOTHER, defaults={"full_name": "Lê Thị Mẹ (minh họa)", "phone": "+84987654321"}
    )
    firm, _new = Business.objects.get_or_create(tax_code=FIRM, defaults={"name": "Hợp tác xã Minh Họa"})
    common: dict[str, Any] = {"holder": holder, "asked_at": now, "proof": _paper()}
    rows: tuple[dict[str, Any], ...] = (
        {"person": mother, "subject_name": mother.full_name, "subject_number": MOTHER, "basis": Basis.AUTHORISED,
         "begins_on": today, "ends_on": today + timedelta(days=180), "status": Status.CONFIRMED, "decided_at": now},
        {"subject_name": "Nguyễn Văn Con (minh họa)", "subject_number": CHILD, "basis": Basis.PARENT,
         "begins_on": today, "ends_on": today + timedelta(days=365), "status": Status.ASKED},
        {"business": firm, "subject_name": firm.name, "subject_number": FIRM, "basis": Basis.STAFF,
         "begins_on": today - timedelta(days=90), "ends_on": today - timedelta(days=1), "status": Status.CONFIRMED,
         "decided_at": now},
    )  # fmt: skip
    for row in rows:
        Mandate.objects.create(**common, **row)


def _paper() -> Any:
    """A picture that stands for a paper."""
    picture = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(picture).text((40, 40), "MINH HOA - GIAY TO CHUNG MINH", fill="black")
    content = BytesIO()
    picture.save(content, "PNG")
    return files.store_made(
        content.getvalue(), name="giay-to-minh-hoa.png", purpose="mandates.proof", media_type="image/png"
    )
