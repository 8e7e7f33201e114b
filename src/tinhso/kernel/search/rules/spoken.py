"""Questions as people say them, in the words that most people write: regions, short forms, talk around the matter.

What is listed here is common usage, noted by us. A word that would be another one without its marks (``hông``,
``hồng``) is known only with them, or beside a word that tells which is meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from tinhso.kernel.search.rules.spelling import mark

SAID: Mapping[str, tuple[str, ...]] = {
    # the South and the Centre
    "không": ("hông", "hổng", "hok", "hk", "ko", "k", "kg", "khg", "khum"),
    "được không": ("được hôn", "được hong", "duoc hong", "duoc hon", "dc hong"),
    "phải không": ("phải hôn", "phai hong", "phai hon"),
    "có không": ("có hôn", "co hong"),
    "tôi": ("tui",),
    "mẹ": ("má", "mạ"),
    "con": ("thằng nhỏ", "con nhỏ", "đứa nhỏ", "sắp nhỏ", "tụi nhỏ", "thang nho", "dua nho"),
    "sinh": ("sanh",),
    "bệnh": ("bịnh",),
    "xem": ("coi",),
    "thuê": ("mướn",),
    "dùng": ("xài",),
    "sai": ("lộn",),
    "làm": ("mần",),
    "thế nào": ("làm răng", "mần răng", "ra răng", "như răng", "răng rứa", "răng đây", "răng hè", "làm sao", "ntn"),
    "ở đâu": ("ở mô", "chỗ mô", "nơi mô", "đi mô", "mô rứa", "chỗ nào", "cho nao"),
    "khi nào": ("khi mô", "chừng mô", "chừng nào", "chung nao", "hồi nào", "bữa nào"),
    "gì": ("chi rứa", "chi vậy", "j", "gj"),
    "sổ đỏ": ("bìa đỏ", "bia do", "bằng khoán"),
    "tiền điện": ("tiền đèn", "tien den"),
    "điện lực": ("nhà đèn", "nha den"),
    # short forms
    "công ty": ("cty",),
    "mật khẩu": ("pass", "password"),
    "điện thoại": ("đt", "sđt", "sdt"),
    "mét vuông": ("m2",),
    "bao nhiêu": ("bn",),
    "đăng ký": ("đk", "đăng kí"),
}
# Words around the matter. Official texts hardly hold them, so that they would seem to tell the most.
AROUND = (
    "xong", "rồi", "luôn", "giờ", "nay", "này", "đó", "kia", "ra", "bị", "cái", "nha", "nhé", "nghen", "ạ", "dạ", "ơi",
    "hả", "hở", "vậy", "zậy", "thôi", "cứ", "mà", "với", "giùm", "dùm", "rứa", "ni", "nớ", "hỉ", "em", "tụi", "mình",
    "đặng", "lẹ", "dc", "đc", "hết trơn", "hết trọi", "hôm qua", "bữa qua", "bữa nay", "bữa ni", "hôm nay", "bây giờ",
    "bây chừ",
)  # fmt: skip
AS_THEY_ARE = ("mồ côi", "mo coi", "em bé", "em be", "trẻ em", "tre em", "ra đời", "mấy giờ", "giờ làm việc")
LONGEST = 3  # words of a phrase
_WORD = re.compile(r"\w+")


def _known() -> dict[tuple[str, ...], str]:
    known = dict.fromkeys(AROUND, "") | {phrase: phrase for phrase in AS_THEY_ARE}
    known |= {phrase: common for common, phrases in SAID.items() for phrase in phrases}
    return {tuple(mark(word) for word in phrase.split()): common for phrase, common in known.items()}


_KNOWN = _known()


def commonly(text: str) -> str:
    """The text in common words, without those around the matter; as it is where nothing else would be left.

    ``tui hổng có giấy khai sanh`` → ``tôi không có giấy khai sinh``. Done twice it changes nothing more."""
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    marked = [mark(word) for word in words]
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            common = _KNOWN.get(tuple(marked[at : at + length]))
            if common is not None:
                found.append(common)
                break
        else:
            length = 1
            found.append(words[at])
        at += length
    return " ".join(" ".join(found).split()) or text
