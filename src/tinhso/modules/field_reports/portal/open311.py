"""Open311 GeoReport v2: programs list kinds, file reports and follow them, in XML and JSON.

Reads are open to everybody and every site; writes need a key (``api_key``), which is one of ``kernel.api`` with the
right to write. Every no has the specification's own shape, whatever went wrong.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from defusedxml import ElementTree
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.csrf import csrf_exempt

from tinhso.kernel.api.auth import actor_of_key
from tinhso.kernel.api.idempotency import HEADER
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.api.rules import WRITE, fingerprint
from tinhso.kernel.errors import Refusal, TooMany
from tinhso.kernel.outage import trouble
from tinhso.kernel.people.rules import phone_number
from tinhso.modules.field_reports.actions import open311 as actions
from tinhso.modules.field_reports.actions.filing import MOST_PHOTOS, NewPhoto, filed_before
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries import catalogue
from tinhso.modules.field_reports.queries import open311 as queries
from tinhso.modules.field_reports.rules import open311
from tinhso.modules.field_reports.rules.open311 import JSON, XML, Refused, Wrong, given
from tinhso.modules.field_reports.rules.states import SENDER

log = logging.getLogger(__name__)
READS_A_MINUTE = 300
NO_KEY = Wrong(403, "api_key was not provided")
WRONG_KEY = Wrong(403, "api_key is not valid")
GONE = Wrong(404, "service_request_id was not found")
Answer = tuple[str, Any]
View = Callable[..., Answer]


def resource(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A resource of the specification: its form, its limits, its way of saying no, open to pages of every site."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, form: str = "", **named: str) -> HttpResponse:
            chosen = _form(request, form)
            if chosen is None:
                return HttpResponse("Only .xml and .json are offered.\n", status=404, content_type="text/plain")
            if request.method == "OPTIONS":
                return _open(HttpResponse(status=204), methods)
            try:
                if request.method not in methods:
                    raise Refused(Wrong(405, f"use {' or '.join(methods)}"))
                response = _written(*_asked(view, request, named), chosen)
            except Refused as no:
                response = _written("errors", open311.errors(no.wrongs), chosen, no.status)
            except TooMany as many:
                response = _written("errors", open311.errors([Wrong(429, many.message)]), chosen, 429)
                response["Retry-After"] = str(many.retry_after)
            except Exception as bug:
                log.exception("open311 broke")
                known = trouble(bug)
                status = known.status if known else 500
                wrong = Wrong(status, "The server failed; what was sent before is kept. Try again in some minutes.")
                response = _written("errors", open311.errors([wrong]), chosen, status)
                if known:
                    response["Retry-After"] = str(known.retry_after)
            return _open(response, methods)

        return answer

    return wrap


def _asked(view: View, request: HttpRequest, named: dict[str, str]) -> Answer:
    """What the view answers; refusals of the rules and unreadable bodies in the specification's words."""
    try:
        if request.method == "GET":
            allow("open311.read", client_network(request), times=READS_A_MINUTE, seconds=60)
        return view(request, **named)
    except TooMany:
        raise
    except Refusal as no:
        status = {403: 403, 404: 404, 503: 503}.get(no.status, 400)
        raise Refused(Wrong(status, f"{no.field}: {no.message}" if no.field else no.message)) from no
    except RequestDataTooBig as big:
        raise Refused(Wrong(400, "the request is too big")) from big
    except (SuspiciousOperation, MultiPartParserError, UnicodeDecodeError) as broken:
        raise Refused(Wrong(400, "the request cannot be read")) from broken


def _form(request: HttpRequest, ending: str) -> str | None:
    """XML or JSON: by the ending of the address, else by what the caller accepts, else XML."""
    if ending:
        return ending.lower() if ending.lower() in (XML, JSON) else None
    accepted = request.headers.get("Accept", "")
    return JSON if "json" in accepted and "xml" not in accepted else XML


def _written(name: str, said: Any, form: str, status: int = 200) -> HttpResponse:
    kind = open311.TYPES[form] if settings.OPEN311_BARE_TYPES else f"{open311.TYPES[form]}; charset=utf-8"
    extra = said.pop("headers") if isinstance(said, dict) and "headers" in said else {}
    body = said["rows"] if isinstance(said, dict) and "rows" in said else said
    response = HttpResponse(open311.written(name, body, form), status=status, content_type=kind)
    for header, value in extra.items():
        response[header] = value
    return response


