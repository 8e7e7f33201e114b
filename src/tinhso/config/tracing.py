"""Traces for a collector (OpenTelemetry): request → actions → statements, and the jobs that its journal entries left.

Switched on by ``TINHSO_TRACES_URL``; without it nothing of this is loaded and nothing is slower. Spans name routes,
functions, verbs and tables: never an address, a value, a number or a person, and of an error only its kind.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

_WORDS = re.compile(r"\s*(\w+)")
_TABLE = re.compile(r'\b(?:from|into|update|join)\s+"?(\w+)"?', re.IGNORECASE)
_ACTIONS = re.compile(r"tinhso\.(kernel|modules|shell)\.\w+\.actions(\.\w+)*")


class _Known:
    tracer: Any = None


def begin(url: str, *, exporter: Any = None) -> None:
    """Send spans to ``url`` (OTLP over HTTP) from now on; once per process. ``exporter`` takes its place in tests."""
    if _Known.tracer is not None:
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "tinhso"}))
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    else:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    _Known.tracer = provider.get_tracer("tinhso")
    _trace_actions()
    _trace_jobs()


def trace_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """One span a request, named after its page. In use only where traces are on."""
    from django.conf import settings
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    begin(settings.TRACES_URL)

    def middleware(request: HttpRequest) -> HttpResponse:
        coming = extract({"traceparent": request.headers.get("traceparent", "")})
        with _span("request", context=coming, kind=SpanKind.SERVER) as span, connection.execute_wrapper(_statement):
            response = get_response(request)
            match = request.resolver_match
            route = (match.view_name or match.route) if match else "none"
            span.update_name(f"{request.method} {route}")
            span.set_attributes({"http.request.method": str(request.method), "http.route": str(route)})
            span.set_attribute("http.response.status_code", response.status_code)
            return response

    return middleware


def _span(name: str, **more: Any) -> Any:
    """A span that becomes the current one; an error leaves its kind there and nothing of what it says."""
    return _Errors(
        _Known.tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False, **more)
    )


class _Errors:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __enter__(self) -> Any:
        self.span = self.inner.__enter__()
        return self.span

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        if kind is not None:
            from opentelemetry.trace import Status, StatusCode

            self.span.set_attribute("error.type", kind.__name__)
            self.span.set_status(Status(StatusCode.ERROR))
        self.inner.__exit__(kind, *rest)


def _statement(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    with _span(summary_of(str(sql))) as span:
        span.set_attribute("db.system.name", "postgresql")
        return execute(sql, params, many, context)


def summary_of(sql: str) -> str:
    """The verb and the first table of a statement: ``select cases_case``."""
    verb, table = _WORDS.match(sql), _TABLE.search(sql)
    return " ".join(part[1].lower() for part in (verb, table) if part is not None) or "statement"


def _trace_actions() -> None:
    """Each public function of an ``actions`` room becomes a span, wherever its name was taken to."""
    for module in [module for name, module in list(sys.modules.items()) if _ACTIONS.fullmatch(name)]:
        for name, function in list(vars(module).items()):
            if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == module.__name__:
                _replace(function, _traced_write(function) if _is_write(module, name) else _traced(function))


def _is_write(module: ModuleType, name: str) -> bool:
    return (module.__name__, name) == ("tinhso.kernel.journal.actions", "write")


def _replace(function: Any, traced: Any) -> None:
    for module in [module for name, module in list(sys.modules.items()) if name.startswith("tinhso.")]:
        for name, value in list(vars(module).items()):
            if value is function:
                setattr(module, name, traced)


def _traced(function: Callable[..., Any]) -> Callable[..., Any]:
    package = function.__module__.removeprefix("tinhso.").partition(".actions")[0].rpartition(".")[2]
    name = f"{package}.{function.__name__}"

    @wraps(function)
    def traced(*given: Any, **named: Any) -> Any:
        with _span(name):
            return function(*given, **named)

    return traced


def _traced_write(function: Callable[..., Any]) -> Callable[..., Any]:
    """Writing an entry says its verb and points to the trace of what follows from it."""

    @wraps(function)
    def traced(entry: Any, *rest: Any) -> Any:
        with _span(f"journal {entry.verb}") as span:
            written = function(entry, *rest)
            span.add_link(_following(written.pk))
            return written

    return traced


def _following(entry_id: int) -> Any:
    """Where the jobs of an entry are found: worked out from its id, so that nothing need be sent along."""
    from opentelemetry.trace import SpanContext, TraceFlags

    known = hashlib.sha256(f"tinhso/entry/{entry_id}".encode()).digest()
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int.from_bytes(known[:16]), int.from_bytes(known[16:24]), is_remote=True, trace_flags=sampled)


def _trace_jobs() -> None:
    """Each job becomes a span; those of an entry share the trace to which the entry's request points."""
    from procrastinate.contrib.django import app

    for task in app.tasks.values():
        if inspect.iscoroutinefunction(task.func) or getattr(task.func, "__wrapped__", None) is not None:
            continue
        task.func = _traced_job(task.name, task.func)


def _traced_job(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def traced(*given: Any, **named: Any) -> Any:
        from opentelemetry.trace import NonRecordingSpan, SpanKind, set_span_in_context

        entry_id = named.get("entry_id")
        context = set_span_in_context(NonRecordingSpan(_following(entry_id))) if isinstance(entry_id, int) else None
        with _span(f"job {name}", context=context, kind=SpanKind.CONSUMER), connection.execute_wrapper(_statement):
            return function(*given, **named)

    return traced
