"""Carrying a notice outside: by mail, as a text message, to a browser. Each takes a delivery or raises ``NotCarried``.

A gateway for text messages is whatever has ``send``; which one a deployment uses is a setting. ``FileGateway`` writes
messages to a folder: what a demonstration uses, and the shortest example of what a gateway must do.
"""

from __future__ import annotations

import json
import smtplib
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string

from tinhso.kernel.errors import NotFound
from tinhso.kernel.manifest import registry
from tinhso.kernel.notices import rules
from tinhso.kernel.notices.models import Delivery, Device
from tinhso.kernel.notices.rules import Channel, NotCarried

SECONDS = 10  # how long an outside system may take
DAY = 24 * 3600


def carry(delivery: Delivery) -> None:
    """Hand one message over. Raises NotCarried."""
    ways = {Channel.EMAIL: _mail, Channel.SMS: _text, Channel.PUSH: _push, Channel.MESSAGE: _message}
    ways[Channel(delivery.channel)](delivery)


def _message(delivery: Delivery) -> None:
    """By the module whose address it is: the part before the first slash names it."""
    carry = registry.carriers.get(delivery.address.partition("/")[0])
    if carry is None:
        raise NotCarried("Không còn kênh này.", is_final=True)
    carry(delivery)


def _mail(delivery: Delivery) -> None:
    _send(mail_of(delivery))


def send_plainly(*, to: str, title: str, body: str, reference: str) -> None:
    """A mail of few words to an address without an account. Raises NotCarried."""
    headers = {"Message-ID": f"<{reference}@{_host()}>", "Auto-Submitted": "auto-generated"}
    _send(EmailMultiAlternatives(subject=title, body=body, to=[to], headers=headers))


