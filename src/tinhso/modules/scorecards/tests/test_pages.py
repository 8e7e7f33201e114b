"""Pages of officials and of everybody, what they cost, and that they say no where they should."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.testing.browsing import statements
from tinhso.modules.scorecards.actions import reviewing, rounds
from tinhso.modules.scorecards.models import Appeal, Card, Cell, CriteriaEdition, Evidence, Round
from tinhso.modules.scorecards.queries import papers
from tinhso.modules.scorecards.queries import rounds as reading
from tinhso.modules.scorecards.queries.cards import Field
from tinhso.modules.scorecards.tests import factories, sheets
from tinhso.modules.scorecards.tests.factories import LATER, NOW, actor, card, opened

pytestmark = pytest.mark.django_db
DESK = "/lam-viec/danh-gia/"


def test_the_grid_costs_the_same_for_more_criteria(stage, browse):
    client = browse(stage.clerk)
    small = card(opened(stage, sheets.judged("5", "5")), stage.here.commune)
    large = card(opened(stage, sheets.judged(*["1"] * 60, code="lon"), code="ky-lon"), stage.here.commune)
    for where in (small, large):
        factories.fill(where, stage.clerk, {"1.1": {"points": "1"}, "1.2": {"points": "1"}})
    costs = [statements(client, f"{DESK}phieu/{where.pk}/") for where in (small, large)]
    assert costs[0] == costs[1]
    assert costs[1] <= 16, costs


def test_a_cell_is_saved_with_five_statements(stage, browse):
    where = card(opened(stage), stage.here.commune)
    client, path = browse(stage.clerk), f"{DESK}phieu/{where.pk}/luu/"
    client.post(path, {"criterion": "1.3", "revision": "0", "in-a": "1"})
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(path, {"criterion": "1.1", "revision": "0", "in-a": "9", "in-b": "10"})
    assert answer.json() == {
        "revision": 1, "points": "1,8", "total": "2,8", "filled": 2, "inputs": {"a": "9", "b": "10"},
    }  # fmt: skip
    own = [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(own) == 5, own  # session, account, the card held, all it needs, everything written
    with CaptureQueriesContext(connection) as seen:
        client.post(path, {"criterion": "1.1", "revision": "1", "in-a": "8", "in-b": "10"})
    assert len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]) == 5


def test_the_council_gives_points_with_nine_statements(stage, browse):
    where = factories.sent(card(opened(stage), stage.here.commune), stage.head)
    client, path = browse(stage.council), f"{DESK}phieu/{where.pk}/tieu-chi/1.1/"
    said = {"do": "review", "points": "1", "reason": "Thiếu biên bản", "go": "stay"}
    client.post(path, {**said, "revision": "0"})
    with CaptureQueriesContext(connection) as seen:
        assert client.post(path, {**said, "points": "1,2", "revision": "1"}).status_code == 302
    own = [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(own) == 9, own
    where.refresh_from_db()
    assert where.review_total == Decimal("7.7")


def test_a_ranking_costs_the_same_however_many_units_it_has(stage, client):
    costs = []
    for units in ((stage.here.commune,), (stage.here.commune, stage.here.other)):
        round_ = opened(stage, sheets.judged("5", "5", code=f"bo-{len(units)}"), code=f"ky-{len(units)}",
                        units=[one.pk for one in units])  # fmt: skip
        for unit, who in zip(units, (stage.head, stage.stranger), strict=False):
            factories.reviewed(card(round_, unit), who, {"1.1": {"points": "1"}}, stage.council)
        rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
        rounds.publish(
            round_id=round_.pk, number="1/QĐ", decided_on=LATER.date(), by=actor(stage.manager), at=LATER
        )  # fmt: skip
        costs.append(statements(client, f"/xep-hang/{round_.code}/"))
    assert costs == [5, 5]


def test_rounds_are_listed_a_page_at_a_time(stage, browse, monkeypatch):
    first, second = opened(stage, code="ky-1"), opened(stage, sheets.judged("5", "5"), code="ky-2")
    monkeypatch.setattr(reading, "LISTED", 1)
    client = browse(stage.manager)
    page = client.get(DESK)
    assert [row[0].code for row in page.context["rows"]] == ["ky-2"]
    assert f"?sau={second.pk}" in page.content.decode()
    older = client.get(f"{DESK}?sau={second.pk}")
    assert ([row[0].code for row in older.context["rows"]], older.context["more_after"]) == (["ky-1"], None)
    assert client.get(f"{DESK}?sau={first.pk}").context["rows"] == []
    Round.objects.update(state="published", closed_at=NOW, published_at=NOW)
    assert [one.code for one in client.get(f"/xep-hang/?sau={second.pk}").context["rounds"]] == ["ky-1"]


def test_the_grid_answers_conflicts_and_nonsense_in_words(stage, browse):
    where = card(opened(stage), stage.here.commune)
    path = f"{DESK}phieu/{where.pk}/luu/"
    factories.fill(where, stage.head, {"1.1": {"a": "9", "b": "10"}})
    late = browse(stage.clerk).post(path, {"criterion": "1.1", "revision": "0", "in-a": "8", "in-b": "10"})
    assert (late.status_code, late.json()["inputs"], late.json()["revision"]) == (409, {"a": "9", "b": "10"}, 1)
    wrong = browse(stage.clerk).post(path, {"criterion": "1.1", "revision": "1", "in-a": "=1+1", "in-b": "10"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "a")
    other = browse(stage.stranger).post(path, {"criterion": "1.1", "revision": "1", "in-a": "1", "in-b": "10"})
    assert other.status_code == 404
    assert Cell.objects.get(card=where).inputs == {"a": "9", "b": "10"}


def test_one_criterion_a_page_works_without_script(stage, browse, tmp_path):
    where = card(opened(stage), stage.here.commune)
    client, path = browse(stage.clerk), f"{DESK}phieu/{where.pk}/tieu-chi/1.1/"
    page = client.get(path).content.decode()
    assert "Tối đa 2 điểm" in page
    went = client.post(path, {"do": "fill", "go": "next", "revision": "0", "in-a": "9", "in-b": "10"})
    assert (went.status_code, went["Location"]) == (302, f"{DESK}phieu/{where.pk}/tieu-chi/1.2/")
    refused = client.post(path, {"do": "fill", "revision": "1", "in-a": "chín", "in-b": "10"})
    assert refused.status_code == 422
    assert "không phải là số" in refused.content.decode()
    client.post(path, {"do": "attach", "kind": "document", "document": "12/BC-UBND", "dated_on": "02/11/2026"})
    assert Evidence.objects.get().number == "12/BC-UBND"
    bad = client.post(path, {"do": "attach", "kind": "link", "url": "javascript:alert(1)"})
    assert bad.status_code == 422
    gone = client.post(f"{DESK}minh-chung/{Evidence.objects.get().pk}/bo/")
    assert (gone.status_code, Evidence.objects.count()) == (302, 0)


def test_review_appeal_and_answer_on_their_pages(stage, browse):
    round_ = opened(stage)
    where = factories.sent(card(round_, stage.here.commune), stage.head)
    path = f"{DESK}phieu/{where.pk}/tieu-chi/1.1/"
    council = browse(stage.council)
    no_reason = council.post(path, {"do": "review", "points": "1", "reason": "", "revision": "0"})
    assert (no_reason.status_code, "Ghi lý do bằng một câu" in no_reason.content.decode()) == (422, True)
    council.post(path, {"do": "review", "points": "1", "reason": "Thiếu biên bản", "revision": "0", "go": "next"})
    council.post(f"{DESK}phieu/{where.pk}/buoc/", {"do": "finish"})
    browse(stage.manager).post(f"{DESK}ky-2026/buoc/", {"do": "announce"})
    head = browse(stage.head)
    assert "Thiếu biên bản" in head.get(path).content.decode()
    head.post(path, {"do": "appeal", "input": "a", "claimed": "10", "reason": "Đã gửi biên bản"})
    appeal = Appeal.objects.get()
    browse(stage.council).post(f"{DESK}kien-nghi/{appeal.pk}/", {"do": "grant", "reason": "Đã đối chiếu đủ"})
    where.refresh_from_db()
    assert str(where.review_total) == "8.5000"


def published(stage):
    round_ = opened(stage)
    where = factories.sent(card(round_, stage.here.commune), stage.head)
    reviewing.review(
        card_id=where.pk, criterion="1.1", points="1", reason="Thiếu biên bản", revision=None,
        by=actor(stage.council), at=LATER,
    )  # fmt: skip
    reviewing.finish_review(card_id=where.pk, by=actor(stage.council), at=LATER)
    factories.reviewed(card(round_, stage.here.other), stage.stranger, {"1.3": {"a": "1"}}, stage.council)
    rounds.announce(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    return round_


def test_everybody_reads_a_published_round_and_nobody_an_unpublished_one(stage, client):
    round_ = published(stage)
    assert client.get("/xep-hang/ky-2026/").status_code == 404
    rounds.publish(
        round_id=round_.pk, number="12/QĐ-UBND", decided_on=date(2027, 1, 5), by=actor(stage.manager), at=LATER
    )
    page = client.get("/xep-hang/ky-2026/").content.decode()
    assert "Phường Tân Ninh" in page
    assert "12/QĐ-UBND" in page
    unit = client.get(f"/xep-hang/ky-2026/don-vi/{stage.here.commune.code}/").content.decode()
    assert "Thiếu biên bản" in unit
    assert "Trần Văn" not in unit
    assert client.get("/xep-hang/ky-2026/du-lieu.csv").content.decode().startswith("\ufeffunit,name,group,rank")
    assert client.get("/xep-hang/ky-2026/du-lieu.json").json()["units"][0]["total"] == "7.5"
    assert client.get("/xep-hang/ky-2026/sdmx.csv").content.decode().startswith("\ufeffSTRUCTURE,")
    assert client.get("/xep-hang/ky-2026/sdmx-cau-truc.json").json()["data"]["dataflows"][0]["agencyID"] == "TINHSO"
    assert client.get("/xep-hang/ky-2026/goi.json").json()["format"] == "tinhso-score-bundle/1"
    assert statements(client, "/xep-hang/ky-2026/") <= 10


def test_a_decision_is_the_chairmans_own_with_totals_as_published(stage, monkeypatch):
    told = {}
    monkeypatch.setattr(papers, "typeset", lambda form, data, at: told.update(data) or b"")
    papers.decision(published(stage), date(2027, 1, 5))
    assert told["signer"] == {"capacity": "", "title": "Chủ tịch", "name": ""}
    assert told["agency"] == "Ủy ban nhân dân tỉnh Tây Ninh"
    assert [row["total"] for group in told["groups"] for row in group["rows"]] == ["7,50", "1,00"]


def test_papers_and_explanations_of_a_closed_round(stage, browse):
    round_ = published(stage)
    manager = browse(stage.manager)
    assert manager.get(f"{DESK}ky-2026/quyet-dinh.pdf").content.startswith(b"%PDF")
    assert "Giống hệt" in manager.get(f"{DESK}ky-2026/tinh-lai/").content.decode()
    assert manager.get(f"{DESK}ky-2026/dau-hieu/").status_code == 200
    done = manager.post(f"{DESK}ky-2026/buoc/", {"do": "publish", "number": "12/QĐ-UBND", "decided_on": "05/01/2027"})
    assert (done.status_code, Round.objects.get(pk=round_.pk).state) == (302, "published")
    own = Card.objects.get(round=round_, unit=stage.here.commune)
    head = browse(stage.head)
    assert head.get(f"{DESK}phieu/{own.pk}/giay-chung-nhan.pdf").content.startswith(b"%PDF")
    assert "Mất nhiều điểm nhất ở" in head.get(f"{DESK}phieu/{own.pk}/ket-qua/").content.decode()
    assert head.get(f"{DESK}ky-2026/tinh-lai/").status_code == 403


def test_an_edition_is_written_checked_and_published_in_the_browser(stage, browse):
    manager = browse(stage.manager)
    text = manager.get(f"{DESK}bo-tieu-chi/soan/").content.decode()
    assert "Bộ tiêu chí mới" in text
    broken = manager.post(f"{DESK}bo-tieu-chi/soan/", {"content": "a: [1"})
    assert (broken.status_code, "Không đọc được dòng" in broken.content.decode()) == (422, True)
    import yaml

    content = sheets.content(points="11")
    made = manager.post(f"{DESK}bo-tieu-chi/soan/", {"content": yaml.safe_dump(content, allow_unicode=True)})
    version = CriteriaEdition.objects.get()
    assert made["Location"] == f"{DESK}bo-tieu-chi/{version.pk}/"
    assert "Các chỉ số cộng lại 10 điểm" in manager.get(made["Location"]).content.decode()
    refused = manager.post(f"{DESK}bo-tieu-chi/{version.pk}/cong-bo/", {"valid_from": "01/01/2027"})
    assert refused.status_code == 422
    assert CriteriaEdition.objects.get().state == "draft"
    assert browse(stage.clerk).get(f"{DESK}bo-tieu-chi/{version.pk}/").status_code == 404


def test_a_round_is_opened_in_the_browser(stage, browse):
    edition = factories.edition()
    said = {"edition": edition, "name": "Đánh giá 2026", "code": "moi-2026", "since": "01/01/2026",
            "until": "31/12/2026", "due": "15/12/2026"}  # fmt: skip
    manager = browse(stage.manager)
    wrong = manager.post(f"{DESK}mo-ky/", {**said, "due": "31/02/2026"})
    assert (wrong.status_code, Round.objects.count()) == (422, 0)
    assert manager.post(f"{DESK}mo-ky/", said)["Location"] == f"{DESK}moi-2026/"
    assert Card.objects.filter(round__code="moi-2026").count() == 96
    assert browse(stage.clerk).get(f"{DESK}mo-ky/").status_code == 403


def test_the_published_dti_shows_a_provinces_path(stage, client):
    from tinhso.modules.scorecards.actions import editions

    editions.load_seeds(at=LATER)
    own = client.get("/xep-hang/dti/?nam=2020")
    assert own.context["place"] == "Tây Ninh"
    assert "?tinh=Long%20An&amp;nam=2020" in own.content.decode()
    page = client.get("/xep-hang/dti/?tinh=Hậu Giang&nam=2020").content.decode()
    assert "28/63" in page
    assert "0,3215" in page
    assert client.get("/xep-hang/dti/du-lieu.csv").content.decode().count("\n") == 310


def test_numbers_that_are_only_read_stand_with_thousands_apart_and_cells_to_type_in_without():
    field = Field("so_tien", "Số tiền", Decimal("1234567.50"))
    assert (field.shown, field.text) == ("1.234.567,5", "1234567,5")
    assert Field("co", "Có", Decimal(1), choices=(("1", "Có"), ("0", "Không"))).shown == "Có"
    assert Field("trong", "Trống", None).shown == ""
