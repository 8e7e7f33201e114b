"""A province, one who writes and one who approves, and people who follow places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing import people, province
from tinhso.modules.warnings.actions import writing
from tinhso.modules.warnings.models import Bulletin
from tinhso.modules.warnings.rules import Kind, Level, Text


@dataclass
class Here:
    province: province.Province
    writer: Any
    approver: Any
    lan: Any

    def text(self, **changes: Any) -> Text:
        now = timezone.now()
        said: dict[str, Any] = {
            "title": "Mưa lớn ven sông", "body": "Nước sông lên nhanh vào chiều tối.", "advice": "Kê cao đồ đạc.",
            "level": Level.CARE, "begins_at": now, "expires_at": now + timedelta(days=1),
            "areas": frozenset({self.province.commune.pk}),
        }  # fmt: skip
        return Text(**said | changes)

    def waiting(self, **changes: Any) -> Bulletin:
        by, at = actor_of(self.writer), timezone.now()
        made = writing.draft(kind=Kind.FLOOD, unit_id=self.province.root.pk, text=self.text(**changes), by=by, at=at)
        return writing.submit(warning_id=made.warning_id, by=by, at=at)

    def published(self, **changes: Any) -> Bulletin:
        made = self.waiting(**changes)
        return writing.publish(warning_id=made.warning_id, by=actor_of(self.approver), at=timezone.now())


@pytest.fixture
def here(db: None) -> Here:
    found = province.found()
    return Here(
        found,
        people.official("soan", found.root, "warnings.writer"),
        people.official("duyet", found.root, "warnings.approver"),
        people.citizen("lan"),
    )
