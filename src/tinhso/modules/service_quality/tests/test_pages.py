"""Pages and open data: results for everybody, one unit, and officials who open a lost point onto its dossiers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing import people
from tinhso.kernel.testing.browsing import statements
from tinhso.modules.service_quality import actions, portal
from tinhso.modules.service_quality.models import IndexEdition, Score
from tinhso.modules.service_quality.queries import behind, scores
from tinhso.modules.service_quality.tests.conftest import TODAY
from tinhso.modules.service_quality.tests.factories import (
    BIRTH,
    MARRIAGE,
    answered,
    at,
    fact,
    move,
    petition,
    received,
    resolved,
)

pytestmark = pytest.mark.django_db
PUBLIC, DESK, API = "/chi-so-phuc-vu/", "/lam-viec/chi-so-phuc-vu/", "/api/v1/service-quality/"


@pytest.fixture
def leader(told):
    return people.official("lanhdao", told.commune, "dossiers.leader")


@pytest.fixture
def overseer(told):
    return people.official("theodoi", told.root, "dossiers.overseer")


@pytest.fixture
def manager(told):
    return people.official("quanly", told.root, "service_quality.manager", "dossiers.overseer")


def test_everybody_reads_the_ranking_of_the_newest_month(client, told):
    page = client.get(PUBLIC)
    assert page.status_code == 200
    rows = [(row["score"].rank, row["unit"].name) for row in page.context["rows"]]
    assert rows == [(1, told.other.name), (2, told.commune.name)]
    words = page.content.decode()
    assert "Tháng 11/2026" in words
    assert "chưa xác nhận" in words
    assert "Quyết định 766/QĐ-TTg" in words


def test_a_long_ranking_is_read_in_pages(client, told, monkeypatch):
    monkeypatch.setattr(portal, "UNITS", 1)
    first, second = client.get(PUBLIC), client.get(f"{PUBLIC}?tu=2")
    assert [row["unit"].name for row in first.context["rows"]] == [told.other.name]
    assert "?ky=2026-11&amp;cap=xa&amp;tu=2" in first.content.decode()
    assert [row["unit"].name for row in second.context["rows"]] == [told.commune.name]
    assert second.context["more"] == 0
    for wrong in ("0", "3", "-1", "²", "9" * 30):
        assert client.get(f"{PUBLIC}?tu={wrong}").context["rows"][0]["unit"].name == told.other.name


def test_procedures_with_fewer_than_five_dossiers_are_not_told(client, told):
    page = client.get(PUBLIC)
    assert [row["score"].procedure for row in page.context["procedures"]] == [BIRTH]
    keys = [row["key"] for row in client.get(f"{API}index.json?by=procedure").json()["items"]]
    assert keys == [BIRTH]


def test_a_units_page_shows_every_component_with_its_numbers(client, told):
    page = client.get(f"{PUBLIC}{told.commune.code}/?ky=2026-q4")
    lines = {line.component.code: line for group in page.context["groups"] for line in group.lines}
    assert len(lines) == 21
    assert (lines["2.1"].top, lines["2.1"].bottom, float(lines["2.1"].points)) == (4, 5, 16.0)
    assert "Quý IV/2026" in page.content.decode()


@pytest.mark.parametrize("code", ["xa-99999", "H53-sxd-kt-x"])
def test_unknown_units_are_not_found(client, told, code):
    assert client.get(f"{PUBLIC}{code}/").status_code == 404


def test_a_unit_without_dossiers_says_so_and_so_does_a_deployment_without_figures(client, told):
    assert "không phát sinh hồ sơ" in client.get(f"{PUBLIC}{told.department.code}/").content.decode()
    Score.objects.all().delete()
    scores.CountedPeriod.objects.all().delete()
    for address in (PUBLIC, f"{PUBLIC}{told.commune.code}/"):
        assert "Chưa có số liệu" in client.get(address).content.decode()
    assert client.get(f"{API}index.json").status_code == 422


@pytest.mark.parametrize("address", [PUBLIC, f"{PUBLIC}xa-25459/", DESK, f"{DESK}thanh-phan/2.1/"])
def test_pages_cost_a_handful_of_statements_however_many_dossiers_there_are(client, told, leader, address):
    client.force_login(leader)
    before = statements(client, address)
    for _ in range(40):
        resolved(received(told.commune, date(2026, 11, 2)), date(2026, 11, 9), "late")
    actions.refresh(at=at(TODAY))
    assert statements(client, address) == before
    who = 5  # session, account, rights, notices, mandates: of the frame, not of the page
    assert before <= 8 + who


def test_the_index_of_a_commune_opens_down_to_its_one_late_dossier(client, told, leader):
    client.force_login(leader)
    page = client.get(DESK)
    assert page.context["unit"].id == told.commune.pk
    line = next(line for group in page.context["groups"] for line in group.lines if line.component.code == "2.1")
    assert (line.top, line.bottom, float(line.lost)) == (4, 5, 4.0)
    address = f"{DESK}thanh-phan/2.1/"
    assert f'href="{address}{page.context["here"].replace("&", "&amp;")}"' in page.content.decode()
    opened = client.get(address + page.context["here"])
    (late,) = opened.context["lines"]
    assert late["ended_on"] == date(2026, 11, 9)
    assert late["number"] in opened.content.decode()
    assert late["url"].startswith("/lam-viec/")
    assert len(client.get(f"{address}{page.context['here']}&ben=top").context["lines"]) == 4


def test_a_units_procedures_lead_to_their_late_dossiers(client, told, leader):
    client.force_login(leader)
    costing = client.get(DESK).context["costing"]
    assert [(one["row"].procedure, one["row"].late, one["row"].handled) for one in costing] == [
        (MARRIAGE, 1, 1), (BIRTH, 0, 4),
    ]  # fmt: skip
    assert len(client.get(f"{DESK}thanh-phan/2.1/?thu-tuc={MARRIAGE}").context["lines"]) == 1
    assert client.get(f"{DESK}thanh-phan/2.1/?thu-tuc={BIRTH}").context["lines"] == []


def test_numbers_and_lists_come_from_the_same_rules(client, told, overseer):
    for day in (2, 3):
        case = received(told.commune, date(2026, 11, day), due=date(2026, 11, 15))
        fact(case, "vault.reused", date(2026, 11, day))
    fact(case, "dossiers.supplement_asked", date(2026, 11, 5))
    fact(case, "dossiers.supplement_asked", date(2026, 11, 6))
    answered(petition(told.commune, date(2026, 11, 2)), date(2026, 11, 4), "late")
    answered(petition(told.commune, date(2026, 11, 2)), date(2026, 11, 4), score="2")
    petition(told.commune, date(2026, 11, 2), due=date(2026, 11, 9))
    received(told.commune, date(2026, 10, 2), due=date(2026, 10, 9))
    actions.refresh(at=at(TODAY))
    opened = 0
    for code in ("2026-10", "2026-11", "2026-q4", "2026"):
        row = scores.chosen(code, scores.counted())
        edition = scores.edition_of(row)
        kept = scores.one(row.period, unit_id=told.commune.pk)
        for one in edition.components:
            if not behind.opens(one) or one.bottom == "full_received":
                continue
            top, bottom, *_rest = kept.points[one.code]
            found = {
                side: behind.rows(edition, one, side, row.period, [told.commune.pk], today=TODAY).count()
                for side in behind.SIDES
            }
            assert found == {"top": top, "lost": bottom - top}, (code, one.code)
            opened += 1
    assert opened == 4 * 12


def test_lists_are_paged_by_key(client, told, leader):
    for _ in range(33):
        resolved(received(told.commune, date(2026, 11, 2)), date(2026, 11, 9), "late")
    actions.refresh(at=at(TODAY))
    client.force_login(leader)
    first = client.get(f"{DESK}thanh-phan/2.1/")
    assert len(first.context["lines"]) == 30
    second = client.get(f"{DESK}thanh-phan/2.1/{first.context['more']}")
    assert len(second.context["lines"]) == 4
    assert second.context["more"] == ""
    assert client.get(f"{DESK}thanh-phan/2.1/?sau=nonsense").status_code == 200


def test_only_dossiers_that_one_may_see_are_listed_and_other_units_are_not_found(client, told, leader, overseer):
    case = received(told.commune, date(2026, 11, 2), due=date(2026, 11, 9))
    actions.refresh(at=at(TODAY))
    move(case, told.other)  # somebody else's meanwhile
    case.concerned = [told.other.pk]
    case.save(update_fields=["concerned"])
    client.force_login(leader)
    assert case.number not in {one["number"] for one in client.get(f"{DESK}thanh-phan/2.1/").context["lines"]}
    for address in (DESK, f"{DESK}thanh-phan/2.1/"):
        assert client.get(f"{address}?don-vi={told.other.code}").status_code == 404
    client.force_login(overseer)
    assert case.number in {one["number"] for one in client.get(f"{DESK}thanh-phan/2.1/").context["lines"]}
    assert client.get(f"{DESK}?don-vi={told.other.code}").context["unit"].id == told.other.pk


@pytest.mark.parametrize("who", ["citizen", "stranger"])
def test_who_sees_no_dossiers_is_denied(client, told, who):
    account = people.citizen("lan") if who == "citizen" else people.official("moi", told.commune)
    client.force_login(account)
    for address in (DESK, f"{DESK}thanh-phan/2.1/", f"{DESK}cach-tinh/"):
        assert client.get(address).status_code == 403


def test_components_that_are_not_made_of_dossiers_explain_themselves_and_unknown_ones_are_not_found(client, leader):
    client.force_login(leader)
    page = client.get(f"{DESK}thanh-phan/3.1/")
    assert (page.status_code, page.context["opens"]) == (200, False)
    assert client.get(f"{DESK}thanh-phan/1.1/").context["line"].how == "missing"
    assert client.get(f"{DESK}thanh-phan/9.9/").status_code == 404


def test_a_manager_publishes_the_second_variant_from_a_day_on(client, told, manager):
    draft = IndexEdition.objects.drafts().get()
    client.force_login(manager)
    assert "q766-online-v2" in client.get(f"{DESK}cach-tinh/").content.decode()
    address = f"{DESK}cach-tinh/{draft.pk}/cong-bo/"
    assert client.post(address, {"valid_from": ""}).status_code == 422
    assert client.post(address, {"valid_from": "2026-12-01"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.valid_from) == ("published", date(2026, 12, 1))
    assert Entry.objects.filter(verb="service_quality.publish", data__valid_from="01/12/2026").exists()
    received(told.commune, date(2026, 12, 1))
    actions.refresh(at=at(date(2026, 12, 8)))
    variants = {row.period.code: scores.edition_of(row).variant for row in scores.counted().rows}
    assert (variants["2026-11"], variants["2026-12"]) == ("q766-online-v1", "q766-online-v2")


def test_an_edition_may_not_begin_within_closed_months_and_only_managers_publish(client, told, manager, leader):
    actions.refresh(at=at(date(2026, 12, 8)))
    draft = IndexEdition.objects.drafts().get()
    address = f"{DESK}cach-tinh/{draft.pk}/cong-bo/"
    client.force_login(manager)
    answer = client.post(address, {"valid_from": "2026-11-15"})
    assert answer.status_code == 422
    assert "Tháng 11/2026 đã chốt" in answer.content.decode()
    assert client.post(f"{DESK}cach-tinh/{draft.pk + 10**6}/cong-bo/", {"valid_from": "2027-01-01"}).status_code == 404
    client.force_login(leader)
    assert client.post(address, {"valid_from": "2027-01-01"}).status_code == 403
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_successor_is_imported_and_a_wrong_one_is_refused_with_its_line(told):
    row = {**IndexEdition.objects.drafts().get().content, "decision": "Quyết định thay thế", "valid_from": "2027-01-01"}
    broken = {**row, "groups": []}
    lines = list(
        actions.run_import([broken, {**row, "valid_from": "hôm nay"}, row], dry_run=False, by=system(), at=at(TODAY))
    )
    assert [line.split("\t")[1] for line in lines] == ["Lỗi", "Lỗi", "Đã nhận"]
    newest = IndexEdition.objects.order_by("-number").first()
    assert (newest.legal_source, newest.valid_from) == ("Quyết định thay thế", date(2027, 1, 1))


def system():
    from tinhso.kernel.people.rules import SYSTEM

    return SYSTEM


def test_open_data_tells_numbers_points_and_ranks(client, told):
    found = client.get(f"{API}index.json?period=2026-11&level=xa").json()
    assert (found["period"], found["is_closed"], found["edition"]) == (
        "2026-11", False, "Quyết định 766/QĐ-TTg ngày 23/6/2022 (q766-online-v1)",
    )  # fmt: skip
    by_key = {row["key"]: row for row in found["items"]}
    assert by_key[told.commune.code]["rank"] == 2
    late = next(one for one in by_key[told.commune.code]["components"] if one["code"] == "2.1")
    assert (late["top"], late["bottom"], late["points"]) == (4, 5, 16.0)
    assert by_key["xa"]["name"] == "Xã, phường, đặc khu"
    one = client.get(f"{API}units/{told.commune.code}").json()
    assert one == by_key[told.commune.code]


def test_open_data_as_csv_has_a_column_for_each_component(client, told):
    answer = client.get(f"{API}index.csv?period=2026-11")
    lines = answer.content.decode("utf-8-sig").splitlines()
    heads = lines[0].split(",")
    own = dict(zip(heads, next(line for line in lines if told.commune.code in line).split(","), strict=False))
    assert (own["2.1"], own["2.1_top"], own["2.1_bottom"], own["rank"]) == ("16.0", "4", "5", "2")
    assert len(lines) == 1 + 4  # head; province, level, two units
    assert client.get(f"{API}index.csv?period=2026-11", headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("wrong", ["period=2019", "period=x", "by=colour", "level=huyen"])
def test_programs_are_not_given_another_answer_than_they_asked_for(client, told, wrong):
    assert client.get(f"{API}index.json?{wrong}").status_code == 422


def test_the_dataset_is_described_with_its_components_and_doubts(client, told):
    found = client.get(API).json()
    parts = {one["code"]: one for one in found["components"]}
    assert (parts["4.6"]["is_confirmed"], parts["2.1"]["is_confirmed"]) == (False, True)
    assert client.get(f"{API}units/xa-99999").status_code == 404


def test_a_path_is_drawn_once_there_are_two_periods(client, told):
    assert client.get(f"{PUBLIC}{told.commune.code}/").context["chart"] is None
    resolved(received(told.commune, TODAY), TODAY + timedelta(days=12))
    actions.refresh(at=at(date(2026, 12, 3)))
    assert len(client.get(f"{PUBLIC}{told.commune.code}/").context["chart"].points) == 2
