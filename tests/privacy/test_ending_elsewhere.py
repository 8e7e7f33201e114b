"""What other modules keep of people ends by the schedule too: senders, askers, receptions without network."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.actions import store_made
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.manifest import Spared, registry
from tinhso.kernel.pictures.queries import small_of
from tinhso.modules.field_reports.actions import filing, photos
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.tests import factories as reports
from tinhso.modules.offline_counter.models import Reception
from tinhso.modules.offline_counter.tests.factories import Shop
from tinhso.modules.questions.actions import asking
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.tests import factories as questions

pytestmark = pytest.mark.django_db
RECORD = "disposal/1"


def end(code: str, at: Any, spared: Spared | None = None) -> int:
    """End what is due of this kind, as a disposal does; how many there were."""
    kind = registry.retained[code]
    ids = list(kind.due(at, spared or Spared()).values_list("pk", flat=True))
    kind.end(ids, record=RECORD, at=at)
    assert not kind.due(at, spared or Spared()).exists()
    assert list(journal.verify()) == []
    return len(ids)


def test_the_sender_of_an_old_report_goes_and_what_everybody_sees_stays() -> None:
    world = reports.world()
    old = reports.approved(world)
    waiting = reports.filed(world)
    shown = (old.masked_title, old.masked_text, old.public_latitude)
    later = reports.MONDAY + timedelta(days=800)
    assert end("field_reports.senders", later, Spared(frozenset({old.pk}))) == 0
    assert end("field_reports.senders", later) == 1
    found = Report.objects.get(pk=old.pk)
    assert (found.sender_name, found.phone, found.account_id, found.text) == ("", "", None, found.masked_text)
    assert (found.masked_title, found.masked_text, found.public_latitude) == shown
    assert Report.objects.get(pk=waiting.pk).phone != ""


def test_the_photos_of_an_old_report_stay_as_everybody_sees_them_only() -> None:
    world = reports.world()
    sent = [reports.picture(one, world.centre) for one in (1, 2)]
    old = reports.approved(world, photos=sent, sender=filing.Sender(), seed=3)
    shown, withheld, after = Photo.objects.filter(report=old).order_by("pk")
    shown = photos.prepare(photo_id=shown.pk, at=reports.MONDAY)
    hidden = photos.prepare(photo_id=withheld.pk, at=reports.MONDAY).public_copy_id
    photos.withhold(photo_id=withheld.pk, by=reports.act(world.operator), at=reports.MONDAY)
    small = small_of([shown.public_copy_id])
    gone = [hidden, *small_of([hidden]).values(), *(one.attachment.pk for one in sent)]
    later = reports.MONDAY + timedelta(days=800)
    assert end("field_reports.senders", later) == 1
    assert len(gone) == 4
    assert not Attachment.objects.filter(pk__in=gone).exists()
    left = Photo.objects.get(pk=shown.pk)
    assert (left.original_id, left.latitude, left.longitude) == (shown.public_copy_id, None, None)
    assert list(Photo.objects.filter(report=old).order_by("pk")) == [left, after]
    assert Photo.objects.get(pk=after.pk).original_id == after.original_id
    assert small_of([shown.public_copy_id]) == small


def test_the_asker_of_an_old_question_goes_and_the_answer_stays() -> None:
    world = questions.build()
    brought = store_made(b"%PDF-1.4 minh hoa", name="giay.pdf", purpose=asking.PURPOSE)
    answer = questions.published(world, files=[brought])
    later = questions.MONDAY + timedelta(days=800)
    assert end("questions.askers", later) == 1
    question = Question.objects.get()
    assert not Attachment.objects.filter(pk=brought.pk).exists()
    assert (question.text, question.phone, question.answer_id) == ("", "", answer.pk)
    assert Case.objects.get(pk=question.pk).applicant == NAMELESS


def test_a_settled_reception_keeps_its_number_and_nobodys_name() -> None:
    shop = Shop()
    one = shop.registered()
    assert end("offline_counter.receptions", one.stored_at - timedelta(days=1)) == 0
    assert end("offline_counter.receptions", one.stored_at + timedelta(days=2000)) == 1
    found = Reception.objects.get()
    assert (found.code, found.applicant_name, found.text, found.identity_number) == (one.code, NAMELESS, "", "")


def test_the_seeded_schedule_knows_how_long_everything_is_kept() -> None:
    seeded = yaml.safe_load(files("tinhso.modules.privacy").joinpath("seeds/schedule.yaml").read_text())
    assert {rule["code"] for rule in seeded["rules"]} == registry.retained.keys()
