"""What happens to one dossier, from chance: who files it, how the office works on it, and when each thing is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from tinhso.config.cli.demonstration import arrivals
from tinhso.config.cli.demonstration.catalogue import AT_COMMUNES, Mix, Pattern
from tinhso.config.cli.demonstration.names import Invented, somebody
from tinhso.config.cli.demonstration.staff import Cast, Citizen, Official, Staff
from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.clock.rules import Calendar, Pause, PauseKind, due
from tinhso.kernel.clock.rules.calendars import minute_of, moment_of
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.rules import Channel, Missing

ONLINE, BY_POST = 0.60, 0.05
SUPPLEMENTED, NEVER_ANSWERED = 0.08, 0.06
LATE, ON_TIME = 0.03, 0.35
DIGITISED = 7  # of ten dossiers received on paper: scanned and signed as they come in
STUCK = 0.035  # of the last weeks' dossiers: they stand in the lists as late
DECLINED, GUIDED, WITHDRAWN, REFUSED, ASKED_OTHERS, PAYS, SENT_BACK, NOTED = (
    0.012,
    0.03,
    0.01,
    0.015,
    0.3,
    0.5,
    0.015,
    0.02,
)
WAYS = {"dien_tu": "electronic", "mot_cua": "counter", "buu_chinh": "post"}

MISSING = "Bản vẽ hoặc giấy tờ kèm theo chưa đủ, chưa rõ; bổ sung bản đầy đủ để cơ quan xem xét."
ANSWER = "Tôi đã bổ sung theo yêu cầu."
GUIDANCE = "Hồ sơ còn thiếu giấy tờ bắt buộc; vui lòng bổ sung một lần cho đủ."
DECLINE = "Thủ tục không thuộc thẩm quyền của cơ quan tiếp nhận."
REFUSAL = "Hồ sơ không đủ điều kiện theo quy định, đã nêu rõ trong văn bản kèm theo."
WITHDRAWAL = "Gia đình thay đổi kế hoạch nên xin rút hồ sơ."
NO_ANSWER = "Quá thời hạn bổ sung mà người nộp không bổ sung."
SORRY = "Hồ sơ tăng cao trong kỳ nên xử lý chậm so với ngày hẹn."
BACK = "Nêu rõ thêm căn cứ ở phần thẩm định rồi trình lại."
QUESTION = "Đề nghị cho ý kiến về sự phù hợp với quy hoạch, kế hoạch của ngành."
OPINION = "Thống nhất với đề xuất, không có ý kiến thêm."
RESULT = "Giải quyết theo đề nghị; kết quả kèm theo có giá trị sử dụng theo quy định."
_STARTS_CLOCK = ("accept", "receive", "supplement", "supplement_at_counter", "confirm_payment")


@dataclass(slots=True)
class Act:
    """One thing done: the name of the action, when, by whom (nobody: the system), and what was said."""

    verb: str
    at: datetime
    by: Official | Citizen | None
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """A dossier to be: who hands in what, and all that happens to it up to now."""

    pattern: Pattern
    where: routing.Route
    said: Invented
    citizen: Citizen | None
    answers: dict[str, Any]
    way: str
    token: str
    fee_paid: bool
    acts: list[Act]


def missing_of(pattern: Pattern) -> tuple[Missing, ...]:
    """What a request for more papers names: the first paper of the procedure."""
    return tuple(Missing(part.code, part.name[:300], "Chưa rõ hoặc chưa đủ") for part in pattern.parts[:1])


class Pace:
    """Turns shares of the work (0 … 1) into moments of working time; begins anew after a pause."""

    def __init__(self, calendar: Calendar, start: int, span: int) -> None:
        self.table, self.base, self.span, self.done = calendar.table, calendar.table.minutes(start), span, 0.0
        self.last = start

    def at(self, share: float) -> datetime:
        """When that share is done, at least a minute after what was asked for before."""
        part = (share - self.done) / (1 - self.done) if share > self.done else 0.0
        self.last = max(self.last + 1, self.table.moment(self.base + max(1, int(part * self.span))))
        return moment_of(self.last)

    def again(self, start: int, span: int, share: float) -> None:
        self.base, self.span, self.done, self.last = self.table.minutes(start), span, share, start


class Teller:
    """Tells stories until now, each from the same source of chance."""

    def __init__(self, rng: Random, cast: Cast, mix: Mix, now: datetime, *, spread: bool) -> None:
        self.rng, self.cast, self.mix, self.now = rng, cast, mix, now
        self.calendar = standard_calendar()
        self.told = 0
        self.units = _resolving(cast, spread=spread)
        self.opinions = [s for s in cast.staff.values() if tree().nodes[s.unit_id].kind == Kind.DEPARTMENT]

    def year(self, total: int, first: date) -> Iterator[Story]:
        """``total`` stories from a day until now, in the order in which the dossiers come in."""
        last = self.now.date()
        for day, number in arrivals.per_day(first, last, total, self.calendar):
            yield from self._day(day, number)

    def _day(self, day: date, number: int) -> Iterator[Story]:
        rng, closed = self.rng, not self.calendar.is_working(day)
        limit = minute_of(self.now)
        planned = []
        for _ in range(number):
            online = closed or rng.random() < ONLINE
            minute = arrivals.online_minute(rng, day) if online else arrivals.counter_minute(rng, day)
            planned.append((min(minute, limit - 1), online))
        planned.sort()
        for minute, online in planned:
            yield self.one(minute, online)

    def one(self, minute: int, online: bool) -> Story:
        rng = self.rng
        pattern, staff = self._what(online)
        self.told += 1
        is_online = pattern.channel is Channel.ONLINE
        citizen = rng.choice(self.cast.citizens) if is_online else None
        said = citizen.said if citizen else somebody(rng, 100_000 + self.told)
        way = rng.choices(("dien_tu", "mot_cua", "buu_chinh"), (70, 25, 5) if is_online else (15, 80, 5))[0]
        commune = tree().nodes[staff.unit_id]
        code = commune.code if commune.kind == Kind.COMMUNE else "xa-25459"
        answers = pattern.answers(said, code, way)
        way = answers.get("cach_nhan", "dien_tu")
        token, paid = str(UUID(int=rng.getrandbits(128))), rng.random() < 0.9
        story = Story(pattern, _route(staff.unit_id), said, citizen, answers, WAYS[way], token, paid, [])
        acts = Course(self, story, staff, minute).acts
        story.acts = [act for act in acts if act.at <= self.now]
        return story

    def _what(self, online: bool) -> tuple[Pattern, Staff]:
        rng, mix = self.rng, self.mix
        if rng.random() < AT_COMMUNES:
            sheets, sums = mix.communal
            sheet = rng.choices(sheets, cum_weights=sums)[0]
            staff = rng.choices(self.units[0], cum_weights=self.units[1])[0]
        else:
            sheets, sums = mix.provincial
            sheet = rng.choices(sheets, cum_weights=sums)[0]
            staff = self.cast.staff[mix.resolvers[sheet.code]]
        branch = sheet.branches[0].code if sheet.branches else ""
        if sheet.branches and rng.random() < 0.2:
            branch = rng.choice(sheet.branches).code
        offline = Channel.POST if rng.random() < BY_POST / (1 - ONLINE) else Channel.DIRECT
        return mix.pattern(sheet, branch, Channel.ONLINE if online and sheet.is_online else offline), staff


def _resolving(cast: Cast, *, spread: bool) -> tuple[list[Staff], list[float]]:
    """Communes with running weights: those with full staff get most; with ``spread`` the others their share too."""
    found: list[Staff] = []
    sums: list[float] = []
    total = 0.0
    for staff in cast.staff.values():
        if tree().nodes[staff.unit_id].kind != Kind.COMMUNE:
            continue
        is_full = staff.unit_id in cast.full
        usual = 3.0 if spread else 40.0
        total += usual * (1 if found else 2.5) if is_full else 1.0  # the first is the commune of the showing
        found.append(staff)
        sums.append(total)
    return found, sums


@lru_cache(maxsize=512)
def _route(unit_id: int) -> routing.Route:
    return routing.Route(routing.centre_of(unit_id), unit_id, False)


class Course:
    """The course of one dossier: fills ``acts`` as they would happen, also beyond now."""

    def __init__(self, teller: Teller, story: Story, staff: Staff, minute: int) -> None:
        self.teller, self.story, self.staff, self.rng = teller, story, staff, teller.rng
        self.calendar, self.table = teller.calendar, teller.calendar.table
        self.acts: list[Act] = []
        self.pauses: list[Pause] = []
        self.handler = self.rng.choice(staff.specialists)
        start = self._received(minute)
        if start is not None:
            self._resolve(start)

    def do(self, verb: str, at: datetime, by: Official | Citizen | None, **said: Any) -> None:
        self.acts.append(Act(verb, at, by, said))

    def later(self, minute: int, low: int, high: int) -> int:
        """A moment so many working minutes later."""
        return self.table.moment(self.table.minutes(minute) + self.rng.randint(low, high))

    def _received(self, minute: int) -> int | None:
        """Filed and accepted; the minute at which the clock starts, None when it never does."""
        rng, clerk, citizen = self.rng, self.staff.clerk, self.story.citizen
        if citizen is None:
            self.do("receive", moment_of(minute), clerk)
            if minute % 10 < DIGITISED:
                self.do("digitise", moment_of(minute), clerk)
            return minute
        self.do("file", moment_of(minute), citizen)
        looked = self.later(minute, 5, 300)
        fate = rng.random()
        if fate < DECLINED:
            self.do("decline", moment_of(looked), clerk, reason=DECLINE)
            return None
        if fate < DECLINED + GUIDED:
            self.do("ask_completion", moment_of(looked), clerk, message=GUIDANCE)
            answered = looked + rng.randint(60, 4000)
            self.do("complete", moment_of(answered), citizen, answer=ANSWER)
            looked = self.later(answered, 5, 300)
        self.do("accept", moment_of(looked), clerk)
        return looked

    def _span(self, start: int, until: int | None, verdict: float) -> int:
        """Working minutes that the work takes from ``start``, when it must be done ``until``."""
        rng = self.rng
        whole = self.table.minutes(until) - self.table.minutes(start) if until else 7 * 480
        if verdict < LATE:
            return whole + rng.randint(30, 3000)
        if verdict < LATE + ON_TIME or whole < 480:
            return max(20, whole - rng.randint(3, max(4, min(450, whole // 2))))
        return max(20, int(whole * rng.uniform(0.2, 0.75)))

    def _due(self, start: int) -> int | None:
        at = due(moment_of(start), self.story.pattern.limit, self.calendar, self.pauses).at
        return minute_of(at) if at else None

    def _resolve(self, start: int) -> None:
        rng, staff = self.rng, self.staff
        until = self._due(start)
        verdict = rng.random()
        recent = start > minute_of(self.teller.now) - 45 * 1440
        span = self._span(start, until, verdict)
        if recent and rng.random() < STUCK:
            span, verdict = span * 2 + rng.randint(500, 8000), 0.0
        pace = Pace(self.calendar, start, span)
        steps = self.story.pattern.plan(self.story.where)
        kinds = [step.kind.value for step in steps]
        hours = [float(step.hours) for step in steps]
        line = kinds[kinds[0] == "receive" :]
        weights = hours[kinds[0] == "receive" :]
        total = sum(w for w, kind in zip(weights, line, strict=True) if kind != "return") or 1.0
        share = 0.0
        self._taken(pace, 0.5 * weights[0] / total)
        if rng.random() < WITHDRAWN and self.story.citizen:
            self.do("withdraw", pace.at(0.4), self.story.citizen, reason=WITHDRAWAL)
            return
        supplemented = rng.random() < SUPPLEMENTED
        refused = rng.random() < REFUSED
        for index, kind in enumerate(line):
            before, share = share, share + (weights[index] / total if kind != "return" else 0)
            if kind == "appraise" and supplemented:
                answered = self._supplemented(pace, (before + share) / 2)
                if answered is None:
                    return
                self.pauses.append(Pause(PauseKind.SUPPLEMENT, self.acts[-2].at, self.acts[-1].at))
                until = self._due(start)
                pace.again(answered, self._span(answered, until, verdict), (before + share) / 2)
            if kind == "assign":
                continue
            if kind == "consult" and rng.random() < ASKED_OTHERS:
                self._consulted(pace, before, share)
            if kind == "finance" and rng.random() < PAYS:
                self._paid(pace, before)
                self.pauses.append(Pause(PauseKind.FINANCIAL_OBLIGATION, self.acts[-2].at, self.acts[-1].at))
                until = self._due(start)
                paid = minute_of(self.acts[-1].at)
                pace.again(paid, self._span(paid, until, verdict), before)
            if kind == "sign":
                if refused:
                    self.do("refuse", pace.at(share), staff.leader, reason=REFUSAL)
                    break
                self.do("sign", pace.at(share), staff.leader)
            elif kind == "issue":
                self.do("finish", pace.at(1.0), staff.registrar)
            elif kind != "return":
                self._worked(pace, line, index, before, share)
        self._apologise(until)
        self._returned()

    def _taken(self, pace: Pace, share: float) -> None:
        if self.rng.random() < 0.3:
            self.do("assign", pace.at(share), self.staff.head, to=self.handler)
        else:
            self.do("take_over", pace.at(share), self.handler)

    def _worked(self, pace: Pace, line: list[str], index: int, before: float, share: float) -> None:
        """A step of preparing: the draft is written before signing, the head sometimes wants it better."""
        by = self.staff.head if line[index] == "review" else self.handler
        is_first_sight = line[index] != "review" or "draft" not in line[:index]
        if line[index + 1] in ("sign", "review") and line[index] != "review" and is_first_sight:
            self.do("draft_result", pace.at(before + 0.8 * (share - before)), self.handler, content=RESULT)
        if line[index] == "review" and self.rng.random() < SENT_BACK:
            self.do("step_back", pace.at(before + 0.3 * (share - before)), by, to_key="appraise", reason=BACK)
            for offset, kind in enumerate(line[line.index("appraise") : index]):
                self.do("step_on", pace.at(before + (0.4 + 0.05 * offset) * (share - before)), self._handles(kind))
        if self.rng.random() < NOTED:
            self.do("note", pace.at(before + 0.9 * (share - before)), by, text="Đã đối chiếu với dữ liệu chuyên ngành.")
        self.do("step_on", pace.at(share), by)

    def _handles(self, kind: str) -> Official:
        return self.staff.head if kind == "review" else self.handler

    def _supplemented(self, pace: Pace, share: float) -> int | None:
        """Asked for more papers; the minute of the answer, None when none came and the dossier was stopped."""
        rng = self.rng
        asked = pace.at(share)
        self.do("ask_supplement", asked, self.handler, message=MISSING)
        if rng.random() < NEVER_ANSWERED:
            ended = self.later(minute_of(asked + timedelta(days=30)), 10, 400)
            self.do("stop", moment_of(ended), self.staff.leader, reason=NO_ANSWER, no_supplement=True)
            return None
        if self.story.citizen:
            answered = minute_of(asked) + rng.randint(120, 12 * 1440)
            self.do("supplement", moment_of(answered), self.story.citizen, answer=ANSWER)
        else:
            answered = self.later(minute_of(asked), 200, 4000)
            self.do("supplement_at_counter", moment_of(answered), self.staff.clerk, answer=ANSWER)
        return answered

    def _consulted(self, pace: Pace, before: float, share: float) -> None:
        asked = self.rng.choice([s for s in self.teller.opinions if s.unit_id != self.staff.unit_id])
        self.do("ask_opinion", pace.at(before + 0.1 * (share - before)), self.handler, unit_id=asked.unit_id,
                question=QUESTION)  # fmt: skip
        self.do("answer_opinion", pace.at(before + 0.8 * (share - before)), asked.specialists[0], answer=OPINION)

    def _paid(self, pace: Pace, share: float) -> None:
        asked = pace.at(share + 1e-6)
        amount = self.rng.randint(5, 900) * 100_000
        self.do("ask_payment", asked, self.handler, amount=amount, notice="Thông báo của cơ quan thuế (minh họa)")
        paid = self.later(minute_of(asked), 300, 4000)
        self.do("confirm_payment", moment_of(paid), self.handler, proof="Biên lai điện tử minh họa, đã đối chiếu")

    def _apologise(self, until: int | None) -> None:
        """Late work is apologised for shortly before it becomes late: nothing may go on otherwise."""
        last = minute_of(self.acts[-1].at)
        if until is None or last <= until:
            return
        running = [i for i, act in enumerate(self.acts) if act.verb in _STARTS_CLOCK][-1]
        wanted = max(until - self.rng.randint(5, 60), minute_of(self.acts[running].at) + 1)
        place = next(i for i, act in enumerate(self.acts) if minute_of(act.at) > wanted)
        new_date = self.calendar.end_of(self.acts[-1].at.date())
        said = {"reason": SORRY, "new_date": new_date}
        self.acts.insert(place, Act("apologise", moment_of(wanted), self.handler, said))

    def _returned(self) -> None:
        story, end = self.story, minute_of(self.acts[-1].at)
        fee = story.pattern.fee_on(self.acts[0].at.date())
        owes = fee and (story.citizen is not None or not story.fee_paid)
        if story.way == "electronic" and story.citizen and not owes:
            self.do("return_result", moment_of(end + 1), None)
            return
        came = self.later(end, 20, 2500)
        if owes:
            self.do("record_fee", moment_of(came), self.staff.clerk)
        self.do("return_result", moment_of(came + 1), self.staff.clerk, how=story.way)
