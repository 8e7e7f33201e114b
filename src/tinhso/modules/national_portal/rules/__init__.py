"""Rights and words of the link with the national portal, and when it tries again."""

from tinhso.modules.national_portal.rules.words import ENTRIES, OPERATOR, PROGRAM, Permission

__all__ = ["ENTRIES", "OPERATOR", "PROGRAM", "Permission"]
