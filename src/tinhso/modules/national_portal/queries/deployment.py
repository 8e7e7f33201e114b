"""How this deployment reaches the portal; without an address the link is off and costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

OPERATIONS = {
    "login": "dang-nhap",
    "dossier": "dong-bo-ho-so",
    "steps": "dong-bo-tien-do",
    "pending": "ho-so-cho-nhan",
    "received": "xac-nhan-nhan",
    "catalogue": "danh-muc-thu-tuc",
    "counts": "thong-ke-trang-thai",
    "codes": "danh-sach-ho-so",
}


@dataclass(frozen=True)
class Deployment:
    """``names`` renames fields of messages, ``operations`` the last part of the portal's addresses.

    ``seconds`` is the longest a question may last from beginning to end."""

    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    agency: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""
    seconds: float = 20.0
    file_hosts: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        return bool(self.url)

    @property
    def shown(self) -> str:
        """The address without anything secret in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{parts.path}" if self.url else ""

    def address(self, operation: str) -> str:
        return f"{self.url.rstrip('/')}/{self.operations.get(operation, OPERATIONS[operation])}"

    @property
    def theirs_to_ours(self) -> Mapping[str, str]:
        return {theirs: ours for ours, theirs in self.names.items()}

    def may_fetch(self, address: str) -> bool:
        """Files are fetched from the portal's own host and from hosts that were named, from nowhere else."""
        parts, own = urlsplit(address), urlsplit(self.url)
        named = parts.scheme in ("https", own.scheme) and parts.netloc in self.file_hosts
        return named or (parts.scheme, parts.netloc) == (own.scheme, own.netloc)


def deployment() -> Deployment:
    said: Mapping[str, Any] = settings.NATIONAL_PORTAL
    return Deployment(**said)
