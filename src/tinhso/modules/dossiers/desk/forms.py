"""The shape of what officials type in their decisions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.money.rules import parse_dong
from tinhso.modules.dossiers.queries.case_page import CasePage, checklist, handlers_for, units_to_ask
from tinhso.modules.dossiers.rules import Missing

DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d")
SENTENCE = forms.Textarea(attrs={"rows": 4})
NEED = {"required": _("Ghi nội dung này để người dân và đồng nghiệp hiểu vì sao.")}
CHOOSE = {"required": _("Chọn một mục trong danh sách."), "invalid_choice": _("Chọn một mục trong danh sách.")}
END_OF_DAY = time(17)


class DecisionForm(forms.Form):
    """Every decision carries the revision of the page it was taken on, and the last entry that stood there."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, page: CasePage, **more: Any) -> None:
        super().__init__(*args, **more)
        self.page = page
        self.initial.setdefault("revision", page.case.revision)
        self.initial.setdefault("seen", page.case.journal_seq)
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and first words from the page."""


class ReasonForm(DecisionForm):
    reason = forms.CharField(label=_("Lý do"), widget=SENTENCE, max_length=4000, error_messages=NEED)


class NoteForm(DecisionForm):
    text = forms.CharField(
        label=_("Ghi chú nội bộ"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000,
        error_messages={"required": _("Nhập nội dung ghi chú.")},
    )  # fmt: skip


class StepOnForm(DecisionForm):
    note = forms.CharField(
        label=_("Ý kiến xử lý"), widget=SENTENCE, max_length=2000, required=False,
        help_text=_("Người nhận bước sau đọc ý kiến này; người dân không đọc."),
    )  # fmt: skip


class StepBackForm(DecisionForm):
    to = forms.ChoiceField(label=_("Trả về bước"), error_messages=CHOOSE)
    reason = forms.CharField(label=_("Lý do trả lại"), widget=SENTENCE, max_length=2000, error_messages=NEED)

    field_order = ("to", "reason")

    def prepare(self) -> None:
        now = self.page.active
        earlier = [step for step in self.page.main_line if now and step.seq < now.seq and step.kind != "receive"]
        self.fields["to"].choices = [(step.key, f"{step.seq}. {step.name}") for step in reversed(earlier)]  # type: ignore[attr-defined]


class AssignForm(DecisionForm):
    to = forms.ChoiceField(label=_("Giao cho"), error_messages=CHOOSE)
    note = forms.CharField(label=_("Lời dặn"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500, required=False)

    def prepare(self) -> None:
        self.fields["to"].choices = handlers_for(self.page.case.unit_id, timezone.localdate())  # type: ignore[attr-defined]


class MissingForm(DecisionForm):
    """Which papers are missing, each with what is wrong with it, and one sentence to the applicant."""

    message = forms.CharField(
        label=_("Lời nhắn tới người nộp"), widget=SENTENCE, max_length=4000, error_messages=NEED,
        help_text=_("Viết như nói với người dân: thiếu gì, sửa thế nào. Nêu đủ trong một lần."),
    )  # fmt: skip

    def prepare(self) -> None:
        posted: Any = self.data if self.is_bound else QueryDict()
        chosen = set(posted.getlist("missing"))
        self.rows = [
            {
                "code": row["code"],
                "name": row["name"],
                "has_parts": bool(row["parts"]),
                "is_chosen": row["code"] in chosen,
                "reason": posted.get(f"reason-{row['code']}", ""),
            }
            for row in checklist(self.page)
        ]
        self.other = posted.get("other", "")

    def missing(self) -> list[Missing]:
        """What is asked for again: ticked papers with their reason, and a free line."""
        found = [
            Missing(row["code"], row["name"], str(row["reason"]).strip()[:500]) for row in self.rows if row["is_chosen"]
        ]
        if str(self.other).strip():
            found.append(Missing("khac", str(self.other).strip()[:300], ""))
        return found


class SupplementForm(MissingForm):
    answer_by = forms.DateField(
        label=_("Đề nghị bổ sung trước ngày"), input_formats=DAYS, required=False, localize=False,
        help_text=_("dd/mm/yyyy. Để trống nếu không đặt ngày."),
        error_messages={"invalid": _("Nhập ngày dạng 27/11/2026.")},
        widget=forms.DateInput(format="%d/%m/%Y"),
    )  # fmt: skip

    def clean_answer_by(self) -> date | None:
        day: date | None = self.cleaned_data["answer_by"]
        if day is not None and day <= timezone.localdate():
            raise forms.ValidationError(_("Chọn ngày sau hôm nay."))
        return day


class ReceiveSupplementForm(DecisionForm):
    answer = forms.CharField(
        label=_("Người nộp giải trình"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False,
    )  # fmt: skip

    def prepare(self) -> None:
        asked = next((one for one in self.page.supplements if one.answered_at is None), None)
        names = [(one["code"], one["name"]) for one in (asked.missing if asked else [])]
        self.asked = asked
        self.rows = [{"code": code, "name": name} for code, name in dict(names).items()]
        if not any(row["code"] == "khac" for row in self.rows):
            self.rows.append({"code": "khac", "name": str(_("Giấy tờ khác"))})


class PaymentForm(DecisionForm):
    amount = forms.CharField(label=_("Số tiền (đồng)"), error_messages={"required": _("Nhập số tiền bằng đồng.")})
    notice = forms.CharField(
        label=_("Số thông báo, nơi nộp"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500, required=False
    )

    def clean_amount(self) -> int:
        amount = parse_dong(self.cleaned_data["amount"])
        if amount is None or not 0 < amount < 10**13:
            raise forms.ValidationError(_("Nhập số tiền bằng đồng, ví dụ 1.250.000."))
        return amount


class ProofForm(DecisionForm):
    proof = forms.CharField(
        label=_("Chứng từ đã nộp"), max_length=500, error_messages=NEED,
        help_text=_("Số biên lai hoặc giấy nộp tiền, ngày nộp."),
    )  # fmt: skip


class OpinionForm(DecisionForm):
    unit = forms.ChoiceField(label=_("Đơn vị cần hỏi"), error_messages=CHOOSE)
    question = forms.CharField(label=_("Nội dung cần ý kiến"), widget=SENTENCE, max_length=4000, error_messages=NEED)
    days = forms.DecimalField(
        label=_("Trả lời trong (ngày làm việc)"), initial=2, max_digits=4, decimal_places=1, localize=False,
        error_messages={"invalid": _("Nhập số ngày, ví dụ 2."), "required": _("Nhập số ngày, ví dụ 2.")},
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["unit"].choices = [("", "–"), *units_to_ask(self.page.case, timezone.localdate())]  # type: ignore[attr-defined]


class AnswerForm(DecisionForm):
    step = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Ý kiến trả lời"), widget=SENTENCE, max_length=4000, required=False,
        help_text=_("Để trống là kết thúc lấy ý kiến, ghi “Không trả lời trong thời hạn”."),
    )  # fmt: skip


class TransferForm(ReasonForm):
    unit = forms.ChoiceField(label=_("Chuyển tới"), error_messages=CHOOSE)

    field_order = ("unit", "reason")

    def prepare(self) -> None:
        self.fields["unit"].choices = [("", "–"), *units_to_ask(self.page.case, timezone.localdate())]  # type: ignore[attr-defined]


class StopForm(ReasonForm):
    no_supplement = forms.BooleanField(label=_("Dừng vì quá hạn mà người nộp không bổ sung"), required=False)


class ApologyForm(ReasonForm):
    new_date = forms.DateField(
        label=_("Hẹn lại ngày"), input_formats=DAYS, localize=False, widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": _("Nhập ngày dạng 27/11/2026."), "required": _("Nhập ngày hẹn lại.")},
        help_text=_("Ngày hẹn cũ vẫn được giữ trong sổ lời hẹn; hẹn lại không biến hồ sơ trễ thành đúng hạn."),
    )  # fmt: skip

    field_order = ("reason", "new_date")

    def new_moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["new_date"], END_OF_DAY))


class ResultForm(DecisionForm):
    subject = forms.CharField(label=_("Về việc"), max_length=300, required=False)
    content = forms.CharField(
        label=_("Nội dung kết quả"), widget=forms.Textarea(attrs={"rows": 8}), max_length=8000,
        error_messages={"required": _("Nhập nội dung kết quả.")}, help_text=_("Mỗi dòng là một điều."),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("Căn cứ"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False,
        help_text=_("Mỗi dòng một căn cứ."),
    )  # fmt: skip
    conditions = forms.CharField(
        label=_("Điều kiện, nghĩa vụ"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False
    )
    valid_until = forms.CharField(label=_("Thời hạn hiệu lực"), max_length=120, required=False)

    def prepare(self) -> None:
        self.initial = {
            "subject": self.page.dossier.procedure_name[:300],
            **self.page.dossier.result_text,
            **self.initial,
        }


class ReturnForm(DecisionForm):
    how = forms.ChoiceField(
        label=_("Cách trả"), widget=forms.RadioSelect, error_messages=CHOOSE,
        choices=[
            ("counter", _("Trả trực tiếp tại quầy")),
            ("post", _("Gửi qua bưu chính")),
            ("electronic", _("Gửi bản điện tử")),
        ],
    )  # fmt: skip

    def prepare(self) -> None:
        self.initial.setdefault("how", self.page.dossier.result_channel)
