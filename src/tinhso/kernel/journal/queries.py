"""Reading history: its sentences, and whether anybody changed it behind the program's back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from tinhso.kernel.journal import rules
from tinhso.kernel.journal.models import Anchor, Entry
from tinhso.kernel.manifest import Readers, registry

_COLUMNS = (
    "id", "case_id", "subject", "seq", "verb", "at", "actor_id", "data", "hash", "personal", "salt",
    "erased_by",
)  # fmt: skip


class _Words(defaultdict[str, Any]):
    """Data for a sentence; what is missing reads as a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def said(entry: Any) -> dict[str, Any]:
    """All that an entry, or a row with its columns, says: the personal part too, while it is kept."""
    return {**entry.data, **(getattr(entry, "personal", None) or {})}


def sentence(entry: Entry) -> str:
    """The entry in words of the reader's language, from its declared sentence and its own data."""
    declared = registry.entries.get(entry.verb)
    if declared is None:
        return entry.verb
    return gettext(declared.sentence).format_map(_Words(str, {**said(entry), "actor": entry.actor_name}))


def timeline(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What happened, as the component ``c-timeline`` shows it."""
    return [{"title": sentence(one), "at": one.at, "kind": "done"} for one in entries]


def readable(entries: list[Entry], readers: Readers) -> list[Entry]:
    """The entries that a reader of this kind may see: officials all, parties theirs, the public only public ones."""
    allowed = {
        Readers.OFFICIALS: {Readers.OFFICIALS, Readers.PARTIES, Readers.PUBLIC},
        Readers.PARTIES: {Readers.PARTIES, Readers.PUBLIC},
        Readers.PUBLIC: {Readers.PUBLIC},
    }[readers]
    return [
        entry for entry in entries if entry.verb in registry.entries and registry.entries[entry.verb].readers in allowed
    ]


@dataclass(frozen=True, slots=True)
class Damage:
    """Where the history does not fit together."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain ends, and the state of the case that its last entry tells (None when it tells none)."""

    head: rules.Head = field(default_factory=rules.Head)
    state: str | None = None


def verify(ends: dict[str, End] | None = None, batch: int = 5000) -> Iterator[Damage]:
    """Walk all chains and anchors; yields each place where a hash, a number or an anchor does not fit.

    ``ends`` is filled with the end of each chain, for whoever compares rows with their history.
    """
    ends = {} if ends is None else ends
    records: dict[str, str] = {}  # who is said to have erased → where, once each
    for row in Entry.objects.order_by("pk").values_list(*_COLUMNS).iterator(batch):
        _, case_id, subject, seq, verb, at, actor_id, data, found, personal, salt, erased_by = row
        chain = f"case/{case_id}" if case_id else subject
        end = ends.get(chain, End())
        if seq != end.head.seq + 1:
            yield Damage(f"{chain}#{seq}", f"thiếu mục {end.head.seq + 1}")
        sealed = rules.seal(end.head.hash, chain=chain, seq=seq, verb=verb, at=at, actor_id=actor_id, data=data)
        if sealed != bytes(found):
            yield Damage(f"{chain}#{seq}", "nội dung không khớp dấu niêm phong")
        if words := _wrong_part(data.get(rules.APART), personal, salt, erased_by):
            yield Damage(f"{chain}#{seq}", words)
        if erased_by:
            records.setdefault(erased_by, f"{chain}#{seq}")
        state = data["is"]["state"] if "is" in data else end.state
        ends[chain] = End(rules.Head(seq, bytes(found)), state)
    for record, where in records.items():
        if record not in ends:
            yield Damage(where, f"dữ liệu cá nhân bị xóa mà không có biên bản {record}")
    yield from _verify_anchors()


def _wrong_part(sealed: str | None, personal: Any, salt: Any, erased_by: str) -> str:
    """Why an entry's personal part does not fit its seal; empty when it does, or was erased on record."""
    if personal is not None:
        fits = sealed is not None and salt is not None and rules.personal_seal(bytes(salt), personal) == sealed
        return "" if fits else "dữ liệu cá nhân không khớp dấu niêm phong"
    return "mất dữ liệu cá nhân mà không có biên bản" if sealed and not erased_by else ""


def _verify_anchors() -> Iterator[Damage]:
    previous = rules.NO_HASH
    for anchor in Anchor.objects.order_by("on"):
        hashes = Entry.objects.filter(pk__gte=anchor.first_id, pk__lte=anchor.last_id).order_by("pk")
        sealed = rules.anchor(
            previous, anchor.on.isoformat(), (bytes(one) for one in hashes.values_list("hash", flat=True).iterator())
        )
        if sealed != bytes(anchor.hash):
            yield Damage(f"anchor {anchor.on}", "lịch sử của ngày này đã bị thay đổi sau khi niêm phong")
        previous = bytes(anchor.hash)
