"""``tinhso reorganise``: carry out a plan from a file, or look what it would do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tinhso.config.cli import ready


@click.command("reorganise")
@click.argument("plan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "what", flag_value="dry-run", default=True, help="Count what would move (the default).")
@click.option("--execute", "what", flag_value="execute", help="Carry it out now, or go on where it stopped.")
@click.option("--verify", "what", flag_value="verify", help="Look for what was left behind.")
@click.option("--undo", "what", flag_value="undo", help="Put everything back, if nothing has happened since.")
def reorganise(plan: Path, what: str) -> None:
    """Merge, split or abolish units, or move competence, as PLAN (a YAML file) says."""
    with ready.database():
        from tinhso.kernel.errors import Refusal

        try:
            for line in ACTS[what](_content(plan)):
                click.echo(line)
        except Refusal as refusal:
            raise click.ClickException(f"{refusal.message}") from None


def _content(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise click.ClickException(f"{path.name} cannot be read: {problem}") from None
    if not isinstance(content, dict):
        raise click.ClickException(f"{path.name}: a mapping with code, title, decision, effective_on is expected.")
    return content


def _kept(content: dict[str, Any]) -> Any:
    """The plan as the database has it: made, or brought up to the file while it may still change."""
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions
    from tinhso.kernel.reorganisation.models import Reorganisation
    from tinhso.kernel.reorganisation.rules import Act, may_follow, parse, to_json

    said, at = parse(content), datetime.now(UTC)
    row = Reorganisation.objects.filter(code=said.code).first()
    if row is None:
        return actions.draft(content=content, by=SYSTEM, at=at)
    if row.content != to_json(said) and may_follow(row.state, Act.EDIT):
        return actions.edit(plan_id=row.pk, content=content, by=SYSTEM, at=at)
    return row


def _dry_run(content: dict[str, Any]) -> Any:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions
    from tinhso.kernel.reorganisation.rules import parse, problems
    from tinhso.kernel.units.queries import tree

    found = problems(parse(content), tree())
    if found:
        raise click.ClickException("\n".join(f"{one.code}: {one.message}" for one in found))
    row = actions.rehearse(plan_id=_kept(content).pk, by=SYSTEM, at=datetime.now(UTC))
    for one in row.counts:
        yield f"{one['number']:>9,}  {one['mover']:<24} {one['title']}"
        for before, after, number in one["pairs"]:
            yield f"{number:>9,}      {before} → {after}"
    yield "No row has moved; the plan is kept."


def _execute(content: dict[str, Any]) -> Any:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions
    from tinhso.kernel.reorganisation.rules import State

    row, at = _kept(content), datetime.now(UTC)
    if row.state in (State.DRAFT, State.REHEARSED):
        actions.rehearse(plan_id=row.pk, by=SYSTEM, at=at)
        actions.schedule(plan_id=row.pk, by=SYSTEM, at=at)
    actions.start(plan_id=row.pk, by=SYSTEM, at=at)
    yield from _run(row)


def _run(row: Any) -> Any:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions

    actions.run(plan_id=row.pk, by=SYSTEM, at=datetime.now(UTC))
    row.refresh_from_db()
    yield f"{row.code}: {row.state}, {row.moved:,} rows moved."


def _verify(content: dict[str, Any]) -> Any:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions, queries

    row = actions.verify(plan_id=_kept(content).pk, by=SYSTEM, at=datetime.now(UTC))
    for mover, number in row.findings["left"].items():
        yield f"{number:>9,}  {mover}"
    then, now = row.findings["figures_then"], row.findings["figures_now"]
    yield f"Figures: {then:,} by the units of their day, {now:,} by today's."
    if not queries.is_clean(row.findings):
        raise click.ClickException(f"Not clean. Undeclared: {', '.join(row.findings['undeclared']) or 'none'}.")
    yield "Nothing was left behind."


def _undo(content: dict[str, Any]) -> Any:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions
    from tinhso.kernel.reorganisation.rules import State

    row = _kept(content)
    if row.state != State.UNDOING:
        actions.undo(plan_id=row.pk, by=SYSTEM, at=datetime.now(UTC))
    yield from _run(row)


ACTS = {"dry-run": _dry_run, "execute": _execute, "verify": _verify, "undo": _undo}