def _host() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _send(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        raise NotCarried(f"{type(problem).__name__}: {problem}", is_final=_is_final(problem)) from problem


def _is_final(problem: Exception) -> bool:
    """Whether the server said that this address will never do: a 5xx for the recipient (RFC 5321, 4.2.1)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500


def mail_of(delivery: Delivery) -> EmailMultiAlternatives:
    """The message in plain text and HTML. Its only link is opened by GET, and opening it changes nothing."""
    notice = delivery.notice
    context = {
        "notice": notice,
        "name": notice.account.display_name,
        "link": settings.BASE_URL + notice.url,
        "settings_link": settings.BASE_URL + "/thong-bao/cai-dat/",
        "stop_link": settings.BASE_URL + stop_address(notice.account_id, rules.group_of(notice.kind)),
    }
    message = EmailMultiAlternatives(
        subject=notice.title,
        body=render_to_string("notices/mail/notice.txt", context),
        to=[delivery.address],
        headers={
            "Message-ID": rules.message_id(delivery.pk, notice.created_at.isoformat(), _host()),
            "Date": format_datetime(notice.created_at),
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{context['stop_link']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=get_connection(fail_silently=False),
    )
    message.attach_alternative(render_to_string("notices/mail/notice.html", context), "text/html")
    return message


STOP_SALT = "notices.stop"


def stop_address(account_id: int, group: str) -> str:
    """Where mails of one group are ended without signing in; the key holds for ever, since mails are kept for years;
    it is the same at every try."""
    token = signing.Signer(salt=STOP_SALT).sign_object([account_id, group])
    return reverse("notices:stop", args=[token])


def stopped_by(token: str) -> tuple[int, str]:
    """Whose mails of which group the key ends. Raises NotFound for a key that is none of ours."""
    try:
        account_id, group = signing.Signer(salt=STOP_SALT).unsign_object(token)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFound from None
    return int(account_id), str(group)


class Gateway(Protocol):
    """Takes text messages to telephones."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """``to`` is E.164, ``text`` plain letters; the same ``reference`` twice must reach the person once.

        Raises NotCarried."""


class FileGateway:
    """Writes each message to a file named by its reference, so that a repeat changes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, to: str, text: str, reference: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{reference}.txt").write_text(f"{to}\n{text}\n", encoding="utf-8")


class HttpGateway:
    """Posts each message as JSON with a bearer key: ``to``, ``text``, ``sender``, ``reference``.

    2xx means taken; 429 and 5xx are tried again; other 4xx are final. Brands differ in names of fields: a deployment
    whose gateway differs puts a small translator in front.
    """

    def __init__(self, address: str, key: str, sender: str) -> None:
        self.address, self.key, self.sender = address, key, sender

    def send(self, *, to: str, text: str, reference: str) -> None:
        said = {"to": to, "text": text, "sender": self.sender, "reference": reference}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": reference}
        _post(self.address, json.dumps(said).encode(), {**headers, "Content-Type": "application/json"})


def gateway() -> Gateway | None:
    """The deployment's gateway; None when it sends no text messages."""
    if not settings.SMS_GATEWAY:
        return None
    if settings.SMS_GATEWAY == "file":
        return FileGateway(settings.HOME / "sms")
    made = settings.SMS_GATEWAYS.get(settings.SMS_GATEWAY.partition(",")[0])
    if made:
        return import_string(made)(settings.SMS_GATEWAY)
    return HttpGateway(settings.SMS_GATEWAY, settings.SMS_KEY, settings.SMS_SENDER)


def _text(delivery: Delivery) -> None:
    found = gateway()
    if found is None:
        raise NotCarried("no gateway for text messages is set up", is_final=True)
    if hasattr(found, "carry"):
        return found.carry(delivery)  # a gateway that knows more ways to a telephone chooses itself
    made = delivery.notice.created_at.strftime("%Y%m%d%H%M%S")
    return found.send(to=delivery.address, text=delivery.notice.sms, reference=f"thong-bao-{delivery.pk}-{made}")


def _post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Raises NotCarried for anything but 2xx, 404 and 410, which the caller judges."""
    import httpx

    try:
        answer = httpx.post(address, content=body, headers=headers, timeout=SECONDS, follow_redirects=False)
    except httpx.HTTPError as problem:
        raise NotCarried(f"{type(problem).__name__}: {problem}") from problem
    status = answer.status_code
    if status in (404, 410) or 200 <= status < 300:
        if status in (404, 410) and "TTL" not in headers:
            raise NotCarried(f"answered {status}", is_final=True)
        return status
    raise NotCarried(f"answered {status}", is_final=400 <= status < 500 and status != 429)


def _push(delivery: Delivery) -> None:
    """To every browser of the account; one that is gone is forgotten. Carried when at least one took it."""
    notice, taken = delivery.notice, 0
    problems: list[NotCarried] = []
    message = json.dumps(
        {"title": notice.title, "body": notice.body[:300], "url": notice.url, "tag": notice.dedupe}, ensure_ascii=False
    )
    for device in Device.objects.filter(account_id=notice.account_id):
        try:
            status = push(device, message.encode())
        except NotCarried as problem:
            problems.append(problem)
            continue
        if status in (404, 410):
            device.delete()
        else:
            taken += 1
    if not taken:
        waiting = [problem for problem in problems if not problem.is_final]
        said = [str(problem) for problem in waiting or problems] or ["no browser takes messages"]
        raise NotCarried(said[0], is_final=not waiting)


def push(device: Device, message: bytes) -> int:
    """Encrypt for the device and hand over to its push service (RFC 8030, 8291, 8292); the status of the answer."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec
    from py_vapid.utils import b64urldecode

    where = urlsplit(device.endpoint)
    if not rules.is_push_service(where.hostname or "", settings.PUSH_SERVICES):
        raise NotCarried("not a known push service", is_final=True)
    body = http_ece.encrypt(
        message,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=b64urldecode(device.p256dh.encode()),
        auth_secret=b64urldecode(device.auth.encode()),
        version="aes128gcm",
    )
    headers = _vapid().sign({"sub": _contact(), "aud": f"{where.scheme}://{where.netloc}"})
    return _post(device.endpoint, body, {**headers, "TTL": str(DAY), "Content-Encoding": "aes128gcm"})


def _contact() -> str:
    """Whom push services may write to about this platform (RFC 8292, 2.1)."""
    return "mailto:" + parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@cache
def _vapid() -> Any:
    """The deployment's key for push services; a missing one is made and kept in the data folder."""
    from py_vapid import Vapid02

    path: Path = settings.PUSH_KEY
    if path.exists():
        return Vapid02.from_file(str(path))
    made = Vapid02()
    made.generate_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    made.save_key(str(fresh))
    try:
        path.hardlink_to(fresh)  # the first process wins; the others read what it made
    except FileExistsError:
        made = Vapid02.from_file(str(path))
    fresh.unlink(missing_ok=True)
    return made


@cache
def application_key() -> str:
    """The public half, as browsers want it: base64url of the uncompressed point."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid.utils import b64urlencode

    point = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))
