"""Owner: the controller; colleague: an official without the right; outsider: a citizen; nobody: not signed in."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import forget as forget_units
from tinhso.modules.procedures import actions, door
from tinhso.modules.procedures.forms import DraftForm
from tinhso.modules.procedures.models import Procedure, ProcedureVersion
from tinhso.modules.procedures.rules.content import content_from, content_to
from tinhso.modules.procedures.tests.factories import AT, CONTROLLER, content, drafted, publish

pytestmark = pytest.mark.django_db
HERE = "/lam-viec/thu-tuc/"


def official(username: str, role: str | None = None) -> Account:
    day = date(2025, 7, 1)
    unit, _ = Unit.objects.get_or_create(
        code="H53",
        defaults={"name": "Tỉnh Thử", "short_name": "Thử", "kind": "province", "level": "tinh", "begins_on": day},
    )
    forget_units()
    account = Account.objects.create_user(username, display_name=f"{username} (trình diễn)", is_official=True)
    people.appoint(account=account, unit_id=unit.pk, title="Chuyên viên", begins_on=day, by=SYSTEM)
    if role:
        people.give_role(account=account, role=role, unit_id=unit.pk, begins_on=day, by=SYSTEM)
    account.refresh_from_db()
    return account


@pytest.fixture
def controller(client):
    client.force_login(official("kiemsoat", "procedures.controller"))
    return client


@pytest.fixture
def colleague(client):
    client.force_login(official("dongnghiep"))
    return client


@pytest.fixture
def outsider(client):
    client.force_login(Account.objects.create_user("dan", display_name="Người dân (trình diễn)"))
    return client


PAGES = ("", "1.004873/", "1.004873/ban/1/", "1.004873/ban/2/sua/", "1.004873/ban/2/cong-bo/", "moi/")
COMPARE = "1.004873/so-sanh/?tu=1&den=2"


def prepared() -> ProcedureVersion:
    publish()
    return drafted(dossier_sets=2)


def test_nobody_is_sent_to_sign_in(client):
    prepared()
    for page in (*PAGES, COMPARE):
        response = client.get(HERE + page)
        assert response.status_code == 302, page
        assert response.url.startswith("/tai-khoan/"), page


def test_an_outsider_is_refused(outsider):
    prepared()
    assert [outsider.get(HERE + page).status_code for page in (*PAGES, COMPARE)] == [403] * 7


def test_a_colleague_reads_what_is_published_and_no_draft(colleague):
    prepared()
    got = [colleague.get(HERE + page).status_code for page in (*PAGES, COMPARE, "1.004873/ban/2/")]
    assert got == [200, 200, 200, 403, 403, 403, 404, 404]
    html = colleague.get(HERE + "1.004873/").content.decode()
    assert "Bản số 1" in html
    assert "Bản số 2" not in html


def test_a_colleague_cannot_change_anything(colleague):
    prepared()
    posts = {
        "1.004873/soan/": {}, "1.004873/ban/2/cong-bo/": {"valid_from": "01/12/2026"},
        "1.004873/bai-bo/": {"last_day": "01/12/2026"}, "moi/": {"code": "9.000009", "name": "x"},
    }  # fmt: skip
    assert [colleague.post(HERE + page, data).status_code for page, data in posts.items()] == [403] * 4
    assert colleague.post(HERE + "1.004873/ban/2/bo/").status_code == 404
    assert list(ProcedureVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "draft"]
    assert not Procedure.objects.get().is_abolished


def test_the_controller_sees_every_page(controller):
    prepared()
    assert [controller.get(HERE + page).status_code for page in (*PAGES, COMPARE)] == [200] * 7


def test_the_list_costs_the_same_for_twice_the_rows(controller, django_assert_max_num_queries):
    actions.load_seeds(by=CONTROLLER, at=AT)
    controller.get(HERE)
    with django_assert_max_num_queries(6):
        assert len(controller.get(HERE).context["rows"]) == 50
    with django_assert_max_num_queries(6):
        assert [row.code for row in controller.get(HERE + "?q=khai+sinh").context["rows"]] == [
            "1.001193", "1.004859", "1.004884", "2.000528", "2.000635", "2.000986",
        ]  # fmt: skip
    more = controller.get(HERE).context["more"]
    assert controller.get(HERE + more).context["rows"][0].code > "1.0"


def test_comparing_shows_only_what_differs(controller):
    prepared()
    response = controller.get(HERE + COMPARE)
    assert response.context["rows"] == [{"label": "Số bộ hồ sơ", "old": "–", "new": "2"}]


def test_publishing_shows_findings_and_takes_a_vietnamese_date(controller):
    prepared()
    page = controller.get(HERE + "1.004873/ban/2/cong-bo/").content.decode()
    assert "Kiểm tra" in page
    response = controller.post(HERE + "1.004873/ban/2/cong-bo/", {"valid_from": "01/12/2026"})
    assert response.status_code == 302
    assert door.published("1.004873", date(2026, 12, 1)).content.dossier_sets == 2


def test_a_day_before_the_running_version_is_a_form_error(controller):
    prepared()
    response = controller.post(HERE + "1.004873/ban/2/cong-bo/", {"valid_from": "01/01/2026"})
    assert response.status_code == 422
    assert "Bản số 1 đã có hiệu lực từ 01/01/2026" in response.content.decode()


def fields(version: ProcedureVersion, **changes) -> dict:
    """What the browser sends back when nothing but these fields changed."""
    form = DraftForm(version.sheet_content, seen_hash=version.content_hash)
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    return sent | changes


@pytest.mark.parametrize("code", ["1.004873", "1.013225", "1.012783", "2.001199", "1.013274", "2.000815"])
def test_saving_an_unchanged_draft_changes_nothing(controller, code):
    version = drafted(code)
    response = controller.post(f"{HERE}{code}/ban/1/sua/", fields(version))
    assert response.status_code == 302, response.context["form"].errors
    before = version.content
    version.refresh_from_db()
    assert content_to(content_from(version.content)) == content_to(content_from(before))


def test_a_changed_draft_keeps_what_the_page_does_not_show(controller):
    version = drafted("2.001199")
    lines = fields(version)["fees"].replace("50.000", "60.000")
    controller.post(f"{HERE}2.001199/ban/1/sua/", fields(version, fees=lines, name_plain="Mở công ty"))
    version.refresh_from_db()
    now = content_from(version.content)
    direct = next(one for one in now.channels if one.code == "direct").fees[0]
    assert (now.names.shown, direct.amount, direct.discount.percent) == ("Mở công ty", 60000, 50)


def test_mistakes_in_a_draft_are_named_and_change_nothing(controller):
    version = drafted()
    seen = version.content_hash
    mistakes = {
        "components": ("tp1 | Tờ khai | nhiều", "Giấy tờ, dòng 1, cột Bản chính: “nhiều” không phải là số."),
        "process": ("receive | Nhận | nhận giùm", "Quy trình nội bộ, dòng 1, cột Loại: “nhận giùm” không có."),
        "form_text": ("- code: a\n  title: [", "Biểu mẫu điện tử, dòng"),
    }
    for name, (value, sentence) in mistakes.items():
        response = controller.post(f"{HERE}1.004873/ban/1/sua/", fields(version, **{name: value}))
        assert response.status_code == 422, name
        assert sentence in response.context["form"].errors[name][0]
    unfolding = "- &a [x]\n- *a"
    response = controller.post(f"{HERE}1.004873/ban/1/sua/", fields(version, form_text=unfolding))
    assert response.context["form"].errors["form_text"] == ["Biểu mẫu điện tử: không dùng neo (& và *) trong YAML."]
    version.refresh_from_db()
    assert version.content_hash == seen


def test_a_draft_changed_by_somebody_else_is_not_overwritten(controller):
    version = drafted()
    sent = fields(version, name_plain="Cũ")
    actions.redraft(version=version, content=content(dossier_sets=5), by=CONTROLLER, at=AT)
    response = controller.post(f"{HERE}1.004873/ban/1/sua/", sent)
    assert response.status_code == 422
    version.refresh_from_db()
    assert version.content["dossier_sets"] == 5


def test_beginning_twice_opens_the_same_draft(controller):
    publish()
    first = controller.post(HERE + "1.004873/soan/")
    second = controller.post(HERE + "1.004873/soan/")
    assert first.url == second.url == HERE + "1.004873/ban/2/sua/"
    assert ProcedureVersion.objects.count() == 2


def test_a_new_procedure_begins_as_a_draft_that_cannot_be_published_yet(controller):
    response = controller.post(HERE + "moi/", {"code": "9.000009", "name": "Thủ tục mới"})
    assert response.url == HERE + "9.000009/ban/1/sua/"
    assert controller.get(HERE + "9.000009/ban/1/cong-bo/").context["is_blocked"]
    assert controller.post(HERE + "moi/", {"code": "9.000009", "name": "Lại"}).status_code == 422


def test_abolishing_from_the_page(controller):
    publish()
    today = timezone.localdate()
    controller.post(HERE + "1.004873/bai-bo/", {"last_day": f"{today:%d/%m/%Y}"})
    assert Procedure.objects.get().is_abolished
    assert controller.post(HERE + "1.004873/bai-bo/", {"last_day": "hôm nay"}).status_code == 422
