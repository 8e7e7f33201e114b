"""Which keys a line needs, in the words of the operators' own pages."""

from __future__ import annotations

from tinhso.kernel.errors import Refusal
from tinhso.modules.channels.rules import Kind

LONGEST = 500
# Key → what the operator calls it.
KEY_NAMES = {
    "app_secret": "Khóa bí mật của ứng dụng",
    "oa_secret": "Khóa bí mật của OA (OA Secret Key)",
    "page_token": "Mã truy cập của trang",
    "verify": "Mã xác minh webhook",
}
_NEEDED = {
    Kind.ZALO: ("app_secret", "oa_secret"),
    Kind.FACEBOOK: ("app_secret", "page_token", "verify"),
    Kind.MAIL: (),
}


def names_of(kind: Kind) -> dict[str, str]:
    """Keys of a line of this kind with their names. A mailbox has none: its servers are the deployment's to choose."""
    return {key: KEY_NAMES[key] for key in _NEEDED[kind]}


def checked(name: str, typed: str) -> str:
    """The key without blanks around it. Raises Refusal ``channels.key`` for what can be no key."""
    said = typed.strip()
    if len(said) > LONGEST or not said.isascii() or not said.isprintable() or " " in said:
        raise Refusal("channels.key", "Khóa không đúng dạng. Sao chép lại từ trang của nhà mạng.", field=name)
    return said
