"""Which questions of a form are asked, and whether the answers can be right.

Whatever comes in is treated as hostile: any type, any length, decomposed letters, control and direction characters.
What comes out is plain JSON: text in NFC, numbers as text with a point, money as whole đồng, dates as ISO text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tinhso.kernel.people.rules import check_identity_number, phone_number
from tinhso.modules.procedures.rules.content import Field, Section
from tinhso.modules.procedures.rules.sheets import decimal_words, money_words

LONGEST = {"text": 250, "longtext": 4000, "email": 254, "address": 250}
MOST_CHOICES = 50
LARGEST_MONEY = 10**15


def holds(condition: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> bool:
    """Whether a condition is met; a condition of unknown shape never is."""
    if condition is None:
        return True
    if "all" in condition:
        return all(holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    given = _given(answers.get(str(condition.get("field"))))
    if "is" in condition:
        wanted = _given(condition["is"])
        return wanted in given if isinstance(given, list) else given == wanted
    if "in" in condition:
        return any(_given(value) == given for value in condition["in"])
    return False


_YES_NO = {"true": True, "yes": True, "co": True, "on": True, "false": False, "no": False, "khong": False}


def _given(value: Any) -> Any:
    """An answer as conditions compare it: what forms send as text for yes and no counts as such."""
    if isinstance(value, str):
        return _YES_NO.get(value.strip().lower(), value.strip())
    return list(value) if isinstance(value, tuple) else value


def visible_sections(
    form: Iterable[Section], answers: Mapping[str, Any]
) -> tuple[tuple[Section, tuple[Field, ...]], ...]:
    """The sections with the questions asked, given the answers so far; sections without any are left out.

    A question that is not asked counts as unanswered for those after it.
    """
    known: dict[str, Any] = {}
    shown = []
    for section in form:
        asked = []
        for field in section.fields:
            if holds(field.when, known):
                asked.append(field)
                known[field.code] = answers.get(field.code)
        if asked:
            shown.append((section, tuple(asked)))
    return tuple(shown)


def visible_fields(form: Iterable[Section], answers: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(field for _, fields in visible_sections(form, answers) for field in fields)


class _Wrong(Exception):
    """The answer cannot be right; the text is the sentence shown."""


def check_answers(
    form: Iterable[Section], answers: Mapping[str, Any], *, only_section: str | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Clean answers of the questions asked, and a Vietnamese sentence for each that cannot stand.

    Answers to questions that do not exist or are not asked are dropped. With ``only_section`` only that section's are
    checked and returned.
    """
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for section, fields in visible_sections(form, answers):
        if only_section is not None and section.code != only_section:
            continue
        for field in fields:
            try:
                value = check_answer(field, answers.get(field.code))
            except _Wrong as wrong:
                errors[field.code] = str(wrong)
                continue
            if value is not None:
                clean[field.code] = value
    return clean, errors


def check_answer(field: Field, raw: Any) -> Any:
    """The clean answer to one question; None when left empty. Raises when it is missing or cannot be right."""
    value = None if _is_empty(raw) else CHECKS[field.type](field, raw)
    if value is None and field.required:
        raise _Wrong(_ask(field))
    return value


def _is_empty(raw: Any) -> bool:
    if isinstance(raw, str):
        return not raw[:10_000].strip()
    if isinstance(raw, Mapping):
        return all(_is_empty(part) for part in raw.values())
    return raw is None or raw == [] or raw == ()


_ASKS = {
    "choice": "Chọn một mục",
    "choices": "Chọn ít nhất một mục",
    "yesno": "Chọn Có hoặc Không",
    "file": "Chọn tệp",
    "address": "Chọn xã, phường và nhập số nhà, tên đường. Nếu chưa có số nhà, ghi “chưa có”",
    "identity": "Nhập 12 chữ số của số định danh cá nhân",
    "phone": "Nhập số điện thoại, ví dụ 0912 345 678",
    "date": "Nhập ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026",
}


def _ask(field: Field) -> str:
    name = _inside(field.label)
    return f"{_ASKS[field.type]}: {name}." if field.type in _ASKS else f"Nhập {name}."


