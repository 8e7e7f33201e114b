"""``{{ amount|dong }}`` and ``{{ amount|dong_in_words }}``."""

from __future__ import annotations

from django import template

from tinhso.kernel.money import rules

register = template.Library()


@register.filter
def dong(amount: int | None) -> str:
    """``75000`` → ``75.000 đ``; nothing for an amount that is not known."""
    return "" if amount is None else rules.dong(int(amount))


@register.filter
def dong_in_words(amount: int | None) -> str:
    return "" if amount is None else rules.dong_in_words(int(amount))
