"""A due date explained in sentences, Vietnamese or English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.clock.rules.calendars import VIETNAM, WEEKDAY_WORDS, WEEKLY_REST
from tinhso.kernel.clock.rules.dues import Due
from tinhso.kernel.clock.rules.limits import Count, Limit, PauseKind, Phase, Unit
from tinhso.kernel.clock.rules.running import EXACT
from tinhso.kernel.clock.rules.steps import Code, Step

LONG_LIST = 10  # from this many counted days on, days in a row are told together

_PAUSE_VI = {
    PauseKind.SUPPLEMENT: "chờ bổ sung hồ sơ",
    PauseKind.FINANCIAL_OBLIGATION: "chờ thực hiện nghĩa vụ tài chính",
    PauseKind.VERIFICATION: "chờ xác minh của cơ quan khác",
    PauseKind.FORCE_MAJEURE: "sự kiện bất khả kháng",
}
_PAUSE_EN = {
    PauseKind.SUPPLEMENT: "waiting for a supplement",
    PauseKind.FINANCIAL_OBLIGATION: "waiting for a financial obligation to be met",
    PauseKind.VERIFICATION: "waiting for verification by another body",
    PauseKind.FORCE_MAJEURE: "force majeure",
}
_UNIT_VI = {
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.DAY: "ngày",
    Unit.HOUR: "giờ làm việc",
    Unit.CLOCK_HOUR: "giờ",
}
_UNIT_EN = {
    Unit.WORKING_DAY: "working day",
    Unit.DAY: "calendar day",
    Unit.HOUR: "working hour",
    Unit.CLOCK_HOUR: "hour",
}


def limit_words(limit: Limit, language: str = "vi") -> str:
    """A limit as printed: "5 ngày làm việc", "trong ngày (nhận trước 15:00)"."""
    vietnamese = language == "vi"
    if limit.same_day_cutoff is not None:
        at = limit.same_day_cutoff.isoformat("minutes")
        return f"trong ngày (nhận trước {at})" if vietnamese else f"the same day (received before {at})"
    if limit.unit is Unit.UNKNOWN:
        return "chưa xác định" if vietnamese else "unknown"
    return _amount(limit.amount, limit.unit, vietnamese)


def explain(due: Due, language: str = "vi") -> list[str]:
    """How the due date came about, one sentence a step."""
    sentences = _VI if language == "vi" else _EN
    return [sentences[step.code](step.params) for step in _gathered(due.steps)]


def _gathered(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps with days in a row told together when the list would be long."""
    if sum(step.code is Code.DAY for step in steps) < LONG_LIST:
        yield from steps
        return
    pending: list[Step] = []
    for step in (*steps, None):
        if step is not None and step.code is Code.DAY:
            pending.append(step)
            continue
        if pending:
            first, last = pending[0].params, pending[-1].params
            yield Step(Code.DAY, {**first, "until": last} if len(pending) > 1 else first)
            pending = []
        if step is not None:
            yield step


def _amount(amount: Decimal, unit: Unit, vietnamese: bool) -> str:
    number = f"{amount.normalize():f}"
    if vietnamese:
        return f"{number.replace('.', ',')} {_UNIT_VI[unit]}"
    return f"{number} {_UNIT_EN[unit]}{'' if amount == 1 else 's'}"


def _minutes(amount: int, vietnamese: bool, count: Count = Count.MINUTES) -> str:
    hours, minutes = divmod(amount, 60)
    parts = ((hours, "giờ", "hour"), (minutes, "phút", "minute"))
    is_worked = count is not Count.CLOCK_MINUTES
    if vietnamese:
        worded = " ".join(f"{n} {vi}" for n, vi, _ in parts if n) or "0 phút"
        return f"{worded} làm việc" if is_worked else worded
    worded = " ".join(f"{n} {en}{'' if n == 1 else 's'}" for n, _, en in parts if n) or "0 minutes"
    return f"{worded} of working time" if is_worked else worded


def _remaining(phases: Iterable[Phase], vietnamese: bool) -> str:
    return (", ").join(_phase(phase, vietnamese) for phase in phases)


def _phase(phase: Phase, vietnamese: bool) -> str:
    if phase.counted in EXACT:
        return _minutes(phase.amount, vietnamese, phase.counted)
    if phase.counted is Count.SAME_DAY:
        return "giải quyết trong ngày" if vietnamese else "the same day"
    if not phase.amount:
        return "phần còn lại của ngày làm việc" if vietnamese else "the rest of a working day"
    unit = Unit.DAY if phase.counted is Count.DAYS else Unit.WORKING_DAY
    return _amount(Decimal(phase.amount), unit, vietnamese)


