"""Readers say whether an answer helps them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tinhso.kernel.errors import NotFound
from tinhso.modules.questions.models import Answer

_KEEP = """
insert into questions_vote as v (answer_id, voter, is_helpful, given_on) values (%s, %s, %s, %s)
on conflict (answer_id, voter) do update set is_helpful = excluded.is_helpful, given_on = excluded.given_on
where v.is_helpful <> excluded.is_helpful returning xmax = 0
"""


def voter_of(who: str) -> bytes:
    """What stands for an account or a browser beside its vote."""
    return salted_hmac("questions.vote", who, algorithm="sha256").digest()


@transaction.atomic
def vote(*, answer_id: int, voter: bytes, is_helpful: bool, at: datetime) -> bool:
    """Count a reader's word once; said otherwise later, it moves to the other side. False when it was said before, and
    then nothing changes. Raises NotFound."""
    if not Answer.objects.public().filter(pk=answer_id).exists():
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [answer_id, voter, is_helpful, timezone.localdate(at)])
        row = cursor.fetchone()
    if row is None:
        return False
    to, from_ = ("helpful", "unhelpful") if is_helpful else ("unhelpful", "helpful")
    moved = {} if row[0] else {from_: F(from_) - 1}
    Answer.objects.filter(pk=answer_id).update(**{to: F(to) + 1}, **moved)
    return True
