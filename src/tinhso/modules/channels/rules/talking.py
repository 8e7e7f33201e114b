"""Which talk a message belongs to, and the few words that are about the line itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tinhso.kernel.search.rules import fold
from tinhso.kernel.talks import Reply, Talk


class Command(StrEnum):
    """What is said about the line: what can be asked, say nothing more unasked, do again, know me, know me no more."""

    HELP = "help"
    STOP = "stop"
    START = "start"
    LINK = "link"
    UNLINK = "unlink"


_COMMANDS = {
    "tro giup": Command.HELP,
    "huong dan": Command.HELP,
    "menu": Command.HELP,
    "help": Command.HELP,
    "?": Command.HELP,
    "xin chao": Command.HELP,
    "chao": Command.HELP,
    "dung": Command.STOP,
    "stop": Command.STOP,
    "huy nhan tin": Command.STOP,
    "nhan tin": Command.START,
    "start": Command.START,
    "lien ket": Command.LINK,
    "huy lien ket": Command.UNLINK,
    "bo lien ket": Command.UNLINK,
}
LEAVE = frozenset({"thoi", "huy", "bo qua", "thoat"})


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
    whole = fold(text).strip(" .!?") or ("?" if "?" in text else "")
    if whole in _COMMANDS:
        return _COMMANDS[whole]
    called = _called(text, known)
    if called is not None:
        return called
    going = next((talk for talk in known if talk.code == current), None)
    if going is None:
        return None
    return Command.HELP if whole in LEAVE else Chosen(going, text, goes_on=True)


def _called(text: str, talks: list[Talk]) -> Chosen | None:
    words = text.replace(":", " ", 1).split()
    begun = [fold(word) for word in words[:4]]
    best: tuple[int, Talk] | None = None
    for talk in talks:
        for call in talk.words:
            asked = fold(call).split()
            if asked and begun[: len(asked)] == asked and (best is None or len(asked) > best[0]):
                best = len(asked), talk
    return Chosen(best[1], " ".join(words[best[0] :])) if best else None


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
