"""Questions, the library of answers with what they cite, votes, and who answers what in dated versions."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.models import Shelved
from tinhso.kernel.search.rules import Document
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.library import STATE_NAMES, WHY_NAMES, AnswerState, Why
from tinhso.modules.questions.rules.routing import LEVELS

PUBLIC = (AnswerState.PUBLISHED, AnswerState.UNDER_REVIEW)
_BODY = 700  # letters of an answer by which it is found


class RoutingTable(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """The one table of who answers what; what it says stands in its editions."""

    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class RoutingEdition(Version):
    """A version of the routing."""

    parent_field = "table"
    table = models.ForeignKey(RoutingTable, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="routingedition_number_once", fields=["table", "number"]),
        ]


class LegalSource(models.Model):
    """A legal document that answers cite, by its number; one that was replaced says by what and since when."""

    number = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=300, blank=True)
    replaced_on = models.DateField(null=True, blank=True)
    replaced_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="legalsource_replaced_by_something",
                condition=Q(replaced_on__isnull=True, replaced_by="")
                | (Q(replaced_on__isnull=False) & ~Q(replaced_by="")),
            )
        ]

    def __str__(self) -> str:
        return self.number


class AnswerQuerySet(models.QuerySet["Answer"]):
    def public(self) -> AnswerQuerySet:
        """What everybody may read; those under review say so."""
        return self.filter(state__in=PUBLIC)

    def kept_by(self, actor: Actor) -> AnswerQuerySet:
        """Those of the units on which the actor may see questions."""
        scope = actor.scope(Permission.SEE)
        return self if scope.everywhere else self.filter(unit_id__in=scope.units)

    def to_review(self) -> AnswerQuerySet:
        return self.filter(state=AnswerState.UNDER_REVIEW)


class Answer(Shelved):
    """An answer for everybody: the question as people ask it, in which other words, the answer, how long it holds."""

    collection = "questions"
    most_looked_for = ("-asked", "-helpful", "-id")

    title = models.CharField(max_length=300)
    names = ArrayField(models.CharField(max_length=300), default=list, help_text="how else it was asked")
    text = models.TextField()
    field = models.CharField(max_length=40)
    topic = models.CharField(max_length=400, blank=True, help_text="names of field and procedure, to be found by")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    procedure_code = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, STATE_NAMES[s]) for s in AnswerState])
    why = models.CharField(max_length=10, blank=True, choices=[(w.value, WHY_NAMES[w]) for w in Why])
    review_source = models.ForeignKey(
        LegalSource, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    valid_as_of = models.DateField()
    review_on = models.DateField()
    asked_by = models.CharField(max_length=16, blank=True, help_text="initials, unless hidden")
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    asked = models.PositiveIntegerField(default=1, help_text="questions that it answered")
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    is_demonstration = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta(Shelved.Meta):
        indexes = [
            *Shelved.Meta.indexes,
            models.Index(fields=["-published_at", "-id"], name="answer_newest", condition=Q(state__in=PUBLIC)),
            models.Index(fields=["field", "-published_at", "-id"], name="answer_field", condition=Q(state__in=PUBLIC)),
            models.Index(fields=["unit", "-published_at", "-id"], name="answer_unit"),
            models.Index(
                fields=["procedure_code", "-asked", "-id"],
                name="answer_procedure",
                condition=Q(state__in=PUBLIC) & ~Q(procedure_code=""),
            ),
            models.Index(fields=["review_on"], name="answer_expiring", condition=Q(state=AnswerState.PUBLISHED)),
        ]
        constraints = [
            models.CheckConstraint(
                name="answer_under_review_for_a_reason",
                condition=(Q(state=AnswerState.UNDER_REVIEW) & ~Q(why=""))
                | (~Q(state=AnswerState.UNDER_REVIEW) & Q(why="")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def is_under_review(self) -> bool:
        return self.state == AnswerState.UNDER_REVIEW

    def document(self) -> Document:
        boost = 1 + min(self.asked, 20) * 0.005
        return Document(self.pk, self.title, tuple(self.names), self.topic, boost=boost, body=self.text[:_BODY])


class Citation(models.Model):
    """Where an answer stands in the law."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(LegalSource, on_delete=models.PROTECT, related_name="citations")
    place = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="citation_once", fields=["answer", "source", "place"])]

    def __str__(self) -> str:
        return f"{self.source_id} {self.place}"


class Vote(models.Model):
    """One reader's word on one answer; ``voter`` is a keyed hash of an account or a browser, never who it is."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, db_index=False, related_name="+")
    voter = models.BinaryField(max_length=32)
    is_helpful = models.BooleanField()
    given_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="vote_once", fields=["answer", "voter"])]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.is_helpful}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, actor: Actor) -> QuestionQuerySet:
        """Questions whose case the actor may see."""
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind="question"))


class Question(models.Model):
    """What is particular to a question; state, unit, clock and history stand in its case.

    ``title`` of the case and ``text`` are as asked and never shown to everybody; ``shown_title`` is.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    text = models.TextField(blank=True)
    asked_on = models.DateField(db_index=True)
    field = models.CharField(max_length=40)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    procedure_code = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=200, blank=True)
    phone_proved_at = models.DateTimeField(null=True, help_text="when a code sent to it was typed")
    hides_name = models.BooleanField(default=True)
    wants_privacy = models.BooleanField(default=False)
    request_key = models.CharField(max_length=64, unique=True)
    level = models.CharField(max_length=8, choices=list(LEVELS.items()), default="plain")
    shown_title = models.CharField(max_length=300, blank=True)
    draft = models.TextField(blank=True)
    references = models.JSONField(default=list)
    valid_as_of = models.DateField(null=True)
    drafted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    note = models.TextField(blank=True, help_text="why a draft or a question came back")
    reason = models.CharField(max_length=20, blank=True)
    reason_text = models.TextField(blank=True)
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.case.number

    @property
    def level_name(self) -> Any:
        return LEVELS[self.level]


class QuestionFile(models.Model):
    """What came with a question, in the order of ``place`` (1 to 3). For officials and who asked, never published."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, db_index=False, related_name="files")
    place = models.PositiveSmallIntegerField()
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta:
        ordering = ("place",)
        constraints = [models.UniqueConstraint(name="question_file_place", fields=["question", "place"])]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.place}"


class PhoneCode(models.Model):
    """The one-time code on its way to who asked; of several the newest counts. Only its keyed hash is kept."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, primary_key=True, related_name="+")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.question_id)
