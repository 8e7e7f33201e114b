"""A question's life, who may do what with it, and its words."""

from tinhso.modules.questions.rules.states import ASKER, CLOSED_WITH_ANSWER, QUESTION, ROLES, Permission
from tinhso.modules.questions.rules.words import ENTRIES, REASONS, STEPS

__all__ = ["ASKER", "CLOSED_WITH_ANSWER", "ENTRIES", "QUESTION", "REASONS", "ROLES", "STEPS", "Permission"]
