"""A unit's card: the grid (cell by cell), one criterion a page, evidence, sending, review, appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files import serving
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui import typed
from tinhso.modules.scorecards.actions import filling, proving, reviewing
from tinhso.modules.scorecards.desk.asking import official
from tinhso.modules.scorecards.models import Appeal, Card, Evidence
from tinhso.modules.scorecards.queries import cards as reading
from tinhso.modules.scorecards.queries import editions, rounds
from tinhso.modules.scorecards.rules import words
from tinhso.modules.scorecards.rules.editions import KIND_NAMES
from tinhso.modules.scorecards.rules.numbers import plain, shown
from tinhso.modules.scorecards.rules.words import EvidenceKind, Permission

HISTORY = 20


def _rights(card: Card, actor: Actor) -> dict[str, bool]:
    """What this official can do with the card now; the same questions that the actions ask."""
    state, round_ = card.state, card.round.state
    own = reading.is_own(card, actor)
    in_time = card.round.appeals_until is None or timezone.localdate() <= card.round.appeals_until
    return {
        "may_fill": actor.may(Permission.FILL, card.unit_id) and words.may("fill", state, round_),
        "may_submit": actor.may(Permission.SUBMIT, card.unit_id) and words.may("submit", state, round_),
        "may_review": actor.may(Permission.REVIEW, card.unit_id) and words.may("review", state, round_) and not own,
        "may_appeal": actor.may(Permission.SUBMIT, card.unit_id) and words.may("appeal", state, round_) and in_time,
        "may_answer": actor.may(Permission.REVIEW, card.unit_id) and words.may("answer", state, round_) and not own,
    }


@login_required
@require_GET
def grid(request: HttpRequest, card_id: int) -> HttpResponse:
    """The whole sheet: cells to type in for the unit, points to give for the council, to read for others."""
    return _grid(request, card_id, {})


def _grid(request: HttpRequest, card_id: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = official(request)
    card = reading.visible_card(card_id, actor)
    lines = reading.lines(card)
    edition = editions.of(card.round.edition)
    context = {
        "card": card,
        "round": card.round,
        "edition": edition,
        "parts": reading.parts(lines),
        "number": len(lines),
        "locked": sum(line.is_locked for line in lines),
        "bare": [line for line in lines if line.state == "flagged"],
        "waiting": [line for line in lines if line.cell is not None and line.cell.needs_more],
        "next": next((line.code for line in lines if line.state in ("open", "more")), ""),
        "card_state": words.CARD_NAMES[words.CardState(card.state)],
        "round_state": words.ROUND_NAMES[words.RoundState(card.round.state)],
        "appeals": list(Appeal.objects.filter(cell__card=card).select_related("cell").order_by("-pk")[:50]),
        **_rights(card, actor),
    }
    return render(request, "scorecards/desk/grid.html", context | more, status=status)


@login_required
@require_POST
def save(request: HttpRequest, card_id: int) -> HttpResponse:
    """Take one cell from the grid. 409 with what another saved, 422 with a sentence; else points and totals."""
    actor = official(request)
    values = _typed(request)
    revision = request.POST.get("revision", "")
    try:
        done = filling.fill(
            card_id=card_id,
            criterion=request.POST.get("criterion", "")[:40],
            values=values,
            revision=int(revision) if is_whole(revision) else None,
            by=actor,
            at=timezone.now(),
        )
    except filling.CellStale as stale:
        theirs = {name: shown(value) for name, value in reading.decimals_of(stale.inputs).items()}
        said = {"code": stale.code, "message": stale.message, "revision": stale.revision, "inputs": theirs}
        return JsonResponse(said, status=409)
    except Refusal as refusal:
        said = {"code": refusal.code, "message": refusal.message, "field": refusal.field or ""}
        return JsonResponse(said, status=refusal.status)
    cell = done.cell
    return JsonResponse(
        {
            "revision": cell.revision,
            "points": shown(cell.self_points),
            "total": shown(done.total),
            "filled": done.filled,
            "inputs": {name: shown(value) for name, value in reading.decimals_of(cell.inputs).items()},
        }
    )


@login_required
@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, card_id: int, code: str) -> HttpResponse:
    """One criterion on a page of its own: how it is scored, numbers, evidence, review, appeal; next and previous."""
    actor = official(request)
    more: dict[str, Any] = {}
    if request.method == "POST":
        try:
            _act(request, card_id, code, actor)
            if request.POST.get("go") == "next":
                return redirect(_next_address(card_id, code, actor))
            return redirect("scorecards:criterion", card_id, code)
        except filling.CellStale as stale:
            theirs = {name: shown(value) for name, value in reading.decimals_of(stale.inputs).items()}
            more = {"errors": [("in", stale.message)], "theirs": theirs}
        except NotFound:
            raise
        except Refusal as refusal:
            more = {"errors": [(refusal.field or "in", refusal.message)], "typed": request.POST}
    return _criterion_page(request, card_id, code, actor, more)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What stands in the fields of a criterion, by input."""
    return {key[3:]: str(value) for key, value in request.POST.items() if key.startswith("in-")}