def _inside(label: str) -> str:
    """A label within a sentence: first letter small unless it is an abbreviation."""
    label = label.strip().rstrip(".:?")
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def tidy(raw: Any, longest: int, *, lines: bool = False) -> str:
    """Text in NFC without control, direction or zero-width characters; blanks collapsed. Raises when too long."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        raise _Wrong("Nhập bằng chữ hoặc số.")
    text = str(raw)
    if len(text) > 4 * longest + 200:
        raise _Wrong(f"Rút ngắn còn tối đa {longest} ký tự.")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(_kept(letter, lines) for letter in text)
    kept = "\n".join(" ".join(line.split()) for line in kept.split("\n")) if lines else " ".join(kept.split())
    kept = kept.strip()
    if len(kept) > longest:
        raise _Wrong(f"Rút ngắn còn tối đa {longest} ký tự (đang có {len(kept)}).")
    return kept


def _kept(letter: str, lines: bool) -> str:
    if letter == "\n":
        return "\n" if lines else " "
    kind = unicodedata.category(letter)
    if kind == "Cc":
        return " " if letter == "\t" else ""
    return "" if kind in ("Cf", "Cs", "Co", "Cn") else letter


def _text(field: Field, raw: Any) -> str | None:
    kind = "longtext" if field.type == "longtext" else "text"
    return tidy(raw, field.max_length or LONGEST[kind], lines=kind == "longtext") or None


_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]{1,6})?")
_PLAIN = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,6})?")


def parse_number(text: str) -> Decimal | None:
    """A number in Vietnamese writing: ``1.234,5``, ``1234,5``, ``12.5`` or ``0.125``; None when it is none."""
    text = text.replace(" ", "").replace("−", "-")
    if _GROUPED.fullmatch(text) and len(text) <= 24:
        return Decimal(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def _number(field: Field, raw: Any) -> str:
    value = _within(field, parse_number(_digits(raw)), "Nhập số, ví dụ 1.234,5.")
    return f"{value.normalize():f}"


def _digits(raw: Any) -> str:
    """The text of a number; one that came as a number of JSON is written the Vietnamese way first."""
    if isinstance(raw, float | Decimal):
        return f"{raw:f}".rstrip("0").rstrip(".").replace(".", ",") if "." in f"{raw:f}" else f"{raw:f}"
    return tidy(raw, 40)


def _within(field: Field, value: Decimal | None, otherwise: str) -> Decimal:
    if value is None:
        raise _Wrong(otherwise)
    unit = f" {field.unit}" if field.unit else ""
    if field.min is not None and value < field.min:
        raise _Wrong(f"Nhập số từ {decimal_words(field.min)}{unit} trở lên.")
    if field.max is not None and value > field.max:
        raise _Wrong(f"Nhập số không quá {decimal_words(field.max)}{unit}.")
    return value


def _money(field: Field, raw: Any) -> int:
    text = re.sub(r"(đ|đồng|vnđ|vnd)$", "", _digits(raw).lower()).strip()
    value = _within(field, parse_number(text), "Nhập số tiền bằng đồng, ví dụ 1.500.000.")
    if value != value.to_integral_value() or value < 0 or value > LARGEST_MONEY:
        raise _Wrong(f"Nhập số tiền tròn đồng, từ 0 đến {money_words(LARGEST_MONEY)}.")
    return int(value)


def parse_date(text: str) -> date | None:
    """A day written ``5/11/2026`` (``-``, ``.``, blanks too) or ``2026-11-05``; None when there is no such day."""
    match = re.fullmatch(r"([0-9]{1,2})\s*[/\-. ]\s*([0-9]{1,2})\s*[/\-. ]\s*([0-9]{4})", text)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None
    except ValueError:
        return None


def _date(field: Field, raw: Any) -> str:
    if isinstance(raw, Mapping):  # three boxes
        raw = "/".join(str(raw.get(part, ""))[:4] for part in ("day", "month", "year"))
    elif isinstance(raw, date):
        raw = raw.isoformat()
    found = parse_date(tidy(raw, 30))
    if found is None or not 1900 <= found.year <= 2200:
        raise _Wrong("Nhập ngày có thật theo dạng ngày/tháng/năm, ví dụ 05/11/2026.")
    return found.isoformat()


def _choice(field: Field, raw: Any) -> str:
    value = tidy(raw, 100)
    if value not in {option.value for option in field.options}:
        raise _Wrong("Chọn một mục trong danh sách.")
    return value


def _choices(field: Field, raw: Any) -> list[str] | None:
    values = list(raw) if isinstance(raw, list | tuple) else [raw]
    if len(values) > MOST_CHOICES:
        raise _Wrong("Chọn các mục trong danh sách.")
    chosen = {_choice(field, value) for value in values if not _is_empty(value)}
    return [option.value for option in field.options if option.value in chosen] or None


def _yesno(field: Field, raw: Any) -> bool:
    value = raw if isinstance(raw, bool) else _YES_NO.get(tidy(raw, 10).lower())
    if value is None:
        raise _Wrong("Chọn Có hoặc Không.")
    return value


def _address(field: Field, raw: Any) -> dict[str, str]:
    """``{"commune": unit code, "detail": house and street}``; plain text is taken as the detail."""
    parts = raw if isinstance(raw, Mapping) else {"detail": raw}
    longest = field.max_length or LONGEST["address"]
    commune, detail = tidy(parts.get("commune") or "", 40), tidy(parts.get("detail") or "", longest)
    if isinstance(raw, Mapping) and "commune" in raw and not commune:
        raise _Wrong("Chọn xã, phường hoặc đặc khu.")
    if not detail:
        raise _Wrong("Nhập số nhà và tên đường. Nếu chưa có số nhà, ghi “chưa có”.")
    return {"commune": commune, "detail": detail}


def _identity(field: Field, raw: Any) -> str:
    number = re.sub(r"[\s.\-]", "", tidy(raw, 30))
    if not check_identity_number(number).valid:
        raise _Wrong("Nhập đủ 12 chữ số của số định danh cá nhân, ghi trên thẻ căn cước.")
    return number


def _phone(field: Field, raw: Any) -> str:
    number = phone_number(tidy(raw, 30))
    if number is None:
        raise _Wrong("Nhập số điện thoại Việt Nam 10 chữ số, ví dụ 0912 345 678.")
    return number


_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63})+")


def _email(field: Field, raw: Any) -> str:
    value = tidy(raw, LONGEST["email"])
    if not _EMAIL.fullmatch(value):
        raise _Wrong("Nhập địa chỉ thư điện tử, ví dụ ten@example.vn.")
    return value


def _file(field: Field, raw: Any) -> list[str]:
    values = list(raw) if isinstance(raw, list | tuple) else [raw]
    if len(values) > MOST_CHOICES:
        raise _Wrong(f"Chọn tối đa {MOST_CHOICES} tệp.")
    return [tidy(value, 100) for value in values]


CHECKS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "longtext": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "address": _address,
    "identity": _identity,
    "phone": _phone,
    "email": _email,
    "file": _file,
    "yesno": _yesno,
}
