"""Dossiers for programs: who may read and move what, that a repeat does nothing, and what each costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.api.tests.factories import bearer, fresh, key
from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry, View
from tinhso.kernel.testing.together import at_once
from tinhso.modules.dossiers.models import Dossier, Part, Supplement
from tinhso.modules.dossiers.tests.by_program import BRANCH, HOUSE, JSON, LIST, LOOKUP, World

MOST_FOR_A_READ, MOST_FOR_A_WRITE = 6, 12


@pytest.fixture
def world(db) -> World:
    return World()


def state(number: str) -> tuple[str, int]:
    return Case.objects.values_list("state", "journal_seq").get(number=number)


# --- Filing ---------------------------------------------------------------------------------------------------------


def test_a_program_files_a_dossier_as_on_the_portal(world):
    said = world.new()
    response = world.post("lan", "", said)
    assert response.status_code == 201
    told = response.json()
    dossier = Dossier.objects.select_related("case").get()
    case = dossier.case
    assert (told["number"], told["state"], told["lookup_key"]) == (case.number, "filed", case.lookup_key)
    assert (case.unit, case.received_unit, case.owner) == (
        world.province.commune,
        world.province.shop,
        world.accounts["lan"],
    )
    assert (dossier.channel, dossier.applicant_name, dossier.branch) == ("online", "Nguyễn Thị Lan", BRANCH)
    assert list(dossier.parts.values_list("code", flat=True)) == [one["component"] for one in said["papers"]]
    assert list(Entry.objects.filter(case=case).values_list("verb", flat=True)) == ["dossier.file"]


def test_what_is_missing_is_told_field_by_field_and_nothing_is_filed(world):
    said = world.new(papers=[])
    del said["answers"]["so_tang"]
    response = world.post("lan", "", said)
    assert (response.status_code, response.json()["code"]) == (422, "dossiers.not_complete")
    fields = [error["field"] for error in response.json()["errors"]]
    assert fields[0] == "answers.so_tang"
    assert any(field.startswith("papers.") for field in fields)
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"procedure": "9.999999"}, 404, "dossiers.not_filed_here"),
        ({"branch": "khong_co"}, 422, "dossiers.branch"),
        ({"papers": [{"component": "x", "file": 987654321}]}, 422, "dossiers.no_file"),
    ],
)
def test_what_cannot_be_filed_is_refused(world, change, status, code):
    response = world.post("lan", "", world.new() | change)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert Case.objects.count() == 0


def test_a_file_of_somebody_else_or_one_already_used_is_refused(world):
    theirs = world.papers("minh")
    assert world.post("lan", "", world.new(papers=theirs)).json()["code"] == "dossiers.no_file"
    said = world.new()
    assert world.post("lan", "", said).status_code == 201
    assert world.post("lan", "", said).json()["code"] == "dossiers.no_file"
    assert Dossier.objects.count() == 1


def test_an_integrator_files_for_somebody_else(world):
    response = world.post("lan", "", world.new(applicant={"name": "Trần Văn Bình", "phone": "0912000111"}))
    assert response.status_code == 201
    dossier = Dossier.objects.get()
    assert (dossier.applicant_name, dossier.phone, dossier.person_id) == ("Trần Văn Bình", "0912000111", None)


def test_nobody_files_nothing(world):
    assert world.post("nobody", "", {"procedure": HOUSE}).status_code == 401
    assert Case.objects.count() == 0


# --- Reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "count"),
    [("lan", 1), ("minh", 0), ("clerk", 1), ("specialist", 1), ("colleague", 1), ("overseer", 1), ("outsider", 0)],
)
def test_the_list_shows_what_one_may_see(world, who, count):
    number = world.filed()
    items = world.get(who, LIST).json()["items"]
    assert [one["number"] for one in items] == [number] * count


@pytest.mark.parametrize(
    ("who", "status"),
    [("lan", 200), ("minh", 404), ("clerk", 200), ("colleague", 200), ("outsider", 404), ("nobody", 401)],
)
def test_one_dossier_opens_for_those_who_may_see_it(world, who, status):
    assert world.get(who, LIST + world.filed()).status_code == status


def test_a_dossier_comes_with_its_history_steps_papers_and_the_reasons_of_its_date(world):
    number = world.taken()
    told = world.get("specialist", LIST + number).json()
    assert [one["verb"] for one in told["entries"]] == ["dossier.file", "dossier.accept", "dossier.take_over"]
    assert told["due"]["explanation"]
    assert [one["outcome"] for one in told["promises"]] == ["open"]
    assert [one["form"] for one in told["papers"]] == ["01"]
    assert told["steps"][0]["state"] == "done"
    assert {one["file"] for one in told["parts"]} == {"anh.png"}
    assert told["answers"]["so_tang"] == "2"
    assert View.objects.get().account == world.accounts["specialist"]


def test_the_owner_reads_no_internal_note_and_leaves_no_trace_of_looking(world):
    number = world.taken()
    world.post("specialist", f"{number}/note", {"text": "Chỉ nội bộ đọc."})
    assert "dossier.note" not in {one["verb"] for one in world.get("lan", LIST + number).json()["entries"]}
    assert View.objects.count() == 0
    assert "dossier.note" in {one["verb"] for one in world.get("leader", LIST + number).json()["entries"]}


def test_an_official_who_only_oversees_reads_no_answers_and_no_whole_identity_number(world):
    told = world.get("overseer", LIST + world.filed()).json()
    assert (told["answers"], told["applicant"]["identity_number"]) == (None, "•••••••••346")
    told = world.get("clerk", LIST + told["number"]).json()
    assert told["applicant"]["identity_number"] == "079190012346"


def test_the_list_narrows_and_pages_by_key(world):
    numbers = {world.filed() for _ in range(3)}
    first = world.get("clerk", LIST, size=2).json()
    second = world.get("clerk", LIST, size=2, after=first["next"]).json()
    assert {one["number"] for one in first["items"] + second["items"]} == numbers
    assert second["next"] is None
    assert world.get("clerk", LIST, state="processing").json()["items"] == []
    assert len(world.get("clerk", LIST, text="nguyen thi lan").json()["items"]) == 3
    assert len(world.get("overseer", LIST, unit=world.province.commune.code).json()["items"]) == 3
    assert world.get("clerk", LIST, unit="khong-co").json()["code"] == "dossiers.unit"
    assert world.get("clerk", LIST, after="x").json()["code"] == "api.page_key"


def test_a_harvester_gets_all_that_changed_since_in_order_of_change(world):
    first, second = world.filed(), world.filed()
    world.post("clerk", f"{first}/accept")
    rows = world.get("overseer", LIST, updated_since="2026-01-01T00:00:00Z", size=1).json()
    assert [one["number"] for one in rows["items"]] == [second]
    rest = world.get("overseer", LIST, updated_since="2026-01-01T00:00:00Z", after=rows["next"]).json()
    assert [one["number"] for one in rest["items"]] == [first]


def test_a_moment_without_its_zone_is_not_guessed(world):
    answer = world.get("overseer", LIST, updated_since="2026-11-20T08:00:00")
    assert answer.status_code == 422
    wrong = {one["field"].rpartition(".")[2]: one["message"] for one in answer.json()["errors"]}
    assert wrong == {"updated_since": "Phải kèm múi giờ, ví dụ 2026-01-31T08:00:00+07:00."}


def test_owners_page_through_what_they_filed_newest_first(world):
    first, second = world.filed(), world.filed()
    page = world.get("lan", LIST, size=1).json()
    assert [one["number"] for one in page["items"]] == [second]
    page = world.get("lan", LIST, size=1, after=page["next"]).json()
    assert ([one["number"] for one in page["items"]], page["next"]) == ([first], None)


def test_the_look_up_tells_the_story_and_nothing_about_a_person(world):
    case = Case.objects.get(number=world.taken())
    response = world.get("nobody", LOOKUP + case.number, key=case.lookup_key)
    told = response.json()
    assert (told["number"], told["state"], told["unit"]["code"]) == (case.number, "processing", case.unit.code)
    assert [one["sentence"] for one in told["entries"]] == [
        f"Người nộp đã nộp hồ sơ {case.number}",
        "Đã tiếp nhận, bắt đầu tính thời hạn giải quyết",
    ]
    for personal in ("Nguyễn", "079190012346", "0912345678", "Trình Diễn", "Clerk"):
        assert personal not in response.content.decode()


def test_without_the_right_key_the_look_up_finds_nothing(world):
    number = world.filed()
    assert world.get("nobody", LOOKUP + number, key="wrong").json()["code"] == "dossiers.not_found"
    assert world.get("nobody", LOOKUP + number).status_code == 422


# --- Moves ----------------------------------------------------------------------------------------------------------


def test_a_dossier_goes_from_filing_to_being_asked_for_more_and_back(world):
    number = world.taken()
    specialist = world.accounts["specialist"].pk
    said = {"message": "Chụp lại bản vẽ cho rõ chữ.", "missing": [{"code": "ban_ve", "name": "Bản vẽ"}]}
    told = world.post("specialist", f"{number}/ask-supplement", said).json()
    assert (told["state"], told["step_due_at"]) == ("supplement", None)
    assert Supplement.objects.get().missing == [{"code": "ban_ve", "name": "Bản vẽ", "reason": ""}]
    paper = world.papers()[0]
    told = world.post("lan", f"{number}/supplement", {"answer": "Đã chụp lại.", "papers": [paper]}).json()
    assert (told["state"], told["assignee"]) == ("processing", specialist)
    assert Part.objects.filter(round=1).count() == 1


def test_a_leader_gives_a_dossier_only_to_somebody_who_handles_it(world):
    number = world.accepted()
    refused = world.post("leader", f"{number}/assign", {"to": world.accounts["outsider"].pk})
    assert refused.json()["code"] == "dossiers.no_handler"
    assert state(number) == ("received", 2)
    told = world.post("leader", f"{number}/assign", {"to": world.accounts["colleague"].pk}).json()
    assert (told["state"], told["assignee"]) == ("processing", world.accounts["colleague"].pk)


def test_the_owner_withdraws_and_a_clerk_does_so_for_them(world):
    first, second = world.filed(), world.accepted()
    assert world.post("lan", f"{first}/withdraw", {"reason": "Không cần nữa vì đổi ý."}).json()["state"] == "withdrawn"
    told = world.post("clerk", f"{second}/withdraw", {"reason": "Theo đơn xin rút của người nộp."}).json()
    assert told["state"] == "withdrawn"
    verbs = Entry.objects.order_by("-id").values_list("verb", flat=True)[:1]
    assert list(verbs) == ["dossier.withdraw_at_counter"]


@pytest.mark.parametrize(
    ("who", "move", "said", "status", "code"),
    [
        ("lan", "accept", {}, 403, "people.not_allowed"),
        ("minh", "accept", {}, 404, "dossiers.not_found"),
        ("outsider", "accept", {}, 404, "dossiers.not_found"),
        ("nobody", "accept", {}, 401, "api.not_signed_in"),
        ("overseer", "accept", {}, 403, "people.not_allowed"),
        ("clerk", "accept", {"revision": 99}, 409, "cases.changed_since"),
        ("specialist", "take-over", {}, 422, "cases.move_not_open"),
        ("specialist", "step-on", {}, 422, "cases.move_not_open"),
        ("clerk", "decline", {"reason": "ngắn"}, 422, "api.invalid"),
        ("leader", "sign", {}, 422, "cases.move_not_open"),
        ("clerk", "return", {}, 422, "cases.move_not_open"),
        ("minh", "withdraw", {"reason": "Không phải của tôi nhưng thử."}, 404, "dossiers.not_found"),
    ],
)
def test_a_move_that_one_may_not_make_changes_nothing(world, who, move, said, status, code):
    number = world.filed()
    response = world.post(who, f"{number}/{move}", said)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert state(number) == ("filed", 1)


def test_a_key_that_may_only_read_moves_nothing(world):
    number = world.filed()
    reading = bearer(key(world.accounts["clerk"], "read")) | fresh()
    response = Client().post(f"{LIST}{number}/accept", {}, JSON, headers=reading)
    assert (response.status_code, response.json()["code"]) == (403, "api.read_only_key")
    assert state(number) == ("filed", 1)


# --- Once, and cheaply ----------------------------------------------------------------------------------------------


def both_at_once(send: Any) -> list[int]:
    """Send the same request from two clients at the same moment; the statuses."""
    return at_once(*[lambda: send().status_code] * 2)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_write_sent_twice_at_once_happens_once():
    world = World()
    said, name = world.new(), fresh()
    assert both_at_once(lambda: world.post("lan", "", said, name)) == [201, 201]
    number = Case.objects.get().number
    asked = {"message": "Chụp lại bản vẽ cho rõ chữ.", "missing": []}
    for count, (who, move, what) in enumerate(
        [
            ("clerk", "accept", {}),
            ("specialist", "take-over", {}),
            ("specialist", "note", {"text": "Một lần."}),
            ("specialist", "ask-supplement", asked),
            ("lan", "supplement", {"answer": "Đã sửa."}),
            ("specialist", "draft-result", {"content": "Đồng ý."}),
            ("lan", "withdraw", {"reason": "Không cần nữa vì đổi ý."}),
        ],
        start=2,
    ):
        name = fresh()

        def send(who=who, move=move, what=what, name=name) -> Any:
            return world.post(who, f"{number}/{move}", what, name)

        assert both_at_once(send) == [200, 200], move
        assert Case.objects.get().journal_seq == count, move


def statements(run: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert run().status_code in (200, 201)
    return sum(1 for one in asked if "SAVEPOINT" not in one["sql"])  # marks within a transaction ask nothing


def test_reads_cost_few_statements_however_much_there_is(world):
    numbers = [world.taken() for _ in range(3)]
    case = Case.objects.get(number=numbers[0])
    for url, who, more in (
        (LIST, "clerk", {}),
        (LIST, "lan", {}),
        (LIST + numbers[0], "clerk", {}),
        (LIST + numbers[0], "lan", {}),
        (LOOKUP + numbers[0], "nobody", {"key": case.lookup_key}),
    ):
        world.get(who, url, **more)
        assert statements(lambda url=url, who=who, more=more: world.get(who, url, **more)) <= MOST_FOR_A_READ, url


def test_writes_cost_few_statements(world):
    said, number = world.new(), world.taken()
    counts = {"file": statements(lambda: world.post("lan", "", said))}
    fresh_one = Case.objects.order_by("-id").first().number
    for who, move, number_, what in (
        ("clerk", "accept", fresh_one, {}),
        ("specialist", "take-over", fresh_one, {}),
        ("specialist", "step-on", number, {}),
        ("specialist", "ask-supplement", number, {"message": "Chụp lại bản vẽ cho rõ chữ."}),
        ("lan", "supplement", number, {"answer": "Đã chụp lại."}),
        ("specialist", "note", number, {"text": "Đã xem."}),
    ):
        counts[move] = statements(lambda who=who, move=move, n=number_, what=what: world.post(who, f"{n}/{move}", what))
    assert {move: count for move, count in counts.items() if count > MOST_FOR_A_WRITE} == {}
