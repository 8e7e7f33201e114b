"""Who is told about a unit: those who hold a right there, below it, or nearest above it."""

from __future__ import annotations

from datetime import date

import pytest

from tinhso.kernel.manifest import Role, registry
from tinhso.kernel.people.holders import granted, holders, nearest_holders
from tinhso.kernel.testing import people, province

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(
        registry, "roles", {"shelf.reader": Role("shelf.reader", "Người đọc", frozenset({"shelf.read"}))}
    )
    return province.found()


def test_a_right_counts_on_the_unit_and_below_it_or_on_the_nearest_unit_above(here, django_assert_num_queries):
    root = people.official("goc", here.root, "shelf.reader").pk
    shop = people.official("quay", here.shop, "shelf.reader").pk
    people.official("nguoi.khac", here.commune, "core.auditor")
    units = [here.shop.pk, here.commune.pk, here.other.pk]
    with django_assert_num_queries(1):
        assert granted("shelf.read", units, DAY) == {here.shop.pk: [shop]}
    assert holders("shelf.read", units, DAY) == {here.shop.pk: [shop], here.commune.pk: [shop], here.other.pk: []}
    with django_assert_num_queries(1):
        found = nearest_holders("shelf.read", units, DAY)
    assert found == {here.shop.pk: [shop], here.commune.pk: [root], here.other.pk: [root]}


def test_who_left_or_had_the_right_later_is_not_told(here):
    gone = people.official("da.nghi", here.commune, "shelf.reader")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    people.official("sau.nay", here.commune, "shelf.reader")
    assert nearest_holders("shelf.read", [here.commune.pk], date(2025, 6, 30)) == {here.commune.pk: []}
    assert len(holders("shelf.read", [here.commune.pk], DAY)[here.commune.pk]) == 1
