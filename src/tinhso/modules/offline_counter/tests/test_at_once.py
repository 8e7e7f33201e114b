"""Two at the same moment: the database lets one thing happen."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.testing.together import at_once
from tinhso.modules.offline_counter import actions
from tinhso.modules.offline_counter.models import Block, Number, Reception
from tinhso.modules.offline_counter.rules import Decision
from tinhso.modules.offline_counter.tests.factories import START, Shop, key_pair

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LATER = START + timedelta(hours=5)
REASON = "Đã đối chiếu giấy tờ tại quầy."


def test_what_is_sent_prepared_registered_and_decided_twice_at_once_happens_once() -> None:
    shop = Shop()
    said = shop.said()
    stored = at_once(*[partial(shop.store, said)] * 4)
    assert {one.pk for one in stored} == {Reception.objects.get().pk}

    one = Reception.objects.get()
    at_once(*[partial(actions.register, reception_id=one.pk, at=LATER)] * 4)
    one.refresh_from_db()
    assert (one.state, Case.objects.get().number) == ("registered", one.code)

    rivals = [
        shop.store(shop.said(1, applicant={"name": name, "identity_number": number}))
        for name, number in (("Trần Minh", "079190012347"), ("Lê Hoa", "079190012348"))
    ]
    at_once(*[partial(actions.register, reception_id=rival.pk, at=LATER) for rival in rivals])
    states = sorted(Reception.objects.filter(code=shop.numbers()[1]).values_list("state", flat=True))
    assert states in (["held", "registered"], ["held", "held"])  # never two
    assert Case.objects.filter(number=shop.numbers()[1]).count() <= 1

    twins = [
        shop.store(shop.said(3 + place, applicant={"name": "Vũ Ba", "identity_number": "079190012349"}))
        for place in range(2)
    ]
    at_once(*[partial(actions.register, reception_id=twin.pk, at=LATER) for twin in twins])
    assert sorted(Reception.objects.get(pk=twin.pk).state for twin in twins) == ["held", "registered"]

    held = shop.held(shop.said(2), key=key_pair()[0])
    by = shop.actor("director")
    ways = [Decision.REGISTER, Decision.RENUMBER, Decision.REJECT]
    gave = at_once(
        *[partial(actions.decide, reception_id=held.pk, decision=way, reason=REASON, by=by, at=LATER) for way in ways]
    )
    assert sorted(isinstance(one, str) for one in gave) == [False, True, True]
    assert set(filter(lambda one: isinstance(one, str), gave)) == {"offline_counter.settled"}

    Number.objects.filter(receptions=None).delete()
    before = Block.objects.count()
    at_once(*[partial(actions.prepare, counter_id=shop.counter.pk, by=shop.actor("clerk"), at=LATER)] * 3)
    assert Block.objects.count() == before + 3  # one for each day
    spans = list(Block.objects.order_by("series", "first").values_list("series", "first", "last"))
    for (series, _first, last), (after, first, _last) in pairwise(spans):
        assert series != after or first > last
