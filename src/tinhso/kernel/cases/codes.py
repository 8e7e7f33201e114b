"""What people type into the look-up, made comparable."""

from __future__ import annotations

import re

_NOT_OF_A_CODE = re.compile(r"[^A-Z0-9.\-]")
_DASHES = re.compile(r"[‐-―−]")
# A dossier's code and that of any other case, with or without what stands between its parts.
_DOSSIER = re.compile(r"(?<![A-Z0-9])([A-Z]\d{2})[. ]?(\d{1,4})[- ]?(\d{6})[- ]?(\d{4,6})(?![0-9])", re.IGNORECASE)
_OTHER = re.compile(r"(?<![A-Z0-9])([A-Z]{2})[- ]?(20\d\d|\d\d)[- ]?(\d{4,7})(?![0-9])", re.IGNORECASE)


def tidy_code(text: str) -> str:
    """A code as people type it: capitals, no blanks, any dash a hyphen, left-out ones put back; at most 40
    characters."""
    tidy = _NOT_OF_A_CODE.sub("", _DASHES.sub("-", text.upper()))[:40]
    found = _DOSSIER.fullmatch(tidy) or _OTHER.fullmatch(tidy)
    return _written(found) if found else tidy


def code_in(text: str) -> tuple[str, str]:
    """The code that stands somewhere in a sentence, and what follows it; empty when none does."""
    said = _DASHES.sub("-", text)
    found = _DOSSIER.search(said) or _OTHER.search(said)
    return (_written(found), text[found.end() :].strip()) if found else ("", "")


def _written(found: re.Match[str]) -> str:
    """As it is printed: ``H53.103-251231-0001``, ``PA-2026-0000037``."""
    first, *others = (part.upper() for part in found.groups())
    return f"{first}.{'-'.join(others)}" if found.re is _DOSSIER else "-".join((first, *others))


def tidy_digits(text: str) -> str:
    """The four digits, or empty when it is anything else."""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) == 4 else ""
