"""What runs without a page: figures brought up to date, units told, and the commands ``tinhso score …``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.bundles import is_file, read
from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import holders
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.scorecards.actions import rounds
from tinhso.modules.scorecards.models import Card, Round
from tinhso.modules.scorecards.queries import frozen
from tinhso.modules.scorecards.rules import bundles
from tinhso.modules.scorecards.rules.words import CardState, Permission, RoundState

MESSAGES = (
    Message("scorecards.open", "Mở kỳ đánh giá: {name}", "Tự đánh giá trước {due}."),
    Message("scorecards.remind", "Sắp hết hạn tự đánh giá: {name}", "Phiếu của đơn vị chưa gửi; hạn {due}."),
    Message("scorecards.ask_more", "Cần bổ sung phiếu đánh giá: {name}", "{words}"),
    Message("scorecards.announce", "Có kết quả thẩm định: {name}", "Xem kết quả; gửi kiến nghị nếu chưa đúng."),
    Message("scorecards.publish", "Đã công bố kết quả: {name}", "Xem hạng, xếp loại và lý do của từng điểm thay đổi."),
)


@app.periodic(cron="15 1 * * *", periodic_id="scorecards.compute")
@app.task(name="scorecards.compute", queue="journal", queueing_lock="scorecards.compute")
def compute(timestamp: int) -> None:
    """Each night the cells that the system fills get the newest figures, on cards that are not sent."""
    for pk in Round.objects.filter(state=RoundState.OPEN).order_by("pk").values_list("pk", flat=True):
        rounds.compute(round_id=pk, by=SYSTEM, at=timezone.now())


REMIND_DAYS = (7, 3, 1)  # before the due day


@app.periodic(cron="30 0 * * *", periodic_id="scorecards.remind")
@app.task(name="scorecards.remind", queue="journal", queueing_lock="scorecards.remind")
def remind(timestamp: int) -> None:
    """Each morning the heads of units whose card is not sent are told of a due day that comes near."""
    remind_at(datetime.fromtimestamp(timestamp, UTC))


def remind_at(at: datetime) -> None:
    """Told again on the same day, nobody hears it twice."""
    today = timezone.localdate(at)
    for round_ in Round.objects.filter(state=RoundState.OPEN, due_at__gte=at).order_by("pk"):
        days = (timezone.localdate(round_.due_at) - today).days
        if days not in REMIND_DAYS:
            continue
        waiting = Card.objects.filter(round=round_, state__in=[CardState.FILLING, CardState.RETURNED])
        for card in waiting.order_by("pk").iterator(500):
            words = {"name": round_.name, "due": _due(round_)}
            _tell_heads(card, "scorecards.remind", words, f"scorecards.remind/{round_.pk}/{days}", at)


def tell_units(entry: Entry) -> None:
    """Heads of the units of a round are told that it was opened, announced or published."""
    round_ = Round.objects.filter(pk=int(entry.subject.rsplit("/", 1)[1])).first()
    if round_ is None:
        return
    for card in Card.objects.filter(round=round_).order_by("pk").iterator(500):
        _tell(card, round_, entry, "")


def tell_unit(entry: Entry) -> None:
    """The heads of one unit are told what the council still needs."""
    card = Card.objects.select_related("round").filter(pk=int(entry.subject.rsplit("/", 1)[1])).first()
    if card is not None:
        _tell(card, card.round, entry, card.asked_words)


def _tell(card: Card, round_: Round, entry: Entry, said: str) -> None:
    words = {"name": round_.name, "due": _due(round_), "words": said}
    _tell_heads(card, entry.verb, words, str(entry.pk), entry.at)


def _due(round_: Round) -> str:
    return f"{timezone.localtime(round_.due_at):%H:%M %d/%m/%Y}"


def _tell_heads(card: Card, kind: str, words: Mapping[str, str], once: str, at: datetime) -> None:
    for account_id in holders(Permission.SUBMIT, [card.unit_id], timezone.localdate())[card.unit_id]:
        notices.tell_in_words(
            account_id=account_id,
            kind=kind,
            words=words,
            url=f"/lam-viec/danh-gia/phieu/{card.pk}/",
            dedupe=f"{once}/{account_id}",
            at=at,
            email=False,
        )


# Commands


def score_recompute(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso score recompute ROUND`` or ``… recompute bundle.json``: compute again and compare."""
    if len(arguments) != 1:
        raise Refusal("scorecards.usage", "Cách dùng: tinhso score recompute MÃ-KỲ hoặc tệp gói .json")
    (what,) = arguments
    if is_file(what):
        edition, units = bundles.unpack(read(what))
        found = bundles.compare(edition, units)
    else:
        round_ = frozen.closed(what)
        found = frozen.recompute(round_)
    yield f"{what}: {found.units} units, {found.cells} cells computed again"
    for one in found.differences[: bundles.SHOWN]:
        yield f"  {one}"
    if not found.is_identical:
        raise Refusal("scorecards.differs", f"different in {len(found.differences)} places")
    yield "identical"


def score_bundle(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso score bundle ROUND FILE``: write all that is needed to compute a closed round again."""
    if len(arguments) != 2:
        raise Refusal("scorecards.usage", "Cách dùng: tinhso score bundle MÃ-KỲ tệp.json")
    code, path = arguments
    made = frozen.bundle(frozen.closed(code))
    Path(path).write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    yield f"{path}: {len(made['units'])} units, sha256 {made['sha256']}"
