"""Pages for officials and for everybody: what they show, what they cost, that they say no in words."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing import people
from tinhso.kernel.testing.browsing import statements
from tinhso.modules.initiatives.models import Council, Initiative, Opinion
from tinhso.modules.initiatives.tests import factories
from tinhso.modules.initiatives.tests.factories import before_council, judged, proposed, recognised

pytestmark = pytest.mark.django_db
DESK, PUBLIC = "/lam-viec/sang-kien/", "/sang-kien/"


def said(**more):
    return {
        "title": factories.TITLE, "field": "procedure", "problem": "Người dân gọi điện hỏi nhiều lần.",
        "solution": factories.SOLUTION, "effect": "Giảm một nửa số cuộc gọi.",
    } | more  # fmt: skip


def test_from_proposal_to_certificate_in_the_browser(stage, browse):
    chosen = {"authors": [stage.colleague.pk], f"ty-le-{stage.colleague.pk}": "30%"}
    went = browse(stage.author).post(f"{DESK}gui/", said(**chosen))
    assert dict(Initiative.objects.get().authors.values_list("account__username", "share")) == {
        "tac.gia": 70, "dong.nghiep": 30,
    }  # fmt: skip
    number = Initiative.objects.get().case.number
    page = f"{DESK}{number}/"
    assert (went.status_code, went["Location"]) == (302, page)
    browse(stage.secretary).post(page, {"do": "appraise", "council": stage.council.pk})
    points = {"do": "judge", "diem-novelty": "25", "diem-feasibility": "25,5", "diem-benefit": "35", "words": ""}
    for member in stage.members[:2]:
        assert browse(member).post(page, points).status_code == 302
    decide = {"do": "recognise", "number": "21/QĐ-UBND", "decided_on": "02/03/2026"}
    assert browse(stage.head).post(page, decide).status_code == 302
    browse(stage.secretary).post(page, {"do": "note_effect", "words": "Áp dụng ở mười xã", "dong": "120.000.000"})
    found = Initiative.objects.get()
    assert (found.case.state, str(found.total), found.effect_dong) == ("recognised", "85.50", 120_000_000)
    author = found.authors.order_by("pk")[0]
    pdf = browse(stage.author).get(f"{page}giay-chung-nhan/{author.pk}.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"title": "Ngắn"}, "điền rõ hơn"),
        ({"field": ""}, "Chọn lĩnh vực"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(stage, browse, more, words):
    answer = browse(stage.author).post(f"{DESK}gui/", said(**more))
    assert (answer.status_code, words in answer.content.decode(), Initiative.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(
    ("who", "share", "words"),
    [("colleague", "", "Ghi tỷ lệ"), ("colleague", "x", "Ghi tỷ lệ"), ("author", "20", "Không thêm được đồng tác giả")],
)
def test_further_authors_are_others_with_a_share_and_stay_chosen_when_the_form_comes_back(
    stage, browse, who, share, words
):
    chosen = getattr(stage, who).pk
    answer = browse(stage.author).post(f"{DESK}gui/", said(authors=[chosen], **{f"ty-le-{chosen}": share}))
    page = answer.content.decode()
    assert (answer.status_code, words in page, Initiative.objects.count()) == (422, True, 0)
    assert f'name="authors" value="{chosen}" checked' in page


def test_a_secretary_chooses_a_council_whose_first_member_is_its_chair(stage, browse):
    form = {"name": "Hội đồng Sáng kiến xã", "decision_number": "9/QĐ-UBND", "begins_on": "01/03/2026"}
    first, *others = (one.pk for one in stage.members)
    client = browse(stage.secretary)
    short = client.post(f"{DESK}hoi-dong/", {**form, "members": [first]})
    assert (short.status_code, Council.objects.count()) == (422, 1)
    assert f'value="{first}" checked' in short.content.decode()
    assert client.post(f"{DESK}hoi-dong/", {**form, "members": [first, *others]}).status_code == 302
    made = Council.objects.order_by("-pk")[0]
    assert (made.name, made.members.get(is_chair=True).account_id) == ("Hội đồng Sáng kiến xã", first)


def test_what_is_alike_is_shown_before_sending_and_to_those_who_judge(stage, browse):
    proposed(stage)
    client = browse(stage.stranger)
    answer = client.post(f"{DESK}gui/", said())
    page = answer.content.decode()
    assert (answer.status_code, "SK-26-00001" in page, 'name="is_aware"' in page) == (422, True, True)
    assert client.post(f"{DESK}gui/", said(is_aware="1")).status_code == 302
    second = Initiative.objects.order_by("-pk")[0].case.number
    assert "Có sáng kiến giống" in browse(stage.secretary).get(f"{DESK}{second}/").content.decode()
    assert "Có sáng kiến giống" not in browse(stage.stranger).get(f"{DESK}{second}/").content.decode()


def test_the_author_mends_what_was_asked_and_withdraws(stage, browse):
    found = proposed(stage)
    page = f"{DESK}{found.case.number}/"
    short = browse(stage.secretary).post(page, {"do": "ask_more", "words": "x"})
    assert (short.status_code, "Ghi một câu" in short.content.decode()) == (422, True)
    browse(stage.secretary).post(page, {"do": "ask_more", "words": "Thêm số liệu trước và sau"})
    client = browse(stage.author)
    assert "Thêm số liệu trước và sau" in client.get(f"{page}sua/").content.decode()
    client.post(f"{page}sua/", said(title="Mã QR trên giấy hẹn, đủ số liệu"))
    assert client.get(f"{page}sua/").status_code == 404
    client.post(page, {"do": "withdraw"})
    found.refresh_from_db()
    assert (found.title, found.case.state) == ("Mã QR trên giấy hẹn, đủ số liệu", "withdrawn")


def test_others_find_nothing_or_are_refused_and_nothing_changes(stage, browse):
    found = before_council(stage, others={"uv0": 20})
    page = f"{DESK}{found.case.number}/"
    judge = {"do": "judge", "diem-novelty": "25", "diem-feasibility": "25", "diem-benefit": "35"}
    own = browse(stage.members[0]).post(page, judge)
    asked = {
        "stranger": browse(stage.stranger).get(page).status_code,
        "colleague": browse(stage.colleague).get(page).status_code,
        "citizen": browse(people.citizen("lan")).get(DESK).status_code,
        "author decides": browse(stage.author).post(page, {"do": "refuse", "words": "không hay"}).status_code,
        "own": own.status_code,
        "councils": browse(stage.head).get(f"{DESK}hoi-dong/").status_code,
    }
    assert asked == {
        "stranger": 404, "colleague": 404, "citizen": 403, "author decides": 403, "own": 403, "councils": 403,
    }  # fmt: skip
    assert "Tác giả không chấm" in own.content.decode()
    found.refresh_from_db()
    assert (found.case.state, Opinion.objects.count()) == ("appraising", 0)
    judged(found, stage.members[1])
    assert "Điểm bình quân" not in browse(stage.author).get(page).content.decode()


def test_a_council_is_founded_and_ended_in_the_browser(stage, browse):
    client = browse(stage.secretary)
    wrong = {"name": "Hội đồng năm 2026", "decision_number": "9/QĐ", "begins_on": "01/03/2026", "members": "uv0\nuv1"}
    answer = client.post(f"{DESK}hoi-dong/", wrong)
    assert (answer.status_code, "ít nhất ba" in answer.content.decode(), Council.objects.count()) == (422, True, 1)
    client.post(f"{DESK}hoi-dong/", wrong | {"members": "uv0, uv1, uv2"})
    made = Council.objects.order_by("-pk")[0]
    client.post(f"{DESK}hoi-dong/", {"do": "end", "council": made.pk})
    made.refresh_from_db()
    assert (made.members.count(), made.ends_on is not None) == (3, True)


def test_the_public_reads_only_what_is_recognised(stage, client):
    waiting = proposed(stage, title="Một việc còn đang chờ xét", is_aware=True)
    found = recognised(stage, is_aware=True)
    page = client.get(PUBLIC).content.decode()
    assert (found.title in page, waiting.title in page) == (True, False)
    assert client.get(f"{PUBLIC}{waiting.case.number}/").status_code == 404
    one = client.get(f"{PUBLIC}{found.case.number}/").content.decode()
    assert ("21/QĐ-UBND" in one, stage.author.display_name in one, "85,5" in one) == (True, True, False)
    assert found.title in client.get(f"{PUBLIC}?q=ma+qr+giay+hen").content.decode()
    assert "Không có sáng kiến nào" in client.get(f"{PUBLIC}?q=bệnh+viện+huyết+áp").content.decode()


def test_lists_cost_the_same_for_more(stage, browse):
    recognised(stage)
    client = browse(stage.secretary)
    paths = (f"{DESK}?loc=tat-ca", PUBLIC)
    before = [statements(client, path) for path in paths]
    for n in range(4):
        recognised(stage, title=f"Cách làm thứ {n} không giống ai", is_aware=True)
    assert [statements(client, path) for path in paths] == before
    assert max(before) <= 10, before


def test_what_was_typed_stays_when_points_or_a_reason_are_refused(stage, browse):
    found = before_council(stage)
    page = f"{DESK}{found.case.number}/"
    wrong = {
        "do": "judge",
        "diem-novelty": "25,5",
        "diem-feasibility": "999",
        "diem-benefit": "35",
        "words": "Hay, mới",
    }
    judging = browse(stage.members[0]).post(page, wrong)
    kept = judging.content.decode()
    assert (judging.status_code, Opinion.objects.count()) == (422, 0)
    assert ('value="25,5"' in kept, 'value="999"' in kept, ">Hay, mới</textarea>" in kept) == (True, True, True)
    assert 'href="#diem-feasibility"' in kept
    other = proposed(stage, is_aware=True)
    asking = browse(stage.secretary).post(f"{DESK}{other.case.number}/", {"do": "ask_more", "words": "Gì"})
    said_no = asking.content.decode()
    other.case.refresh_from_db()
    assert (asking.status_code, other.case.state, other.case.settled_at) == (422, "proposed", None)
    assert ('href="#words"' in said_no, 'id="words"' in said_no, ">Gì</textarea>" in said_no) == (True, True, True)