def _act(request: HttpRequest, card_id: int, code: str, actor: Actor) -> None:
    """What the buttons of the page mean."""
    said, at = request.POST, timezone.now()
    where: dict[str, Any] = {"card_id": card_id, "criterion": code}
    revision = int(said["revision"]) if is_whole(said.get("revision", "")) else None
    match said.get("do"):
        case "fill":
            values = _typed(request)
            filling.fill(**where, values=values, revision=revision, by=actor, at=at)
        case "attach":
            proving.attach(**where, proof=_proof(request), by=actor, at=at)
        case "review":
            points, reason = said.get("points", ""), said.get("reason", "")
            reviewing.review(**where, points=points, reason=reason, revision=revision, by=actor, at=at)
        case "appeal":
            filling.appeal(
                **where, input_code=said.get("input", ""), claimed=said.get("claimed", ""),
                reason=said.get("reason", ""), by=actor, at=at,
            )  # fmt: skip
        case _:
            raise NotFound


def _proof(request: HttpRequest) -> proving.Proof:
    said = request.POST
    kind = said.get("kind", "")
    if kind == EvidenceKind.LINK:
        return proving.Proof(EvidenceKind.LINK, title=said.get("title", ""), url=said.get("url", ""))
    if kind == EvidenceKind.DOCUMENT:
        dated = said.get("dated_on", "").strip()
        day = typed.day(dated, "dated_on") if dated else None
        number, title = said.get("document", ""), said.get("title", "")
        return proving.Proof(EvidenceKind.DOCUMENT, title=title, number=number, dated_on=day)
    file = request.FILES.get("file")
    return proving.Proof(
        EvidenceKind.FILE, title=said.get("title", ""), stream=file, name=(file.name or "") if file else ""
    )


def _next_address(card_id: int, code: str, actor: Actor) -> str:
    edition = editions.of(reading.visible_card(card_id, actor).round.edition)
    codes = [one.code for one in edition.criteria]
    place = codes.index(code) + 1
    if place == len(codes):
        return reverse("scorecards:card", args=[card_id])
    return reverse("scorecards:criterion", args=[card_id, codes[place]])


def _criterion_page(request: HttpRequest, card_id: int, code: str, actor: Actor, more: dict[str, Any]) -> HttpResponse:
    card = reading.visible_card(card_id, actor)
    lines = reading.lines(card)
    place = next((n for n, line in enumerate(lines) if line.code == code), None)
    if place is None:
        raise NotFound
    line = lines[place]
    evidence = list(line.cell.evidence.all()) if line.cell else []
    context = {
        "card": card,
        "round": card.round,
        "line": line,
        "rule_name": KIND_NAMES[line.criterion.rule.kind],
        "rule_words": rule_words(line),
        "place": place + 1,
        "number": len(lines),
        "before": lines[place - 1].code if place else "",
        "after": lines[place + 1].code if place + 1 < len(lines) else "",
        "evidence": sorted(evidence, key=lambda one: one.pk),
        "appeals": list(line.cell.appeals.select_related("made_by", "answered_by").order_by("pk")) if line.cell else [],
        "history": _history(card, code),
        **_rights(card, actor),
    }
    status = 422 if more.get("errors") else 200
    return render(request, "scorecards/desk/criterion.html", context | more, status=status)


