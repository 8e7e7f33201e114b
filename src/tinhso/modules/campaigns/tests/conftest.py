"""A province with those who run campaigns, judge and look on, and a measure whose values a test sets."""

from __future__ import annotations

import pytest

from tinhso.kernel.manifest import MeasureSource, registry
from tinhso.kernel.testing import province
from tinhso.modules.campaigns.tests import factories


@pytest.fixture
def stage():
    return factories.people_of(province.found())


@pytest.fixture
def figures(monkeypatch):
    """Values by unit of the measures ``test.first`` and ``test.second``, as the test writes them."""
    known = {"test.first": {}, "test.second": {}}
    for code in known:
        monkeypatch.setitem(
            registry.measures, code, MeasureSource(code, f"Chỉ số {code}", "%", factories.taken(known, code))
        )
    return known
