"""Text messages under a brand name: what a message costs, and the contracts of the operators that take it.

An operator is one value of ``CONTRACTS``: how to ask it, how to read its answer and its delivery reports. Fields as
published: eSMS (“Gửi tin CSKH dạng POST”, “Callback URL”), SpeedSMS (“Gửi SMS”, webhook); hosts are settings.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from tinhso.modules.channels.rules.wording import is_said

# GSM 03.38: what fits 160 letters to a message; those of the second table count twice.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
_STOP = ("dừng", "stop", "tc", "từ chối", "hủy", "hủy nhận tin")
_START = ("nhận", "nhận tin", "start")


def segments(text: str) -> int:
    """How many messages an operator counts: 160 or 153 letters each, 70 or 67 once one has marks (3GPP TS 23.040)."""
    if all(one in _GSM or one in _GSM_TWICE for one in text):
        length, whole, part = len(text) + sum(one in _GSM_TWICE for one in text), 160, 153
    else:
        length, whole, part = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= whole else -(-length // part)


def wish_of(text: str) -> bool | None:
    """What somebody answered to a message: False to be told nothing more, True to be told again, None anything else."""
    said = text.strip(" .!")
    wishes = ((False, _STOP), (True, _START))
    return next((wish for wish, phrases in wishes if any(is_said(said, one) for one in phrases)), None)


class Fate(StrEnum):
    """What became of a message. ``taken``: the operator has it, the telephone not yet."""

    TAKEN = "taken"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """One message to hand over. ``to`` is ``84…``; ``callback`` where the operator reports."""

    to: str
    text: str
    reference: str
    sender: str
    callback: str
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """``price`` in đồng when it is told. ``is_final`` goes with ``error``: asking again would not help."""

    outside_id: str = ""
    price: int | None = None
    error: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """A delivery report (``fate``), or what a person answered (``phone`` and ``text``)."""

    outside_id: str = ""
    reference: str = ""
    fate: Fate | None = None
    price: int | None = None
    phone: str = ""
    text: str = ""


class Contract(Protocol):
    """How an operator is spoken to."""

    def request(self, asked: Asked) -> Request: ...

    def answer(self, said: Mapping[str, Any]) -> Answer: ...

    def news(self, said: Mapping[str, Any]) -> News: ...


class Esms:
    """eSMS: ``SmsType`` 2 is customer care under a brand name; code 100 is taken, 124 “had it already”."""

    _LATER = frozenset({"99", "103"})  # connection, balance: an administrator mends it

    def request(self, asked: Asked) -> Request:
        body = {
            "ApiKey": asked.secrets.get("key", ""),
            "SecretKey": asked.secrets.get("secret", ""),
            "Phone": asked.to,
            "Content": asked.text,
            "Brandname": asked.sender,
            "SmsType": "2",
            "IsUnicode": "0" if asked.text.isascii() else "1",
            "RequestId": asked.reference,
            "CallbackUrl": asked.callback,
        }
        return Request("/MainService.svc/json/SendMultipleMessage_V4_post_json/", body, {})

    def answer(self, said: Mapping[str, Any]) -> Answer:
        code = str(said.get("CodeResult", "99"))
        if code in ("100", "124"):
            return Answer(_word(said.get("SMSID")))
        return Answer(error=f"eSMS {code}: {_word(said.get('ErrorMessage'))}", is_final=code not in self._LATER)

    def news(self, said: Mapping[str, Any]) -> News:
        status, went = _word(said.get("SendStatus")), _word(said.get("SendSuccess")) not in ("", "0")
        fate = (
            Fate.FAILED if status == "4" else Fate.TAKEN if status != "5" else Fate.DELIVERED if went else Fate.FAILED
        )
        return News(_word(said.get("SMSID")), _word(said.get("RequestId")), fate, _dong(said.get("TotalPrice")))


class SpeedSms:
    """SpeedSMS: ``sms_type`` 3 is a brand name; a report's ``status`` 0 is delivered, below 64 not yet."""

    def request(self, asked: Asked) -> Request:
        key = b64encode(f"{asked.secrets.get('token', '')}:x".encode()).decode()
        body = {"to": [asked.to], "content": asked.text, "sms_type": 3, "sender": asked.sender}
        return Request("/index.php/sms/send", body, {"Authorization": f"Basic {key}"})

    def answer(self, said: Mapping[str, Any]) -> Answer:
        told = said.get("data")
        data: Mapping[str, Any] = told if isinstance(told, dict) else {}
        if said.get("status") == "success" and not data.get("invalidPhone"):
            return Answer(_word(data.get("tranId")), _dong(data.get("totalPrice")))
        code = _word(said.get("code"))
        return Answer(error=f"SpeedSMS {code}: {_word(said.get('message'))}", is_final=code != "300")

    def news(self, said: Mapping[str, Any]) -> News:
        if said.get("type") != "report":
            return News(phone=_word(said.get("phone")), text=_word(said.get("content")))
        status = _word(said.get("status"))
        number = int(status) if status.isdecimal() else 64
        fate = Fate.DELIVERED if number == 0 else Fate.TAKEN if number < 64 else Fate.FAILED
        return News(_word(said.get("tranId")), fate=fate)


CONTRACTS: Mapping[str, Contract] = {"esms": Esms(), "speedsms": SpeedSms()}


def _word(value: Any) -> str:
    return str(value)[:200] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _dong(value: Any) -> int | None:
    """Whole đồng of ``250``, ``"250.0000"``; None of anything else."""
    text = str(value if value is not None else "").partition(".")[0]
    return int(text) if text.isdecimal() and len(text) < 10 else None
