"""A report by message: what happened, where, and it has a code. Whichever way the words came."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.api.limits import allow
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.places.queries import find_communes
from tinhso.kernel.talks import Reply, Said, Talk
from tinhso.modules.field_reports.actions.filing import LEAST_LETTERS, MOST_PHOTOS, NewPhoto, NewReport, Sender, file
from tinhso.modules.field_reports.actions.intake import seen_in
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import Channel

FROM_ONE_CONTACT = (8, 3600)
LEAST_ADDRESS = 6  # letters: “đúng”, “ở đây” are no place that anybody finds
_CHANNELS = {"zalo": Channel.ZALO, "facebook": Channel.FACEBOOK, "mail": Channel.EMAIL}
TEXT, PHOTOS, KEY = "text", "photos", "key"
ASK_TEXT = "Bạn kể sự việc, gửi kèm ảnh nếu có. Ví dụ: phản ánh ổ gà lớn trước cổng chợ phường Tân Ninh."
ASK_PLACE = (
    "Sự việc ở đâu? Bạn gửi vị trí, hoặc nhắn số nhà, đường, chỗ dễ thấy và tên xã, phường. "
    "Đang nguy hiểm đến tính mạng thì gọi 112, 113, 114, 115."
)


def report(said: Said) -> Reply:
    """Words first, then the place; a message that brings both is taken at once. Raises Refusal, TooMany."""
    text = said.kept.get(TEXT, "")
    photos = [int(one) for one in said.kept.get(PHOTOS, "").split(",") if one] + list(said.pictures)
    key, address = said.kept.get(KEY, said.key), ""
    if len(text) < LEAST_LETTERS:
        text = f"{text} {said.text}".strip()
    else:
        address = said.text.strip()
    kept = {TEXT: text, PHOTOS: ",".join(map(str, photos[:MOST_PHOTOS])), KEY: key}
    if len(text) < LEAST_LETTERS:
        return Reply(ASK_TEXT, keep=kept)
    pictures = _pictures(photos[:MOST_PHOTOS], said)
    place = Point(said.place.latitude, said.place.longitude) if said.place else _place_of(pictures)
    if place is None and len(address) < LEAST_ADDRESS:
        return Reply(ASK_PLACE, keep=kept)
    allow("field_reports.contact", said.contact, times=FROM_ONE_CONTACT[0], seconds=FROM_ONE_CONTACT[1], at=said.at)
    filed = file(_new(text, place, address, pictures, key, said), at=said.at)
    words = f"Đã nhận phản ánh {filed.case.number}. Tổng đài 1022 kiểm tra rồi báo ngày hẹn. Theo dõi, bổ sung tại:"
    url = reverse("field_reports:followed", args=[filed.case.number, filed.case.lookup_key])
    return Reply(words, case_id=filed.case.pk, url=url)


def _new(text: str, place: Point | None, address: str, pictures: list[NewPhoto], key: str, said: Said) -> NewReport:
    commune = find_communes(address, limit=1) if address else []
    return NewReport(
        text=text,
        channel=_CHANNELS.get(said.way, Channel.CHATBOT),
        place=place,
        place_source="device" if said.place else "photo" if place else "words",
        address=address,
        commune_id=commune[0].id if commune else None,
        sender=_sender(said.account_id),
        photos=pictures,
        request_key=key[:64],
        source_ref=said.key[:64],
    )


def _pictures(ids: list[int], said: Said) -> list[NewPhoto]:
    kept = Attachment.objects.select_related("blob").in_bulk(ids)
    return [seen_in(kept[one], at=said.at) for one in ids if one in kept]


def _place_of(pictures: list[NewPhoto]) -> Point | None:
    found = ((one.latitude, one.longitude) for one in pictures)
    return next((Point(lat, lon) for lat, lon in found if lat is not None and lon is not None), None)


def _sender(account_id: int | None) -> Sender:
    known = Account.objects.select_related("person").filter(pk=account_id).first() if account_id else None
    if known is None:
        return Sender()
    return Sender(name=known.display_name, phone=known.person.phone if known.person else "", account_id=known.pk)


TALKS = (
    Talk(
        "field_report", "Phản ánh hiện trường", ("phản ánh", "báo sự cố", "1022"),
        "phản ánh ổ gà lớn trước cổng chợ phường Tân Ninh", report, 20, is_resumed=True,
    ),
)  # fmt: skip
