"""Demonstration initiatives: recognised ones with what came of them, one before the council, one to be completed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.queries import tree
from tinhso.modules.initiatives.actions import appraising, proposing, settings
from tinhso.modules.initiatives.models import Council, Initiative, RegulationEdition
from tinhso.modules.initiatives.rules.asked import Proposal

ROLES = (
    ("kiemsoat", "initiatives.secretary"), ("kiemsoat", "initiatives.member"), ("lanhdao.tinh", "initiatives.head"),
    ("lanhdao.tinh", "initiatives.member"), ("lanhdao", "initiatives.member"),
)  # fmt: skip
WORDS = (
    ("Mã QR trên giấy hẹn để người dân tự xem hồ sơ đến bước nào", "procedure",
     "Người dân gọi điện hoặc đến hỏi nhiều lần vì không biết hồ sơ đang ở đâu.",
     "In mã QR riêng của từng hồ sơ trên giấy hẹn; quét bằng điện thoại thấy ngay bước xử lý và ngày hẹn.",
     "Giảm một nửa số cuộc gọi hỏi hồ sơ."),
    ("Tổ công nghệ số đến tận nhà làm căn cước cho người già yếu", "digital",
     "Người già yếu không đến được nơi làm thủ tục nên chưa có tài khoản định danh.",
     "Mỗi tuần một buổi, tổ công nghệ số mang thiết bị đến nhà theo danh sách do ấp lập, làm xong trong ngày.",
     "Mọi người già yếu trong ấp có tài khoản định danh."),
    ("Lịch tưới theo số liệu trạm mưa gửi qua Zalo cho hộ trồng mì", "agriculture",
     "Hộ trồng mì tưới theo thói quen, tốn nước và điện.",
     "Số liệu trạm mưa được tính thành lịch tưới ba ngày và gửi qua Zalo cho từng nhóm hộ.",
     "Giảm một phần ba lượng nước tưới."),
    ("Phòng họp không giấy dùng máy tính bảng cũ của trường học", "digital",
     "Mỗi kỳ họp in hàng nghìn trang tài liệu, gửi chậm.",
     "Thu hồi máy tính bảng cũ còn dùng được, cài phần mềm đọc tài liệu, chia sẻ trong mạng nội bộ phòng họp.",
     "Không còn in tài liệu họp."),
)  # fmt: skip


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Four initiatives at different stages, marked as demonstration; asked again it changes nothing."""
    now = at or timezone.now()
    today = timezone.localdate(now)
    if not RegulationEdition.objects.exists():
        settings.publish_regulation(settings.seeded(), valid_from=date(today.year, 1, 1), by=SYSTEM, at=now)
    if Initiative.objects.exists():
        return
    council = _employ(today, now)
    makers = list(
        Account.objects.filter(is_demonstration=True, is_official=True, positions__isnull=False)
        .exclude(username__in=[name for name, _role in ROLES])
        .distinct().order_by("pk")[:2]
    )  # fmt: skip
    for n, words in enumerate(WORDS if makers and council else ()):
        if council is not None:
            _one(n, words, makers[n % len(makers)], council, now)


def _employ(day: date, now: datetime) -> Council | None:
    """Roles for those who show it, and a council of the province where three of them are there."""
    root = tree().root_ids[0]
    names = []
    for name, role in ROLES:
        account = Account.objects.filter(username=name, is_demonstration=True).first()
        if account is not None:
            Grant.objects.get_or_create(account=account, role=role, unit_id=root, defaults={"begins_on": day})
            names.append(name)
    if len(set(names)) < 3:
        return None
    return settings.found_council(
        unit_id=root, name="Hội đồng Sáng kiến tỉnh (minh họa)", decision_number="77/QĐ-MH",
        begins_on=day - timedelta(days=300), usernames=names, by=SYSTEM, at=now, is_demonstration=True,
    )  # fmt: skip


def _one(n: int, words: tuple[str, ...], maker: Account, council: Council, now: datetime) -> None:
    sent = now - timedelta(days=60 - 12 * n)
    title, field, problem, solution, effect = words
    proposal = Proposal(title, field, problem, solution, effect, is_aware=True)
    made = proposing.propose(proposal, by=actor_of(maker), at=sent, is_demonstration=True)
    if n == 3:
        more = "Nêu rõ số máy đã thu hồi và cách bảo vệ tài liệu (minh họa)."
        appraising.ask_more(initiative_id=made.pk, words=more, by=SYSTEM, at=sent + timedelta(days=2))
        return
    appraising.appraise(initiative_id=made.pk, council_id=council.pk, by=SYSTEM, at=sent + timedelta(days=2))
    members = list(council.members.select_related("account").order_by("pk"))
    for k, member in enumerate(members[: 1 if n == 2 else 3]):
        points = {"novelty": Decimal(24 + k), "feasibility": Decimal(26), "benefit": Decimal(33 - k)}
        appraising.judge(
            initiative_id=made.pk, points=points, words="", by=actor_of(member.account), at=sent + timedelta(days=5)
        )
    if n == 2:
        return
    day = timezone.localdate(sent) + timedelta(days=10)
    at = sent + timedelta(days=10)
    appraising.recognise(initiative_id=made.pk, number=f"{210 + n}/QĐ-MH", decided_on=day, by=SYSTEM, at=at)
    came_of_it = "Đã áp dụng ở mười xã; người dân phản hồi tốt (minh họa)."
    appraising.note_effect(
        initiative_id=made.pk, words=came_of_it, dong=120_000_000 if n == 0 else None, by=SYSTEM, at=now
    )
