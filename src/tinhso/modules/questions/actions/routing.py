"""Publishing who answers what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions import seeding
from tinhso.modules.questions.models import RoutingEdition, RoutingTable
from tinhso.modules.questions.queries.routing import TABLE
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.routing import routing_from


@transaction.atomic
def publish_routing(
    content: Mapping[str, Any], *, valid_from: date, by: Actor, at: datetime, legal_source: str = ""
) -> RoutingEdition:
    """Publish a routing from a day on. Raises NotAllowed; Refusal when a field or a unit is wrong or the day taken."""
    if not by.may(Permission.ROUTE):
        raise NotAllowed
    found = routing_from(content)
    root = tree().nodes[tree().root_ids[0]].code
    unknown = {one.unit for one in found.fields} | {found.screening}
    unknown = {code for code in unknown if f"{root}-{code}" not in tree().by_code}
    if unknown and by is not SYSTEM:
        names = ", ".join(sorted(unknown))
        raise Refusal("questions.routing_unit", f"Không có đơn vị mã {names} trong tỉnh. Sửa rồi công bố lại.")
    table, _made = RoutingTable.objects.get_or_create(code=TABLE)
    draft = versions.draft(
        RoutingEdition, parent_id=table.pk, content=dict(content), by=by, at=at, legal_source=legal_source
    )
    edition, _before = versions.publish(draft, valid_from=valid_from, by=by, at=at)
    note(subject="questions/routing", verb="questions.route", by=by, at=at, data={"number": edition.number})
    return edition


def load_seeds(*, at: datetime) -> None:
    """Publish the seeded routing where there is none yet."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_routing(content, valid_from=first, by=SYSTEM, at=at, legal_source=content.get("source", ""))

    seeding.seed(RoutingEdition, "tinhso.modules.questions", "routing.yaml", publish)


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import question-routing`` calls: each row is a whole routing with its first day."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_routing(content, valid_from=first, by=by, at=at)

    return seeding.run_import(rows, read=_words, publish=publish, dry_run=dry_run)


def _words(content: Mapping[str, Any]) -> str:
    return f"{len(routing_from(content).fields)} lĩnh vực"
