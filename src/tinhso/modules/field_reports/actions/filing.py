"""Filing: whatever the channel, a report comes in through one door, once."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import due
from tinhso.kernel.errors import Checking, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.letters import plain
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.statements import Kept, Slot, insert
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries import catalogue as lists
from tinhso.modules.field_reports.queries import places
from tinhso.modules.field_reports.rules.catalogue import Catalogue, Category, check_attributes
from tinhso.modules.field_reports.rules.places import Point, shown
from tinhso.modules.field_reports.rules.publicity import masked
from tinhso.modules.field_reports.rules.states import FIELD_REPORT, SENDER, WITHHELD, Channel, report_code

LEAST_LETTERS = 10
MOST_LETTERS = 4000  # as in Open311
TITLE_LETTERS = 110
MOST_PHOTOS = 5
OTHER = "KH99"  # the kind of what fits no other
SHOWS_A_CAMERA = frozenset({Channel.APP, Channel.WEB, Channel.ZALO_MINI})  # where a photo can be insisted on


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A stored picture and what it says of itself."""

    attachment: Attachment
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = None
    fingerprint: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends; all of it may be empty. ``phone`` is E.164, ``phone_proved_at`` when its code was typed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    account_id: int | None = None
    phone_proved_at: datetime | None = None
    is_name_hidden: bool = True


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report before it has a number. An empty ``category`` is guessed from the words; the desk corrects it.

    ``request_key`` (up to 64 characters, the caller's own) makes sending it twice harmless."""

    text: str
    channel: Channel
    category: str = ""
    place: Point | None = None
    accuracy_m: int | None = None
    place_source: str = ""
    address: str = ""
    commune_id: int | None = None
    sender: Sender = Sender()
    public_wanted: bool = True
    attributes: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[NewPhoto] = ()
    against_unit_id: int | None = None
    request_key: str | None = None
    source_ref: str = ""


_FILED = Kept(lambda: Report.objects.select_related("case").filter(request_key=Slot("key")))


def file(new: NewReport, *, by: Actor = SENDER, at: datetime, is_looked_up: bool = False) -> Report:
    """Take in a report. Sent again with its ``request_key`` it gives the one that is there, unchanged; of two that come
    at once the database keeps one.

    ``by`` is SENDER for whoever sends without an official's help: a history names none. ``is_looked_up``: the caller
    found nothing under the key a moment ago. Raises Refusal naming the field: text, category, photos, place,
    attributes, the body complained of."""
    if new.request_key and not is_looked_up and (earlier := filed_before(new.request_key)):
        return earlier
    try:
        return _file(new, by=by, at=at)
    except IntegrityError:
        earlier = filed_before(new.request_key) if new.request_key else None
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _file(new: NewReport, *, by: Actor, at: datetime) -> Report:
    edition_id, catalogue = lists.catalogue_on(timezone.localdate(at))
    text, category, attributes, commune_id = _checked(new, catalogue)
    desk = places.desk_unit(catalogue)
    local = timezone.localtime(at)
    number, case_id = cases.reserve(f"field_reports/{local:%Y}")
    report = _row(new, case_id, edition_id, category, text, commune_id, attributes, at)
    report.case = _open(report, category, report_code(local.year, number), desk, catalogue, by=by, at=at)
    if new.photos:
        Photo.objects.bulk_create(photo_row(report, one, Photo.Stage.BEFORE, by=by, at=at) for one in new.photos)
    return report


def filed_before(request_key: str) -> Report | None:
    """The report that came in under this key."""
    found = _FILED(key=request_key)
    return found[0] if found else None


def _open(
    report: Report, category: Category, code: str, desk: int, catalogue: Catalogue, *, by: Actor, at: datetime
) -> Case:
    calendar = calendar_for(desk)
    return cases.open_case(
        cases.NewCase(
            id=report.pk,
            kind=FIELD_REPORT,
            number=code,
            title=report.masked_title,
            state="received",
            unit_id=desk,
            received_unit_id=desk,
            applicant=WITHHELD,
            owner_id=report.account_id,
            place=_place_words(report)[:120],
            step="Kiểm tra, phân loại",
            step_kind="receive",
            words=f"{category.name} {report.masked_text[:400]} {report.address}",
            term=Term(catalogue.level(category.level).limit),
            step_due_at=due(timezone.localtime(at), catalogue.intake, calendar).at,
        ),
        verb="field_report.file",
        by=by,
        at=at,
        data={"code": code, **dimensions(report, category)},
        beside=[insert(report)],
    )


def dimensions(report: Report, category: Category) -> dict[str, Any]:
    """By what figures are split."""
    return {
        "category": report.category,
        "group": category.group,
        "channel": str(report.channel),
        "level": report.level,
        "commune": report.commune_id,
        "is_test": report.refusal == "abusive",
    }


def _row(
    new: NewReport,
    case_id: int,
    edition_id: int,
    category: Category,
    text: str,
    commune_id: int | None,
    attributes: Mapping[str, Any],
    at: datetime,
) -> Report:
    """The report's own row, not yet written."""
    names = [new.sender.name]
    open_words = masked(text, names)
    seen = shown(new.place, is_private_land=category.is_private_land) if new.place else None
    return Report(
        case_id=case_id,
        edition_id=edition_id,
        category=category.code,
        level=category.level,
        channel=new.channel,
        received_at=at,
        text=text,
        masked_title=title_of(open_words, category),
        masked_text=open_words,
        attributes=dict(attributes),
        latitude=new.place.latitude if new.place else None,
        longitude=new.place.longitude if new.place else None,
        accuracy_m=new.accuracy_m,
        place_source=new.place_source,
        address=" ".join(plain(new.address).split())[:250],
        commune_id=commune_id,
        is_private_land=category.is_private_land,
        public_latitude=seen.latitude if seen else None,
        public_longitude=seen.longitude if seen else None,
        account_id=new.sender.account_id,
        sender_name=" ".join(plain(new.sender.name).split())[:120],
        phone=new.sender.phone,
        email=new.sender.email[:254],
        phone_proved_at=new.sender.phone_proved_at,
        is_name_hidden=new.sender.is_name_hidden,
        public_wanted=new.public_wanted,
        against_unit_id=new.against_unit_id if category.is_against else None,
        request_key=new.request_key,
        source_ref=new.source_ref[:80],
    )


def photo_row(report: Report, new: NewPhoto, stage: str, *, by: Actor, at: datetime) -> Photo:
    """The row of a picture, not yet written."""
    return Photo(
        report=report,
        stage=stage,
        original=new.attachment,
        sha256=new.attachment.blob.sha256,
        fingerprint=new.fingerprint,
        latitude=new.latitude,
        longitude=new.longitude,
        taken_at=new.taken_at,
        added_at=at,
        added_by_id=by.account_id,
    )


def title_of(text: str, category: Category) -> str:
    """The first sentence of the words, or the kind where they say too little to stand alone."""
    first = text.strip().split("\n", 1)[0].split(". ", 1)[0].strip()
    if len(fold(first)) < LEAST_LETTERS:
        return category.name
    return first if len(first) <= TITLE_LETTERS else first[:TITLE_LETTERS].rsplit(" ", 1)[0] + "…"


def _place_words(report: Report) -> str:
    commune = tree().nodes.get(report.commune_id or 0)
    return ", ".join(part for part in (report.address, commune.short_name if commune else "") if part)


def check(new: NewReport, *, at: datetime) -> None:
    """Say all that is wrong with a report without taking it. Raises Refusal naming the fields."""
    _checked(new, lists.catalogue_on(timezone.localdate(at))[1])


def _checked(new: NewReport, catalogue: Catalogue) -> tuple[str, Category, dict[str, Any], int | None]:
    """Words, kind, answers to its questions and commune, once all of them are right."""
    checking, text = Checking(), unicodedata.normalize("NFC", plain(new.text)).strip()
    with checking.part():
        commune_id = _where(new)
    with checking.part():
        _check_words(text)
    with checking.part():
        category = _kind(new, catalogue, text)
        with checking.part():
            attributes = check_attributes(category, new.attributes)
        _check_photos(new, category)
    checking.end()
    return text, category, attributes, commune_id


def _check_words(text: str) -> None:
    if len(fold(text)) < LEAST_LETTERS:
        raise Refusal("field_reports.too_short", "Tả sự việc dài hơn một chút: việc gì, ở chỗ nào.", field="text")
    if len(text) > MOST_LETTERS:
        raise Refusal("field_reports.too_long", f"Rút ngắn còn tối đa {MOST_LETTERS} ký tự.", field="text")


def _kind(new: NewReport, catalogue: Catalogue, text: str) -> Category:
    if new.category:
        return catalogue.category(new.category)
    return next(iter(catalogue.suggest(text, 1)), None) or catalogue.category(OTHER)


def _check_photos(new: NewReport, category: Category) -> None:
    if len(new.photos) > MOST_PHOTOS:
        raise Refusal("field_reports.photos", f"Gửi tối đa {MOST_PHOTOS} ảnh.", field="photos")
    if category.needs_photo and not new.photos and new.channel in SHOWS_A_CAMERA:
        raise Refusal(
            "field_reports.no_photo", f"Loại “{category.name}” cần ít nhất một ảnh hiện trường.", field="photos"
        )


def _where(new: NewReport) -> int | None:
    """The commune of the place. Raises Refusal without any place, and for one outside the province."""
    if new.place is None and not new.address.strip():
        raise Refusal("field_reports.no_place", "Chọn vị trí, hoặc ghi địa chỉ hay chỗ dễ thấy.", field="place")
    nearest = places.nearest_commune(new.place) if new.place else None
    if new.place and nearest is None:
        raise Refusal(
            "field_reports.outside", "Vị trí này ngoài địa bàn tỉnh. Chọn lại vị trí hoặc ghi địa chỉ.", field="place"
        )
    known = tree().nodes.get(new.commune_id or 0)
    return known.id if known is not None and known.kind == "commune" and known.ends_on is None else nearest
