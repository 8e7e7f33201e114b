"""The decisions of the case page as a table: what each asks, what it does, which letter leaves the house with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.desk import forms
from tinhso.modules.dossiers.models import Part

Words = str | Promise


@dataclass(frozen=True)
class Taken:
    """A decision on its way: the dossier, the checked form, who takes it and when."""

    dossier_id: int
    form: Any
    by: Actor
    at: datetime
    request: HttpRequest | None = None

    @property
    def said(self) -> dict[str, Any]:
        return self.form.cleaned_data

    @property
    def who(self) -> dict[str, Any]:
        return {"dossier_id": self.dossier_id, "by": self.by, "at": self.at}


@dataclass(frozen=True)
class Decision:
    """``verbs`` are the entries it may leave, by which a repeated press is told from somebody else's change.

    ``letter`` is the form that goes out with it (01 … 05), or ``result`` / ``refusal``."""

    slug: str
    title: Words
    button: Words
    done: Words
    act: Callable[[Taken], Any]
    verbs: tuple[str, ...]
    form: type[forms.DecisionForm] = forms.DecisionForm
    icon: str = "check"
    kind: str = ""
    lead: Words = ""
    letter: str = ""
    tells_applicant: bool = False
    checks_revision: bool = True

    @property
    def can_be_rehearsed(self) -> bool:
        """Whether its page shows beforehand what the applicant will get; signatures are not put on for a preview."""
        return bool(self.letter or self.tells_applicant) and self.slug not in SIGNED

    @property
    def is_signed(self) -> bool:
        """Whether somebody's signature goes out with it: who takes it shows first who they are."""
        return self.slug in (*SIGNED, "tu-choi")


SIGNED = ("ky", "phat-hanh")


def _assign(taken: Taken) -> Any:
    to = Account.objects.filter(pk=taken.said["to"], is_official=True).first()
    if to is None:
        raise Refusal("dossiers.handler", str(_("Chọn người xử lý trong danh sách.")), field="to")
    return actions.assign(**taken.who, to=to, note=taken.said["note"])


def _ask_supplement(taken: Taken) -> Any:
    return actions.ask_supplement(
        **taken.who,
        message=taken.said["message"],
        missing=taken.form.missing(),
        answer_by=taken.said["answer_by"],
        approved_by=taken.by,
    )


def _receive_supplement(taken: Taken) -> Any:
    return actions.supplement(**taken.who, answer=taken.said["answer"], parts=handed_in(taken), at_counter=True)


def handed_in(taken: Taken) -> list[Part]:
    """Papers ticked or scanned on the form, each a new part."""
    posted = taken.request.POST if taken.request else {}
    uploads = taken.request.FILES if taken.request else {}
    parts = []
    for row in taken.form.rows:
        file = uploads.get(f"scan-{row['code']}")
        if file is None and not posted.get(f"paper-{row['code']}"):
            continue
        kept = file and files.store(
            file, name=file.name or "", by_account_id=taken.by.account_id, purpose="dossiers.component"
        )
        source = Part.Source.SCAN if kept else Part.Source.PAPER
        parts.append(
            Part(code=row["code"][:60], name=row["name"][:300], source=source, originals=1, attachment=kept or None)
        )
    return parts


def _result(taken: Taken) -> Any:
    return actions.draft_result(**taken.who, text=taken.said)


