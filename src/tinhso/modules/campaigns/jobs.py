"""What runs without a page: leaderboards brought up to date, units told, and ``tinhso campaign recompute``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.bundles import is_file, read
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import holders
from tinhso.modules.campaigns.actions import running
from tinhso.modules.campaigns.models import Award, Campaign
from tinhso.modules.campaigns.rules import bundles
from tinhso.modules.campaigns.rules.words import AwardState, CampaignState, Permission

MESSAGES = (
    Message("campaigns.begin", "Phát động: {name}", "Từ {since} đến {until}. Xem thể lệ và bảng xếp hạng."),
    Message("campaigns.decide", "Được khen thưởng: {prize}", "{name}. In giấy chứng nhận ở trang phong trào."),
)


@app.periodic(cron="*/15 * * * *", periodic_id="campaigns.project")
@app.task(name="campaigns.project", queue="journal", queueing_lock="campaigns.project")
def project(timestamp: int) -> None:
    """Each quarter of an hour running leaderboards get the newest figures; one whose measure is gone stays as it is."""
    for pk in Campaign.objects.filter(state=CampaignState.RUNNING).order_by("pk").values_list("pk", flat=True):
        with suppress(Refusal):
            running.project(campaign_id=pk, at=timezone.now())


def _campaign(entry: Entry) -> Campaign | None:
    return Campaign.objects.defer("bundle").filter(pk=int(entry.subject.rsplit("/", 1)[1])).first()


def tell_begun(entry: Entry) -> None:
    """Those who follow campaigns in the units that take part are told that one has begun."""
    campaign = _campaign(entry)
    if campaign is None:
        return
    units = list(campaign.entrants.values_list("unit_id", flat=True))
    words = {
        "name": campaign.name, "since": f"{campaign.since:%d/%m/%Y}", "until": f"{campaign.until:%d/%m/%Y}",
    }  # fmt: skip
    found = holders(Permission.SEE, units, timezone.localdate(entry.at))
    _tell({one for accounts in found.values() for one in accounts}, words, campaign, entry)


def tell_awarded(entry: Entry) -> None:
    """Those of each unit that was awarded are told of it."""
    campaign = _campaign(entry)
    if campaign is None:
        return
    rows = Award.objects.filter(entrant__campaign=campaign, state=AwardState.GRANTED).select_related("entrant")
    awards = {one.entrant.unit_id: one for one in rows}
    for unit, accounts in holders(Permission.SEE, list(awards), timezone.localdate(entry.at)).items():
        _tell(set(accounts), {"name": campaign.name, "prize": awards[unit].prize_name}, campaign, entry)


def _tell(accounts: set[int], words: dict[str, Any], campaign: Campaign, entry: Entry) -> None:
    for account_id in sorted(accounts):
        notices.tell_in_words(
            account_id=account_id, kind=entry.verb, words=words, url=f"/lam-viec/thi-dua/{campaign.code}/",
            dedupe=f"{entry.pk}/{account_id}", at=entry.at, email=False,
        )  # fmt: skip


# The command


def recompute(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso campaign recompute CODE`` or ``… bundle.json``: place the units again and compare."""
    if len(arguments) != 1:
        raise Refusal("campaigns.usage", "Cách dùng: tinhso campaign recompute MÃ-PHONG-TRÀO hoặc tệp gói .json")
    (what,) = arguments
    bundle = read(what) if is_file(what) else _of(what)
    found = bundles.differences(bundle)
    yield f"{what}: {len(bundle['units'])} units placed again"
    for one in found[:20]:
        yield f"  {one}"
    if found:
        raise Refusal("campaigns.differs", f"different in {len(found)} places")
    yield "identical"


def _of(code: str) -> Any:
    """The frozen bundle, checked against the places that the database shows."""
    campaign = Campaign.objects.filter(code=code).exclude(state=CampaignState.RUNNING).first()
    if campaign is None:
        raise NotFound
    shown = dict(campaign.entrants.values_list("unit_id", "place"))
    if {one["id"]: one["place"] for one in (campaign.bundle or {})["units"]} != shown:
        raise Refusal("campaigns.differs", "the leaderboard shows other places than the bundle")
    return campaign.bundle
