"""Two web machines behind nginx: what one knows the other knows; one may die or be renewed, nobody is turned away."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import psycopg
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image
from tests.bad_days.conftest import Worked
from tests.bad_days.fleet import Fleet, ask, fleet, load
from tests.bad_days.machines import ROOT, Machine, at_work
from tests.running import wait_for
from tests.upgrade import released

from tinhso.config import embedded

pytestmark = [pytest.mark.bad_day, pytest.mark.slow]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A file store that all machines reach."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    where = f"http://{host}:{port}"
    signs_in = {"aws_access_key_id": "loopback", "aws_secret_access_key": "loopback", "region_name": "us-east-1"}
    boto3.resource("s3", endpoint_url=where, **signs_in).create_bucket(Bucket="tinhso")
    yield where
    server.stop()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, worked: Worked) -> Iterator[Machine]:
    with at_work(tmp_path_factory.mktemp("database"), like=worked.home) as machine:
        yield machine


@pytest.fixture(scope="module")
def machines(
    tmp_path_factory: pytest.TempPathFactory, worked: Worked, database: Machine, store: str
) -> Iterator[Fleet]:
    url = embedded.embedded_url(database.home)
    with fleet(tmp_path_factory.mktemp("fleet"), worked.home, worked.told, url, store) as made:
        yield made


def _rows(database: Machine, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(embedded.embedded_url(database.home)) as connection:
        return connection.execute(statement).fetchall()


def _once_each(database: Machine, filed: list[str]) -> bool:
    """Whether each dossier that was acknowledged is there once, begun once."""
    assert len(set(filed)) == len(filed) > 0
    entries = _rows(
        database,
        "select c.number, array_agg(e.verb) from cases_case c join journal_entry e on e.case_id = c.id"
        " where e.verb = 'dossier.file' group by 1",
    )
    there = dict(entries)
    return Counter(len(there[number]) for number in filed) == {1: len(filed)}


def test_who_signed_in_at_one_machine_is_known_at_the_other(machines: Fleet) -> None:
    page = ask(f"{machines.url}/tai-khoan/login/")
    assert page.status == 200, page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body.decode())
    assert token is not None
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    assert "Secure" in page.headers["Set-Cookie"]
    form = f"csrfmiddlewaretoken={token[1]}&login=lan&password={machines.told['password'].replace(' ', '+')}"
    signed_in = _posted(machines, "/tai-khoan/login/", form, cookie)
    for name in ("a", "b"):
        mine = machines.at(name, "/ho-so/", {"Cookie": signed_in})
        words = mine.body.decode()
        assert machines.told["dossiers"]["returned"] in words, (name, mine.status, re.findall(r"<h1.*?</h1>", words))


def _posted(machines: Fleet, path: str, form: str, cookie: str) -> str:
    """The session's cookie after a form was sent."""
    import http.client
    import ssl

    host, port = machines.url.removeprefix("https://").split(":")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection(host, int(port), context=trusting, timeout=30)
    headers = {"Host": "dichvucong.tinh.example", "Cookie": cookie, "Referer": "https://dichvucong.tinh.example/",
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    line.request("POST", path, form, headers)
    answer = line.getresponse()
    assert answer.status == 302, answer.read()[:500]
    given = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    line.close()
    assert "login" not in str(answer.getheader("Location")), answer.getheaders()
    assert any(one.startswith("sessionid=") for one in given), answer.getheaders()
    return "; ".join(given)


def test_a_file_given_to_one_machine_is_served_by_the_other_and_a_change_reaches_both(
    machines: Fleet, database: Machine
) -> None:
    picture = io.BytesIO()
    Image.effect_noise((64, 64), 60).convert("RGB").save(picture, "PNG")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="anh.png"\r\nContent-Type: image/png\r\n\r\n'
    headers = machines.bearer("lan", "tai-len-mot-tep-anh") | {"Content-Type": "multipart/form-data; boundary=x"}
    sent = body + picture.getvalue() + b"\r\n--x--\r\n"
    first = machines.at("a", "/api/v1/dossiers/files", headers, sent)
    assert first.status == 201, first.body
    again = machines.at("b", "/api/v1/dossiers/files", headers, sent)
    assert again.json() == first.json()  # the same key: the other machine knows that it was done
    [(path,)] = _rows(database, "select path from files_blob order by id desc limit 1")
    assert not list(machines.machines["a"].home.glob(f"files/{path}"))

    # Both keep the tree of units in memory; a new name reaches both within seconds.
    for name in ("a", "b"):
        assert "Phường Đổi Mới" not in machines.at(name, "/thong-ke/").body.decode()
    done = database.run("tests.bad_days.renaming", machines.told["commune"], "Phường Đổi Mới")
    assert done.returncode == 0, done.stderr[-2000:]
    for name in ("a", "b"):
        wait_for(lambda name=name: "Phường Đổi Mới" in machines.at(name, "/thong-ke/").body.decode(), 30, name)


def test_a_machine_that_dies_under_load_costs_only_what_was_in_its_hands(machines: Fleet, database: Machine) -> None:
    with load(machines, "chet-may") as busy:
        wait_for(lambda: len(busy.filed) >= 12, 60, "the first dossiers")
        machines.destroy("a")
        so_far = len(busy.filed)
        wait_for(lambda: len(busy.filed) >= so_far + 24, 90, "the other machine to do all the work")
        in_hand = busy.repeated
        machines.begin_anew("a")
        wait_for(lambda: machines.at("a", "/readyz").status == 200, 60, "the machine to come back")
    assert busy.wrong == []
    assert in_hand <= 6  # what six people had under way when it died
    assert _once_each(database, busy.filed)


def _web_processes(machines: Fleet, name: str) -> set[int]:
    """The processes that serve; those that come and go beside them may end while one looks."""
    web = machines.machines[name].child("web")
    with contextlib.suppress(psutil.NoSuchProcess):
        return {one.pid for one in web.children()} if web else set()
    return set()


def test_a_machine_is_renewed_while_people_work_and_nobody_is_turned_away(machines: Fleet, database: Machine) -> None:
    before = _web_processes(machines, "a")
    assert len(before) == 2
    with load(machines, "lam-moi", people=3) as busy:
        machines.machines["a"].process.send_signal(signal.SIGUSR2)
        wait_for(lambda: len(now := _web_processes(machines, "a")) == 2 and not now & before, 150, "new processes")
    assert busy.wrong == []
    assert busy.repeated == 0
    assert _once_each(database, busy.filed)


def test_the_released_program_works_on_the_new_tables_beside_the_new_program(
    machines: Fleet, database: Machine, tmp_path: Path
) -> None:
    source = released.source(tmp_path)
    if source is None:
        pytest.skip("this copy of the repository does not reach back to the release")
    built = Path("kernel", "ui", "static", "dist")
    shutil.copytree(ROOT / "src" / "tinhso" / built, source / "tinhso" / built)
    machines.machines["a"].stop()
    machines.begin_anew("a", PYTHONPATH=str(source))
    running = psutil.Process(machines.machines["a"].process.pid).environ()["PYTHONPATH"]
    assert running == str(source)

    # Each files what the other accepts, and both tell the same of it.
    body = {"procedure": machines.told["procedure"], "answers": machines.told["answers"]}
    numbers = []
    for number, (files, accepts) in enumerate((("a", "b"), ("b", "a"))):
        filed = machines.at(files, "/api/v1/dossiers/", machines.bearer("lan", f"hai-ban-nop-{number:06d}"), body)
        assert filed.status == 201, filed.body
        numbers.append(filed.json()["number"])
        path = f"/api/v1/dossiers/{numbers[-1]}"
        accepted = machines.at(accepts, f"{path}/accept", machines.bearer("clerk", f"hai-ban-nhan-{number:06d}"), {})
        assert accepted.status == 200, accepted.body
        told = [machines.at(name, path, machines.bearer("lan")).json() for name in ("a", "b")]
        assert {one["state"] for one in told} == {"received"}
        assert told[0]["number"] == told[1]["number"]
        pages = [machines.at(name, f"/thu-tuc/{machines.told['procedure']}/").status for name in ("a", "b")]
        assert pages == [200, 200]
    assert _once_each(database, numbers)
