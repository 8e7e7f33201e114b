"""A mailbox and a mail server as other people wrote them, each in a process of its own on the loopback."""

from __future__ import annotations

import imaplib
import mailbox
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from pathlib import Path


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def _running(port: int, program: str, *arguments: str) -> Iterator[None]:
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server did not start"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")


class Post:
    """``deliver`` puts a mail into the mailbox as the province's mail server would; ``sent`` is what went out."""

    USER, PASSWORD = "xa", "mat-khau"

    def __init__(self, imap: int, smtp: int, folder: Path) -> None:
        self.imap, self.smtp, self.folder = imap, smtp, folder

    @property
    def secrets(self) -> dict[str, str]:
        return {
            "imap": f"imap://{self.USER}:{self.PASSWORD}@127.0.0.1:{self.imap}/INBOX",
            "smtp": f"smtp://127.0.0.1:{self.smtp}",
            "authserv": "mx.tinh.example",
        }

    def _box(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.imap, timeout=30)
        box.login(self.USER, self.PASSWORD)
        return box

    def deliver(self, message: EmailMessage | bytes) -> None:
        box = self._box()
        raw = message if isinstance(message, bytes) else message.as_bytes()
        status, _told = box.append("INBOX", "", "", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        assert status == "OK"
        box.logout()

    def unseen(self) -> int:
        box = self._box()
        box.select("INBOX")
        found = box.search(None, "UNSEEN")[1][0].split()
        box.logout()
        return len(found)

    def empty(self) -> None:
        box = self._box()
        box.select("INBOX")
        box.store("1:*", "+FLAGS", r"(\Deleted)")
        box.expunge()
        box.logout()
        kept = mailbox.Maildir(self.folder)
        kept.clear()

    def sent(self) -> list[Message]:
        kept = mailbox.Maildir(self.folder, create=False)
        return [kept[key] for key in sorted(kept.keys())]


@contextmanager
def post_office(folder: Path) -> Iterator[Post]:
    imap, smtp = _free_port(), _free_port()
    box = folder / "out"
    user = ("dict", "--demo-data", "--demo-user", Post.USER, "--demo-password", Post.PASSWORD)
    reading = ("pymap", "--host", "127.0.0.1", "--port", str(imap), "--no-tls", "--no-service", "managesieve", *user)
    taking = ("aiosmtpd", "-n", "-l", f"127.0.0.1:{smtp}", "-c", "aiosmtpd.handlers.Mailbox", str(box))
    mailbox.Maildir(box, create=True)
    with _running(imap, *reading), _running(smtp, *taking):
        yield Post(imap, smtp, box)
