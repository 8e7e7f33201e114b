"""The dossiers that a showing walks through: few, hand-written, and made by the real actions with signed papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from tinhso.config.cli.demonstration import catalogue, stories
from tinhso.config.cli.demonstration.names import Invented
from tinhso.config.cli.demonstration.playing import follow_at_once
from tinhso.config.cli.demonstration.playing import play as play_story
from tinhso.config.cli.demonstration.staff import HOME, Cast, Citizen, Staff
from tinhso.config.cli.demonstration.stories import Act, Story
from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.clock.rules.calendars import minute_of, moment_of
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door as procedures

UPLOAD_NAME = "giay-to-minh-hoa.pdf"
_SHEET = """
#set document(title: "Giấy tờ minh họa", date: auto)
#set page(paper: "a4")
#set text(lang: "vi", font: "Tinos", size: 14pt)
= Giấy tờ minh họa
Trang này thay cho giấy tờ mà người dân tải lên. Nó không phải giấy tờ của ai.
"""
_SHEET_AT = datetime(2025, 7, 1, tzinfo=UTC)
DAY = 480  # working minutes

_START = "file accept take_over"
_DONE = "draft_result step_on step_on sign finish"


@dataclass(frozen=True)
class Script:
    """Who files what where, what is done, and between how many working days ago and how many ago it happens."""

    who: str
    code: str
    verbs: str
    begins: float
    ends: float = 0.05
    branch: str = ""
    unit: str = HOME
    at_counter: bool = False
    way: str = "dien_tu"


SCRIPTS = (
    Script("dan.lan", "1.013225", f"{_START} ask_supplement", 9, 3, "nha_o_rieng_le"),
    Script("dan.lan", "1.004873", f"{_START} {_DONE} return_result", 60, 58.5),
    Script("dan.lan", "2.000815", "file", 0.2, 0.1),
    Script("dan.lan", "1.001193", "file accept take_over draft_result step_on sign finish return_result", 120, 119.6),
    Script("dan.lan", "1.001612", f"{_START} draft_result step_on", 2, 0.3),
    Script("dan.minh", "1.013225", f"{_START} draft_result step_on step_on", 13, 0.4, "nha_o_rieng_le"),
    Script("dan.minh", "1.001612", f"{_START} apologise", 6, 2.8),
    Script("dan.minh", "1.013831", f"{_START} note", 4, 0.5, unit="H53-snnmt"),
    Script("dan.minh", "1.013225", f"{_START} {_DONE}", 29, 17, "nha_o_rieng_le", way="mot_cua"),
    Script("dan.minh", "1.004222", f"{_START} ask_supplement supplement", 8, 0.6),
    Script("dan.hoa", "1.001776", f"{_START} ask_opinion", 5, 0.5),
    Script("dan.hoa", "1.004873", "file ask_completion", 1.5, 0.4),
    Script("dan.hoa", "1.013237", f"{_START} {_DONE} return_result", 40, 37, unit="H53-sxd"),
    Script("dan.hoa", "2.000720", f"{_START} refuse", 25, 22.5, way="mot_cua"),
    Script("dan.hoa", "1.004194", f"{_START} withdraw", 20, 18),
    Script("dan.hoa", "2.000635", "receive take_over draft_result step_on sign finish return_result", 33, 32.6,
           at_counter=True, way="mot_cua"),
    Script("dan.lan", "1.013978", f"{_START} draft_result step_on step_on ask_payment", 24, 1.2),
    Script("dan.minh", "2.000884", "receive take_over draft_result step_on", 0.3, 0.1, at_counter=True),
)  # fmt: skip


def make_upload() -> int:
    """The paper that stands for all uploads."""
    content = typeset(_SHEET, {}, at=_SHEET_AT)
    return files.store_made(content, name=UPLOAD_NAME, purpose="dossiers.component").pk


def play(cast: Cast, *, now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """All scripts through the real actions; returns how many dossiers they made."""
    upload_id = Attachment.objects.filter(name=UPLOAD_NAME).values_list("pk", flat=True).first() or make_upload()
    for done, script in enumerate(SCRIPTS):
        progress("Hồ sơ mẫu, ký số thật", done, len(SCRIPTS))
        with transaction.atomic():
            dossier = play_story(written(script, cast, now), upload_id=upload_id)
            follow_at_once(dossier.pk)
    progress("Hồ sơ mẫu, ký số thật", len(SCRIPTS), len(SCRIPTS))
    return len(SCRIPTS)


def written(script: Script, cast: Cast, now: datetime) -> Story:
    """The story of a script, its acts spread evenly over its working time."""
    citizen = cast.named[script.who]
    unit = tree().by_code[script.unit]
    staff = cast.staff[unit.id]
    channel = Channel.DIRECT if script.at_counter else Channel.ONLINE
    sheet = procedures.published(script.code, now.date())
    assert sheet is not None, script.code
    pattern = catalogue.pattern(sheet, script.branch, channel)
    answers = pattern.answers(citizen.said, script.unit if script.unit.startswith("xa-") else HOME, script.way)
    where = routing.Route(routing.centre_of(unit.id), unit.id, False)
    way = stories.WAYS[answers.get("cach_nhan", "dien_tu")]
    token = str(uuid5(NAMESPACE_URL, f"{script.who}/{script.code}/{script.begins}"))
    story = Story(pattern, where, citizen.said, None if script.at_counter else citizen, answers, way, token, True, [])
    verbs = script.verbs.split()
    for verb, at in zip(verbs, _moments(script, len(verbs), now), strict=True):
        story.acts.append(_act(verb, at, citizen, staff, story, unit.id, now))
    return story


def _moments(script: Script, number: int, now: datetime) -> list[datetime]:
    table = standard_calendar().table
    end = table.minutes(minute_of(now))
    first, last = end - int(script.begins * DAY), end - int(script.ends * DAY)
    gap = (last - first) / max(1, number - 1)
    return [moment_of(table.moment(int(first + gap * index))) for index in range(number)]


def _act(verb: str, at: datetime, citizen: Citizen, staff: Staff, story: Story, unit_id: int, now: datetime) -> Act:
    handler = staff.specialists[0]
    by: Any = {
        "file": citizen, "complete": citizen, "supplement": citizen, "withdraw": citizen, "accept": staff.clerk,
        "receive": staff.clerk, "ask_completion": staff.clerk, "sign": staff.leader, "refuse": staff.leader,
        "finish": staff.registrar, "return_result": staff.clerk,
    }.get(verb, handler)  # fmt: skip
    if verb == "step_on" and sum(act.verb == "step_on" for act in story.acts):
        by = staff.head
    said = dict(_SAID.get(verb, {}))
    if verb == "return_result":
        said["how"] = story.way
    elif verb == "apologise":
        calendar = standard_calendar()
        said["new_date"] = calendar.end_of(calendar.next_working_day(now.date()))
    elif verb == "ask_opinion":
        said["unit_id"] = tree().by_code["H53-snv"].id
    return Act(verb, at, by, said)


_PERMIT = "Được phép xây dựng nhà ở riêng lẻ theo hồ sơ thiết kế kèm theo.\nQuy mô, vị trí theo bản vẽ đã thẩm định."
_SAID: dict[str, dict[str, Any]] = {
    "ask_supplement": {
        "message": "Bản vẽ mặt bằng tầng 1 chưa có kích thước; bổ sung bản vẽ có ghi kích thước đầy đủ."
    },
    "supplement": {"answer": stories.ANSWER},
    "ask_completion": {"message": stories.GUIDANCE},
    "draft_result": {"content": _PERMIT},
    "apologise": {"reason": stories.SORRY},
    "note": {"text": "Đã đối chiếu với bản đồ địa chính."},
    "ask_opinion": {"question": stories.QUESTION},
    "refuse": {"reason": stories.REFUSAL},
    "withdraw": {"reason": stories.WITHDRAWAL},
    "ask_payment": {"amount": 18_450_000, "notice": "Thông báo nộp tiền số 01/TB-CCT (minh họa)"},
}
__all__ = ["SCRIPTS", "Invented", "make_upload", "play", "written"]
