"""Amounts in templates."""

from django.template import Context, Template


def test_filters_write_amounts():
    page = Template("{% load money %}{{ a|dong }} ({{ a|dong_in_words }}){{ b|dong }}")
    assert page.render(Context({"a": 75_000, "b": None})) == "75.000\u00a0đ (bảy mươi lăm nghìn đồng)"
