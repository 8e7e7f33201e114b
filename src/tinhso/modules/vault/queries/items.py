"""Reading the vault: one's own papers, what fits, one paper with its story, who used one's papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import View
from tinhso.kernel.manifest import KeptPaper
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import Hit, fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Item, Share, Use
from tinhso.modules.vault.queries.kinds import kind_called
from tinhso.modules.vault.rules import Signature, Validity

PAGE = 20
MOST_OFFERED = 3
MOST_CONSIDERED = 300
MOST_USES = 100
TAGS = {Validity.VALID: "ok", Validity.NOT_YET: "wait", Validity.EXPIRED: "warn", Validity.REPLACED: "",
        Validity.REVOKED: "bad"}  # fmt: skip
SIGNATURE_TAGS = {Signature.VALID: "ok", Signature.DEMO: "info", Signature.UNKNOWN: "warn", Signature.BROKEN: "bad"}


def detail_of(item: Item) -> str:
    """Issuing body, number and date in one line."""
    day = f"{item.issued_on:%d/%m/%Y}" if item.issued_on else ""
    number = _("số %(number)s") % {"number": item.number} if item.number else ""
    return " · ".join(part for part in (item.issuer, number, day) if part)


def row_of(item: Item, on: date) -> dict[str, Any]:
    """A paper as lists show it."""
    state = item.validity(on)
    return {
        "item": item,
        "detail": detail_of(item),
        "state": _(rules.VALIDITY_WORDS[state]),
        "state_tag": TAGS[state],
        "is_valid": state is Validity.VALID,
        "signature": _(rules.SIGNATURE_WORDS[Signature(item.signature)]),
        "signature_tag": SIGNATURE_TAGS.get(Signature(item.signature), ""),
        "is_signed": bool(item.signature),
        "owner": str(item.business) if item.business_id else "",
    }


def mine(actor: Actor, *, text: str = "", after: int | None = None, on: date) -> dict[str, Any]:
    """One page of one's own papers, newest first, and the key of the next; with ``text`` those that contain it."""
    rows = Item.objects.owned_by(actor).select_related("attachment__blob", "business").defer("text", "needle")
    rows = rows.containing(text) if text.strip() else rows.filter(is_replaced=False)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = [row_of(item, on) for item in found[:PAGE]]
    return {"rows": shown, "more": found[PAGE - 1].pk if len(found) > PAGE else None, "text": text}


def own(actor: Actor, token: UUID) -> Item:
    """One's own paper. Raises NotFound for anybody else's, as if there were none."""
    found = (
        Item.objects.owned_by(actor)
        .select_related("attachment__blob", "business", "case", "replaces", "person")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise NotFound("vault.no_item", _("Không tìm thấy giấy tờ này trong kho của bạn."))
    return found


def at_desk(actor: Actor, token: UUID) -> Item:
    """A paper that an official may open at work: used in a dossier of theirs, or shared with their unit."""
    rows = Item.objects.visible_to(actor).select_related("attachment__blob", "business", "person", "case")
    found = rows.filter(token=token).first()
    if found is None:
        raise NotFound("vault.no_item", _("Không tìm thấy giấy tờ này trong phạm vi của bạn."))
    return found


def story(item: Item) -> list[dict[str, Any]]:
    """Who used one paper, newest first: filed, taken, opened, and which officials looked at the dossiers it is in."""
    uses = list(Use.objects.filter(item=item).select_related("case", "unit").order_by("-at")[:MOST_USES])
    rows = [_use_row(one) for one in uses]
    cases = {one.case_id for one in uses if one.case_id}
    rows += _views(cases, {one.case_id: one.at for one in uses if one.case_id})
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:MOST_USES]


def _use_row(one: Use) -> dict[str, Any]:
    return {
        "at": one.at,
        "what": _(Use.How(one.how).label),
        "who": one.who,
        "unit": _unit(one.unit_id),
        "number": one.case.number if one.case else "",
        "times": one.times,
        "title": one.item.title if "item" in one._state.fields_cache else "",
        "token": one.item.token if "item" in one._state.fields_cache else None,
    }


def _views(cases: set[int], since: Mapping[int, datetime]) -> list[dict[str, Any]]:
    rows = View.objects.filter(case_id__in=cases).select_related("account", "case").order_by("-last_at")[:MOST_USES]
    return [
        {
            "at": view.last_at,
            "what": _("đã mở hồ sơ có giấy tờ này"),
            "who": view.account.display_name,
            "unit": _unit(view.unit_id),
            "number": view.case.number,
            "times": view.times,
            "title": "",
            "token": None,
        }
        for view in rows
        if view.last_at >= since[view.case_id]
    ]


