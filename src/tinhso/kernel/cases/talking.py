"""Asking by message how far a case is: “tra cứu H53.08-261101-0001”."""

from __future__ import annotations

from django.utils import timezone

from tinhso.kernel.api.limits import allow
from tinhso.kernel.cases.codes import code_in
from tinhso.kernel.cases.lookup import ABOUT_ONE_CODE, FROM_ONE_PLACE, by_key, by_owner, by_phone, story_of
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import left_words
from tinhso.kernel.talks import Reply, Said, Talk
from tinhso.kernel.units.queries import tree

CODE = "code"
PHONE_TAIL, LEAST_KEY = 4, 10
ASK_CODE = (
    "Bạn gửi mã ghi trên giấy tiếp nhận, ví dụ: H53.08-261101-0001. "
    "Quên mã thì hỏi bộ phận Một cửa nơi nộp hoặc gọi 1022."
)
ASK_DIGITS = "Để giữ kín hồ sơ, bạn gửi thêm 4 số cuối điện thoại của người nộp, hoặc mã bí mật in cạnh mã QR."
WRONG = "Mã hồ sơ và 4 số cuối không khớp. Bạn kiểm tra lại trên giấy tiếp nhận rồi gửi: tra cứu <mã> <4 số cuối>."


def look_up(said: Said) -> Reply:
    """How far the case is that the message names, for whom it may be told: its owner, or who knows the digits or key.

    Raises TooMany for who asks too often."""
    code, secret = _parts(said)
    if not code:
        return Reply(ASK_CODE, keep={})
    allow("lookup.place", said.contact, times=FROM_ONE_PLACE.times, seconds=FROM_ONE_PLACE.seconds, at=said.at)
    own = by_owner(code, said.account_id) if said.account_id else None
    if own is not None:
        return told(own, said)
    if not secret:
        return Reply(ASK_DIGITS, keep={CODE: code})
    allow("lookup.code", code, times=ABOUT_ONE_CODE.times, seconds=ABOUT_ONE_CODE.seconds, at=said.at)
    is_of_phone = len(secret) == PHONE_TAIL and secret.isascii() and secret.isdecimal()
    found = by_phone(code, secret) if is_of_phone else by_key(code, secret)
    return told(found, said) if found else Reply(WRONG)


def _parts(said: Said) -> tuple[str, str]:
    """Code and secret: both from this message, or the code from what was kept and the secret from this one."""
    code, rest = code_in(said.text)
    words = (rest if code else said.text).split()
    secret = next((word for one in words[:3] if _is_secret(word := one.strip(":,;.()"))), "")
    return code or said.kept.get(CODE, ""), secret


def _is_secret(word: str) -> bool:
    """Four digits, or something as long as the keys that are printed."""
    return word.isascii() and (len(word) >= LEAST_KEY or (len(word) == PHONE_TAIL and word.isdecimal()))


def told(case: Case, said: Said) -> Reply:
    """State, place, next date; no name and no paper."""
    story, names = story_of(case), tree().nodes
    lines = [f"Hồ sơ {case.number}: {case.state_of.name}.", case.title]
    if case.unit_id in names:
        lines.append(f"Nơi giải quyết: {names[case.unit_id].name}.")
    if story is not None and story.steps_total:
        lines.append(f"Đã xong {story.steps_done}/{story.steps_total} bước{_at_step(story.step)}.")
    if case.settled_at is not None:
        lines.append(f"Xong lúc {timezone.localtime(case.settled_at):%H:%M ngày %d/%m/%Y}.")
    elif case.due_at is not None:
        left = left_words(case, said.at)
        lines.append(
            f"Hẹn trả: {timezone.localtime(case.due_at):%H:%M ngày %d/%m/%Y}{f' ({left.lower()})' if left else ''}."
        )
    return Reply("\n".join(lines), case_id=case.pk, url=f"/tra-cuu/{case.number}/{case.lookup_key}/")


def _at_step(step: str) -> str:
    return f", đang ở bước “{step}”" if step else ""


WORDS = ("tra cứu", "tc", "hồ sơ")
TALKS = (Talk("look_up", "Tra cứu hồ sơ", WORDS, "tra cứu H53.08-261101-0001", look_up, 10),)
