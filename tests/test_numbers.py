"""Numbers in addresses, hidden fields and data attributes are plain; only those for reading have full stops."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_id_over_a_thousand_is_written_without_full_stop(language):
    template = Template('<a href="?sau={{ id }}" data-seconds="{{ seconds }}">')
    with translation.override(language):
        written = template.render(Context({"id": 1234, "seconds": 43200}))
    assert written == '<a href="?sau=1234" data-seconds="43200">'


def test_a_number_for_reading_has_full_stops():
    written = Template("{% load ui %}{{ n|number }} · {{ n|dong }}").render(Context({"n": 1234567}))
    assert written == "1.234.567 · 1.234.567\u00a0đ"
