"""The procedure's e-form at the counter: the same questions as online, less those that the counter asks anyway.

Filling it in is optional: what is left for later keeps the answers that are known from the card and the counter's own
fields. Names of inputs carry a prefix so that no question of a form can stand in for a field of the counter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from tinhso.modules.dossiers.forms import Shown, posted_answers, shown_fields
from tinhso.modules.dossiers.queries import drafts
from tinhso.modules.dossiers.queries.answers import Known, known_answers
from tinhso.modules.procedures import door as procedures

PREFIX = "tk-"


def of_form(posted: QueryDict) -> QueryDict:
    """The inputs of the e-form among all that was posted, by the codes of their fields."""
    found = QueryDict(mutable=True)
    for name in posted:
        if name.startswith(PREFIX):
            found.setlist(name[len(PREFIX) :], posted.getlist(name))
    return found


@dataclass
class CounterAnswers:
    """One case's questions with what is known and what was typed; ``kept`` are answers saved before."""

    sheet: Any
    branch: str
    posted: QueryDict
    known: Known
    kept: Mapping[str, Any]

    @cached_property
    def form(self) -> tuple[Any, ...]:
        return tuple(procedures.form_for(self.sheet, self.branch))

    @cached_property
    def fields(self) -> list[Any]:
        return [one for section in self.form for one in section.fields]

    @cached_property
    def taken(self) -> dict[str, Any]:
        """Answers that the counter's own fields give in full, so that their questions are not asked twice."""
        given = known_answers(self.fields, self.known)
        clean, _errors = procedures.check_answers(self.form, given)
        return {code: given[code] for code in clean}

    @cached_property
    def typed(self) -> dict[str, Any]:
        """What stands in the fields: as typed where they were shown, else as saved before or known."""
        posted = of_form(self.posted)
        shown = {name.removesuffix("_ward").removesuffix("_street") for name in posted}
        typed = {
            code: value
            for code, value in posted_answers(self.fields, posted).items()
            if code in shown or (isinstance(value, list) and value)
        }
        return known_answers(self.fields, self.known) | dict(self.kept) | typed | self.taken

    def check(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Clean answers, and what is wrong or missing by the code of its field."""
        return procedures.check_answers(self.form, self.typed)

    def sections(self, errors: Mapping[str, str]) -> list[tuple[str, list[Shown]]]:
        """The questions still to ask, by section, each with what was typed and what is wrong with it."""
        own = {name[len(PREFIX) :]: words for name, words in errors.items() if name.startswith(PREFIX)}
        found = []
        for section, asked in procedures.visible_sections(self.form, self.typed):
            left = [one for one in asked if one.code not in self.taken]
            if left:
                shown = shown_fields(left, self.typed, own, prefilled={}, deciding=drafts.deciding(section))
                found.append((section.title, shown))
        return found

    def unshown(self) -> list[tuple[str, str]]:
        """The typed inputs as they came, for a page that does not show the questions: nothing typed is lost."""
        return [(name, value) for name in self.posted if name.startswith(PREFIX) for value in self.posted.getlist(name)]

    @property
    def taken_labels(self) -> list[str]:
        return [one.label for one in self.fields if one.code in self.taken]
