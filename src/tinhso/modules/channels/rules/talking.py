"""Which talk a message belongs to, and the few words that are about the line itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tinhso.kernel.talks import Reply, Talk
from tinhso.modules.channels.rules.wording import is_said


class Command(StrEnum):
    """What is said about the line: what can be asked, say nothing more unasked, do again, know me, know me no more;
    leave what was begun, go on with it, thanks."""

    HELP = "help"
    STOP = "stop"
    START = "start"
    LINK = "link"
    UNLINK = "unlink"
    LEAVE = "leave"
    RESUME = "resume"
    THANKS = "thanks"


_COMMANDS = {
    Command.HELP: ("trợ giúp", "hướng dẫn", "menu", "help", "bắt đầu", "get started", "xin chào", "chào", "hello"),
    Command.STOP: ("dừng", "stop", "hủy nhận tin", "từ chối"),
    Command.START: ("nhận tin", "start"),
    Command.LINK: ("liên kết",),
    Command.UNLINK: ("hủy liên kết", "bỏ liên kết"),
    Command.LEAVE: ("thôi", "hủy", "bỏ qua", "thoát"),
    Command.RESUME: ("tiếp", "tiếp tục"),
    Command.THANKS: ("cảm ơn", "cám ơn", "xin cảm ơn", "ok", "dạ", "vâng"),
}
TALK_LIFE = timedelta(hours=3)  # our choice: who comes back later is asked before their words are taken as an answer
ASIDE_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A talk with what is left of the message; ``goes_on`` when the message answers what the talk asked."""

    talk: Talk
    text: str
    goes_on: bool = False


def choose(text: str, talks: Iterable[Talk], current: str) -> Chosen | Command | None:
    """Whose message it is. A word that calls a talk comes before the talk that goes on; None when nothing fits.

    Commands count only when they are the whole message: “dừng xe sai nơi quy định” is no command."""
    known = list(talks)
    commanded = _commanded(text)
    if commanded is not None:
        return commanded
    called = _called(text, known)
    if called is not None:
        return called
    going = next((talk for talk in known if talk.code == current), None)
    return Chosen(going, text, goes_on=True) if going else None


def _commanded(text: str) -> Command | None:
    if text.strip() and not text.strip(" ?"):
        return Command.HELP
    whole = text.strip(" .!?")
    return next((one for one, said in _COMMANDS.items() if any(is_said(whole, phrase) for phrase in said)), None)


def _called(text: str, talks: list[Talk]) -> Chosen | None:
    """The talk with the longest call that the message begins with."""
    words = text.replace(":", " ", 1).split()
    calls = sorted(((len(call.split()), call, talk) for talk in talks for call in talk.words), key=lambda one: -one[0])
    for count, call, talk in calls:
        if is_said(" ".join(words[:count]), call):
            return Chosen(talk, " ".join(words[count:]))
    return None


def menu(talks: Iterable[Talk], name: str) -> Reply:
    """What can be asked here, with an example each."""
    lines = [f"{name} xin nghe. Bạn có thể nhắn:"]
    lines += [f"• {talk.title}: {talk.example}" for talk in sorted(talks, key=lambda one: one.order)]
    lines += ["• Liên kết tài khoản: liên kết", "• Không nhận tin báo nữa: dừng"]
    return Reply("\n".join(lines))


def pieces(text: str, longest: int) -> list[str]:
    """The text in parts that the operator takes, cut at ends of lines, else at blanks, else anywhere."""
    parts, left = [], text.strip()
    while len(left) > longest:
        cut = max(left.rfind("\n", 0, longest), 0) or max(left.rfind(" ", 0, longest), 0) or longest
        parts.append(left[:cut].rstrip())
        left = left[cut:].lstrip()
    return [*parts, left] if left else parts
