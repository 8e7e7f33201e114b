"""Acts that begin together, to see that the database lets only one of them happen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from tinhso.kernel.errors import Refusal


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or how it was refused; all begin together."""
    gate, gave = threading.Barrier(len(acts)), []

    def work(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            gave.append(act())
        except Refusal as refused:
            gave.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gave
