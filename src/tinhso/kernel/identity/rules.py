"""What an identity provider is to us, what its claims mean, and whether a proof is strong and fresh enough."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from tinhso.kernel.people.rules import check_identity_number, is_tax_code, phone_number

SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
LOOPBACK = ("http://127.0.0.1:", "http://localhost:")


class Audience(StrEnum):
    CITIZENS = "citizens"
    OFFICIALS = "officials"


class Kind(StrEnum):
    """Whose account it is at the provider. Foreigners and organisations have one account without levels
    (NĐ 320/2026 Đ.3, new Đ.7.2 and 7.3); citizens have level 1 or 2."""

    CITIZEN = "citizen"
    FOREIGNER = "foreigner"
    ORGANISATION = "organisation"
    OFFICIAL = "official"


WITHOUT_LEVELS = frozenset({Kind.FOREIGNER, Kind.ORGANISATION})


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What belonging to a group of an officials' directory means here: a post in a unit, a role on it, or both."""

    unit: str
    role: str = ""
    title: str = ""


class ClaimNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which names a provider says things. The national names are unconfirmed, so that they stand in settings."""

    identity_number: str = "personal_number"
    full_name: str = "name"
    born_on: str = "birthdate"
    phone: str = "phone_number"
    email: str = "email"
    kind: str = "account_type"
    level: str = "account_level"
    tax_code: str = "tax_code"
    username: str = "preferred_username"
    groups: str = "groups"


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One identity provider as the deployment's identity file describes it."""

    code: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,20}$")]
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    audience: Audience = Audience.CITIZENS
    scope: str = "openid profile"
    userinfo: bool = True
    claims: ClaimNames = ClaimNames()
    kinds: dict[str, Kind] = {}
    levels: dict[str, int] = {}
    acr: dict[str, str] = {}
    groups: dict[str, list[Place]] = {}
    second_factor: bool = False

    def __post_init__(self) -> None:
        if not self.issuer.startswith(("https://", *LOOPBACK)):
            raise ValueError(f"{self.code}: the issuer must begin with https")
        if "openid" not in self.scope.split():
            raise ValueError(f"{self.code}: the scope must hold openid")

    def acr_for(self, level: int) -> str:
        """What to ask the provider for, so that it proves this level or a higher one; empty when nothing is needed."""
        return " ".join(acr for known, acr in sorted(self.acr.items()) if level and int(known) >= level)


class Said(msgspec.Struct, frozen=True):
    """What a provider says of somebody, in our words; empty where it says nothing that can be understood."""

    subject: str
    kind: Kind
    level: int = 0
    identity_number: str = ""
    full_name: str = ""
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    tax_code: str = ""
    username: str = ""
    groups: tuple[str, ...] = ()


def read_providers(content: Any) -> tuple[Provider, ...]:
    """The providers of an identity file: ``providers`` is a list. Raises ValueError, naming what is wrong."""
    class_ = dict[str, list[Provider]]
    providers = tuple(msgspec.convert(content, class_).get("providers", ()))
    if len({one.code for one in providers}) != len(providers):
        raise ValueError("two providers have the same code")
    return providers


def understood(provider: Provider, claims: Mapping[str, Any]) -> Said:
    """The claims in our words. A number, date or phone that cannot be one counts as not said."""

    def text(name: str, longest: int) -> str:
        value = claims.get(name)
        said = unicodedata.normalize("NFC", str(value)) if isinstance(value, str | int) else ""
        return " ".join("".join(c for c in said if c.isprintable()).split())[:longest]

    names = provider.claims
    usual = Kind.OFFICIAL if provider.audience is Audience.OFFICIALS else Kind.CITIZEN
    kind = usual if usual is Kind.OFFICIAL else provider.kinds.get(text(names.kind, 40), usual)
    number, tax_code = text(names.identity_number, 12), text(names.tax_code, 14)
    groups = claims.get(names.groups)
    return Said(
        subject=text("sub", 255),
        kind=kind,
        level=_level(provider, kind, claims),
        identity_number=number if check_identity_number(number).valid else "",
        full_name=text(names.full_name, 120),
        born_on=_date(text(names.born_on, 10)),
        phone=phone_number(text(names.phone, 20)) or "",
        email=text(names.email, 254) if "@" in text(names.email, 254) else "",
        tax_code=tax_code if tax_code and is_tax_code(tax_code) else "",
        username=text(names.username, 60),
        groups=tuple(sorted(str(one) for one in groups)) if isinstance(groups, list) else (),
    )


def _level(provider: Provider, kind: Kind, claims: Mapping[str, Any]) -> int:
    """The level proven now: what the sign-in itself proved (``acr``), never above the account's own."""
    if kind in WITHOUT_LEVELS:
        return 0
    own = provider.levels.get(str(claims.get(provider.claims.level)), 0)
    proven = max((int(level) for level, acr in provider.acr.items() if acr == claims.get("acr")), default=None)
    if proven is None:
        return own if not provider.acr else 0
    return min(own, proven) if provider.levels else proven


def _date(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def places(provider: Provider, groups: Iterable[str]) -> frozenset[Place]:
    """The posts and roles that belong to these groups."""
    return frozenset(place for group in groups for place in provider.groups.get(group, ()))


def all_places(provider: Provider) -> frozenset[Place]:
    """Every post and role that the provider's groups decide about; what stands elsewhere is not its business."""
    return places(provider, provider.groups)


class Proof(msgspec.Struct, frozen=True):
    """How somebody proved who they are in this session: how strongly, and when last (None: not known)."""

    level: int
    at: datetime | None
    has_levels: bool = True

    def lacks(self, *, level: int, within: timedelta, now: datetime) -> str:
        """``level`` or ``age`` when this is not enough, else empty. Who can have no level is asked only for age."""
        if level > self.level and self.has_levels:
            return "level"
        if self.at is None or now - self.at > within:
            return "age"
        return ""


def first_of_network(address: str) -> str:
    """The address itself; of IPv6 the first of its network (/64), since whoever has one of them has them all."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False).network_address)
