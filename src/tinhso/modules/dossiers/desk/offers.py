"""Which decisions the case page offers: the lifecycle's open moves, less those that the step they end would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tinhso.kernel.cases.rules import holds, open_moves, unmet
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.rules import StepKind
from tinhso.modules.dossiers.queries.case_page import CasePage, whom_of
from tinhso.modules.dossiers.rules import Permission

OWN_VERB = (StepKind.SIGN, StepKind.ISSUE, StepKind.RETURN)


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: ``slug`` ends the address of its page, ``key`` presses it, ``rank`` 1 is the way forward."""

    slug: str
    title: str
    icon: str
    key: str = ""
    rank: int = 3


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be done now, and in words what stands in the way of what comes next."""

    all: tuple[Offer, ...] = ()
    hindrances: tuple[str, ...] = ()

    @property
    def first(self) -> list[Offer]:
        """The way forward and the usual detours: at most four, on the bar itself."""
        ranked = sorted((one for one in self.all if one.rank < 3), key=lambda one: one.rank)
        return ranked[:4]

    @property
    def others(self) -> list[Offer]:
        shown = self.first
        return [one for one in self.all if one not in shown]

    def has(self, slug: str) -> bool:
        return any(one.slug == slug for one in self.all)


def offers(page: CasePage, actor: Actor, at: datetime) -> Offers:
    """The decisions this official may take on the dossier as it stands."""
    case, whom = page.case, whom_of(page.case)
    approves = holds(Permission.SUPERVISE, whom, actor)
    standing = page.standing(at, leader_approves=approves)
    lifecycle = case.kind_of.lifecycle
    allowed = open_moves(lifecycle, case.state, whom, actor)
    verbs = {move.verb for move in allowed if not unmet(move, standing)}
    told = _told(page)
    waits = [need.message for move in allowed if move.verb in told for need in unmet(move, standing)]
    if any(move.verb == "step_on" for move in allowed) and page.dossier.signed_at is None:
        verbs.add("draft_result")
    found = [*_at_reception(verbs), *_in_the_unit(page, verbs, actor), *_at_the_end(page, verbs, actor)]
    return Offers(tuple(found), tuple(dict.fromkeys([*waits, *_waiting_for(page, verbs)])))


def _told(page: CasePage) -> set[str]:
    """The moves whose unmet needs are told: those that one would look for where the dossier stands."""
    kind = page.active.kind if page.active else ""
    at_step: dict[str, set[str]] = {StepKind.SIGN: {"sign", "sign_and_finish"}, StepKind.ISSUE: {"finish"}}
    return {"return_result", "ask_supplement", *at_step.get(str(kind), {"step_on"})}


def _at_reception(verbs: set[str]) -> Iterator[Offer]:
    if "accept" in verbs:
        yield Offer("tiep-nhan", _("Tiếp nhận"), "check", "d", 1)
    if "ask_completion" in verbs:
        yield Offer("huong-dan", _("Hướng dẫn bổ sung"), "file-warning", "b", 2)
    if "decline" in verbs:
        yield Offer("khong-tiep-nhan", _("Từ chối tiếp nhận"), "ban", "", 3)
    if "supplement_at_counter" in verbs:
        yield Offer("nhan-bo-sung", _("Nhận bổ sung tại quầy"), "file-plus", "d", 1)
    if "withdraw_at_counter" in verbs:
        yield Offer("rut", _("Rút hồ sơ theo đề nghị"), "undo-2")


def _in_the_unit(page: CasePage, verbs: set[str], actor: Actor) -> Iterator[Offer]:
    active, following = page.active, page.following
    if "take_over" in verbs:
        yield Offer("nhan-xu-ly", _("Nhận xử lý"), "user-check", "d", 1)
    if verbs & {"hand_to", "assign"}:
        rank = 1 if "hand_to" in verbs and "take_over" not in verbs else 2 if "hand_to" in verbs else 3
        yield Offer("phan-cong", _("Phân công"), "user-plus", "p", rank)
    drafts = "draft_result" in verbs
    if drafts and following is not None and following.kind == StepKind.SIGN and not page.dossier.result_text:
        yield Offer("du-thao", _("Soạn kết quả"), "pencil", "d", 1)
    elif drafts:
        yield Offer(
            "du-thao", _("Sửa dự thảo kết quả") if page.dossier.result_text else _("Soạn kết quả"), "pencil", "s", 3
        )
    if _may_step_on(page, verbs, actor) and active is not None:
        to = following.name if following else ""
        title = _("Đạt, trình ký") if following and following.kind == StepKind.SIGN else _("Đạt, chuyển tiếp")
        yield Offer("chuyen-buoc", title if to else _("Xong bước này"), "check", "d", 1)
    if "ask_supplement" in verbs and page.dossier.signed_at is None:
        yield Offer("bo-sung", _("Yêu cầu bổ sung"), "file-warning", "b", 2)
    if "consult" in verbs and page.dossier.signed_at is None:
        yield Offer("lay-y-kien", _("Lấy ý kiến"), "message-square-text", "y", 2)
    if "confirm_payment" in verbs:
        yield Offer("da-nop", _("Xác nhận đã nộp"), "wallet", "d", 1)
    if _may_step_back(page, verbs, actor):
        at_sign = active is not None and active.kind == StepKind.SIGN
        yield Offer("tra-lai", _("Trả lại bước trước"), "rotate-ccw", "t", 2 if at_sign else 3)
    if "ask_payment" in verbs:
        yield Offer("nghia-vu", _("Thông báo nghĩa vụ tài chính"), "wallet")
    if "apologise" in verbs and not any(paper.form == "04" for paper in page.papers):
        rank = 1 if "step_on" not in verbs else 3
        yield Offer("xin-loi", _("Xin lỗi và hẹn lại"), "calendar-clock", "l", rank)
    if "transfer" in verbs:
        yield Offer("chuyen-co-quan", _("Chuyển cơ quan khác"), "share-2")


def _at_the_end(page: CasePage, verbs: set[str], actor: Actor) -> Iterator[Offer]:
    active = page.active
    if verbs & {"sign", "sign_and_finish"} and (active is None or active.kind == StepKind.SIGN) and not _asked(page):
        yield Offer("ky", _("Ký kết quả"), "signature", "d", 1)
    if "finish" in verbs and not _asked(page):
        yield Offer("phat-hanh", _("Đóng dấu, phát hành"), "stamp", "d", 1)
    if "return_result" in verbs:
        yield Offer("tra-ket-qua", _("Trả kết quả"), "check-check", "d", 1)
    if "refuse" in verbs:
        yield Offer("tu-choi", _("Từ chối giải quyết"), "circle-x")
    if "stop" in verbs:
        yield Offer("dung", _("Dừng giải quyết"), "ban")
    ended = page.case.state in ("declined", "withdrawn", "stopped")
    if (
        page.dossier.fee
        and page.dossier.fee_paid_at is None
        and not ended
        and holds(Permission.RECEIVE, whom_of(page.case), actor)
    ):
        yield Offer("thu-phi", _("Thu phí, lệ phí"), "banknote", "f", 2)


def _asked(page: CasePage) -> bool:
    return any(step.state == "active" for step in page.opinions)


def _may_step_on(page: CasePage, verbs: set[str], actor: Actor) -> bool:
    active, following = page.active, page.following
    if "step_on" not in verbs or active is None or active.kind in OWN_VERB or _asked(page):
        return False
    if active.kind == StepKind.REVIEW and not holds(Permission.ASSIGN, whom_of(page.case), actor):
        return False
    return not (following is not None and following.kind == StepKind.SIGN and not page.dossier.result_text)


def _may_step_back(page: CasePage, verbs: set[str], actor: Actor) -> bool:
    active = page.active
    rights = (Permission.HANDLE, Permission.SIGN, Permission.ISSUE)
    return (
        "step_back" in verbs
        and active is not None
        and active.seq > 1
        and page.dossier.signed_at is None
        and any(holds(right, whom_of(page.case), actor) for right in rights)
    )


def _waiting_for(page: CasePage, verbs: set[str]) -> Iterator[str]:
    """Why the way forward is not on the bar, for those who would look for it there."""
    if not verbs & {"step_on", "sign", "finish"}:
        return
    if _asked(page):
        yield _("Còn ý kiến phối hợp chưa trả lời: đợi trả lời hoặc kết thúc lấy ý kiến rồi mới chuyển bước.")
    following = page.following
    if "step_on" in verbs and following and following.kind == StepKind.SIGN and not page.dossier.result_text:
        yield _("Bước tiếp theo là ký: soạn dự thảo kết quả trước khi trình.")
