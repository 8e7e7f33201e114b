"""The ways in which the platform says no.

A ``Refusal`` is an answer, not a bug: the rules, the rights or the state of things do not allow what was asked. Each
carries a stable code for programs and a Vietnamese sentence that tells a person what to do next. Pages and API
translate them once, each in its own place; bugs stay ordinary exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar


class Refusal(Exception):
    """The rules say no. ``code`` is ``<module>.<reason>`` and never changes once published."""

    status: ClassVar[int] = 422
    retry_after: int | None = None  # seconds; told to programs that it may help to ask again

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Faults(Refusal):
    """Several fields of a form are wrong: ``all`` of them in its order. Who reads only one reads the first."""

    def __init__(self, faults: Sequence[Refusal]) -> None:
        super().__init__(faults[0].code, faults[0].message, field=faults[0].field)
        self.all = tuple(faults)


class Checking:
    """Gathers what is wrong with the fields of a form, so that it is said all at once.

    Each part is checked inside ``with checking.part():``; ``end()`` raises what was found."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Keeps a refusal that names a field; any other goes on at once."""
        try:
            yield
        except Refusal as no:
            if no.field is None:
                raise
            self.found += no.all if isinstance(no, Faults) else (no,)

    def end(self) -> None:
        """Raises the one fault, or Faults for several; nothing when all is right."""
        if self.found:
            raise self.found[0] if len(self.found) == 1 else Faults(self.found)


def by_field(no: Refusal, otherwise: str) -> dict[str, str]:
    """What is wrong with each field, in the form's order; what names no field stands at ``otherwise``."""
    found: dict[str, str] = {}
    for one in no.all if isinstance(no, Faults) else (no,):
        found.setdefault(one.field or otherwise, one.message)
    return found


class NotAllowed(Refusal):
    """The person is known but lacks the right."""

    status = 403

    def __init__(self, code: str = "people.not_allowed", message: str | None = None) -> None:
        super().__init__(code, message or "Bạn không có quyền làm việc này. Liên hệ quản trị đơn vị nếu bạn cần quyền.")


class NotFound(Refusal):
    """There is no such thing, or the person may not know that there is."""

    status = 404

    def __init__(self, code: str = "not_found", message: str | None = None) -> None:
        super().__init__(code, message or "Không tìm thấy. Kiểm tra lại mã hoặc địa chỉ.")


class Stale(Refusal):
    """Somebody else changed it since it was opened."""

    status = 409

    def __init__(self, code: str = "stale", message: str | None = None) -> None:
        super().__init__(code, message or "Vừa có người khác thay đổi. Tải lại trang để xem bản mới rồi làm tiếp.")


class Unavailable(Refusal):
    """A part that is needed does not answer now; asking again later helps."""

    status = 503
    retry_after = 60

    def __init__(self, code: str = "unavailable", message: str | None = None) -> None:
        super().__init__(code, message or "Tạm thời chưa làm được. Dữ liệu vẫn còn; thử lại sau ít phút hoặc gọi 1022.")


class TooMany(Refusal):
    """Asked too often; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__("too_many", f"Bạn thử quá nhiều lần. Đợi {retry_after} giây rồi thử lại.")
        self.retry_after = retry_after
