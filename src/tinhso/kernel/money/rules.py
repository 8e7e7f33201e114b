"""Whole đồng: written, read and spoken. There are no smaller units in use, so amounts are integers."""

from __future__ import annotations

import re
import unicodedata

from tinhso.kernel.numerals import is_whole

NO_BREAK_SPACE = "\u00a0"
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
_TIMES = {
    "": 1,
    "k": 1_000,
    "nghin": 1_000,
    "ngan": 1_000,
    "tr": 1_000_000,
    "trieu": 1_000_000,
    "ty": 10**9,
    "ti": 10**9,
}
_AMOUNT = re.compile(r"(-?)\s*([0-9][0-9.,\s]*?)\s*([a-z]*)\s*(?:d|vnd|dong|vnđ|₫)?")


def plain_number(amount: int) -> str:
    """``1234567`` → ``1.234.567``."""
    return f"{amount:,}".replace(",", ".")


def dong(amount: int) -> str:
    """``75000`` → ``75.000 đ``, held together by a no-break space."""
    return f"{plain_number(amount)}{NO_BREAK_SPACE}đ"


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("₫", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part)).replace(NO_BREAK_SPACE, " ").strip()


def parse_dong(text: str) -> int | None:
    """Whole đồng from what a person types, or None: ``75.000 đ``, ``75,000``, ``75k``, ``1,5 triệu``, ``2 tỷ``.

    Without a word behind it, points and commas part thousands; with one, they are decimal: ``1.5 tr`` is 1.500.000.
    A number that would not be whole đồng, or with groups that are not of three digits, is None.
    """
    match = _AMOUNT.fullmatch(_bare(text))
    if match is None:
        return None
    sign, digits, word = match[1], re.sub(r"\s", "", match[2]), match[3]
    if word in ("d", "vnd", "dong"):
        word = ""
    if word not in _TIMES:
        return None
    amount = _grouped(digits) if not word else _decimal(digits, _TIMES[word])
    if amount is None:
        return None
    return -amount if sign else amount


def _grouped(digits: str) -> int | None:
    if is_whole(digits):
        return int(digits)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,3}(,[0-9]{3})+", digits):
        return int(re.sub(r"[.,]", "", digits))
    return None


def _decimal(digits: str, times: int) -> int | None:
    match = re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", digits)
    if match is None:
        grouped = _grouped(digits)  # 1.500.000 nghìn
        return None if grouped is None else grouped * times
    fraction = match[2] or ""
    scaled = int(match[1] + fraction) * times
    return scaled // 10 ** len(fraction) if scaled % 10 ** len(fraction) == 0 else None


def _hundreds(number: int, *, full: bool) -> list[str]:
    """Words of 1…999; ``full`` also says missing hundreds (``không trăm linh năm``), as inside a larger number."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds or full:
        words += [_DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones:
        words.append(_last_digit(tens, ones))
    return words


def _last_digit(tens: int, ones: int) -> str:
    """The last digit changes behind tens: hai mươi mốt, hai mươi tư, mười lăm."""
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 4 and tens > 1:
        return "tư"
    if ones == 5 and tens > 0:
        return "lăm"
    return _DIGITS[ones]


def _below_a_milliard(number: int, *, full: bool) -> list[str]:
    words: list[str] = []
    for power in (2, 1, 0):
        part = number // 1000**power % 1000
        if part:
            words += [*_hundreds(part, full=full or bool(words)), *_GROUPS[power].split()]
    return words


def number_in_words(number: int) -> str:
    """``1000005`` → ``một triệu không trăm linh năm``: northern forms (nghìn, linh), as in official papers."""
    if number == 0:
        return _DIGITS[0]
    if number < 0:
        return "âm " + number_in_words(-number)
    milliards, rest = divmod(number, 10**9)
    words = [number_in_words(milliards), "tỷ"] if milliards else []
    words += _below_a_milliard(rest, full=bool(words))
    return " ".join(words)


def dong_in_words(amount: int) -> str:
    """``75000`` → ``bảy mươi lăm nghìn đồng``, as receipts demand."""
    return f"{number_in_words(amount)} đồng"