def _unit(unit_id: int | None) -> str:
    node = tree().nodes.get(unit_id or 0)
    return node.name if node else ""


def everybody(actor: Actor) -> list[dict[str, Any]]:
    """Who used any of one's papers, newest first; at most a hundred lines."""
    owned = Item.objects.owned_by(actor).values("pk")
    uses = Use.objects.filter(item__in=owned).select_related("item", "case", "unit").order_by("-at")[:MOST_USES]
    found = list(uses)
    rows = [_use_row(one) for one in found]
    first: dict[int, datetime] = {}
    for one in found:
        if one.case_id:
            first[one.case_id] = min(one.at, first.get(one.case_id, one.at))
    rows += _views(set(first), first)
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:MOST_USES]


def shares_of(item: Item, at: datetime) -> list[dict[str, Any]]:
    """What the owner gave away of a paper, newest first, and whether it still holds."""
    return [
        {
            "share": one,
            "to": _unit(one.unit_id) or _("Người có liên kết và mã"),
            "is_live": one.revoked_at is None and one.locked_at is None and one.ends_at > at,
            "state": _share_state(one, at),
            "times": sum(use.times for use in one.uses.all()),
        }
        for one in item.shares.prefetch_related("uses").order_by("-pk")[:50]
    ]


def _share_state(one: Share, at: datetime) -> str:
    if one.revoked_at:
        return _("Đã thu lại")
    if one.locked_at:
        return _("Đã khóa vì nhập sai mã nhiều lần")
    return _("Đang chia sẻ") if one.ends_at > at else _("Đã hết hạn")


def shared_with(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """What citizens share with the official's unit now."""
    rows = (
        Share.objects.live()
        .to_unit_of(actor)
        .select_related("item__person", "item__business", "item__attachment__blob")
        .order_by("-pk")[:50]
    )
    return [
        {**row_of(one.item, timezone.localtime(at).date()), "share": one,
         "from": str(one.item.business or one.item.person)}
        for one in rows
    ]  # fmt: skip


# --- What fits --------------------------------------------------------------------------------------------------------


def offer(
    wanted: Mapping[str, str], *, person_id: int | None, business_id: int | None, at: datetime
) -> dict[str, list[KeptPaper]]:
    """Papers of the person or business that may be used today, by the code of what is wanted (code → name).

    One statement; at most three for each, newest first."""
    on = timezone.localtime(at).date()
    rows = (
        Item.objects.of(person_id=person_id, business_id=business_id)
        .current()
        .exclude(signature=Signature.BROKEN)
        .defer("text", "needle")
        .order_by("-pk")[:MOST_CONSIDERED]
    )
    usable = [item for item in rows if item.validity(on) is Validity.VALID]
    found: dict[str, list[KeptPaper]] = {}
    for code, name in wanted.items():
        kind, key = kind_called(name), rules.name_key(name)
        fitting = [item for item in usable if rules.fits(item.kind, item.name_key, kind, key)]
        if fitting:
            found[code] = [_offered(item) for item in fitting[:MOST_OFFERED]]
    return found


def _offered(item: Item) -> KeptPaper:
    signed = str(_(rules.SIGNATURE_WORDS[Signature(item.signature)])) if item.signature else ""
    look = reverse("vault:item", args=[item.token])
    return KeptPaper(str(item.pk), item.title, detail_of(item) or str(_(Item.Origin(item.origin).label)), signed, look)


def find(text: str, actor: Actor, limit: int) -> list[Hit]:
    """One's own papers for the search of the whole site."""
    if not fold(text) or actor.person_id is None:
        return []
    rows = Item.objects.owned_by(actor).current().containing(text).defer("text", "needle").order_by("-pk")[:limit]
    return [Hit(title=item.title, url=reverse("vault:item", args=[item.token]), note=detail_of(item)) for item in rows]


def used_in(case_id: int) -> list[dict[str, Any]]:
    """The kept papers that a dossier uses."""
    rows = Use.objects.filter(case_id=case_id).select_related("item__person", "item__business").order_by("pk")[:60]
    return [{**row_of(one.item, timezone.localdate()), "use": one} for one in rows]
