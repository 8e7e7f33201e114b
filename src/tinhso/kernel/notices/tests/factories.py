"""Accounts, cases and a small mail server of its own for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def account(username: str = "lan", email: str = "lan@example.test", **more: object) -> Account:
    return Account.objects.create_user(username, email, None, display_name=f"Nguyễn Thị {username.title()}", **more)


def case(owner: Account, number: str = "H53.1-260302-0001") -> Case:
    unit = Unit.objects.filter(code="TEST").first() or Unit.objects.create(
        code="TEST", name="Phường Thử Nghiệm", kind=Kind.COMMUNE, level=Level.COMMUNE, begins_on=date(2025, 7, 1)
    )
    return Case.objects.create(
        kind="dossier",
        number=number,
        title="Đăng ký khai sinh",
        state="received",
        phase=Phase.OPEN,
        unit=unit,
        received_unit=unit,
        owner=owner,
        applicant=owner.display_name,
        opened_at=AT,
        updated_at=AT,
        needle="",
    )


@dataclass
class Postbox:
    """A mail server that really listens on the loopback. ``answers`` overrides its answer to a command, once each."""

    port: int = 0
    got: list[Message] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    silent: bool = False

    def answer(self, command: str, usual: str) -> str:
        for planned in self.answers:
            if planned[0] == command:
                self.answers.remove(planned)
                return planned[1]
        return usual

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                if not self.silent:
                    self._talk(client)
                else:
                    client.recv(1)

    def _talk(self, client: socket.socket) -> None:
        lines = client.makefile("rb")
        client.sendall(b"220 postbox\r\n")
        while line := lines.readline():
            command = line.split()[0].decode().upper() if line.split() else ""
            if command == "DATA":
                client.sendall(b"354 go on\r\n")
                body = b""
                while (part := lines.readline()) != b".\r\n":
                    body += part
                reply = self.answer("DATA", "250 ok")
                if reply.startswith("250"):
                    self.got.append(message_from_bytes(body, policy=default))
            else:
                reply = self.answer(command, "221 bye" if command == "QUIT" else "250 ok")
            client.sendall(reply.encode() + b"\r\n")
            if command == "QUIT":
                return


@contextmanager
def postbox() -> Iterator[Postbox]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        box = Postbox(listener.getsockname()[1])
        thread = threading.Thread(target=box.serve, args=(listener,), daemon=True)
        thread.start()
        yield box
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
