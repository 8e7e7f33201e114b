"""What is due for an archive, and the package that an archive gets.

A package is a ZIP with one folder ``uuid-{UUID}`` a case: METS.xml (what is in it, with hashes), metadata in EAD and
PREMIS, the history, and the files as they are; ``manifest-sha256.txt`` lists every file. It can be checked
without this program (``sha256sum --check``) and by ``tinhso handover verify``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.manifest import Fate, Packed, Retained, registry
from tinhso.kernel.papers.typesetting import typeset
from tinhso.modules.privacy import rules
from tinhso.modules.privacy.models import HandedOver, Handover, spared
from tinhso.modules.privacy.queries.own import plain

SHEET = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "archived.typ"
CHUNK = 256 * 1024
MANIFEST = "manifest-sha256.txt"
METS, EAD, PREMIS, XLINK = (
    "http://www.loc.gov/METS/", "http://ead3.archivists.org/schema/", "http://www.loc.gov/premis/v3",
    "http://www.w3.org/1999/xlink",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueForArchive:
    """A kind of thing whose time has come to be handed over, and the rows that are in no package yet."""

    kind: Retained
    rule: rules.Rule
    before: datetime
    rows: Any


def due_now(schedule: rules.Schedule, at: datetime) -> Iterator[DueForArchive]:
    """The kinds that the schedule hands over and that can be packed."""
    for rule in schedule.rules:
        kind = registry.retained.get(rule.code)
        if kind is None or kind.pack is None or rule.fate is not Fate.HAND_OVER:
            continue
        before = rule.keep.before(at)
        packed = HandedOver.objects.filter(code=rule.code, is_living=True).values("row_id")
        yield DueForArchive(kind, rule, before, kind.due(before, spared()).exclude(pk__in=packed))


def write_package(handover: Handover, file: IO[bytes], at: datetime) -> int:
    """Write the package; returns how many things are in it. One case at a time is in memory."""
    kind = registry.retained[handover.code]
    assert kind.pack is not None
    things = {one.row_id: one for one in handover.things.all()}
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        out = _Out(archive, f"{handover.number}/", hashes)
        for packed in kind.pack(sorted(things)):
            thing = things[packed.row_id]
            thing.number, thing.files = packed.number, _write_one(out, packed, str(thing.folder).upper(), at)
            thing.save(update_fields=["number", "files"])
        out.put("package.json", _json(_about(handover, len(things), at)))
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
        archive.writestr(f"{handover.number}/{MANIFEST}", lines)
    return len(things)


def _about(handover: Handover, count: int, at: datetime) -> dict[str, Any]:
    return {
        "number": handover.number, "kind": handover.code, "source": handover.source, "to": handover.archive,
        "things": count, "made_at": at, "layout": "Thông tư 05/2025/TT-BNV (METS, EAD, PREMIS; chưa xác nhận)",
    }  # fmt: skip


@dataclass
class _Out:
    """A ZIP that remembers the hash of all that goes into it; names count from its own folder."""

    archive: zipfile.ZipFile
    folder: str
    hashes: dict[str, str]

    def put(self, name: str, content: bytes) -> str:
        self.archive.writestr(self.folder + name, content)
        return self._note(name, hashlib.sha256(content).hexdigest())

    def copy(self, name: str, attachment: Attachment) -> str:
        digest = hashlib.sha256()
        with open_attachment(attachment) as source, self.archive.open(self.folder + name, "w") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        return self._note(name, digest.hexdigest())

    def _note(self, name: str, digest: str) -> str:
        self.hashes[name] = digest
        return digest


def _write_one(out: _Out, packed: Packed, uuid: str, at: datetime) -> int:
    """One case in its folder; how many files it has."""
    folder = f"uuid-{uuid}/"
    data = f"{folder}representations/rep1/data/"
    attachments = Attachment.objects.select_related("blob").in_bulk([one for _, one in packed.files])
    listed: list[tuple[str, str, str]] = []
    history = _history(packed)
    sheet = typeset(SHEET, _sheet(packed, history), at=at)
    listed.append(
        ("representations/rep1/data/00-phieu-ho-so.pdf", out.put(f"{data}00-phieu-ho-so.pdf", sheet), "sheet")
    )
    for number, (what, attachment_id) in enumerate(packed.files, 1):
        attachment = attachments.get(attachment_id)
        if attachment is None:
            continue
        name = f"{number:02d}-{Path(attachment.name).name}"
        listed.append((f"representations/rep1/data/{name}", out.copy(data + name, attachment), what))
    for name, content in (
        ("metadata/descriptive/EAD.xml", _ead(packed, uuid, len(listed))),
        ("metadata/preservation/PREMIS.xml", _premis(packed, listed, history)),
        ("metadata/other/history.json", _json(history)),
        ("metadata/other/content.json", _json(packed.content)),
    ):
        listed.append((name, out.put(folder + name, content), "metadata"))
    out.put(f"{folder}METS.xml", _mets(packed, uuid, listed, at))
    return sum(what != "metadata" for _, _, what in listed)


def _history(packed: Packed) -> list[dict[str, Any]]:
    """What happened, with the seals of the chain, so that it can be compared with what is kept here."""
    if packed.case_id is None:
        return []
    rows = Entry.objects.filter(case=packed.case_id).select_related("case").order_by("seq")
    return [
        {"seq": one.seq, "at": one.at, "verb": one.verb, "who": one.actor_name, "says": sentence(one),
         "hash": bytes(one.hash).hex()}
        for one in rows
    ]  # fmt: skip


def _sheet(packed: Packed, history: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "agency": packed.creator, "number": packed.number, "title": packed.title,
        "begun_on": f"{packed.begun_on:%d/%m/%Y}", "ended_on": f"{packed.ended_on:%d/%m/%Y}",
        "facts": [{"name": str(name), "value": _shown(value)} for name, value in packed.content.items()],
        "history": [{"at": f"{one['at']:%d/%m/%Y %H:%M}", "says": one["says"]} for one in history],
    }  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_shown(one) for one in value)
    return "–" if value in (None, "") else str(value)


def _element(parent: ET.Element | None, space: str, tag: str, text: str = "", **more: str) -> ET.Element:
    name = f"{{{space}}}{tag}"
    made = ET.Element(name, more) if parent is None else ET.SubElement(parent, name, more)
    made.text = text or None
    return made


def _text(root: ET.Element) -> bytes:
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _ead(packed: Packed, uuid: str, files: int) -> bytes:
    """Title, creator, dates and numbers of the case (fields of the hand-over list; names of EAD 3)."""
    root = _element(None, EAD, "ead")
    head = _element(root, EAD, "control")
    _element(head, EAD, "recordid", uuid)
    did = _element(_element(root, EAD, "archdesc", level="file"), EAD, "did")
    _element(did, EAD, "unitid", packed.number)
    _element(did, EAD, "unittitle", packed.title)
    _element(did, EAD, "origination", packed.creator)
    dates = _element(_element(did, EAD, "unitdatestructured"), EAD, "daterange")
    _element(dates, EAD, "fromdate", packed.begun_on.isoformat())
    _element(dates, EAD, "todate", packed.ended_on.isoformat())
    _element(did, EAD, "physdesc", f"{files} tài liệu")
    return _text(root)


def _premis(packed: Packed, listed: list[tuple[str, str, str]], history: list[dict[str, Any]]) -> bytes:
    root = _element(None, PREMIS, "premis", version="3.0")
    for name, digest, _what in listed:
        thing = _element(root, PREMIS, "object")
        _element(_element(thing, PREMIS, "objectIdentifier"), PREMIS, "objectIdentifierValue", name)
        fixity = _element(_element(thing, PREMIS, "objectCharacteristics"), PREMIS, "fixity")
        _element(fixity, PREMIS, "messageDigestAlgorithm", "SHA-256")
        _element(fixity, PREMIS, "messageDigest", digest)
    for one in history:
        event = _element(root, PREMIS, "event")
        _element(event, PREMIS, "eventType", one["verb"])
        _element(event, PREMIS, "eventDateTime", one["at"].isoformat())
    return _text(root)


def _mets(packed: Packed, uuid: str, listed: list[tuple[str, str, str]], at: datetime) -> bytes:
    root = _element(None, METS, "mets", OBJID=f"urn:uuid:{uuid}", LABEL=packed.title, TYPE="SIP")
    _element(root, METS, "metsHdr", CREATEDATE=at.isoformat())
    group = _element(_element(root, METS, "fileSec"), METS, "fileGrp", USE="Package")
    for number, (name, digest, what) in enumerate(listed, 1):
        file = _element(group, METS, "file", ID=f"f{number}", CHECKSUM=digest, CHECKSUMTYPE="SHA-256", USE=what)
        _element(file, METS, "FLocat", LOCTYPE="URL", **{f"{{{XLINK}}}href": name})
    whole = _element(_element(root, METS, "structMap", TYPE="PHYSICAL"), METS, "div", LABEL=packed.number)
    for number in range(1, len(listed) + 1):
        _element(whole, METS, "fptr", FILEID=f"f{number}")
    return _text(root)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=plain).encode()


def faults(path: Path) -> list[str]:
    """What is wrong with a package: files that are missing, not listed or not as listed; nothing when it is whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _faults(archive)
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, ValueError) as problem:
        return [f"không đọc được gói: {problem}"]


def _faults(archive: zipfile.ZipFile) -> list[str]:
    lists = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(f"/{MANIFEST}")]
    if len(lists) != 1:
        return [f"không có {MANIFEST}"]
    folder = lists[0].removesuffix(MANIFEST)
    lines = [line.split("  ", 1) for line in archive.read(lists[0]).decode().splitlines()]
    wanted = {name: digest for digest, name in lines}
    there = {name.removeprefix(folder) for name in archive.namelist()} - {MANIFEST}
    found = [f"thiếu {name}" for name in sorted(wanted.keys() - there)]
    found += [f"thừa {name}" for name in sorted(there - wanted.keys())]
    for name in sorted(wanted.keys() & there):
        digest = hashlib.sha256()
        try:
            with archive.open(folder + name) as source:
                shutil.copyfileobj(source, _Into(digest), CHUNK)
        except zipfile.BadZipFile:
            found.append(f"hỏng {name}")
            continue
        if digest.hexdigest() != wanted[name]:
            found.append(f"khác {name}")
    return found


class _Into:
    """A file to write into that only counts the hash."""

    def __init__(self, digest: Any) -> None:
        self.write = digest.update
