"""Folding templates: what says the same to everybody is said once per language, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation

from tinhso.kernel.ui.folding import Folded, fold


def _template(source: str) -> Any:
    found = Engine.get_default().from_string("{% load ui i18n static %}" + source)
    fold(found.nodelist)
    return found


def _kinds(source: str) -> list[str]:
    return [type(node).__name__ for node in _template(source).nodelist]


def test_fixed_words_icons_and_addresses_between_values_become_one_node() -> None:
    source = '<a href="{% url \'home\' %}">{% icon "house" %}{% trans "Trang chủ" %}</a>{{ name }}<hr>'
    assert _kinds(source) == ["Folded", "VariableNode", "TextNode"]


@pytest.mark.parametrize(
    "source", ["{% trans words %}", '{% trans "Đóng" as words %}', "{% icon name %}", "{% url page %}", "{{ name }}"]
)
def test_what_depends_on_values_or_makes_one_stays(source: str) -> None:
    assert "Folded" not in _kinds(source)


def test_a_folded_run_is_said_in_each_language_and_never_in_another() -> None:
    page = _template('<p>{% trans "Đóng" %}</p>')
    said = []
    for language in ("vi", "en", "vi"):
        with translation.override(language):
            said.append(page.render(Context()))
    assert said == ["<p>Đóng</p>", "<p>Close</p>", "<p>Đóng</p>"]


def test_runs_inside_conditions_and_loops_are_folded_too() -> None:
    inside = '{% if one %}<b>{% trans "Đóng" %}</b>{% else %}<i>{% icon "x" %}</i>{% endif %}'
    page = _template(f"{{% for one in many %}}{inside}{{% endfor %}}")
    branches = page.nodelist[0].nodelist_loop[0].conditions_nodelists
    assert [isinstance(nodes[0], Folded) and len(nodes) == 1 for _condition, nodes in branches] == [True, True]
    with translation.override("vi"):
        shown = page.render(Context({"many": [1, 0, 1]}))
    assert (shown.count("<b>Đóng</b>"), shown.count("<i>")) == (2, 1)
