"""Logs as JSON lines that name no person: what was asked (route, never the query), how long it took, how it ended."""

from __future__ import annotations

import hashlib
import hmac
import logging
import logging.config
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

_KNOWN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_QUOTED_ROW = re.compile(r"DETAIL: .*")
_SILENT_ROUTES = frozenset({"alive", "ready"})
_log = structlog.get_logger("tinhso.request")


def configure(level: str) -> None:
    """Send structlog's and the standard library's records to standard error, one JSON object a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        without_personal_data,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processors": render, "foreign_pre_chain": shared}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"crashed": {"()": "django.utils.log.CallbackFilter", "callback": _has_traceback}},
            "formatters": {"json": formatter},
            "handlers": {
                "console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "json"}
            },
            "root": {"handlers": ["console"], "level": "WARNING"},
            "loggers": {
                "tinhso": {"level": level},
                "procrastinate": {"level": "WARNING"},
                # Each refused or missing page is in our own line already; only what crashed is said here.
                "django.request": {"level": "ERROR", "filters": ["crashed"]},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _has_traceback(record: logging.LogRecord) -> bool:
    return record.exc_info is not None


def without_personal_data(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop what may name a person: Django's request, addresses that hold a code, and the rows PostgreSQL quotes."""
    for name in ("request", "server_time", "args", "positional_args"):
        event.pop(name, None)
    if event.get("logger") == "django.request":
        event["event"] = "a page broke"
    for name in ("event", "exception"):
        if isinstance(event.get(name), str):
            event[name] = _QUOTED_ROW.sub("DETAIL: …", event[name])
    return event


def account_mark(account_id: int | None) -> str | None:
    """The same short mark for the same account, which only this deployment's key can tie to it."""
    if account_id is None:
        return None
    return hmac.new(settings.SECRET_KEY.encode(), str(account_id).encode(), hashlib.sha256).hexdigest()[:12]


def request_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives each request an id, returns it as ``X-Request-ID``, and writes one line when it is done."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begin = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _KNOWN_ID.fullmatch(given) else secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = get_response(request)
            response["X-Request-ID"] = request_id
            _write(request, response.status_code, time.perf_counter() - begin)
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    return middleware


def _write(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    if match and match.url_name in _SILENT_ROUTES and status == 200:
        return
    from tinhso.config.metrics import note_request  # settings configure logging before Django is there

    route = (match.view_name or match.route) if match else None
    note_request(request.method or "", route or "", status, seconds)
    write = _log.error if status >= 500 else _log.info
    write(
        "request",
        method=request.method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        account=account_mark(_account_id(request)),
    )


def _account_id(request: HttpRequest) -> int | None:
    """Whose session it is, without asking the database for it: only if the page looked already."""
    user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)
