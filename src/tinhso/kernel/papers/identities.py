"""With whose key a paper is signed: the deployment's certificate, or throw-away ones for demonstrations.

Real keys of officials live in tokens or with the Government Cipher Committee's service and never on this machine; a
PKCS#12 file given to the deployment is meant for the agency's own signature.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.keys import load_cert_from_pemder
from pyhanko.sign.signers import SimpleSigner

MARK = "CHỨNG THƯ THỬ NGHIỆM"
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SigningIdentity:
    """Somebody who can sign: certificate and key, and whether they are only for demonstration."""

    name: str
    organisation: str
    signer: SimpleSigner
    is_demonstration: bool


def identity_for(name: str, organisation: str) -> SigningIdentity:
    """The deployment's certificate if one is configured, else a demonstration certificate in this name."""
    if settings.SIGNING_PKCS12:
        return configured_identity()
    return demo_identity(name, organisation)


def configured_identity() -> SigningIdentity:
    """What ``SIGNING_PKCS12`` holds."""
    signer = _load(Path(str(settings.SIGNING_PKCS12)), settings.SIGNING_PASSWORD)
    certificate: Any = signer.signing_cert
    subject = certificate.subject.native
    return SigningIdentity(
        str(subject.get("common_name", "")), str(subject.get("organization_name", "")), signer, is_demonstration=False
    )


def demo_identity(name: str, organisation: str) -> SigningIdentity:
    """A certificate made on the spot by this deployment's own test authority, kept under ``<home>/pki``.

    Everywhere it shows, it says ``MARK``: it proves nothing about a person.
    """
    folder = _folder()
    fingerprint = hashlib.sha256(f"{name}\n{organisation}".encode()).hexdigest()[:24]
    path = folder / f"demo-{fingerprint}.p12"
    if not path.exists():
        with _alone(folder):
            if not path.exists():
                _issue(folder, path, name, organisation)
    return SigningIdentity(name, organisation, _load(path, ""), is_demonstration=True)


def trusted_roots() -> list[Any]:
    """Roots this deployment trusts: certificates put under ``<home>/pki/roots`` and, if made, the test authority."""
    folder = _folder()
    paths = [*sorted((folder / "roots").glob("*.pem")), *sorted((folder / "roots").glob("*.cer"))]
    if (own := folder / "demo-ca.pem").exists():
        paths.append(own)
    return [load_cert_from_pemder(str(path)) for path in paths]


def _folder() -> Path:
    folder = Path(settings.HOME) / "pki"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time makes certificates."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=256)
def _load(path: Path, password: str) -> SimpleSigner:
    signer = SimpleSigner.load_pkcs12(str(path), passphrase=password.encode() or None)
    if signer is None:
        raise ValueError(f"{path.name} cannot be read with the given password")
    return signer


def _issue(folder: Path, path: Path, name: str, organisation: str) -> None:
    authority, authority_key = _authority(folder)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(_subject(name, organisation), key, authority.subject, authority_key, is_authority=False)
    _write(
        path,
        pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [authority], serialization.NoEncryption()
        ),
    )


def _authority(folder: Path) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    certificate_path, key_path = folder / "demo-ca.pem", folder / "demo-ca-key.pem"
    if certificate_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return x509.load_pem_x509_certificate(certificate_path.read_bytes()), key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = _subject("CA thử nghiệm của Tỉnh Số", "Tỉnh Số")
    certificate = _certificate(subject, key, subject, key, is_authority=True)
    plain = serialization.NoEncryption()
    _write(key_path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    _write(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _subject(name: str, organisation: str) -> x509.Name:
    """Subject of a test certificate; X.520 allows 64 letters for each part."""
    parts = (
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, organisation[:64] or "-"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
        (NameOID.COMMON_NAME, name[:64] or "-"),
    )
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _certificate(
    subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name, issuer_key: rsa.RSAPrivateKey, *, is_authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    """Complete or not at all, readable by this program only."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    os.replace(draft, path)
