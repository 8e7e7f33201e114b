"""A write sent twice happens once: the caller names it with an ``Idempotency-Key``, the database decides."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.responses import Status
from ninja.utils import contribute_operation_callback
from psycopg.errors import LockNotAvailable

from tinhso.kernel.api.models import Idempotency
from tinhso.kernel.api.responses import fast
from tinhso.kernel.api.rules import IDEMPOTENCY_KEY, fingerprint
from tinhso.kernel.errors import Refusal, Stale
from tinhso.kernel.statements import Statement

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


class BadKey(Refusal):
    """The request has no name of its own, or not a possible one."""

    status = 400


_TAKE = """
insert into api_idempotency (account_id, key, route, request_hash, content_type, response, created_at)
values (%s, %s, %s, %s, '', '', %s) on conflict (account_id, key) do nothing returning id
"""

_KEEP = "update api_idempotency set status = %s, content_type = %s, response = %s where id = %s"


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Route decorator (next to the function) for every write.

    Answer and effect are written in one transaction. The same key with the same request gets the first answer again;
    with another request it is refused (422 ``api.key_reused``). Of two at once the second waits for the first, and
    gets 409 ``api.still_running`` when that takes longer than the lock time-out. A refused request keeps nothing: it
    had no effect and may be sent again under the same key. Keys of accounts do not meet; answers are kept three days.

    The view returns plain values, a schema, ``Status(201, …)``, ``(201, …)`` or a response; what it returns is written
    as it is.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, hashed = key_of(request), request_hash(request)
        account_id = request.actor.account_id  # type: ignore[attr-defined]
        with _one_transaction():
            taken = take(account_id, key, request, hashed)
            if taken is None:
                return answer_again(account_id, key, hashed)
            response = _response(view(request, *args, **kwargs))
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            keep(taken, response)
            return response

    # Annotations written as text mean names of the view's module, where the framework would not look for them.
    wrapper.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    wrapper.is_idempotent = True  # type: ignore[attr-defined]
    contribute_operation_callback(wrapper, _document)
    return wrapper


@contextmanager
def _one_transaction() -> Iterator[None]:
    """A transaction whose inner blocks make no savepoints: a refusal inside ends all of it, so none is ever gone back
    to, and each costs two statements."""
    features = connection.features
    with transaction.atomic():
        before, features.uses_savepoints = features.uses_savepoints, False
        try:
            yield
        finally:
            features.uses_savepoints = before


def _document(operation: Any) -> None:
    header = {
        "in": "header",
        "name": HEADER,
        "required": True,
        "schema": {"type": "string", "minLength": 16, "maxLength": 120},
        "description": "Tên riêng của lần gửi này, ví dụ một UUID; gửi lại cùng khóa thì việc không bị làm hai lần.",
    }
    extra = dict(operation.openapi_extra or {})
    extra["parameters"] = [*extra.get("parameters", []), header]
    operation.openapi_extra = extra


def key_of(request: HttpRequest) -> str:
    """The request's own name. Raises BadKey."""
    key = request.headers.get(HEADER, "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadKey("api.key_missing", f"Thiếu đầu mục {HEADER} (16–120 ký tự). Đặt một mã mới cho mỗi việc cần gửi.")
    return key


def request_hash(request: HttpRequest) -> bytes:
    """One hash over method, address and body; of a form with files over its fields and the files' contents."""
    parts = [(request.method or "").encode(), request.get_full_path().encode()]
    if request.content_type != "multipart/form-data":
        return fingerprint([*parts, request.body])
    for name, values in sorted(request.POST.lists()):
        parts += [name.encode(), *(str(value).encode() for value in values)]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [name.encode(), (file.name or "").encode(), *file.chunks()]
            file.seek(0)
    return fingerprint(parts)


def take(account_id: int | None, key: str, request: HttpRequest, hashed: bytes) -> int | None:
    """The row's number for the first who comes; None for everybody after. Waits while the first is still at work."""
    try:
        row = Statement(_TAKE, (account_id, key, _route(request), hashed, timezone.now())).run()
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise Stale("api.still_running", "Lần gửi trước còn đang xử lý. Đợi ít giây rồi gửi lại.") from problem
        raise
    return row[0] if row else None


def keep(taken: int, response: HttpResponse) -> None:
    """Write the answer beside its effect, into the row that was taken."""
    kind = response.headers.get("Content-Type", "")
    Statement(_KEEP, (response.status_code, kind, response.content, taken)).run()


def _route(request: HttpRequest) -> str:
    return f"{request.method} {request.path}"[:300]


def answer_again(account_id: int | None, key: str, hashed: bytes) -> HttpResponse:
    """What the first of the same name was told. Raises Refusal when that was another request."""
    kept = Idempotency.objects.get(account=account_id, key=key)
    if bytes(kept.request_hash) != hashed:
        raise Refusal("api.key_reused", f"{HEADER} này đã dùng cho một yêu cầu khác. Đặt mã mới.")
    response = HttpResponse(bytes(kept.response), status=kept.status, content_type=kept.content_type)
    response[REPLAYED] = "true"
    return response


def _response(result: Any) -> HttpResponse:
    if isinstance(result, HttpResponse):
        return result
    if isinstance(result, Status):
        return fast(result.value, result.status_code)
    if isinstance(result, tuple):
        return fast(result[1], result[0])
    return fast(result)
