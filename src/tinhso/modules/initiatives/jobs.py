"""What follows from an initiative's entries, and the command that publishes a regulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.initiatives.actions import settings
from tinhso.modules.initiatives.models import Initiative, Member
from tinhso.modules.initiatives.queries.lists import author_ids

TOLD = ("ask_more", "appraise", "recognise", "refuse", "note_effect")
MESSAGES = (
    Message("initiative.ask_more", "Sáng kiến {number} cần bổ sung", "{words}"),
    Message("initiative.appraise", "Sáng kiến {number} đã chuyển hội đồng", "{title}"),
    Message("initiative.recognise", "Sáng kiến {number} được công nhận", "{title}"),
    Message("initiative.refuse", "Sáng kiến {number} không được công nhận", "{words}"),
    Message("initiative.note_effect", "Đã ghi hiệu quả của sáng kiến {number}", "{words}"),
    Message("initiative.judge_wanted", "Có sáng kiến chờ bạn chấm: {number}", "{title}"),
)


def _tell(initiative: Initiative, accounts: set[int], kind: str, entry: Entry) -> None:
    case = initiative.case
    words = {"number": case.number, "title": initiative.title[:200], "words": str(entry.data.get("words", ""))}
    for account_id in sorted(accounts):
        notices.tell_in_words(
            account_id=account_id, kind=kind, words=words, url=f"/lam-viec/sang-kien/{case.number}/",
            dedupe=f"{entry.pk}/{kind}/{account_id}", case_id=case.pk, at=entry.at, email=False,
        )  # fmt: skip


def tell_authors(entry: Entry) -> None:
    """All authors are told what became of theirs."""
    found = Initiative.objects.select_related("case").filter(case_id=entry.case_id or 0).first()
    if found is not None:
        _tell(found, {one for one in author_ids(found) if one is not None}, entry.verb, entry)


def tell_members(entry: Entry) -> None:
    """Members who may judge it are told that it waits for them."""
    found = Initiative.objects.select_related("case").filter(case_id=entry.case_id or 0).first()
    if found is not None and found.council_id is not None:
        members = set(Member.objects.filter(council_id=found.council_id).values_list("account_id", flat=True))
        _tell(found, members - author_ids(found), "initiative.judge_wanted", entry)


def publish_regulation(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso initiatives regulation [FILE.yaml]``: publish a regulation from today, by default the seeded one."""
    if len(arguments) > 1:
        raise Refusal("initiatives.usage", "Cách dùng: tinhso initiatives regulation [TỆP.yaml]")
    try:
        content = yaml.safe_load(Path(arguments[0]).read_text(encoding="utf-8")) if arguments else settings.seeded()
    except (OSError, yaml.YAMLError) as wrong:
        raise Refusal("initiatives.regulation", f"Không đọc được {arguments[0]}: {wrong}") from None
    now = timezone.now()
    made = settings.publish_regulation(content, valid_from=timezone.localdate(now), by=SYSTEM, at=now)
    yield f"regulation edition {made.number} holds from {made.valid_from}"
