"""Clients that ask one after another over kept connections, and how long each answer took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as it goes over the wire."""

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    expected: int = 200


@dataclass
class Run:
    """What came of a run: seconds of each answer, how long all took, and anything that was not expected."""

    clients: int
    seconds: list[float] = field(default_factory=list)
    whole: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


def run(port: int, clients: int, next_ask: Callable[[], Ask | None], *, most: int, seconds: float) -> Run:
    """``most`` requests from so many clients at once, or as many as there is time or anything to ask for."""
    result, lock = Run(clients), threading.Lock()
    end = time.perf_counter() + seconds
    left = iter(range(most))

    def asks() -> Iterator[Ask]:
        while time.perf_counter() < end:
            with lock:
                ask = next_ask() if next(left, None) is not None else None
            if ask is None:
                return
            yield ask

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for ask in asks():
            begin = time.perf_counter()
            connection.request(ask.method, ask.path, ask.body, ask.headers)
            answer = connection.getresponse()
            said = answer.read()
            result.seconds.append(time.perf_counter() - begin)
            if answer.status != ask.expected:
                result.wrong.append(f"{answer.status} {ask.method} {ask.path} {said[:300].decode(errors='replace')}")
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.whole = time.perf_counter() - begin
    return result
