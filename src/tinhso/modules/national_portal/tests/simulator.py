"""A national portal to test against, in a process of its own: it remembers what it was told and can misbehave.

Built from what provincial integrations are known to exchange (sign in, whole dossiers, steps, catalogue, dossiers to be
fetched, numbers by status). Needs nothing but the standard library:

    python -m tinhso.modules.national_portal.tests.simulator --port 8290

Listens on the loopback only. ``POST /_`` steers it: ``{"mode": …}`` (see ``MODES``), ``{"deliver": [messages],
"duplicate": true, "shuffle": 7}``, ``{"refuse": {code: why}}``, ``{"catalogue": [...]}``, ``{"files": {name: base64}}``
and ``{"end_sessions": true}``; ``GET /_`` tells all it knows.
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

MODES = (
    "ok", "refusing", "unavailable", "html", "truncated", "no_code", "wrong_code", "slow", "trickle", "lost_answer",
)  # fmt: skip
HTML = "<!doctype html><html><body><h1>Hệ thống đang bảo trì</h1></body></html>".encode()
USER, PASSWORD = "tinh-minh-hoa", "mat-khau-minh-hoa"


class Portal:
    """What the portal knows. ``lost_answer`` does what it is asked and then hangs up without a word."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.mode, self.seconds = "ok", 3.0
        self.only: list[str] = []
        self.sessions: set[str] = set()
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, dict[str, Any]] = {}
        self.pending: list[tuple[int, Any]] = []
        self.delivered = 0
        self.refuse: dict[str, str] = {}
        self.catalogue: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()

    def steer(self, said: dict[str, Any]) -> None:
        for name in ("mode", "seconds", "refuse", "catalogue", "only"):
            if name in said:
                setattr(self, name, said[name])
        assert self.mode in MODES, self.mode
        for name, content in said.get("files", {}).items():
            self.files[name] = base64.b64decode(content)
        if said.get("end_sessions"):
            self.sessions.clear()
        if "forget" in said:
            for code in said["forget"]:
                self.dossiers.pop(code, None)
        if "deliver" in said:
            messages = list(said["deliver"]) * (2 if said.get("duplicate") else 1)
            if "shuffle" in said:
                Random(said["shuffle"]).shuffle(messages)
            for message in messages:
                self.delivered += 1
                self.pending.append((self.delivered, message))

    def told(self) -> dict[str, Any]:
        return {
            "dossiers": self.dossiers,
            "steps": self.steps,
            "pending": len(self.pending),
            "asked": dict(self.asked),
        }

    # What a province may ask; each returns the answer without its error_code.

    def sign_in(self, said: dict[str, Any]) -> dict[str, Any]:
        if (said.get("TaiKhoan"), said.get("MatKhau")) != (USER, PASSWORD):
            return {"error_code": "2", "message": "Sai tài khoản hoặc mật khẩu"}
        token = secrets.token_urlsafe(16)
        self.sessions.add(token)
        return {"token": token}

    def take_dossier(self, said: dict[str, Any]) -> dict[str, Any]:
        """Once by MaHoSo: the newest version counts, an older one that comes late is answered and left aside."""
        dossier, version = said["HoSo"], said["PhienBan"]
        code = dossier["MaHoSo"]
        if code in self.refuse:
            return {"error_code": "12", "message": self.refuse[code]}
        known = self.dossiers.setdefault(code, {"version": 0, "statuses": [], "times": 0, "late": 0})
        known["times"] += 1
        if version < known["version"]:
            known["late"] += 1
        else:
            known |= {"version": version, "dossier": dossier}
            known["statuses"].append(dossier["TrangThaiHoSo"])
        return {}

    def take_steps(self, said: dict[str, Any]) -> dict[str, Any]:
        self.steps[said["MaHoSo"]] = {"version": said["PhienBan"], "steps": said["TienDo"]}
        return {}

    def give_pending(self, said: dict[str, Any]) -> dict[str, Any]:
        page = self.pending[: int(said.get("SoLuong", 100))]
        return {"data": [{"MaBanTin": number, "HoSo": message} for number, message in page]}

    def confirm(self, said: dict[str, Any]) -> dict[str, Any]:
        numbers = set(said["DanhSach"])
        self.pending = [(number, message) for number, message in self.pending if number not in numbers]
        return {}

    def give_catalogue(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"data": self.catalogue}

    def count(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"data": Counter(one["dossier"]["TrangThaiHoSo"] for one in self.dossiers.values() if "dossier" in one)}

    def list_codes(self, said: dict[str, Any]) -> dict[str, Any]:
        codes = sorted(
            code
            for code, one in self.dossiers.items()
            if one["dossier"]["TrangThaiHoSo"] == said["TrangThaiHoSo"] and code > said["SauMaHoSo"]
        )
        return {"data": codes[: said["SoLuong"]]}


