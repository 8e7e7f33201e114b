"""A weekly report for the tests of the whole: published, given to two communes, and a newer version in the making."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.modules.reporting.actions import asking, periods
from tinhso.modules.reporting.models import ReportPeriod
from tinhso.modules.reporting.rules.giving import Given
from tinhso.modules.reporting.rules.periods import Frequency
from tinhso.modules.reporting.tests.factories import content


def call_for(office: Unit, designer: Actor, *units: Unit, at: datetime) -> ReportPeriod:
    """This week's period; every unit has its empty sheet."""
    version = asking.draft(content(), owner_id=office.pk, by=designer, at=at)
    asking.publish(version.pk, valid_from=date(2026, 1, 1), by=designer, at=at)
    asking.draft(content(), owner_id=office.pk, by=designer, at=at)
    day = timezone.localdate(at)
    given = Given(version.template_id, Frequency.WEEK, day, units=[unit.pk for unit in units])
    assignment = asking.assign(given, by=designer, at=at)
    period = periods.open_period(assignment_id=assignment.pk, day=day, by=designer, at=at)
    assert period is not None
    return period