def rule_words(line: reading.Line) -> str:
    """The rule in a sentence, with its bounds."""
    rule = line.criterion.rule
    parts = []
    if rule.target != 1:
        parts.append(_("đủ điểm khi đạt %(share)s%%") % {"share": _number(100 * rule.target)})
    for step in rule.steps:
        parts.append(
            (_("đến %(bound)s: %(share)s%% điểm") if rule.goes_down else _("từ %(bound)s: %(share)s%% điểm"))
            % {"bound": _number(step.bound), "share": _number(100 * step.share)}
        )
    for name, share in rule.choices:
        parts.append(f"{name}: {_number(100 * share)}%")
    if rule.kind in ("linear", "inverse", "indicator"):
        said = {"nothing": _number(rule.nothing_at), "full": _number(rule.full_at)}
        parts.append(_("không điểm ở %(nothing)s, đủ điểm ở %(full)s") % said)
    if rule.formula:
        parts.append(rule.formula)
    if rule.least:
        parts.append(_("ít nhất %(least)s lượt trả lời") % {"least": rule.least})
    if rule.zero == "leave_out":
        parts.append(_("mẫu số bằng 0 thì không áp dụng và quy đổi tổng điểm"))
    return "; ".join(parts)


def _number(value: Any) -> str:
    return f"{float(value):g}".replace(".", ",")


def _history(card: Card, code: str) -> list[tuple[str, datetime]]:
    """What happened to a cell, in sentences, the newest first."""
    rows = Entry.objects.filter(subject=filling.subject_of(card), data__criterion=code).order_by("-seq")
    return [(sentence(one), one.at) for one in rows[:HISTORY]]


@login_required
@require_POST
def detach(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a piece of evidence away and go back to its criterion."""
    actor = official(request)
    found = Evidence.objects.filter(pk=evidence_id, cell__card__in=Card.objects.visible_to(actor)).first()
    if found is None:
        raise NotFound
    where = found.cell
    proving.detach(evidence_id=evidence_id, by=actor, at=timezone.now())
    return redirect("scorecards:criterion", where.card_id, where.criterion)


@login_required
@require_GET
def file(request: HttpRequest, evidence_id: int) -> FileResponse:
    """The file of a piece of evidence, for who may see the card."""
    actor = official(request)
    found = (
        Evidence.objects.select_related("attachment__blob")
        .filter(pk=evidence_id, kind=EvidenceKind.FILE, cell__card__in=Card.objects.visible_to(actor))
        .first()
    )
    if found is None or found.attachment is None:
        raise NotFound
    return serving.response(found.attachment, inline=True)


@login_required
@require_POST
def step(request: HttpRequest, card_id: int) -> HttpResponse:
    """Send the card, ask for more, or finish its review; what does not work is said above the grid."""
    actor, at, said = official(request), timezone.now(), request.POST
    try:
        match said.get("do"):
            case "submit":
                filling.submit(card_id=card_id, by=actor, at=at)
            case "attach":
                codes, proof = said.getlist("criteria"), _proof(request)
                proving.attach_to_several(card_id=card_id, criteria=codes, proof=proof, by=actor, at=at)
            case "ask_more":
                codes, reason = said.getlist("criteria"), said.get("reason", "")
                reviewing.ask_more(card_id=card_id, criteria=codes, reason=reason, by=actor, at=at)
            case "finish":
                reviewing.finish_review(card_id=card_id, by=actor, at=at)
            case _:
                raise NotFound
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        more = {"errors": [(refusal.field or "buoc", refusal.message)], "typed": said}
        return _grid(request, card_id, more, status=refusal.status)
    return redirect("scorecards:card", card_id)


@login_required
@require_POST
def answer(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Grant or refuse an appeal, with a reason that all may read."""
    actor = official(request)
    found = Appeal.objects.select_related("cell").filter(pk=appeal_id).first()
    if found is None or not Card.objects.visible_to(actor).filter(pk=found.cell.card_id).exists():
        raise NotFound
    granted = request.POST.get("do") == "grant"
    try:
        reviewing.answer(
            appeal_id=appeal_id, granted=granted, reason=request.POST.get("reason", ""), by=actor, at=timezone.now()
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        more = {"errors": [(f"tra-loi-{appeal_id}", refusal.message)]}
        return _criterion_page(request, found.cell.card_id, found.cell.criterion, actor, more)
    return redirect("scorecards:criterion", found.cell.card_id, found.cell.criterion)


@login_required
@require_GET
def result(request: HttpRequest, card_id: int) -> HttpResponse:
    """A closed card explained: what decides its rank, what moved it, where points are lost."""
    actor = official(request)
    card = reading.visible_card(card_id, actor)
    if card.points is None:
        raise NotFound
    edition = editions.of(card.round.edition)
    context = {
        "card": card,
        "round": card.round,
        "edition": edition,
        "parts": rounds.parts_of(card, edition),
        "found": rounds.explain(card),
        "reasons": rounds.reasons(card),
        "total": plain(card.final_total),
        "scale": 10**edition.decimals,
    }
    return render(request, "scorecards/desk/result.html", context)
