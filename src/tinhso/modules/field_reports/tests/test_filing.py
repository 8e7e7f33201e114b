"""A report comes in through one door, once, and says nothing of its sender."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.modules.field_reports.actions import filing
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import Channel
from tinhso.modules.field_reports.tests.factories import MONDAY, filed, new


def test_a_report_gets_its_code_and_waits_for_the_desk_without_a_promised_date(world):
    report = filed(world)
    case = Case.objects.get(pk=report.pk)
    assert case.number == "PA-2026-0000001"
    assert (case.state, case.unit_id, case.due_at) == ("received", world.desk.pk, None)
    assert f"{case.step_due_at:%d/%m %H:%M}" == "17/11 02:00"  # 9:00 in Vietnam: eight working hours
    assert report.commune_id == world.here.commune.pk
    assert not report.is_public


def test_the_case_and_its_history_name_nobody(world):
    report = filed(world, text="Tôi là Nguyễn Thị Lan, 0912 345 678. Ổ gà trước chợ, xe 70A-123.45 té.")
    case = Case.objects.get(pk=report.pk)
    entry = Entry.objects.get(case_id=report.pk)
    for said in (case.title, case.applicant, case.needle, entry.actor_name, str(entry.data), report.masked_text):
        assert "Lan" not in said
        assert "lan " not in said
        assert "345" not in said
        assert "123.45" not in said
    assert report.masked_text == "Tôi là •••, •••. Ổ gà trước chợ, xe ••• té."
    assert "Nguyễn Thị Lan" in report.text


def test_sent_twice_with_one_key_it_is_kept_once(world):
    first = filed(world, request_key="k1")
    assert filed(world, request_key="k1", text="Một nội dung khác hẳn.").pk == first.pk
    assert Report.objects.count() == 1


def test_the_kind_is_guessed_from_the_words(world):
    assert filed(world, category="", text="den duong truoc truong hoc khong sang ba dem").category == "CS01"
    assert filed(world, category="", text="Một chuyện chẳng giống chuyện gì").category == "KH99"


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"text": "ổ gà"}, "field_reports.too_short", "text"),
        ({"text": "a" * 4001}, "field_reports.too_long", "text"),
        ({"category": "ZZ99"}, "field_reports.category", "category"),
        ({"place": None, "address": " "}, "field_reports.no_place", "place"),
        ({"place": Point(21.03, 105.85)}, "field_reports.outside", "place"),
        ({"channel": Channel.WEB}, "field_reports.no_photo", "photos"),
        ({"category": "MT02"}, "field_reports.attribute", "attribute[kind]"),
        ({"category": "MT02", "attributes": {"kind": ["gold"]}}, "field_reports.attribute", "attribute[kind]"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_field_and_nothing_is_kept(world, more, code, field):
    with pytest.raises(Refusal) as refused:
        filed(world, **more)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Report.objects.exists()
    assert not Case.objects.filter(kind="field_report").exists()


def test_a_place_on_private_land_is_shown_to_fifty_metres(world):
    report = filed(world, category="MT05", attributes={"source": "karaoke"})
    assert (report.public_latitude, report.public_longitude) != (report.latitude, report.longitude)
    assert abs(report.public_latitude - report.latitude) < 0.0005


def test_filing_costs_few_statements(world):
    filed(world)
    given = new(world)
    with CaptureQueriesContext(connection) as asked:
        filing.file(given, at=MONDAY)
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == 3
