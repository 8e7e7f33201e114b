"""What the vault holds of a person, told to that person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Subject
from tinhso.modules.vault.models import Item, Share


def items_of(subject: Subject) -> Any:
    return Item.objects.filter(person_id=subject.person_id or 0).with_files()


def tell_item(row: Item) -> Mapping[str, Any]:
    return {
        "Giấy tờ": row.title, "Nơi cấp": row.issuer, "Số": row.number, "Ngày cấp": row.issued_on,
        "Có giá trị đến": row.valid_until, "Nguồn": row.get_origin_display(), "Vào kho lúc": row.kept_at,
        "Nội dung đọc được": row.text,
    }  # fmt: skip


def item_files(row: Item) -> list[Attachment]:
    return [row.attachment]


def shares_of(subject: Subject) -> Any:
    return Share.objects.filter(given_by_id=subject.account_id).select_related("item", "unit")


def tell_share(row: Share) -> Mapping[str, Any]:
    return {
        "Giấy tờ": row.item.title, "Cho": row.unit.name if row.unit else "người có liên kết và mã",
        "Mục đích": row.purpose, "Đồng ý lúc": row.given_at, "Đến": row.ends_at, "Rút lúc": row.revoked_at,
    }  # fmt: skip
