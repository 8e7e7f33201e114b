"""Which mandates there are for whom, and the one question every act for another asks."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.rules import Actor


def usable(actor: Actor, on: date) -> list[Mandate]:
    """For whom the actor may act on that day, by name."""
    found = Mandate.objects.held_by(actor).valid_on(on).select_related("person", "business")
    return sorted(found, key=lambda one: one.subject_name)


def required(*, mandate_id: int, by: Actor, on: date, lock: bool = False) -> Mandate:
    """The mandate to act by. Raises Refusal ``mandates.not_valid`` when it is not the actor's, or holds no more.

    With ``lock`` it stays as it is until the transaction ends: whoever revokes it meanwhile waits, and comes after.
    """
    rows = Mandate.objects.held_by(by).select_related("person", "business")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=mandate_id).first()
    if found is None or not found.holds_on(on):
        words = _("Bạn không còn quyền nộp thay người này. Chọn lại “Nộp cho ai”, hoặc gửi giấy tờ chứng minh mới.")
        raise Refusal("mandates.not_valid", words, field="nop-cho")
    return found
