"""A commune whose clerk digitises, drafts and dossiers that need papers, and papers that are kept already."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.papers.typesetting import drawing
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier, Draft, Part
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after
from tinhso.modules.procedures import door as procedures
from tinhso.modules.vault import actions
from tinhso.modules.vault.models import Item, Scan
from tinhso.modules.vault.tests.factories import photo

ARCHIVE = drawing('#set page(paper: "a4")\nGIẤY KHAI SINH#pagebreak()Nơi sinh: Tây Ninh', {})


def draft(office: Office, who: str = "lan") -> Draft:
    made = dossiers.begin(procedure_code=MARITAL, branch="", by=office.actor(who), at=START, prefill={})
    return dossiers.save(token=made.token, answers=office.answers(), by=office.actor(who), at=START)


def components(office: Office) -> dict[str, str]:
    return {one.code: one.name for one in procedures.components_for(office.sheet)}


def kept(office: Office, title: str, who: str = "lan", **more: Any) -> Item:
    """A paper in somebody's vault, as an upload of theirs."""
    from tinhso.kernel.files.actions import store_made
    from tinhso.modules.vault.actions.keeping import NewItem, keep
    from tinhso.modules.vault.queries.kinds import kind_called
    from tinhso.modules.vault.queries.signatures import Checked

    number = Item.objects.count()
    file = store_made(photo(title, str(number), size=(200, 280)), name=f"{number}.jpg", purpose="test", media_type=JPEG)
    person_id, kind = office.accounts[who].person_id, kind_called(title)
    new = NewItem(title=title, attachment=file, origin="paper", source_key=f"test/{number}", person_id=person_id,
                  business_id=None, kind=kind, **more)  # fmt: skip
    item = keep(new, signature=Checked(), by=office.actor("system"), at=START)
    assert item is not None
    return item


def received(office: Office, *names: str) -> Dossier:
    """Brought to the counter on paper."""
    dossier = office.receive(key="1")
    person = office.accounts["lan"].person
    Dossier.objects.filter(pk=dossier.pk).update(person=person)
    for name in names:
        Part.objects.create(
            dossier=dossier, code=f"tp-{name[:8]}", name=name, source="paper", originals=1, added_at=START
        )
    run_jobs()
    return dossier


def scanned(office: Office, dossier: Dossier, part: Part, who: str = "clerk") -> Scan:
    """Two pages brought and read."""
    for page in ("1", "2"):
        picture = BytesIO(photo(page, size=(200, 280)))
        file = actions.add_file(case_id=dossier.pk, part_id=part.pk, name=part.name, stream=picture,
                                file_name=f"{page}.jpg", by=office.actor(who), at=after(hours=1))  # fmt: skip
    actions.send_to_read(scan_id=file.scan_id, by=office.actor(who), at=after(hours=1))
    run_jobs()
    return Scan.objects.get(pk=file.scan_id)


# --- Results and uploads are kept -------------------------------------------------------------------------------------
