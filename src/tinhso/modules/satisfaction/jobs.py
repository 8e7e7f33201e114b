"""What follows from results and ratings: applicants are asked, heads are told of low ratings."""

from __future__ import annotations

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.modules.satisfaction import actions, queries
from tinhso.modules.satisfaction.models import Rating

MESSAGES = (
    Message(
        "satisfaction.ask",
        "Bạn thấy việc giải quyết hồ sơ {number} thế nào?",
        "Một phút để đánh giá, không ghi tên. Mở đến {until}.",
    ),
    Message("satisfaction.low", "Đánh giá thấp: {title}", "{comment}"),
)


def ask(entry: Entry) -> None:
    """Once the result is handed over, ask how it went: by a notice, or on the device at the counter."""
    if entry.case is None:
        return
    invitation = actions.invite(case_id=entry.case.pk, at=entry.at)
    if not entry.case.owner_id:
        return
    notices.tell_in_words(
        account_id=entry.case.owner_id,
        kind="satisfaction.ask",
        words={"number": entry.case.number, "until": f"{invitation.open_until:%d/%m/%Y}"},
        url=f"/danh-gia/{invitation.code}/",
        dedupe=f"satisfaction/{invitation.pk}",
        case_id=entry.case.pk,
        at=entry.at,
        email=False,
    )


def tell_head(entry: Entry) -> None:
    """A low rating goes to those who follow up in the unit, with its reasons, never with a name."""
    if entry.case_id is None:
        return
    rating = Rating.objects.select_related("invitation").filter(invitation__case_id=entry.case_id, is_low=True).first()
    if rating is None:
        return
    for account_id in queries.heads_of(rating.invitation.unit_id):
        comment = rating.comment or "Người nộp không hài lòng. Xem lý do và ghi việc khắc phục."
        notices.tell_in_words(
            account_id=account_id,
            kind="satisfaction.low",
            words={"title": rating.invitation.title, "comment": comment},
            url="/lam-viec/hai-long/",
            dedupe=f"satisfaction.low/{rating.pk}",
            at=entry.at,
        )
