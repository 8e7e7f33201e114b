"""Several machines behind nginx, as ``deploy/`` has it: one database, one file store, web machines on loopback."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from tests.running import Running, copy, free_port, start, wait_for

ROOT = Path(__file__).resolve().parents[2]
NAME = "dichvucong.tinh.example"
NGINX = "/usr/sbin/nginx"
_TRUSTING = ssl.create_default_context()
_TRUSTING.check_hostname = False
_TRUSTING.verify_mode = ssl.CERT_NONE


@dataclass
class Answer:
    status: int
    body: bytes
    headers: Any = None

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str, body: Any = None, headers: dict[str, str] | None = None, *, method: str = "", seconds: float = 30
) -> Answer:
    """One request; status 0 when no answer came."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    given = {"Host": NAME} | ({} if body is None else {"Content-Type": "application/json"}) | (headers or {})
    request = urllib.request.Request(url, data, given, method=method or ("GET" if body is None else "POST"))
    try:
        with urllib.request.urlopen(request, timeout=seconds, context=_TRUSTING) as answer:
            return Answer(answer.status, answer.read(), answer.headers)
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read(), refused.headers)
    except (OSError, ValueError):
        return Answer(0, b"")


@dataclass
class Fleet:
    """Web machines by name, and the address of nginx in front of them."""

    url: str
    machines: dict[str, Running]
    told: dict[str, Any]

    def bearer(self, who: str, key: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.told['keys'][who]}"} | ({"Idempotency-Key": key} if key else {})

    def at(self, name: str, path: str, headers: dict[str, str] | None = None, body: Any = None) -> Answer:
        """Ask one machine past nginx, as nginx would."""
        return ask(
            self.machines[name].url + path,
            body,
            {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"} | (headers or {}),
        )

    def destroy(self, name: str) -> None:
        """The machine is gone at once, with all its processes."""
        leader = psutil.Process(self.machines[name].process.pid)
        family = [leader, *leader.children(recursive=True)]
        for one in family:
            one.kill()
        self.machines[name].process.wait(20)

    def begin_anew(self, name: str, **more: str) -> None:
        old = self.machines[name]
        own = {key: value for key, value in old.environment.items() if key.startswith(_OWN)}
        self.machines[name] = start(old.home, "--only", "web", port=old.port, **own | more)
        wait_for(lambda: self.at(name, "/readyz").status == 200, 240, f"machine {name}")


_OWN = ("TINHSO_", "DATABASE_URL", "AWS_")


@dataclass
class Load:
    """Eight people who ask and file without a pause until told to stop. What was not answered with success is kept."""

    fleet: Fleet
    name: str
    filed: list[str] = field(default_factory=list)
    asked: int = 0
    wrong: list[tuple[str, int]] = field(default_factory=list)
    repeated: int = 0

    def one(self, number: int, stop: threading.Event) -> None:
        turn = 0
        body = {"procedure": self.fleet.told["procedure"], "answers": self.fleet.told["answers"]}
        while not stop.is_set():
            turn += 1
            found = ask(f"{self.fleet.url}/tra-cuu/")
            self.asked += 1
            if found.status != 200:
                self.wrong.append(("GET", found.status))
            if turn % 4 == 0:
                headers = self.fleet.bearer(("lan", "minh")[number % 2], f"{self.name}-{number}-{turn:06d}-khoa")
                self._file(body, headers)
            stop.wait(0.05)

    def _file(self, body: Any, headers: dict[str, str]) -> None:
        """Named by a key, so it may be repeated until it is answered; each repetition is counted."""
        for _ in range(60):
            found = ask(f"{self.fleet.url}/api/v1/dossiers/", body, headers)
            if found.status in (200, 201):
                return self.filed.append(found.json()["number"])
            self.repeated += 1
            if found.status not in (0, 409, 429, 502, 503, 504):
                break
            threading.Event().wait(0.2)
        self.wrong.append(("POST", found.status))
        return None


@contextmanager
def load(fleet: Fleet, name: str, people: int = 6) -> Iterator[Load]:
    made, stop = Load(fleet, name), threading.Event()
    with ThreadPoolExecutor(people) as pool:
        running = [pool.submit(made.one, number, stop) for number in range(people)]
        try:
            wait_for(lambda: made.asked >= people, 60, "the first answers")
            yield made
        finally:
            stop.set()
            for one in running:
                one.result(120)


@contextmanager
def fleet(folder: Path, like: Path, told: dict[str, Any], database: str, store: str) -> Iterator[Fleet]:
    """Two web machines behind nginx, all in production's settings; everything is stopped at the end."""
    front = free_port()
    shared = {
        "DATABASE_URL": database,
        "TINHSO_PRODUCTION": "true",
        "TINHSO_BASE_URL": f"https://{NAME}",
        "TINHSO_ALLOWED_HOSTS": json.dumps([NAME, "127.0.0.1"]),
        "TINHSO_TRUSTED_PROXIES": "1",
        "TINHSO_SECRET_KEY": "mot-khoa-chung-cho-moi-may-dai-hon-nam-muoi-chu-cai",
        "TINHSO_METRICS_TOKEN": "khoa",
        "TINHSO_RENEWAL_SECONDS": "6",
        "TINHSO_S3_BUCKET": "tinhso",
        "TINHSO_S3_ENDPOINT": store,
        "AWS_ACCESS_KEY_ID": "loopback",
        "AWS_SECRET_ACCESS_KEY": "loopback",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with ExitStack() as stack:
        machines: dict[str, Running] = {}
        for name in ("a", "b"):
            copy(like / "static", folder / name / "static")
            machines[name] = start(folder / name, "--only", "web", **shared)
        made = Fleet(f"https://127.0.0.1:{front}", machines, told)
        stack.callback(lambda: [one.stop() for one in made.machines.values()])
        for one in machines.values():
            one.wait()
        stack.enter_context(_nginx(folder / "nginx", front, [one.port for one in machines.values()]))
        yield made


@contextmanager
def _nginx(folder: Path, port: int, machines: list[int]) -> Iterator[None]:
    """nginx with the configuration of ``deploy/``; only addresses and paths are put in."""
    folder.mkdir(mode=0o755)
    _certificate(folder)
    text = (ROOT / "deploy" / "nginx" / "tinhso.conf").read_text()
    text = re.sub(r"    server 10\.0\.0\.\d+:8000", "    server MACHINE", text)
    for machine in machines:
        text = text.replace("MACHINE", f"127.0.0.1:{machine}", 1)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "listen 80;", f"listen 127.0.0.1:{free_port()};"
    )
    text = text.replace("/etc/ssl/tinhso", str(folder)).replace("/etc/nginx", str(ROOT / "deploy" / "nginx"))
    (folder / "site.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary} include {folder}/site.conf; }}"
    )
    running = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", f"{folder}/error.log"]
    )
    try:
        wait_for(lambda: ask(f"https://127.0.0.1:{port}/khoe/song").status == 200, 30, "nginx")
        yield
    finally:
        running.terminate()
        running.wait(20)


def _certificate(folder: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
