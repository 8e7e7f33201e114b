"""How the link fares: noted after every question to the portal, so that all processes know."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.people.rules import Actor
from tinhso.modules.national_portal.models import Link
from tinhso.modules.national_portal.rules import Permission


def current() -> Link:
    return Link.objects.filter(pk=1).first() or Link()


def worked(at: datetime) -> None:
    """The portal answered: the circuit is closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into national_portal_link (id, failures, worked_at, error) values (1, 0, %s, '')"
            " on conflict (id) do update"
            " set failures = 0, rests_until = null, worked_at = excluded.worked_at, error = ''",
            [at],
        )


@transaction.atomic
def failed(why: str, at: datetime) -> Link:
    """The portal did not answer, or not in a way that can be understood; after some such answers the link rests."""
    Link.objects.bulk_create([Link()], ignore_conflicts=True)
    link = Link.objects.select_for_update().get(pk=1)
    circuit = link.circuit.failed(at)
    link.failures, link.rests_until, link.failed_at = circuit.failures, circuit.rests_until, at
    link.error = why[:300]
    link.save()
    return link


def try_now(*, by: Actor) -> None:
    """End the rest: the next job asks at once."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    Link.objects.filter(pk=1).update(rests_until=None)