ROUTES = {
    "dang-nhap": Portal.sign_in,
    "dong-bo-ho-so": Portal.take_dossier,
    "dong-bo-tien-do": Portal.take_steps,
    "ho-so-cho-nhan": Portal.give_pending,
    "xac-nhan-nhan": Portal.confirm,
    "danh-muc-thu-tuc": Portal.give_catalogue,
    "thong-ke-trang-thai": Portal.count,
    "danh-sach-ho-so": Portal.list_codes,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    portal: Portal

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/_":
            with self.portal.lock:
                return self._answer(json.dumps(self.portal.told()).encode())
        if self._hangs_up("file"):
            return None
        content = self.portal.files.get(self.path.removeprefix("/api/tep/"))
        if content is None:
            return self._answer(b"{}", 404)
        return self._answer(content, kind="application/octet-stream")

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        portal, operation = self.portal, self.path.removeprefix("/api/")
        if self.path == "/_":
            with portal.lock:
                portal.steer(said)
            return self._answer(b"{}")
        with portal.lock:
            portal.asked[operation] += 1
        if self._hangs_up(operation):
            return None
        is_signed_in = self.headers.get("Authorization", "").removeprefix("Bearer ") in portal.sessions
        if operation != "dang-nhap" and not is_signed_in:
            return self._answer(b'{"error_code": "401", "message": "token"}', 401)
        with portal.lock:
            answer = {"error_code": "0", "message": "OK", **ROUTES[operation](portal, said)}
        return self._misanswer(operation, answer)

    def _concerned(self, operation: str) -> bool:
        return not self.portal.only or operation in self.portal.only

    def _hangs_up(self, operation: str) -> bool:
        """Before anything is done."""
        mode = self.portal.mode if self._concerned(operation) else "ok"
        if mode == "refusing":
            self.close_connection = True
            self.connection.close()
        elif mode == "unavailable":
            self._answer(b"Service Unavailable", 503, "text/plain")
        elif mode == "slow":
            time.sleep(self.portal.seconds)
            return False
        return mode in ("refusing", "unavailable")

    def _misanswer(self, operation: str, answer: dict[str, Any]) -> None:
        """After it was done."""
        mode = self.portal.mode if self._concerned(operation) else "ok"
        text = json.dumps(answer, ensure_ascii=False).encode()
        if mode == "lost_answer":
            self.close_connection = True
            self.connection.close()
        elif mode == "html":
            self._answer(HTML, kind="text/html")
        elif mode == "truncated":
            self._answer(text[: len(text) // 2])
        elif mode == "no_code":
            self._answer(b'{"ket_qua": "ok"}')
        elif mode == "wrong_code":
            self._answer(b'{"error_code": "E-99", "message": "ORA-00001"}')
        elif mode == "trickle":
            self._trickle(text)
        else:
            self._answer(text)

    def _trickle(self, text: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            for one in text:
                self.wfile.write(bytes([one]))
                self.wfile.flush()
                time.sleep(self.portal.seconds / len(text))
        except OSError:
            self.close_connection = True

    def _answer(self, content: bytes, status: int = 200, kind: str = "application/json") -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True


def main() -> None:
    parser = argparse.ArgumentParser(description="A simulated national portal on the loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0, help="stop by itself after so long; 0: never")
    asked = parser.parse_args()
    handler = type("OneHandler", (Handler,), {"portal": Portal()})
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    if asked.seconds:
        threading.Timer(asked.seconds, server.shutdown).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
