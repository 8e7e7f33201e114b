"""The strict provider of tests/provider/server.mjs as a process of its own, and a browser that signs in there."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

FOLDER = Path(__file__).parent
CLAIMS = ["name", "personal_number", "birthdate", "phone_number", "email", "account_type", "account_level", "tax_code",
          "groups", "preferred_username"]  # fmt: skip
SECRET = "only-for-tests"


class Provider:
    """A running provider; ``people`` are those it knows, ``wrong`` how it spoils its next answers."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.told_of_leaving: list[str] = []

    def control(self, **said: Any) -> None:
        requests.put(f"{self.issuer}/control", json=said, timeout=5).raise_for_status()

    def browse(self, address: str, who: str, session: requests.Session | None = None) -> str:
        """Follow a redirect to the provider until it sends the browser back; the address it is sent to."""
        browser = session or requests.Session()
        address += f"&login_hint={who}"
        for _step in range(12):
            response = browser.get(address, allow_redirects=False, timeout=5)
            if "location" not in response.headers:
                raise AssertionError(f"the provider stopped: {response.status_code} {response.text[:500]}")
            address = requests.compat.urljoin(address, response.headers["location"])
            if not address.startswith(self.issuer):
                return address
        raise AssertionError("the provider sends the browser round and round")

    def leave(self, address: str, browser: requests.Session) -> str:
        """Sign out at the provider, as its page asks; the address it sends the browser to."""
        page = browser.get(address, timeout=5)
        fields = dict(_hidden_fields(page.text))
        response = browser.post(f"{self.issuer}/session/end/confirm", data=fields, allow_redirects=False, timeout=5)
        return response.headers["location"]


def _hidden_fields(html: str) -> Iterator[tuple[str, str]]:
    import re

    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            yield name[1], value[1]


@contextlib.contextmanager
def provider(
    *, back: str, home: str, client_ids: tuple[str, ...] = ("tinhso", "tinhso-officials")
) -> Iterator[Provider]:
    """The provider with a client for each id; ``back`` holds ``{}`` where the provider's code stands.

    It needs Node and what ``make setup`` installs into this folder; a missing one fails the test, never skips it.
    """
    if not (FOLDER / "node_modules").exists():
        raise AssertionError("run make setup: the test provider is not installed")
    listener, heard = _listener()
    port = listener.server_address[1]
    clients = [
        {"client_id": name, "client_secret": SECRET, "redirect_uris": [back.format(code)],
         "post_logout_redirect_uris": [home], "backchannel_logout_uri": f"http://127.0.0.1:{port}/{code}",
         "backchannel_logout_session_required": True}
        for name, code in zip(client_ids, ("vneid", "congvu"), strict=True)
    ]  # fmt: skip
    node = shutil.which("node") or "node"
    process = subprocess.Popen(
        [node, "server.mjs", json.dumps({"clients": clients, "claims": CLAIMS})],
        cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = Provider(json.loads(process.stdout.readline())["issuer"])
        found.told_of_leaving = heard
        yield found
    finally:
        process.kill()
        process.communicate()
        listener.shutdown()
        listener.server_close()


def _listener() -> tuple[HTTPServer, list[str]]:
    """A place to which the provider posts its logout tokens; what it posted so far."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.extend(parse_qs(body)["logout_token"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server, heard


def path_of(address: str) -> str:
    """Path and query of an address, for Django's test client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
