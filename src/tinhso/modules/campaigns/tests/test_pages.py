"""Pages for officials and for everybody: what they show, what they cost, that they say no in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.testing.browsing import statements
from tinhso.kernel.units.models import Unit
from tinhso.modules.campaigns.actions import running
from tinhso.modules.campaigns.models import Award, Campaign, Entrant
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules.places import Ties
from tinhso.modules.campaigns.tests import factories
from tinhso.modules.campaigns.tests.factories import OVER, RULES, actor, begun, frozen, proposed

pytestmark = pytest.mark.django_db
DESK, PUBLIC = "/lam-viec/thi-dua/", "/thi-dua/"


def said(**more):
    return {
        "name": "Thi đua nộp hồ sơ trực tuyến", "code": "truc-tuyen-2026", "document_number": "88/KH-UBND",
        "summary": "", "since": "01/01/2026", "until": "31/12/2030", "way": "kinds", "measure": "test.first",
        "better": "high", "places": "1", "second": "", "prize_1": "Giải Nhất", "most_1": "1", "least_1": "80,5",
        "prize_2": "Giải Nhì", "most_2": "2",
    } | more  # fmt: skip


def test_a_campaign_is_begun_in_the_browser_and_its_board_shown_whole_or_in_part(stage, browse, figures):
    figures["test.first"][stage.here.commune.pk] = "91.25"
    client = browse(stage.manager)
    went = client.post(f"{DESK}phat-dong/", said())
    assert (went.status_code, went["Location"]) == (302, f"{DESK}truc-tuyen-2026/")
    page = client.get(f"{DESK}truc-tuyen-2026/?nhom=Phường").content.decode()
    assert ("91,3" in page, "Giải Nhất" in page, "từ 80,5" in page) == (True, True, True)
    part = client.get(f"{DESK}truc-tuyen-2026/?nhom=Phường", headers={"hx-request": "true"}).content.decode()
    assert ("91,3" in part, "<html" in part) == (True, False)
    changed = said(do="change_rules", words="Thêm một giải", rules_since="01/02/2026", prize_3="Giải Ba", most_3="3")
    client.post(f"{DESK}truc-tuyen-2026/buoc/", changed)
    assert "Thể lệ bản 2" in client.get(f"{DESK}truc-tuyen-2026/").content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"measure": "gone"}, "Chọn một chỉ số"),
        ({"prize_1": "", "prize_2": ""}, "ít nhất một hình thức"),
        ({"most_1": "nhiều"}, "Nhập một số"),
        ({"way": "none"}, "ít nhất một nhóm"),
        ({"code": "Mã có dấu"}, "chữ thường không dấu"),
        ({"until": "01/01/2025"}, "Ngày cuối"),
    ],
)
def test_what_is_wrong_with_a_new_campaign_is_said_and_nothing_begins(stage, browse, figures, more, words):
    answer = browse(stage.manager).post(f"{DESK}phat-dong/", said(**more))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Campaign.objects.count() == 0


def test_proposals_are_settled_and_decided_in_the_browser(stage, browse, figures):
    campaign, awards = proposed(stage, figures)
    step = f"{DESK}{campaign.code}/buoc/"
    for award in awards:
        own = award.entrant.unit_id == stage.here.department.pk
        client = browse(stage.judge_of_own if own else stage.council)
        assert client.post(step, {"do": "grant", "award": award.pk}).status_code == 302
    client = browse(stage.council)
    assert client.post(step, {"do": "decide", "number": "", "decided_on": "01/07/2026"}).status_code == 422
    assert client.post(step, {"do": "decide", "number": "45/QĐ", "decided_on": "01/07/2026"}).status_code == 302
    award = Award.objects.order_by("number")[0]
    pdf = client.get(f"{DESK}khen-thuong/{award.pk}/giay-chung-nhan.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_refusal_without_a_reason_points_at_the_award_it_is_about(stage, browse, figures):
    campaign, awards = proposed(stage, figures)
    award = next(one for one in awards if one.entrant.unit_id != stage.here.department.pk)
    said_no = {"do": "refuse", "award": award.pk, "reason": "Ít"}
    answer = browse(stage.council).post(f"{DESK}{campaign.code}/buoc/", said_no)
    page = answer.content.decode()
    assert (answer.status_code, f'href="#ly-do-{award.pk}"' in page, page.count('aria-invalid="true"')) == (
        422,
        True,
        1,
    )
    assert f'id="ly-do-{award.pk}" name="reason" value="Ít" aria-invalid="true"' in page
    assert f"{award.entrant.group} · hạng {award.entrant.place}" in page
    award.refresh_from_db()
    assert award.state == "proposed"


def test_others_are_refused_in_words_and_nothing_changes(stage, browse, figures):
    campaign, awards = proposed(stage, figures)
    step = f"{DESK}{campaign.code}/buoc/"
    own = next(one for one in awards if one.entrant.unit_id == stage.here.commune.pk)
    asked = {
        "viewer": browse(stage.viewer).post(step, {"do": "grant", "award": own.pk}).status_code,
        "manager": browse(stage.manager).post(step, {"do": "grant", "award": own.pk}).status_code,
        "begin": browse(stage.viewer).get(f"{DESK}phat-dong/").status_code,
        "other award": browse(stage.council).post(step, {"do": "grant", "award": 0}).status_code,
        "early certificate": browse(stage.viewer).get(f"{DESK}khen-thuong/{own.pk}/giay-chung-nhan.pdf").status_code,
    }
    assert asked == {"viewer": 403, "manager": 403, "begin": 403, "other award": 404, "early certificate": 404}
    answer = browse(stage.judge_of_own).post(step, {"do": "grant", "award": own.pk})
    assert (answer.status_code, "cho đơn vị mình" in answer.content.decode()) == (403, True)
    own.refresh_from_db()
    assert own.state == "proposed"


def test_the_public_reads_what_is_decided_and_nothing_before(stage, client, figures):
    campaign, _awards = proposed(stage, figures)
    for path in ("", "du-lieu.csv", "goi.json"):
        assert client.get(f"{PUBLIC}{campaign.code}/{path}").status_code == 404
    assert "Chưa công bố" in client.get(PUBLIC).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(
        state="decided", decided_at=timezone.now(), decided_on="2026-07-01", decision_number="45/QĐ-UBND"
    )
    Award.objects.update(state="granted", settled_at=timezone.now(), number=1)
    page = client.get(f"{PUBLIC}{campaign.code}/").content.decode()
    assert ("45/QĐ-UBND" in page, stage.here.commune.name in page, "Giải Nhất" in page) == (True, True, True)
    table = client.get(f"{PUBLIC}{campaign.code}/du-lieu.csv").content.decode("utf-8-sig").splitlines()
    assert table[1] == f"Cấp xã,1,{stage.here.commune.code},{stage.here.commune.name},91.2,Giải Nhất"
    assert client.get(f"{PUBLIC}{campaign.code}/goi.json").json() == campaign.bundle
    assert campaign.name in client.get(PUBLIC).content.decode()


def test_pages_cost_the_same_for_more_units(stage, browse, figures):
    campaign = frozen(stage, figures)
    client, path = browse(stage.manager), f"{DESK}{campaign.code}/"
    before = [statements(client, path), statements(client, DESK)]
    units = Unit.objects.communes().exclude(pk__in=campaign.entrants.values("unit")).order_by("pk")[:50]
    Entrant.objects.bulk_create(Entrant(campaign=campaign, unit=one, group="Cấp xã", place=3) for one in units)
    begun(stage, code="thi-dua-2")
    assert [statements(client, path), statements(client, DESK)] == before
    assert max(before) <= 14, before


def test_projecting_a_whole_province_takes_few_statements(stage, figures):
    units = list(Unit.objects.communes().order_by("pk").values_list("pk", flat=True))
    figures["test.first"] |= {unit: str(unit % 100) for unit in units}
    campaign = begun(stage, entrants=[(unit, "Cấp xã") for unit in units])
    with CaptureQueriesContext(connection) as seen:
        assert factories.running.project(campaign_id=campaign.pk, at=factories.NOW) == len(units)
    own = [one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(own) <= 6, [one["sql"][:80] for one in own]


def test_ties_are_told_before_and_settled_together_in_the_browser(stage, browse, figures):
    figures["test.first"] |= {stage.here.commune.pk: "90", stage.here.other.pk: "90"}
    campaign = begun(stage)
    page, step = f"{DESK}{campaign.code}/", f"{DESK}{campaign.code}/buoc/"
    told = "Cấp xã: 2 đơn vị sẽ được đề nghị Giải Nhất, thể lệ ghi 1, vì có đơn vị đồng hạng 1."
    assert told in browse(stage.manager).get(page).content.decode()
    second = replace(RULES, ties=Ties.SECOND, second="test.second")
    assert "xét tiếp “Chỉ số test.second”" in boards.ties_words(second)
    assert told not in browse(stage.viewer).get(page).content.decode()
    running.freeze(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER)
    browse(stage.manager).post(step, {"do": "propose"})
    client, award = browse(stage.judge_of_own), Award.objects.order_by("pk")[0]
    assert "Tặng cả 2 đơn vị" in client.get(page).content.decode()
    wrong = client.post(step, {"do": "grant_tied", "award": award.pk, "reason": "Ít"})
    assert (wrong.status_code, f'id="ly-do-chung-{award.pk}" name="reason" value="Ít"' in wrong.content.decode()) == (
        422, True,
    )  # fmt: skip
    done = client.post(step, {"do": "grant_tied", "award": award.pk, "reason": "Đồng hạng"}, follow=True)
    assert "Đã quyết định 1 đề nghị đồng hạng. Còn 1 đề nghị bạn không được quyết định" in done.content.decode()