def day_words(day: date, language: str = "vi", *, year: bool = True) -> str:
    """A day with its weekday: "thứ Tư 18/11/2026"."""
    if language == "vi":
        return f"{WEEKDAY_WORDS[day.weekday()]} {day.day}/{day.month}" + (f"/{day.year}" if year else "")
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return f"{names[day.weekday()]} {day.day}/{day.month}" + (f"/{day.year}" if year else "")


def moment_words(moment: datetime, language: str = "vi") -> str:
    """A moment in Vietnamese time: "09:10 thứ Tư 18/11/2026"."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H:%M} {day_words(local.date(), language)}"


def _range(first: date, last: date, language: str) -> str:
    if first == last:
        return day_words(first, language)
    joined = {"vi": ("và", "đến"), "en": ("and", "to")}[language]
    word = joined[0] if (last - first).days == 1 else joined[1]
    return f"{day_words(first, language)} {word} {day_words(last, language)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _received_vi(p: dict[str, Any]) -> str:
    text = f"Nhận hồ sơ lúc {moment_words(p['at'])}; thời hạn {limit_words(p['limit'])}"
    if p["first_day_counts"]:
        return text + "."
    return text + "; ngày nhận không tính (Điều 147 khoản 2 Bộ luật Dân sự 2015)."


def _received_en(p: dict[str, Any]) -> str:
    text = f"Received at {moment_words(p['at'], 'en')}; limit: {limit_words(p['limit'], 'en')}"
    return (
        text + "." if p["first_day_counts"] else text + "; the first day is not counted (Civil Code 2015, Art. 147.2)."
    )


def _day_vi(p: dict[str, Any]) -> str:
    if until := p.get("until"):
        return f"Ngày {p['number']} đến ngày {until['number']}: {_range(p['on'], until['on'], 'vi')}."
    return f"Ngày {p['number']}: {day_words(p['on'])}."


def _day_en(p: dict[str, Any]) -> str:
    if until := p.get("until"):
        return f"Days {p['number']} to {until['number']}: {_range(p['on'], until['on'], 'en')}."
    return f"Day {p['number']}: {day_words(p['on'], 'en')}."


def _grounds(p: dict[str, Any], names: dict[PauseKind, str]) -> str:
    return "; ".join((*(names[kind] for kind in p["kinds"]), *p["reasons"]))


def _lost(p: dict[str, Any], vietnamese: bool) -> str:
    if p["count"] in EXACT:
        return _minutes(p["lost"], vietnamese, p["count"])
    return _amount(Decimal(p["lost"]), Unit.DAY if p["count"] is Count.DAYS else Unit.WORKING_DAY, vietnamese)


def _paused_vi(p: dict[str, Any]) -> str:
    text = f"Tạm dừng từ {moment_words(p['start'])}"
    if p["end"] is None:
        return f"{text} đến nay ({_grounds(p, _PAUSE_VI)})."
    lost = _lost(p, True)
    text += f" đến {moment_words(p['end'])} ({_grounds(p, _PAUSE_VI)}), không tính {lost}"
    if p["count"] in (*EXACT, Count.SAME_DAY):
        return text + "."
    if p["start"].date() == p["end"].date():
        return text + ": dừng trong một ngày không làm đổi ngày hẹn."
    day = "ngày tạm dừng vẫn tính" if p["pause_day_counts"] else "ngày tạm dừng không tính"
    return f"{text}; {day}, đếm tiếp từ ngày sau ngày tiếp tục."


def _paused_en(p: dict[str, Any]) -> str:
    text = f"Paused from {moment_words(p['start'], 'en')}"
    if p["end"] is None:
        return f"{text} until now ({_grounds(p, _PAUSE_EN)})."
    lost = _lost(p, False)
    text += f" to {moment_words(p['end'], 'en')} ({_grounds(p, _PAUSE_EN)}); not counted: {lost}"
    if p["count"] in (*EXACT, Count.SAME_DAY):
        return text + "."
    if p["start"].date() == p["end"].date():
        return text + ": a pause within one day leaves the date as it is."
    counted = "counts" if p["pause_day_counts"] else "does not count"
    return f"{text}; the day of the pause {counted}, counting goes on the day after it ended."


def _why_en(why: str) -> str:
    return "weekly rest" if why == WEEKLY_REST else why


def _extended(p: dict[str, Any], vietnamese: bool) -> str:
    amount, reason = _amount(p["amount"], p["unit"], vietnamese), f" ({p['reason']})" if p["reason"] else ""
    return f"Được cộng thêm {amount}{reason}." if vietnamese else f"Extended by {amount}{reason}."


_VI: dict[Code, Callable[[dict[str, Any]], str]] = {
    Code.UNKNOWN: lambda p: "Thủ tục chưa công bố thời hạn giải quyết nên chưa tính được ngày hẹn trả.",
    Code.RECEIVED: _received_vi,
    Code.EXTENDED: lambda p: _extended(p, True),
    Code.DAY: _day_vi,
    Code.SKIPPED: lambda p: f"Bỏ qua {_range(p['first'], p['last'], 'vi')}: {p['why']}.",
    Code.DAYS: lambda p: f"Cộng {p['amount']} ngày, từ {day_words(p['first'])} đến hết {day_words(p['last'])}.",
    Code.MOVED: lambda p: (
        f"{_capital(day_words(p['last']))} là ngày nghỉ ({p['why']}) nên thời hạn kết thúc vào ngày làm việc tiếp "
        f"theo, {day_words(p['to'])} (Điều 148 khoản 5 Bộ luật Dân sự 2015)."
    ),
    Code.MINUTES: lambda p: (
        f"Tính {_minutes(p['amount'], True, p['count'])}, từ {moment_words(p['start'])} đến {moment_words(p['end'])}."
    ),
    Code.BEFORE_CUTOFF: lambda p: f"Tính từ trước {_clock(p['cutoff'])} {day_words(p['on'])}: trả kết quả trong ngày.",
    Code.AFTER_CUTOFF: lambda p: (
        f"Tính từ sau {_clock(p['cutoff'])} hoặc hết giờ làm việc {day_words(p['on'])}: trả kết quả vào ngày làm việc "
        f"tiếp theo, {day_words(p['to'])}."
    ),
    Code.NOT_WORKING: lambda p: (
        f"{_capital(day_words(p['on']))} là ngày nghỉ ({p['why']}): trả kết quả vào ngày làm việc tiếp theo, "
        f"{day_words(p['to'])}."
    ),
    Code.REST_OF_DAY: lambda p: f"Các ngày đã tính đủ; còn phần còn lại của {day_words(p['on'])}.",
    Code.PAUSED: _paused_vi,
    Code.WAITING: lambda p: f"Đồng hồ đang dừng; khi tiếp tục còn {_remaining(p['remaining'], True)}.",
    Code.PROVISIONAL: lambda p: (
        f"Lịch nghỉ năm {p['year']} chưa có quyết định, tạm tính theo Bộ luật Lao động; ngày hẹn có thể thay đổi."
    ),
    Code.DUE: lambda p: f"Hạn trả kết quả: {moment_words(p['at'])}.",
}
_EN: dict[Code, Callable[[dict[str, Any]], str]] = {
    Code.UNKNOWN: lambda p: "The procedure publishes no time limit, so no due date can be given.",
    Code.RECEIVED: _received_en,
    Code.EXTENDED: lambda p: _extended(p, False),
    Code.DAY: _day_en,
    Code.SKIPPED: lambda p: f"Skipped {_range(p['first'], p['last'], 'en')}: {_why_en(p['why'])}.",
    Code.DAYS: lambda p: (
        f"Plus {p['amount']} calendar days, {day_words(p['first'], 'en')} to the end of {day_words(p['last'], 'en')}."
    ),
    Code.MOVED: lambda p: (
        f"{day_words(p['last'], 'en')} is a day off ({_why_en(p['why'])}), so the limit ends on the next working day, "
        f"{day_words(p['to'], 'en')} (Civil Code 2015, Art. 148.5)."
    ),
    Code.MINUTES: lambda p: (
        f"Counted {_minutes(p['amount'], False, p['count'])}, "
        f"{moment_words(p['start'], 'en')} to {moment_words(p['end'], 'en')}."
    ),
    Code.BEFORE_CUTOFF: lambda p: (
        f"Counted from before {_clock(p['cutoff'])} on {day_words(p['on'], 'en')}: the same day."
    ),
    Code.AFTER_CUTOFF: lambda p: (
        f"Counted from after {_clock(p['cutoff'])} or the end of work on {day_words(p['on'], 'en')}: the next working "
        f"day, {day_words(p['to'], 'en')}."
    ),
    Code.NOT_WORKING: lambda p: (
        f"{day_words(p['on'], 'en')} is a day off ({_why_en(p['why'])}): the next working "
        f"day, {day_words(p['to'], 'en')}."
    ),
    Code.REST_OF_DAY: lambda p: f"All days are counted; what is left is the rest of {day_words(p['on'], 'en')}.",
    Code.PAUSED: _paused_en,
    Code.WAITING: lambda p: f"The clock stands still; left when it runs again: {_remaining(p['remaining'], False)}.",
    Code.PROVISIONAL: lambda p: (
        f"The holidays of {p['year']} are not yet decided and were computed from the Labour Code; the date may change."
    ),
    Code.DUE: lambda p: f"Due: {moment_words(p['at'], 'en')}.",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
