"""Talking to operators over HTTP. Hosts and paths are settings; nothing else in the module opens a connection."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from django.conf import settings
from django.utils import timezone

from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries.keys import secret_of
from tinhso.modules.channels.rules import Kind, facebook, zalo

SECONDS = 10.0
PAUSE, LONGEST_PAUSE = 60, 3600  # seconds that an operator is left alone which asks for it without saying how long
LARGEST_PICTURE = 12 * 1024 * 1024


class NotTaken(Exception):
    """The operator did not take it; ``is_final`` when it never will, ``renew`` when another token would do, ``wait``
    seconds when it asked us to slow down, ``is_silent`` when it may have taken it and only the answer is missing."""

    def __init__(
        self, message: str, *, is_final: bool = False, renew: bool = False, wait: int = 0, is_silent: bool = False
    ) -> None:
        super().__init__(message)
        self.is_final, self.renew, self.wait, self.is_silent = is_final, renew, wait, is_silent


def send(line: Line, token: str, person: str, text: str) -> str:
    """Hand one text over; returns the operator's id of it. Raises NotTaken."""
    if line.kind == Kind.ZALO:
        said: dict[str, Any] = {"recipient": {"user_id": person}, "message": {"text": text}}
        answer = _post(f"{_host('zalo_api')}/v3.0/oa/message/cs", headers={"access_token": token}, json=said)
        _accepted(answer)
        return str((answer.get("data") or {}).get("message_id", ""))[:200]
    said = {"recipient": {"id": person}, "messaging_type": "RESPONSE", "message": {"text": text}}
    answer = _post(f"{_host('facebook_api')}/me/messages", headers={"Authorization": f"Bearer {token}"}, json=said)
    if "error" in answer:
        raise _refused_by_facebook(answer["error"])
    return str(answer.get("message_id", ""))[:200]


def _refused_by_facebook(error: Any) -> NotTaken:
    fate, said = facebook.fate(error), str(error.get("message", "") if isinstance(error, dict) else error)[:200]
    if fate is facebook.Fate.RENEW:
        return NotTaken(f"Mã truy cập của trang đã hết hạn hoặc bị thu hồi: {said}", renew=True)
    return NotTaken(f"Facebook từ chối: {said}", is_final=fate is facebook.Fate.NEVER)


def zns(token: str, phone: str, template_id: str, data: dict[str, str], tracking: str) -> str:
    """Send a notice by telephone number; the operator's id of it. Raises NotTaken."""
    said = {"phone": phone, "template_id": template_id, "template_data": data, "tracking_id": tracking}
    answer = _post(f"{_host('zalo_zns')}/message/template", headers={"access_token": token}, json=said)
    _accepted(answer)
    return str((answer.get("data") or {}).get("msg_id", ""))[:200]


def zns_template(token: str, template_id: str) -> dict[str, Any]:
    """What the operator says of a template. Raises NotTaken."""
    answer = _get(
        f"{_host('zalo_zns')}/template/info", headers={"access_token": token}, params={"template_id": template_id}
    )
    _accepted(answer)
    found = answer.get("data")
    return found if isinstance(found, dict) else {}