def _open(response: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = f"Content-Type, {HEADER}"
    response["Access-Control-Expose-Headers"] = "X-Total-Count, Link, Retry-After"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _jurisdiction(parameters: Any) -> None:
    """One province is served: any name is accepted, unless the deployment insists on its own."""
    said = given(parameters, "jurisdiction_id")
    if said and settings.OPEN311_JURISDICTION and said != settings.OPEN311_JURISDICTION:
        raise Refused(Wrong(404, "jurisdiction_id was not found"))


def _client(parameters: Any, *, must: bool = False) -> str:
    """The prefix of the caller's key, or ``""``; where it ``must`` be there, raises Refused without a good one."""
    text = given(parameters, "api_key")
    if not text:
        if must:
            raise Refused(NO_KEY)
        return ""
    found = actor_of_key(text) if text.startswith("ts_") else None
    if found is None or (must and WRITE not in found[1]):
        if must:
            raise Refused(WRONG_KEY)
        return ""
    return text.split("_")[1]


# --- what it offers -------------------------------------------------------------------------------------------------


@resource("GET")
def discovery(request: HttpRequest) -> Answer:
    """Who serves what."""
    contact = f"1022 – {settings.BASE_URL}/phan-anh/"
    return "discovery", open311.discovery(base=settings.BASE_URL, contact=contact, is_production=settings.PRODUCTION)


@resource("GET")
def services(request: HttpRequest) -> Answer:
    """All kinds of report."""
    _jurisdiction(request.GET)
    english = request.headers.get("Accept-Language", "").lower().startswith("en")
    kinds = catalogue.catalogue_on(timezone.localdate())[1].categories.values()
    return "services", [open311.service(one, english=english) for one in kinds]


@resource("GET")
def definition(request: HttpRequest, code: str) -> Answer:
    """The further questions of one kind."""
    _jurisdiction(request.GET)
    found = catalogue.catalogue_on(timezone.localdate())[1].categories.get(code)
    if found is None or not found.attributes:
        raise Refused(Wrong(404, "service_code was not found"))
    return "service_definition", open311.definition(found)


@resource("GET", "POST")
def requests(request: HttpRequest) -> Answer:
    """The list, or a new report."""
    if request.method == "POST":
        return _file(request)
    _jurisdiction(request.GET)
    asked = open311.asked(request.GET, at=timezone.now())
    reports = queries.page(asked)
    base = settings.BASE_URL
    rows = (
        queries.extended(reports, base=base) if asked.is_extended
        else [queries.request(one, base=base) for one in reports]
    )  # fmt: skip
    if not asked.is_paged:
        return "service_requests", rows
    number = queries.total(asked)
    return "service_requests", {"rows": rows, "headers": _paging(request, asked, number)}


def _paging(request: HttpRequest, asked: open311.Asked, number: int) -> dict[str, str]:
    """``X-Total-Count`` (counted up to 10,000) and ``Link`` to the pages beside."""
    links = []
    for name, page in (("prev", asked.page - 1), ("next", asked.page + 1)):
        if 0 < page <= open311.MOST_PAGES and (page - 1) * asked.page_size < number:
            query = request.GET.copy()
            query["page"], query["page_size"] = str(page), str(asked.page_size)
            query.pop("api_key", None)
            links.append(f'<{settings.BASE_URL}{request.path}?{query.urlencode()}>; rel="{name}"')
    return {"X-Total-Count": str(number), **({"Link": ", ".join(links)} if links else {})}


@resource("GET")
def request_by_id(request: HttpRequest, number: str) -> Answer:
    """One report; one that is not public only for the program that filed it."""
    _jurisdiction(request.GET)
    found = queries.one(number, _client(request.GET))
    if found is None:
        raise Refused(GONE)
    if given(request.GET, "extensions").lower() == "true" and found.photos is not None:
        return "service_requests", queries.extended([found], base=settings.BASE_URL)
    return "service_requests", [queries.request(found, base=settings.BASE_URL)]


# --- tokens ---------------------------------------------------------------------------------------------------------


def token_of(report_id: int) -> str:
    """What a program gets instead of an id until an operator has looked at the report; nothing is kept for it."""
    return f"T{report_id:x}-{_seal(report_id)}"


def _seal(report_id: int) -> str:
    return salted_hmac("field_reports.open311.token", str(report_id), algorithm="sha256").hexdigest()[:20]


@resource("GET")
def token(request: HttpRequest, token: str) -> Answer:
    """The id behind a token: empty until it may be told."""
    _jurisdiction(request.GET)
    number, _, seal = token.removeprefix("T").partition("-")
    report_id = int(number, 16) if number and len(number) < 16 and _is_hex(number) else 0
    known = token.startswith("T") and constant_time_compare(seal, _seal(report_id))
    report, may_be_told = queries.id_of_token(report_id, at=timezone.now()) if known else (None, False)
    if report is None:
        raise Refused(Wrong(404, "token was not found"))
    return "service_requests", [{"token": token, "service_request_id": report.case.number if may_be_told else None}]


def _is_hex(text: str) -> bool:
    return all(one in "0123456789abcdef" for one in text)


# --- filing ---------------------------------------------------------------------------------------------------------


def _file(request: HttpRequest) -> Answer:
    client = _client(request.POST, must=True)
    allow("open311.write", client, times=settings.OPEN311_WRITES_A_MINUTE, seconds=60)
    _jurisdiction(request.POST)
    at = timezone.now()
    kinds = catalogue.catalogue_on(timezone.localdate(at))[1].categories
    said = open311.filing(request.POST, list(request.POST.lists()), kinds)
    name = request.headers.get(HEADER, "") or given(request.POST, "attribute[external_id]")
    key = actions.request_key(client, name, _content(request), at)
    report = filed_before(key)
    if report is None:
        photos = _photos(request, at)
        phone = phone_number(said.phone) or ""
        report = actions.file(said, client=client, key=key, photos=photos, phone=phone, at=at)
    return "service_requests", [_receipt(report, said)]


def _content(request: HttpRequest) -> bytes:
    """One hash over all that was sent but the key: fields by name, files by content."""
    parts: list[bytes] = []
    for name, values in sorted(request.POST.lists()):
        if name != "api_key":
            parts += [name.encode(), *(str(value).encode() for value in values)]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [name.encode(), *file.chunks()]
            file.seek(0)
    return fingerprint(parts)


def _photos(request: HttpRequest, at: Any) -> list[NewPhoto]:
    """Files of a multipart form, under whatever name programs send them (``media``, ``media[]``, ``photo1`` …)."""
    files = [file for name in request.FILES for file in request.FILES.getlist(name)][:MOST_PHOTOS]
    return [take_photo(file, by_account_id=None, at=at) for file in files]


def _receipt(report: Report, said: open311.Filing) -> dict[str, Any]:
    notice = "Nguy hiểm đến người: gọi ngay " + said.category.emergency if said.category.emergency else None
    if open311.kind_of_service(said.category) == "batch":
        return {"token": token_of(report.pk), "service_notice": notice, "account_id": None}
    return {"service_request_id": report.case.number, "service_notice": notice, "account_id": None}


# --- updates --------------------------------------------------------------------------------------------------------


@resource("GET", "POST")
def updates(request: HttpRequest) -> Answer:
    """What happened to reports, or more words to one."""
    if request.method == "POST":
        return _hear(request)
    _jurisdiction(request.GET)
    at = timezone.now()
    until = open311.moment(given(request.GET, "end_date"), ends=True)
    since = open311.moment(given(request.GET, "start_date")) or (until or at) - open311.LONGEST_SPAN
    since = max(since, (until or at) - open311.LONGEST_SPAN)
    return "service_request_updates", queries.updates(since=since, until=until, client=_client(request.GET))


def _hear(request: HttpRequest) -> Answer:
    said = _update(request)
    client = _client(said, must=True)
    allow("open311.write", client, times=settings.OPEN311_WRITES_A_MINUTE, seconds=60)
    _jurisdiction(said)
    number, text = given(said, "service_request_id"), given(said, "description")
    wrongs = [] if number else [Wrong(400, "service_request_id was not provided")]
    if not text and not given(said, "status"):
        wrongs.append(Wrong(400, "description was not provided"))
    if len(text) > open311.LONGEST_WORDS:
        wrongs.append(Wrong(400, f"description has more than {open311.LONGEST_WORDS} characters"))
    open311.moment(given(said, "updated_datetime"))
    if wrongs:
        raise Refused(*wrongs)
    status = given(said, "status").upper()[:40]
    name = given(said, "update_id")[:80] or actions.request_key(
        client, "", f"{number}\0{text}".encode(), timezone.now()
    )
    try:
        entry, _ = actions.hear(
            number=number, client=client, update=name, text=text, status=status, by=SENDER, at=timezone.now()
        )
    except Refusal as no:
        raise Refused(GONE if no.status == 404 else Wrong(400, no.message)) from no
    return "service_request_updates", [{"update_id": str(entry.pk)}]


def _update(request: HttpRequest) -> Any:
    """The fields of an update: a form's, or those of an XML document as some programs send it."""
    if request.content_type not in ("text/xml", "application/xml"):
        return request.POST
    if len(request.body) > 64 * 1024:
        raise Refused(Wrong(400, "the request is too big"))
    try:
        root = ElementTree.fromstring(request.body, forbid_dtd=True)
    except Exception as broken:  # bombs, entities, DTDs, broken XML: the reader names each differently
        raise Refused(Wrong(400, "the XML cannot be read")) from broken
    update = root.find(".//request_update")
    return {one.tag: (one.text or "") for one in (root if update is None else update)}