DECISIONS = (
    Decision(
        "tiep-nhan", _("Tiếp nhận hồ sơ"), _("Tiếp nhận"), _("Đã tiếp nhận. Thời hạn giải quyết bắt đầu tính."),
        lambda t: actions.accept(**t.who), ("dossier.accept",), letter="01", tells_applicant=True,
        lead=_("Hồ sơ đủ thành phần và đúng mẫu. Đồng hồ bắt đầu chạy, người nộp nhận giấy hẹn."),
    ),
    Decision(
        "huong-dan", _("Hướng dẫn bổ sung trước khi tiếp nhận"), _("Gửi hướng dẫn"), _("Đã gửi hướng dẫn bổ sung."),
        lambda t: actions.ask_completion(**t.who, message=t.said["message"], missing=t.form.missing()),
        ("dossier.ask_completion",), forms.MissingForm, "file-warning", letter="02", tells_applicant=True,
        lead=_("Chỉ hướng dẫn một lần, nêu đủ những gì còn thiếu. Thời hạn giải quyết chưa tính."),
    ),
    Decision(
        "khong-tiep-nhan", _("Từ chối tiếp nhận"), _("Từ chối tiếp nhận"), _("Đã từ chối tiếp nhận."),
        lambda t: actions.decline(**t.who, reason=t.said["reason"]), ("dossier.decline",), forms.ReasonForm, "ban",
        "danger", letter="03", tells_applicant=True,
        lead=_("Dùng khi không thuộc thẩm quyền hoặc không đủ điều kiện. Người nộp nhận văn bản nêu rõ lý do."),
    ),
    Decision(
        "nhan-xu-ly", _("Nhận xử lý hồ sơ"), _("Nhận xử lý"), _("Bạn đang xử lý hồ sơ này."),
        lambda t: actions.take_over(**t.who), ("dossier.take_over",), icon="user-check",
        lead=_("Hồ sơ được bàn giao cho bạn và bắt đầu ở bước xử lý đầu tiên."),
    ),
    Decision(
        "phan-cong", _("Phân công xử lý"), _("Phân công"), _("Đã phân công."), _assign,
        ("dossier.assign", "dossier.hand_to"), forms.AssignForm, "user-plus",
        lead=_("Người ít việc nhất đứng đầu danh sách. Người được giao nhận thông báo ngay."),
    ),
    Decision(
        "chuyen-buoc", _("Xong bước này, chuyển tiếp"), _("Chuyển tiếp"), _("Đã chuyển sang bước tiếp theo."),
        lambda t: actions.step_on(**t.who, note=t.said["note"]), ("dossier.step_on",), forms.StepOnForm,
    ),
    Decision(
        "tra-lai", _("Trả lại bước trước"), _("Trả lại"), _("Đã trả lại bước trước."),
        lambda t: actions.step_back(**t.who, to_key=t.said["to"], reason=t.said["reason"]), ("dossier.step_back",),
        forms.StepBackForm, "rotate-ccw", lead=_("Người nộp không đọc lý do này; thời hạn giải quyết vẫn chạy."),
    ),
    Decision(
        "bo-sung", _("Yêu cầu bổ sung hồ sơ"), _("Gửi yêu cầu"), _("Đã gửi yêu cầu bổ sung. Đồng hồ tạm dừng."),
        _ask_supplement, ("dossier.ask_supplement",), forms.SupplementForm, "file-warning", letter="02",
        tells_applicant=True, lead=_("Chỉ được yêu cầu một lần. Khi gửi, đồng hồ dừng cho tới lúc người nộp bổ sung."),
    ),
    Decision(
        "nhan-bo-sung", _("Nhận bổ sung tại quầy"), _("Nhận bổ sung"), _("Đã nhận bổ sung. Đồng hồ chạy tiếp."),
        _receive_supplement, ("dossier.supplement_at_counter",), forms.ReceiveSupplementForm, "file-plus",
        tells_applicant=True, lead=_("Đánh dấu những giấy tờ người nộp đưa hôm nay; quét kèm nếu có."),
    ),
    Decision(
        "nghia-vu", _("Thông báo nghĩa vụ tài chính"), _("Gửi thông báo"), _("Đã thông báo. Đồng hồ tạm dừng."),
        lambda t: actions.ask_payment(**t.who, amount=t.said["amount"], notice=t.said["notice"]),
        ("dossier.ask_payment",), forms.PaymentForm, "wallet", tells_applicant=True,
        lead=_("Thời gian chờ người nộp thực hiện nghĩa vụ tài chính không tính vào thời hạn."),
    ),
    Decision(
        "da-nop", _("Xác nhận đã thực hiện nghĩa vụ tài chính"), _("Xác nhận"), _("Đã xác nhận. Đồng hồ chạy tiếp."),
        lambda t: actions.confirm_payment(**t.who, proof=t.said["proof"]), ("dossier.confirm_payment",),
        forms.ProofForm, "wallet", tells_applicant=True,
    ),
    Decision(
        "lay-y-kien", _("Lấy ý kiến phối hợp"), _("Gửi lấy ý kiến"), _("Đã gửi lấy ý kiến."),
        lambda t: actions.ask_opinion(
            **t.who, unit_id=int(t.said["unit"]), question=t.said["question"], days=t.said["days"]
        ),
        ("dossier.consult",), forms.OpinionForm, "message-square-text",
        lead=_("Thời gian lấy ý kiến nằm trong thời hạn chung. Không ai trả lời thì bạn vẫn kết thúc được."),
    ),
    Decision(
        "cho-y-kien", _("Trả lời ý kiến phối hợp"), _("Gửi ý kiến"), _("Đã ghi ý kiến."),
        lambda t: actions.answer_opinion(**t.who, step_id=t.said["step"], answer=t.said["answer"]),
        ("dossier.opinion",), forms.AnswerForm, "message-square-text", checks_revision=False,
    ),
    Decision(
        "chuyen-co-quan", _("Chuyển cơ quan khác"), _("Chuyển hồ sơ"), _("Đã chuyển hồ sơ."),
        lambda t: actions.transfer(**t.who, unit_id=int(t.said["unit"]), reason=t.said["reason"]),
        ("dossier.transfer",), forms.TransferForm, "share-2", tells_applicant=True,
        lead=_("Dùng khi hồ sơ thuộc thẩm quyền cơ quan khác. Đồng hồ chạy tiếp, người nộp được báo."),
    ),
    Decision(
        "rut", _("Rút hồ sơ theo đề nghị của người nộp"), _("Xác nhận rút"), _("Đã ghi nhận rút hồ sơ."),
        lambda t: actions.withdraw(**t.who, reason=t.said["reason"], at_counter=True),
        ("dossier.withdraw_at_counter",), forms.ReasonForm, "undo-2", "danger", letter="05", tells_applicant=True,
    ),
    Decision(
        "dung", _("Dừng giải quyết hồ sơ"), _("Dừng giải quyết"), _("Đã dừng giải quyết."),
        lambda t: actions.stop(**t.who, reason=t.said["reason"], no_supplement=t.said["no_supplement"]),
        ("dossier.stop",), forms.StopForm, "ban", "danger", letter="05", tells_applicant=True,
    ),
    Decision(
        "xin-loi", _("Xin lỗi và hẹn lại"), _("Gửi văn bản xin lỗi"), _("Đã gửi văn bản xin lỗi và ngày hẹn mới."),
        lambda t: actions.apologise(**t.who, reason=t.said["reason"], new_date=t.form.new_moment()),
        ("dossier.apologise",), forms.ApologyForm, "calendar-clock", letter="04", tells_applicant=True,
    ),
    Decision(
        "du-thao", _("Soạn kết quả"), _("Lưu dự thảo"), _("Đã lưu dự thảo kết quả."), _result,
        ("dossier.draft_result",), forms.ResultForm, "pencil", letter="result",
        lead=_("Xem trước đúng như bản in. Sửa được cho tới khi lãnh đạo ký."),
    ),
    Decision(
        "ky", _("Ký kết quả"), _("Ký"), _("Đã ký kết quả."), lambda t: actions.sign(**t.who),
        ("dossier.sign", "dossier.sign_and_finish"), icon="signature", tells_applicant=True,
        lead=_("Bạn ký đúng văn bản hiện bên dưới. Số văn bản được cấp khi ký."),
    ),
    Decision(
        "phat-hanh", _("Đóng dấu và phát hành kết quả"), _("Phát hành"), _("Đã phát hành kết quả."),
        lambda t: actions.finish(**t.who), ("dossier.finish",), icon="stamp", tells_applicant=True,
        lead=_("Chữ ký số của cơ quan được thêm vào văn bản đã ký; thời hạn kết thúc tại đây."),
    ),
    Decision(
        "tu-choi", _("Từ chối giải quyết"), _("Ký và từ chối"), _("Đã từ chối giải quyết."),
        lambda t: actions.refuse(**t.who, reason=t.said["reason"]), ("dossier.refuse",), forms.ReasonForm, "circle-x",
        "danger", letter="refusal", tells_applicant=True,
        lead=_("Văn bản từ chối nêu rõ lý do, do bạn ký. Thời hạn kết thúc."),
    ),
    Decision(
        "tra-ket-qua", _("Trả kết quả"), _("Xác nhận đã trả"), _("Đã trả kết quả."),
        lambda t: actions.return_result(**t.who, how=t.said["how"]), ("dossier.return_result",), forms.ReturnForm,
        "check-check", tells_applicant=True,
    ),
    Decision(
        "thu-phi", _("Thu phí, lệ phí"), _("Đã thu tiền"), _("Đã ghi nhận thu phí, lệ phí."),
        lambda t: actions.record_fee(**t.who), ("dossier.fee_paid",), icon="banknote", checks_revision=False,
    ),
    Decision(
        "ghi-chu", _("Ghi chú nội bộ"), _("Lưu ghi chú"), _("Đã lưu ghi chú."),
        lambda t: actions.note(**t.who, text=t.said["text"]), ("dossier.note",), forms.NoteForm, "lock",
        checks_revision=False,
    ),
)  # fmt: skip
BY_SLUG = {decision.slug: decision for decision in DECISIONS}


def decision_called(slug: str) -> Decision:
    """The decision with this address. Raises NotFound."""
    if slug not in BY_SLUG:
        raise NotFound
    return BY_SLUG[slug]
