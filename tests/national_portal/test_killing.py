"""Processes that die and processes at once, for real: the queue on a database that others see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone
from tests.national_portal.factories import message
from tests.national_portal.simulated import Simulated

from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import START, Office
from tinhso.modules.national_portal.actions import incoming
from tinhso.modules.national_portal.jobs.sending import drain
from tinhso.modules.national_portal.models import Incoming, Outgoing
from tinhso.modules.national_portal.queries.deployment import deployment
from tinhso.modules.national_portal.rules import reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.bad_day]
SENDER = """
import django
django.setup()
from tinhso.modules.national_portal.jobs.sending import drain
from tinhso.modules.national_portal.queries.deployment import deployment
drain(deployment())
"""


def sender(settings: Any) -> subprocess.Popen[bytes]:
    """A process that sends what waits, on the test's database."""
    known, link = connection.settings_dict, settings.NATIONAL_PORTAL
    host = f"{quote(known['HOST'], safe='')}{':' + known['PORT'] if known['PORT'] else ''}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tinhso.config.settings",
        "DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}@{host}/{known['NAME']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TINHSO_HOME": str(settings.HOME),
        "TINHSO_NATIONAL_PORTAL_URL": link["url"],
        "TINHSO_NATIONAL_PORTAL_USER": link["user"],
        "TINHSO_NATIONAL_PORTAL_PASSWORD": link["password"],
        "TINHSO_NATIONAL_PORTAL_AGENCY": link["agency"],
    }
    return subprocess.Popen([sys.executable, "-c", SENDER], env=environment)


def wait_for_first(portal: Simulated, operation: str) -> None:
    end = time.monotonic() + 60
    while not portal.told()["asked"].get(operation):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_worker_killed_in_mid_send_loses_nothing_and_doubles_nothing(portal: Simulated, settings: Any) -> None:
    office = Office()
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "url": ""}  # the test's own jobs send nothing
    dossiers = [office.filed() for _ in range(4)]
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "url": f"{portal.url}/api"}
    portal.steer(mode="slow", seconds=30, only=["dong-bo-tien-do", "dong-bo-ho-so"])
    for one in dossiers:
        Outgoing.objects.create(
            case_id=one.pk, code=one.case.number, version=1, first_marked_at=START, marked_at=START, next_at=START
        )
    process = sender(settings)
    try:
        wait_for_first(portal, "dong-bo-ho-so")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert Outgoing.objects.waiting().count() == 4
    portal.steer(mode="ok")
    assert drain(deployment()) == 0  # the dead worker's lease still holds
    Outgoing.objects.update(next_at=timezone.now())  # two minutes later
    assert drain(deployment()) == 4
    known = portal.told()["dossiers"]
    assert {code: one["dossier"]["TrangThaiHoSo"] for code, one in known.items()} == {
        one.case.number: "1" for one in dossiers
    }
    assert set(Outgoing.objects.values_list("state", "acknowledged_version")) == {("sent", 1)}


def test_a_message_delivered_by_four_at_once_is_one_dossier(settings: Any) -> None:
    office = Office()
    found = [reading.envelope(message(office, TaiLieuNop=[]))]

    def deliver(_: int) -> str:
        try:
            incoming.keep(found, timezone.now())
            pk = Incoming.objects.values_list("pk", flat=True).get()
            return incoming.take_in(incoming_id=pk, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(deliver, range(4)))
    assert sorted(states) == ["", "", "", "done"]
    assert (Incoming.objects.count(), Dossier.objects.count()) == (1, 1)
