"""Demonstration papers."""


def fill(**_more: object) -> None:
    return
