"""The pure rules of fees, payments, bank transfers and receipts: no framework, no database, no “now”."""

from tinhso.modules.payments.rules.words import ROLES, Permission

__all__ = ["ROLES", "Permission"]
