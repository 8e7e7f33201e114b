"""A small API over accounts, built like the real one, for the tests of its parts."""

from __future__ import annotations

import threading
from datetime import date

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from tinhso.kernel.api import auth
from tinhso.kernel.api.assembly import build, unknown
from tinhso.kernel.api.forms import sent_once
from tinhso.kernel.api.idempotency import idempotent
from tinhso.kernel.api.paging import page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound, Refusal, TooMany
from tinhso.kernel.people.models import Business, Person

router = Router()
gate = threading.Event()
inside = threading.Event()


class NewPerson(Schema):
    full_name: str = Field(min_length=2, max_length=120)
    born_on: date | None = None


class PersonOut(Schema):
    id: int
    full_name: str


@router.get("/me")
def me(request: HttpRequest):
    return fast({"account": request.actor.account_id, "rights": sorted(request.actor.rights)})


@router.get("/open", auth=auth.ANYBODY)
def open_to_all(request: HttpRequest):
    return fast({"account": request.actor.account_id})


@router.get("/people")
def people(request: HttpRequest, after: str | None = None, size: int = 20):
    rows = Person.objects.values("id", "full_name", "born_on")
    return fast(page(rows, order=("-full_name", "id"), after=after, size=size))


@router.post("/people", response={201: PersonOut})
@idempotent
def add(request: HttpRequest, new: NewPerson):
    person = Person.objects.create(full_name=new.full_name, born_on=new.born_on)
    if new.full_name == "slow":
        inside.set()
        assert gate.wait(10)
    if new.full_name == "refused":
        raise Refusal("people.refused", "Không được.", field="full_name")
    return 201, {"id": person.pk, "full_name": person.full_name}


@router.post("/open", auth=auth.ANYBODY)
@idempotent
def add_openly(request: HttpRequest, new: NewPerson):
    return {"id": Person.objects.create(full_name=new.full_name).pk}


@router.post("/files")
@idempotent
def add_file(request: HttpRequest, name: Form[str], file: File[UploadedFile]):
    size = len(file.read())
    Business.objects.create(name=name, tax_code=f"{Business.objects.count():010d}")
    return {"size": size}


@router.get("/missing")
def missing(request: HttpRequest):
    raise NotFound


@router.get("/often")
def often(request: HttpRequest):
    raise TooMany(retry_after=7)


@router.get("/bug")
def bug(request: HttpRequest):
    raise ZeroDivisionError


@router.get("/lost")
def lost(request: HttpRequest):
    raise OperationalError("server closed the connection unexpectedly")


@sent_once
def declare(request: HttpRequest) -> HttpResponse:
    """A page of the old kind that takes a form."""
    name = request.POST["full_name"]
    if not name:
        return HttpResponse("<p>Nhập họ tên.</p>", status=422)
    person = Person.objects.create(full_name=name)
    if name == "refused":
        raise Refusal("people.refused", "Không được.", field="full_name")
    return HttpResponseRedirect(f"/nguoi/{person.pk}/")


test_api = build({"things": router}, namespace="api-test")
urlpatterns = [path("to-khai/", declare), path("api/v1/", test_api.urls), path("api/<path:rest>", unknown)]