def post(operator: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Ask an operator of text messages. Raises NotTaken when it does not answer."""
    return _post(_host(operator) + path, json=body, headers=headers)


def profile(access_token: str, app_secret: str) -> dict[str, Any]:
    """Who holds this token of the Mini App, as the operator knows them. Raises NotTaken."""
    headers = {"access_token": access_token, "appsecret_proof": zalo.proof(access_token, app_secret)}
    answer = _get(f"{_host('zalo_graph')}/v2.0/me", headers=headers, params={"fields": "id,name"})
    if not answer.get("id") or answer.get("error"):
        raise NotTaken(f"Zalo không nhận mã đăng nhập (lỗi {answer.get('error')}).", is_final=True)
    return answer


def _accepted(answer: dict[str, Any]) -> None:
    came = zalo.outcome(answer.get("error"))
    if came is zalo.Outcome.SENT:
        return
    words = f"Zalo trả lời {answer.get('error')}: {str(answer.get('message', ''))[:200]}"
    wait = PAUSE if answer.get("error") in zalo.TOO_MANY else 0
    raise NotTaken(words, is_final=came is zalo.Outcome.NEVER, renew=came is zalo.Outcome.RENEW, wait=wait)


def renew(line: Line, refresh: str) -> dict[str, Any]:
    """A new pair of tokens for the one that works once. Raises NotTaken."""
    return _pair(line, {"refresh_token": refresh, "app_id": line.app_id, "grant_type": "refresh_token"})


def exchange(line: Line, code: str, verifier: str) -> dict[str, Any]:
    """The first pair, for the code that came back from the operator's permission page. Raises NotTaken."""
    form = {"code": code, "app_id": line.app_id, "grant_type": "authorization_code", "code_verifier": verifier}
    return _pair(line, form)


def _pair(line: Line, form: dict[str, str]) -> dict[str, Any]:
    headers = {"secret_key": secret_of(line, "app_secret")}
    answer = _post(f"{_host('zalo_oauth')}/v4/oa/access_token", headers=headers, data=form)
    if not answer.get("access_token") or not answer.get("refresh_token"):
        code = answer.get("error")
        raise NotTaken(f"Zalo không cấp mã truy cập (lỗi {code}). Kết nối lại kênh.", is_final=type(code) is int)
    return answer


def picture(address: str) -> bytes:
    """A picture that a person sent, from hosts that were named in the settings. Raises NotTaken."""
    host = urlsplit(address).hostname or ""
    if not any(host == one or host.endswith(f".{one}") for one in settings.CHANNEL_PICTURE_HOSTS):
        raise NotTaken("Ảnh ở máy chủ lạ nên không tải.", is_final=True)
    got = bytearray()
    try:
        with httpx.stream("GET", address, timeout=SECONDS, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise NotTaken(f"Tải ảnh: HTTP {answer.status_code}.", is_final=answer.is_client_error)
            for chunk in answer.iter_bytes():
                got += chunk
                if len(got) > LARGEST_PICTURE:
                    raise NotTaken("Ảnh quá lớn.", is_final=True)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise NotTaken(f"Không tải được ảnh: {type(problem).__name__}.") from None
    return bytes(got)


def _get(address: str, **said: Any) -> dict[str, Any]:
    return _post(address, method="GET", **said)


def _post(address: str, method: str = "POST", **said: Any) -> dict[str, Any]:
    try:
        answer = httpx.request(method, address, timeout=SECONDS, follow_redirects=False, **said)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        is_unheard = isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout | httpx.InvalidURL)
        raise NotTaken(f"Không nối được: {type(problem).__name__}.", is_silent=not is_unheard) from None
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise NotTaken("HTTP 429.", wait=waiting_time(answer.headers.get("Retry-After", ""), timezone.now()))
    if answer.is_server_error:
        raise NotTaken(f"HTTP {answer.status_code}.", is_silent=True)
    try:
        found = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, RecursionError):
        raise NotTaken(f"HTTP {answer.status_code}, không đọc được trả lời.") from None
    if not isinstance(found, dict):
        raise NotTaken("Trả lời không đúng cấu trúc.")
    return found


def waiting_time(said: str, at: datetime) -> int:
    """Seconds of ``Retry-After`` (RFC 9110, 10.2.3): a number or a date; between one second and an hour."""
    seconds: float = PAUSE
    if said.strip().isascii() and said.strip().isdecimal():
        seconds = int(said.strip()[:9])
    elif said.strip():
        with suppress(TypeError, ValueError):
            seconds = (parsedate_to_datetime(said) - at).total_seconds()
    return min(max(1, int(seconds)), LONGEST_PAUSE)


def _host(name: str) -> str:
    return str(settings.CHANNEL_HOSTS[name]).rstrip("/")
