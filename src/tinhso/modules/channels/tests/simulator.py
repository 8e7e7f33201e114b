"""An operator on the loopback, built from its published contract: tokens that work once, errors in answers of 200."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

APP, SECRET, OA_SECRET = "1234567890", "APPSECRET", "OASECRET"


def access_name(number: int) -> str:
    """The access token of a renewal: so long that it does not stand in sealed text by chance."""
    return f"access-token-number-{number}"


def refresh_name(number: int) -> str:
    return f"refresh-token-number-{number}"


class Zalo:
    """What the operator knows and did. ``answers`` are errors to give to the next messages; ``status`` to all."""

    def __init__(self) -> None:
        self.access, self.refresh, self.codes = access_name(0), refresh_name(0), {"code-1": "challenge"}
        self.sent: list[tuple[str, str]] = []
        self.answers: list[int] = []
        self.status = 200
        self.templates: dict[str, str] = {}
        self.notices: list[dict[str, Any]] = []
        self.people: dict[str, str] = {}
        self.renewed = 0
        self.lock = threading.Lock()

    def pair(self, form: dict[str, str], secret: str) -> dict[str, Any]:
        with self.lock:
            if secret != SECRET or form.get("app_id") != APP:
                return {"error": -14003, "error_name": "Invalid app"}
            if form.get("grant_type") == "authorization_code":
                if self.codes.pop(form.get("code", ""), None) is None or len(form.get("code_verifier", "")) != 43:
                    return {"error": -14019, "error_name": "Invalid code"}
            elif form.get("refresh_token") != self.refresh:
                return {"error": -14020, "error_name": "Invalid refresh token"}
            self.renewed += 1
            self.access, self.refresh = access_name(self.renewed), refresh_name(self.renewed)
            return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def message(self, said: dict[str, Any], token: str) -> dict[str, Any]:
        with self.lock:
            if token != self.access:
                return {"error": -216, "message": "Access token is invalid"}
            if self.answers:
                return {"error": self.answers.pop(0), "message": "as asked"}
            text = said["message"]["text"]
            if not 0 < len(text) <= 2000:
                return {"error": -201, "message": "text"}
            self.sent.append((said["recipient"]["user_id"], text))
            return {"error": 0, "message": "Success", "data": {"message_id": f"m{len(self.sent)}"}}

    def zns(self, said: dict[str, Any], token: str) -> dict[str, Any]:
        with self.lock:
            if token != self.access:
                return {"error": -216, "message": "Access token is invalid"}
            if self.templates.get(said["template_id"]) != "ENABLE":
                return {"error": -131, "message": "template is not approved"}
            if not said["phone"].startswith("84") or not all(said["template_data"].values()):
                return {"error": -108, "message": "phone or data is invalid"}
            self.notices.append(said)
            return {"error": 0, "message": "Success", "data": {"msg_id": f"z{len(self.notices)}"}}

    def template(self, asked: str, token: str) -> dict[str, Any]:
        if token != self.access:
            return {"error": -216, "message": "Access token is invalid"}
        return {"error": 0, "data": {"template_id": asked, "status": self.templates.get(asked, "REJECT")}}

    def profile(self, token: str, shown: str) -> dict[str, Any]:
        """``shown`` is the proof that the server knows the application's secret."""
        expected = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if shown != expected or token not in self.people:
            return {"error": 452, "message": "Session key invalid"}
        return {"error": 0, "id": self.people[token], "name": "Lan"}


class TextOperators:
    """eSMS and SpeedSMS: what they were asked, and what they say to the next messages instead of yes."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[dict[str, Any]] = []

    def take(self, operator: str, said: dict[str, Any], key: str) -> dict[str, Any]:
        self.asked.append((operator, said))
        if self.answers:
            return self.answers.pop(0)
        if operator == "esms":
            if (said.get("ApiKey"), said.get("SecretKey")) != ("K", "S"):
                return {"CodeResult": "101", "CountRegenerate": 0, "ErrorMessage": "Authorize Failed"}
            return {"CodeResult": "100", "CountRegenerate": 0, "SMSID": f"e{len(self.asked)}"}
        if key != "Basic VDp4":
            return {"status": "error", "code": "007", "message": "Authentication failed"}
        data = {"tranId": len(self.asked), "totalSMS": 1, "totalPrice": 250, "invalidPhone": []}
        return {"status": "success", "code": "00", "data": data}


class Operator:
    """The operator behind an address of its own while the block lasts."""

    def __init__(self) -> None:
        self.zalo, self.texts = Zalo(), TextOperators()
        self.pictures: dict[str, bytes] = {}
        self.retry_after = ""

    def __enter__(self) -> Operator:
        operator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if operator.zalo.status != 200:
                    return self.answer({}, operator.zalo.status)
                if self.path == "/v4/oa/access_token":
                    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                    return self.answer(operator.zalo.pair(form, self.headers.get("secret_key", "")))
                if self.path == "/message/template":
                    return self.answer(operator.zalo.zns(json.loads(body), self.headers.get("access_token", "")))
                if self.path in ("/MainService.svc/json/SendMultipleMessage_V4_post_json/", "/index.php/sms/send"):
                    name = "speedsms" if "sms/send" in self.path else "esms"
                    return self.answer(
                        operator.texts.take(name, json.loads(body), self.headers.get("Authorization", ""))
                    )
                return self.answer(operator.zalo.message(json.loads(body), self.headers.get("access_token", "")))

            def do_GET(self) -> None:
                path, _mark, query = self.path.partition("?")
                asked = {name: values[0] for name, values in parse_qs(query).items()}
                token = self.headers.get("access_token", "")
                if path == "/template/info":
                    return self.answer(operator.zalo.template(asked.get("template_id", ""), token))
                if path == "/v2.0/me":
                    return self.answer(operator.zalo.profile(token, self.headers.get("appsecret_proof", "")))
                return self.picture(operator.pictures.get(self.path))

            def picture(self, content: bytes | None) -> None:
                self.send_response(200 if content else 404)
                self.end_headers()
                self.wfile.write(content or b"")

            def answer(self, said: dict[str, Any], status: int = 200) -> None:
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                if status == 429:
                    self.send_header("Retry-After", operator.retry_after)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
