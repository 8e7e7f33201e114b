"""People and procedures for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tinhso.kernel.people.rules import EVERYWHERE, Actor, ActorKind
from tinhso.modules.procedures import actions, queries
from tinhso.modules.procedures.models import ProcedureVersion
from tinhso.modules.procedures.rules import Permission

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
CONTROLLER = Actor(
    ActorKind.OFFICIAL,
    name="Cán bộ kiểm soát (trình diễn)",
    rights={Permission.EDIT: EVERYWHERE, Permission.PUBLISH: EVERYWHERE},
)
EDITOR = Actor(ActorKind.OFFICIAL, name="Người soạn (trình diễn)", rights={Permission.EDIT: EVERYWHERE})
CLERK = Actor(ActorKind.OFFICIAL, name="Cán bộ một cửa (trình diễn)")


def content(code: str = "1.004873", **changes: Any) -> dict[str, Any]:
    """The content of a sample procedure as JSON, with changes at the top."""
    from tinhso.modules.procedures.rules.content import content_to
    from tinhso.modules.procedures.rules.rows import content_of_row

    (row,) = queries.seed_rows(code)
    return content_to(content_of_row(row, queries.background())) | changes


def drafted(code: str = "1.004873", **changes: Any) -> ProcedureVersion:
    return actions.draft(code=code, content=content(code, **changes), by=CONTROLLER, at=AT)


def publish(code: str = "1.004873", valid_from: date = date(2026, 1, 1), **changes: Any) -> ProcedureVersion:
    """A procedure published from a day on."""
    return actions.publish(version=drafted(code, **changes), valid_from=valid_from, by=CONTROLLER, at=AT)
