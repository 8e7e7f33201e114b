"""What is held of one person: counts for the page, and all of it as one file for them."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.journal.models import View
from tinhso.kernel.manifest import Holding, Subject, registry
from tinhso.modules.privacy import rules

READ_ME = """Dữ liệu của bạn trên nền tảng dịch vụ công của tỉnh, lập lúc {at}.

du-lieu.json: mọi thông tin, theo từng phần. Mỗi phần ghi mục đích và căn cứ lưu giữ.
ai-da-xem.json: cán bộ đã mở hồ sơ của bạn.
tep/: giấy tờ, kết quả và biên lai.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One part on the person's page; ``kept`` says how long it stays, in words."""

    holding: Holding
    count: int
    kept: str


def held(subject: Subject, schedule: rules.Schedule) -> list[Held]:
    """Each part with how much of it there is: one count a part."""
    return [Held(one, one.rows(subject).count(), _kept(one, schedule)) for one in _in_order()]


def erasable(subject: Subject) -> list[Holding]:
    """What may be asked to be erased."""
    return [one for one in _in_order() if one.erase is not None]


def _in_order() -> list[Holding]:
    return sorted(registry.holdings.values(), key=lambda one: one.order)


_BY_SCHEDULE = {
    "dossiers.filed": "dossiers.closed",
    "person": "privacy.accounts",
    "privacy.requests": "privacy.requests",
}


def _kept(one: Holding, schedule: rules.Schedule) -> str:
    """From the schedule: how long this is kept; the line of the same name, or the one that ends it."""
    code = _BY_SCHEDULE.get(one.code, one.code)
    rule, kind = schedule.rule(code), registry.retained.get(code)
    return _("%(span)s từ %(after)s") % {"span": _span(rule.keep), "after": _(kind.after)} if rule and kind else ""


def _span(keep: rules.Span) -> str:
    """How long in words of the reader's language."""
    one, many = {
        "day": (_("1 ngày"), _("%(n)s ngày")), "month": (_("1 tháng"), _("%(n)s tháng")),
        "year": (_("1 năm"), _("%(n)s năm")),
    }[keep.unit]  # fmt: skip
    return one if keep.amount == 1 else many % {"n": keep.amount}


def write_archive(subject: Subject, file: IO[bytes], at: datetime) -> None:
    """All that is held of somebody as a ZIP: JSON for programs, and the files as they are."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        shown = f"{timezone.localtime(at):%H:%M ngày %d/%m/%Y}"
        archive.writestr("doc-truoc.txt", READ_ME.format(at=shown))
        used: set[str] = set()
        parts = [_part(one, subject, archive, used) for one in _in_order()]
        archive.writestr("du-lieu.json", _json({"lập_lúc": at, "phần": parts}))
        archive.writestr("ai-da-xem.json", _json(list(_views(subject))))


def _part(one: Holding, subject: Subject, archive: zipfile.ZipFile, used: set[str]) -> dict[str, Any]:
    rows = []
    for row in one.rows(subject).order_by("pk").iterator(200):
        names = [_put(attachment, one.code, archive, used) for attachment in one.files(row)]
        rows.append({**one.tell(row), **({"tệp": names} if names else {})})
    return {"phần": one.title, "mục_đích": one.purpose, "căn_cứ": one.basis, "dữ_liệu": rows}


def _put(attachment: Attachment, code: str, archive: zipfile.ZipFile, used: set[str]) -> str:
    """Copy a file into the archive without holding it in memory; one name, once."""
    name = f"tep/{code}/{attachment.pk}-{attachment.name}"
    if name not in used:
        used.add(name)
        with open_attachment(attachment) as source, archive.open(name, "w") as target:
            shutil.copyfileobj(source, target, 256 * 1024)
    return name


def _views(subject: Subject) -> Iterator[dict[str, Any]]:
    """Officials who opened this person's files."""
    rows = View.objects.filter(Q(case__owner_id=subject.account_id)).exclude(account_id=subject.account_id)
    for one in rows.select_related("case", "account", "unit").order_by("pk").iterator(200):
        yield {
            "hồ_sơ": one.case.number, "cán_bộ": one.account.display_name, "đơn_vị": one.unit.name if one.unit else "",
            "lần_đầu": one.first_at, "lần_cuối": one.last_at, "số_lần": one.times,
        }  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=plain)


def plain(value: Any) -> str:
    """Days and moments as ISO 8601, the rest as it is written."""
    return value.isoformat() if isinstance(value, date) else str(value)
