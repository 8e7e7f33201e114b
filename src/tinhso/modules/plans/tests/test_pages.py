"""Pages of officials: what they show, to whom, at what cost, and that they say no in words."""

from __future__ import annotations

import io
from datetime import date

import pytest

from tinhso.kernel.testing.browsing import statements
from tinhso.modules.plans import demo
from tinhso.modules.plans.actions import writing
from tinhso.modules.plans.models import Demand, Duty, Plan, Task
from tinhso.modules.plans.queries import sheets
from tinhso.modules.plans.rules import Target
from tinhso.modules.plans.tests import factories
from tinhso.modules.plans.tests.factories import DUE, NOW, actor, demanded, drafted, duty_of, given, published

pytestmark = pytest.mark.django_db
DESK = "/lam-viec/ke-hoach/"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf():
    made = io.BytesIO(PDF)
    made.name = "nghi-quyet.pdf"
    return made


def test_a_manager_writes_publishes_and_asks_units_in_the_browser(stage, browse):
    client = browse(stage.manager)
    said = {
        "name": "Nghị quyết về chuyển đổi số", "kind": "resolution", "code": "NQ-17", "unit": stage.here.root.pk,
        "since": "01/01/2026", "until": "31/12/2030", "number": "17-NQ/TU", "issued_on": "05/01/2026",
        "issuer": "Tỉnh ủy", "summary": "Toàn diện.", "file": pdf(),
    }  # fmt: skip
    went = client.post(f"{DESK}soan/", said)
    assert (went.status_code, went["Location"]) == (302, f"{DESK}nq-17/du-thao/")
    target = {"do": "target", "title": "Hồ sơ trực tuyến", "goal": "80,5", "measured_in": "%", "direction": "at_least"}
    client.post(f"{DESK}nq-17/du-thao/", target)
    assert "80,5" in client.get(f"{DESK}nq-17/du-thao/").content.decode()
    step = f"{DESK}nq-17/buoc/"
    assert client.post(step, {"do": "publish"}).status_code == 302
    ask = {"do": "demand", "title": "Nghị quyết chuyên đề", "group": "communes", "due_on": "01/12/2026"}
    client.post(step, ask)
    give = {"do": "assign", "title": "Số hóa hồ sơ", "unit": stage.here.commune.pk, "due_on": "01/12/2026"}
    wrong = client.post(step, {**give, "owner": stage.stranger.pk})
    assert (wrong.status_code, Task.objects.count()) == (422, 0)
    assert f'value="{stage.stranger.pk}" checked' in wrong.content.decode()
    client.post(step, {**give, "owner": stage.officer.pk})
    task = Task.objects.get()
    assert (Demand.objects.count(), task.unit_id, task.owner) == (1, stage.here.commune.pk, stage.officer)
    page = client.get(f"{DESK}nq-17/").content.decode()
    must = Duty.objects.count()
    assert f"0/{must}" in page
    assert stage.here.other.name in page
    assert "Hồ sơ trực tuyến" in page
    assert client.get(f"{DESK}nq-17/ban/1/tep/").getvalue() == PDF


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"do": "demand", "title": "Nghị quyết chuyên đề", "group": "", "due_on": "01/12/2026"}, "ít nhất một đơn vị"),
        ({"do": "assign", "title": "Số hóa", "unit": "", "due_on": "01/12/2026"}, "Chọn đơn vị thực hiện"),
        ({"do": "assign", "title": "Số hóa", "unit": "1", "due_on": "32/13/2026"}, "dd/mm/yyyy"),
        ({"do": "close", "words": ""}, "điền rõ hơn"),
        ({"do": "publish"}, "Không có dự thảo"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_nothing_is_written(stage, browse, said, words):
    plan = published(stage)
    answer = browse(stage.manager).post(f"{DESK}{plan.code}/buoc/", said)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    plan.refresh_from_db()
    assert (Demand.objects.count(), Task.objects.count(), plan.closed_at) == (0, 0, None)


def test_an_officer_sees_the_own_work_and_records_it(stage, browse):
    plan = published(stage)
    task, duty = given(stage, plan), duty_of(demanded(stage, plan), stage.here.commune)
    given(stage, plan, stage.here.other, title="Việc của xã khác")
    client = browse(stage.officer)
    page = client.get(f"{DESK}cua-toi/").content.decode()
    assert ("Số hóa hồ sơ" in page, "Nghị quyết chuyên đề" in page, "Việc của xã khác" in page) == (True, True, False)
    client.post(f"{DESK}nhiem-vu/{task.pk}/", {"do": "report", "words": "Đã làm một nửa", "percent": "50"})
    wrong = client.post(f"{DESK}nhiem-vu/{task.pk}/", {"do": "finish", "words": "x"})
    assert (wrong.status_code, "Ghi một câu" in wrong.content.decode()) == (422, True)
    said = {"number": "05-NQ/ĐU", "issued_on": "01/03/2026", "file": pdf()}
    client.post(f"{DESK}van-ban/{duty.pk}/", said)
    task.refresh_from_db()
    duty.refresh_from_db()
    assert (task.percent, task.state, duty.number) == (50, "doing", "05-NQ/ĐU")
    assert client.get(f"{DESK}van-ban/{duty.pk}/tep/").getvalue() == PDF
    again = client.post(f"{DESK}van-ban/{duty.pk}/", {"number": "06", "issued_on": "01/03/2026"})
    assert (again.status_code, "05-NQ/ĐU" in again.content.decode()) == (422, True)


def test_others_find_nothing_or_are_refused_and_nothing_changes(stage, browse):
    plan, draft = published(stage), drafted(stage, "ban-nhap")
    task, duty = given(stage, plan), duty_of(demanded(stage, plan), stage.here.commune)
    client = browse(stage.stranger)
    asked = {
        "draft": client.get(f"{DESK}{draft.code}/").status_code,
        "writing": client.get(f"{DESK}soan/").status_code,
        "task": client.post(f"{DESK}nhiem-vu/{task.pk}/", {"do": "finish", "words": "Đã xong"}).status_code,
        "duty": client.post(f"{DESK}van-ban/{duty.pk}/", {"number": "1", "issued_on": "01/03/2026"}).status_code,
        "step": client.post(f"{DESK}{plan.code}/buoc/", {"do": "close", "words": "kết thúc"}).status_code,
        "leader works": browse(stage.leader).get(f"{DESK}cua-toi/").status_code,
    }
    assert asked == {"draft": 404, "writing": 403, "task": 404, "duty": 403, "step": 403, "leader works": 403}
    task.refresh_from_db()
    duty.refresh_from_db()
    plan.refresh_from_db()
    assert (task.state, duty.number, plan.closed_at) == ("waiting", "", None)


def test_pages_cost_the_same_for_more_units_and_tasks(stage, browse):
    client = browse(stage.manager)
    plan = published(stage, targets=(Target("CT1", "Trực tuyến", 80),))
    demanded(stage, plan)
    given(stage, plan)
    paths = [f"{DESK}{plan.code}/", DESK, f"{DESK}toan-canh/"]
    before = [statements(client, path) for path in paths]
    group = sheets.units_of("all", date(2026, 3, 2), stage.here.root.pk)
    factories.duties.demand(
        plan_id=plan.pk, title="Kế hoạch", due_on=DUE, unit_ids=group, by=actor(stage.manager), at=NOW
    )
    for n in range(20):
        given(stage, plan, title=f"Nhiệm vụ {n} thêm")
    published(stage, "nq-18")
    assert [statements(client, path) for path in paths] == before
    assert max(before) <= 18, before


def test_long_lists_are_paged_by_key(stage, browse, monkeypatch):
    monkeypatch.setattr(sheets, "TASKS", 3)
    monkeypatch.setattr(sheets, "PAGE", 2)
    client, plan = browse(stage.manager), published(stage)
    for n in range(5):
        given(stage, plan, title=f"Nhiệm vụ số {n}")
    published(stage, "nq-18")
    published(stage, "nq-19")
    first = sheets.sheet(plan, NOW)
    second = sheets.sheet(plan, NOW, after=first.more_after)
    titles = [row.task.title for row in (*first.tasks, *second.tasks)]
    assert (len(first.tasks), sorted(titles), second.more_after) == (3, [f"Nhiệm vụ số {n}" for n in range(5)], "")
    assert sheets.sheet(plan, NOW, after="hỏng").tasks == first.tasks
    rows, more = sheets.listed(actor(stage.manager), closed=False)
    rest, end = sheets.listed(actor(stage.manager), closed=False, after=more)
    assert ([one[0].code for one in (*rows, *rest)], end) == (["nq-19", "nq-18", "nq-17"], None)
    assert client.get(f"{DESK}?sau={more}").status_code == 200


def test_closed_plans_stand_apart_and_amendments_are_written_in_the_browser(stage, browse):
    plan, client = published(stage), browse(stage.manager)
    amend = {"do": "amend", "number": "25-NQ/TU", "issued_on": "02/02/2026", "issuer": "Tỉnh ủy", "summary": ""}
    assert client.post(f"{DESK}{plan.code}/du-thao/", amend).status_code == 302
    client.post(f"{DESK}{plan.code}/du-thao/", amend | {"do": "edit", "number": "26-NQ/TU"})
    client.post(f"{DESK}{plan.code}/buoc/", {"do": "publish"})
    assert "26-NQ/TU" in client.get(f"{DESK}{plan.code}/").content.decode()
    writing.close(plan_id=plan.pk, words="Hết giai đoạn", by=actor(stage.manager), at=NOW)
    assert plan.name not in client.get(DESK).content.decode()
    assert plan.name in client.get(f"{DESK}?da=ket-thuc").content.decode()


def test_the_demonstration_shows_21_of_38_and_is_loaded_once(stage, browse):
    for _again in range(2):
        demo.demo(NOW)
    assert list(Plan.objects.order_by("pk").values_list("code", flat=True)) == [
        "nq-chuyen-doi-so", "kh-cds-2026", "kh-cds-2025",
    ]  # fmt: skip
    page = browse(stage.manager).get(f"{DESK}nq-chuyen-doi-so/").content.decode()
    assert ("21/38" in page, "38/38" in page, "Kế hoạch minh họa" in page) == (True, True, True)
    assert sum(row.late for row in demo_lines(stage)) > 0


def demo_lines(stage):
    from tinhso.modules.plans.queries import work

    return work.board(actor(stage.manager), NOW)
