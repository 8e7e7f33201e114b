"""Selections written as text."""

from __future__ import annotations

import pytest

from tinhso.kernel.facts.rules import Term, terms


def test_a_selection_adds_up_its_terms():
    assert terms("facts:dossiers.issued[verdict=early]+ dossiers.signed") == (
        Term("dossiers.issued", "verdict", "early"),
        Term("dossiers.signed"),
    )


@pytest.mark.parametrize("wrong", ["facts:", "facts:a+", "facts:a[b]", "facts:a[b=c][d=e]", "facts:a;drop table"])
def test_what_is_no_selection_is_refused(wrong):
    with pytest.raises(ValueError, match="cannot be read"):
        terms(wrong)
