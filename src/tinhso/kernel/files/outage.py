"""What becomes of a store that does not answer: a refusal that says so, instead of an error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tinhso.kernel.errors import Unavailable

log = logging.getLogger(__name__)


def _failures() -> tuple[type[Exception], ...]:
    """What the disk raises, and what an S3 store's client does where one is in use."""
    if "botocore" not in sys.modules:
        return (OSError,)
    from botocore.exceptions import BotoCoreError, ClientError

    return (OSError, BotoCoreError, ClientError)


@contextmanager
def told(code: str, message: str) -> Iterator[None]:
    """Failures of the store inside the block become the refusal ``code``; asking again later helps.

    The reason goes to the log only: it names hosts and paths."""
    try:
        yield
    except _failures() as problem:
        log.exception("the file store does not answer", extra={"refusal": code})
        raise Unavailable(code, message) from problem
