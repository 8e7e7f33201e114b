"""Traces show what happened and where the time went, and nobody; switched off, nothing of them is loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

PROGRAM = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
from django.core.handlers.wsgi import WSGIHandler
WSGIHandler()
print(json.dumps(sorted(name for name in sys.modules if name.startswith("opentelemetry"))))
"""


@pytest.mark.slow
def test_switched_off_nothing_of_it_is_loaded() -> None:
    environment = {**os.environ, "TINHSO_TRACES_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Any]:
    """What would be sent; afterwards everything that was wrapped is as it was."""
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from procrastinate.contrib.django import app

    from tinhso.config import tracing

    before = {module: dict(vars(module)) for name, module in list(sys.modules.items()) if name.startswith("tinhso.")}
    functions = {name: task.func for name, task in app.tasks.items()}
    exporter = InMemorySpanExporter()
    settings.TRACES_URL = "http://127.0.0.1:9/"
    settings.MIDDLEWARE = ["tinhso.config.tracing.trace_middleware", *settings.MIDDLEWARE]
    tracing.begin("", exporter=exporter)
    yield exporter
    tracing._Known.tracer = None
    for name, function in functions.items():
        app.tasks[name].func = function
    for module, names in before.items():
        for name, value in names.items():
            if vars(module).get(name) is not value:
                setattr(module, name, value)


@pytest.mark.django_db
def test_a_request_its_actions_and_statements_are_one_trace_and_the_job_is_found_from_it(
    spans: Any, client: Any
) -> None:
    from tests import world as making

    from tinhso.kernel.journal.jobs import follow
    from tinhso.kernel.journal.models import Entry

    world = making.build()
    course = making.Course(world)
    client.force_login(world.officials["clerk"])
    spans.clear()
    number = course.dossier.case.number
    page = f"/lam-viec/ho-so/{number}/quyet-dinh/tiep-nhan/"
    hidden = r'<input type="hidden" name="(\w+)" value="([^"]*)"'
    said = dict(re.findall(hidden, client.get(page).content.decode()))
    spans.clear()
    answer = client.post(page, said)
    assert answer.status_code == 302, answer.content[-3000:].decode()
    told = {span.name: span for span in spans.get_finished_spans()}
    request = told["POST dossiers:decide"]
    assert request.attributes["http.response.status_code"] == 302
    action, entry = told["dossiers.accept"], told["journal dossier.accept"]
    assert {one.context.trace_id for one in (request, action, entry)} == {request.context.trace_id}
    assert action.parent.span_id == request.context.span_id
    assert any(name.startswith("select ") for name in told)

    # What followed from the entry lies in the trace to which the entry points.
    spans.clear()
    follow.func(entry_id=Entry.objects.get(verb="dossier.accept").pk)
    [job] = [span for span in spans.get_finished_spans() if span.name == "job journal.follow"]
    [link] = entry.links
    assert job.context.trace_id == link.context.trace_id
    assert job.parent.span_id == link.context.span_id


@pytest.mark.django_db
def test_no_span_names_a_person_a_number_or_what_an_error_says(spans: Any, client: Any) -> None:
    from tests import world as making

    from tinhso.kernel.errors import Refusal

    world = making.build()
    course = making.Course(world).take()
    with pytest.raises(Refusal):
        course.accept()
    client.get(f"/tra-cuu/{course.dossier.case.number}/khong-dung/?ho-ten=Nguyen")
    everything = " ".join(span.to_json() for span in spans.get_finished_spans())
    for secret in (course.dossier.case.number, "Nguyễn", "Nguyen", "khong-dung", world.account("lan").username + '"'):
        assert secret not in everything, secret
    wrong = [span for span in spans.get_finished_spans() if "error.type" in span.attributes]
    assert {span.attributes["error.type"] for span in wrong} >= {"Refusal"}
    assert [span for span in wrong if span.events] == []


@pytest.mark.parametrize(
    ("sql", "summary"),
    [
        ('SELECT "cases_case"."id" FROM "cases_case" WHERE "number" = %s', "select cases_case"),
        ("insert into notices_notice (text) values ('Nguyễn Thị Lan')", "insert notices_notice"),
        ('UPDATE "people_account" SET "name" = \'Lan\'', "update people_account"),
        ("with written as (insert into journal_entry (a) values (%s) returning id) select 1", "with journal_entry"),
        ("SAVEPOINT x", "savepoint"),
        ("", "statement"),
    ],
)
def test_a_statement_is_told_by_its_verb_and_table_only(sql: str, summary: str) -> None:
    from tinhso.config.tracing import summary_of

    assert summary_of(sql) == summary
