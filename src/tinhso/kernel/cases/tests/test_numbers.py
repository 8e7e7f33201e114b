"""Numbers taken by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tinhso.kernel.cases.actions import pass_number, take_number
from tinhso.kernel.cases.models import NumberSeries

COUNTERS, EACH = 8, 50


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_counters_at_once_never_get_the_same_number():
    def take_many(_counter: int) -> list[int]:
        try:
            return [take_number("H53-261116") for _ in range(EACH)]
        finally:
            connection.close()

    with ThreadPoolExecutor(COUNTERS) as pool:
        taken = [number for numbers in pool.map(take_many, range(COUNTERS)) for number in numbers]
    assert sorted(taken) == list(range(1, COUNTERS * EACH + 1))
    assert NumberSeries.objects.values_list("last", flat=True).get() == COUNTERS * EACH


@pytest.mark.django_db
def test_a_series_goes_on_after_a_number_from_elsewhere_and_never_back():
    pass_number("H53-261117", 41)
    assert take_number("H53-261117") == 42
    pass_number("H53-261117", 7)
    assert take_number("H53-261117") == 43
