"""Speaking to the portal: one connection for the length of a job, an end to every question, answers that are checked.

An answer counts only when it is JSON with an ``error_code``. Everything else (no connection, a time-out, a page of
HTML, half an answer) is ``NoAnswer``: nobody knows whether the portal did what was asked, and asking again is safe.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

import httpx
import msgspec

from tinhso.modules.national_portal.queries.deployment import Deployment
from tinhso.modules.national_portal.rules.payload import renamed

LONGEST_ANSWER = 16 * 1024 * 1024
CONNECT_SECONDS = 5.0
SUCCESS = "0"


class NoAnswer(Exception):
    """The portal did not answer in a way that can be understood; it may have done what was asked."""


class NotThere(NoAnswer):
    """The portal works and has nothing at this address, or does not give it (HTTP 4xx)."""


class SaidNo(Exception):
    """The portal answered and did not take it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class SignedOut(Exception):
    """The token is not valid any more."""


class Line:
    """Questions to the portal, signed in when first needed and once more when the token has ended."""

    def __init__(self, known: Deployment) -> None:
        self.known = known
        self._token = ""
        limits = httpx.Timeout(known.seconds, connect=min(CONNECT_SECONDS, known.seconds))
        self._client = httpx.Client(
            timeout=limits, follow_redirects=False, trust_env=False, verify=_certificates(known.ca_file)
        )

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, operation: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """The portal's answer to a message. Raises NoAnswer, SaidNo."""
        try:
            return self._ask_signed_in(operation, message)
        except SignedOut:
            self._token = ""
        try:
            return self._ask_signed_in(operation, message)
        except SignedOut:
            raise NoAnswer("Cổng không nhận phiên đăng nhập vừa cấp.") from None

    def _ask_signed_in(self, operation: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._token:
            self._sign_in()
        return self._post(operation, message, {"Authorization": f"Bearer {self._token}"})

    def _sign_in(self) -> None:
        known = self.known
        try:
            answer = self._post(
                "login", {"TaiKhoan": known.user, "MatKhau": known.password, "MaDonVi": known.agency}, {}
            )
        except (SignedOut, SaidNo) as no:
            raise NoAnswer(f"Cổng từ chối đăng nhập: {no}"[:300]) from None
        token = answer.get("token")
        if not isinstance(token, str) or not token:
            raise NoAnswer("Cổng trả lời đăng nhập mà không cấp phiên.")
        self._token = token

    def _post(self, operation: str, message: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any]:
        body = msgspec.json.encode(renamed(message, self.known.names))
        headers = {"Content-Type": "application/json", **headers}
        with self._answer("POST", self.known.address(operation), content=body, headers=headers) as chunks:
            text = b"".join(chunks)
        return renamed(_checked(text), self.known.theirs_to_ours)

    @contextmanager
    def _answer(self, method: str, address: str, **more: Any) -> Iterator[Iterator[bytes]]:
        """The chunks of an answer. Transport and HTTP errors become NoAnswer; a slow trickle ends too."""
        end = time.monotonic() + self.known.seconds
        try:
            with self._client.stream(method, address, **more) as response:
                if response.status_code == httpx.codes.UNAUTHORIZED:
                    raise SignedOut
                if response.is_client_error:
                    raise NotThere(f"Cổng trả lời HTTP {response.status_code}.")
                if response.status_code != httpx.codes.OK:
                    raise NoAnswer(f"Cổng trả lời HTTP {response.status_code}.")
                yield _until(end, response.iter_bytes())
        except httpx.TimeoutException:
            raise NoAnswer(f"Cổng không trả lời trong {self.known.seconds:g} giây.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise NoAnswer(f"Không nối được với Cổng: {type(problem).__name__}.") from None

    @contextmanager
    def download(self, address: str) -> Iterator[Iterator[bytes]]:
        """The content of a file of the portal. Raises NoAnswer; SaidNo for an address that is not to be fetched."""
        whole = urljoin(self.known.url.rstrip("/") + "/", address)
        if not self.known.may_fetch(whole):
            raise SaidNo("host", "Địa chỉ tệp không thuộc máy chủ của Cổng nên không tải.")
        if not self._token:
            self._sign_in()
        try:
            with self._answer("GET", whole, headers={"Authorization": f"Bearer {self._token}"}) as chunks:
                yield chunks
        except SignedOut:
            self._token = ""
            raise NoAnswer("Phiên đăng nhập đã hết; sẽ tải lại.") from None


def _certificates(ca_file: str) -> Any:
    import ssl

    return ssl.create_default_context(cafile=ca_file) if ca_file else True


def _until(end: float, chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > LONGEST_ANSWER:
            raise NoAnswer("Câu trả lời của Cổng dài quá mức.")
        if time.monotonic() > end:
            raise NoAnswer("Cổng trả lời quá chậm.")
        yield chunk


def _checked(text: bytes) -> Mapping[str, Any]:
    """The answer as a mapping whose ``error_code`` says success. Raises NoAnswer, SaidNo."""
    try:
        answer = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        shown = text[:60].decode("utf-8", "replace").strip()
        raise NoAnswer(f"Câu trả lời của Cổng không phải JSON: {shown}") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("error_code"), str | int):
        raise NoAnswer("Câu trả lời của Cổng không có error_code.")
    code = str(answer["error_code"])
    if code != SUCCESS:
        raise SaidNo(code[:40], str(answer.get("message") or "Cổng từ chối mà không nêu lý do.")[:400])
    return answer
