from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.models import Entry
from tinhso.modules.procedures import actions, door, queries
from tinhso.modules.procedures.models import Catalogue, Procedure, ProcedureVersion
from tinhso.modules.procedures.rules.imports import What
from tinhso.modules.procedures.tests.factories import AT, CLERK, CONTROLLER, EDITOR, content, drafted, publish

pytestmark = pytest.mark.django_db


def verbs(code: str) -> list[str]:
    return list(Entry.objects.filter(subject=f"procedure/{code}").order_by("seq").values_list("verb", flat=True))


def test_a_published_version_is_in_force_from_its_first_day():
    publish(valid_from=date(2026, 3, 1))
    assert door.published("1.004873", date(2026, 2, 28)) is None
    assert door.published("1.004873", date(2026, 3, 1)).name == "Xác nhận tình trạng hôn nhân"
    assert verbs("1.004873") == ["procedures.drafted", "procedures.published"]


def test_a_new_version_ends_the_one_before_the_day_before():
    first = publish(valid_from=date(2026, 1, 1))
    second = publish(valid_from=date(2026, 7, 1), dossier_sets=2)
    first.refresh_from_db()
    assert (first.state, first.valid_to) == ("replaced", date(2026, 6, 30))
    assert door.published("1.004873", date(2026, 6, 30)).version_id == first.pk
    assert door.published("1.004873", date(2026, 7, 1)).version_id == second.pk
    assert verbs("1.004873")[-2:] == ["procedures.replaced", "procedures.published"]


def test_a_running_dossier_still_finds_its_replaced_version():
    first = publish(valid_from=date(2026, 1, 1))
    publish(valid_from=date(2026, 7, 1), dossier_sets=2)
    assert door.sheet(first.pk).content.dossier_sets == 1


def test_a_version_cannot_begin_before_one_that_is_published():
    publish(valid_from=date(2026, 7, 1))
    draft = drafted(dossier_sets=2)
    with pytest.raises(Refusal) as refused:
        actions.publish(version=draft, valid_from=date(2026, 7, 1), by=CONTROLLER, at=AT)
    assert refused.value.code == "versions.overlap"
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert Catalogue.objects.get().number == 1


def test_the_database_itself_refuses_two_versions_on_one_day():
    version = publish(valid_from=date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureVersion.objects.create(
            procedure=version.procedure, number=9, state="published", valid_from=date(2026, 8, 1),
            content_hash="", drafted_at=AT, published_at=AT,
        )  # fmt: skip


def test_a_content_with_a_blocking_finding_stays_a_draft():
    draft = drafted(process=[])
    with pytest.raises(Refusal) as refused:
        actions.publish(version=draft, valid_from=date(2026, 7, 1), by=CONTROLLER, at=AT)
    assert (refused.value.code, refused.value.field) == ("procedures.checks", "process")
    assert door.published("1.004873", date(2026, 7, 1)) is None


def test_who_may_only_edit_cannot_publish():
    draft = actions.draft(code="1.004873", content=content(), by=EDITOR, at=AT)
    with pytest.raises(NotAllowed):
        actions.publish(version=draft, valid_from=date(2026, 7, 1), by=EDITOR, at=AT)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_colleague_without_the_right_cannot_draft():
    with pytest.raises(NotAllowed):
        actions.draft(code="1.004873", content=content(), by=CLERK, at=AT)
    assert not Procedure.objects.exists()


def test_a_content_of_wrong_shape_is_refused_in_words():
    with pytest.raises(Refusal) as refused:
        actions.draft(code="1.004873", content=content(dossier_sets="nhiều"), by=CONTROLLER, at=AT)
    assert refused.value.message == "Số bộ hồ sơ: giá trị không đúng kiểu."
    assert not Procedure.objects.exists()


def test_a_published_version_cannot_be_changed():
    version = publish()
    with pytest.raises(Refusal) as refused:
        actions.redraft(version=version, content=content(dossier_sets=3), by=CONTROLLER, at=AT)
    assert refused.value.code == "versions.not_draft"


def test_a_draft_somebody_else_changed_is_not_overwritten():
    draft = drafted()
    seen = draft.content_hash
    actions.redraft(version=draft, content=content(dossier_sets=3), by=CONTROLLER, at=AT, seen_hash=seen)
    with pytest.raises(Stale):
        actions.redraft(version=draft, content=content(dossier_sets=4), by=CONTROLLER, at=AT, seen_hash=seen)
    draft.refresh_from_db()
    assert draft.content["dossier_sets"] == 3


def test_an_abolished_procedure_ends_and_keeps_its_version():
    version = publish(valid_from=date(2026, 1, 1))
    actions.abolish(code="1.004873", last_day=date(2026, 5, 31), by=CONTROLLER, at=AT)
    assert door.published("1.004873", date(2026, 5, 31)).version_id == version.pk
    assert door.published("1.004873", date(2026, 6, 1)) is None


def test_a_draft_has_no_sheet():
    with pytest.raises(NotFound):
        door.sheet(drafted().pk)


def test_a_thrown_away_first_draft_leaves_nothing():
    actions.throw_away(version=drafted(), by=CONTROLLER)
    assert not Procedure.objects.exists()


def test_the_109_sample_procedures_are_published_and_loading_again_changes_nothing():
    report = actions.load_seeds(by=CONTROLLER, at=AT)
    assert len(report) == 109
    assert {line.outcome for line in report} == {"created"}
    assert len(door.all_published(date(2026, 11, 2))) == 109
    again = actions.load_seeds(by=CONTROLLER, at=AT)
    assert {line.what for line in again} == {What.SAME}
    assert ProcedureVersion.objects.count() == 109
    assert Entry.objects.get(subject="procedures/import", seq=1).data == {
        "created": 109, "changed": 0, "same": 0, "failed": 0,
    }  # fmt: skip


def test_the_catalogue_is_read_anew_after_a_publication():
    publish()
    today = date(2026, 11, 2)
    assert set(queries.in_force(today)) == {"1.004873"}
    publish("1.001193")
    assert set(queries.in_force(today)) == {"1.001193", "1.004873"}
    assert door.online_count(today) == 2


ROW = {
    "code": "9.000001", "name": "Thủ tục thử", "field": "Thử", "level": "xa", "agency": "UBND cấp xã",
    "channels": "online|direct", "time_value": "5", "time_unit": "working_day", "fee_kind": "le_phi",
    "fee_amount": "20.000", "fee_set_by": "central", "components": "Tờ khai|Bản sao giấy tờ", "results": "Giấy",
}  # fmt: skip


def run(rows, **more):
    return actions.import_rows(rows, by=CONTROLLER, at=AT, **({"dry_run": False} | more))


def test_a_line_of_a_table_becomes_a_procedure():
    (line,) = run([ROW], publish_on=date(2026, 1, 1))
    assert (line.code, line.outcome) == ("9.000001", "created")
    sheet = door.published("9.000001", date(2026, 11, 2))
    assert sheet.content.fees[0].amount == 20000
    assert [one.name for one in door.components_for(sheet)] == ["Tờ khai", "Bản sao giấy tờ"]
    assert sum(step.working_days for step in door.steps_for(sheet)) == 5


def test_a_dry_run_reports_and_writes_nothing():
    (line,) = run([ROW], dry_run=True)
    assert line.outcome == "created"
    assert not Procedure.objects.exists()
    assert not Entry.objects.exists()


def test_wrong_rows_are_named_and_do_not_stop_the_others():
    rows = [{**ROW, "code": 2.00062}, {**ROW, "code": "abc"}, {**ROW, "time_value": "vài"}, ROW, ROW]
    report = run(rows, publish_on=date(2026, 1, 1))
    assert [line.outcome for line in report] == ["failed", "failed", "failed", "created", "failed"]
    assert report[0].sentence == "Mã “2.00062” không có dạng 1.001193. Trong bảng tính, để cột mã ở dạng chữ."
    assert report[2].sentence == "Cột time_value: “vài” không phải là số."
    assert report[4].sentence == "Mã này đã có ở một dòng trên; chỉ dòng đầu được nhập."
    assert Procedure.objects.count() == 1


def test_a_changed_row_replaces_the_version_from_its_own_day():
    run([ROW], publish_on=date(2026, 1, 1))
    (line,) = run([{**ROW, "time_value": "3", "valid_from": "01/12/2026"}])
    assert line.outcome == "changed"
    assert str(door.limit_for(door.published("9.000001", date(2026, 11, 30))).amount) == "5"
    assert str(door.limit_for(door.published("9.000001", date(2026, 12, 1))).amount) == "3"


def test_a_changed_row_without_a_day_is_a_draft():
    run([ROW], publish_on=date(2026, 1, 1))
    run([{**ROW, "time_value": "3"}])
    assert list(ProcedureVersion.objects.values_list("number", "state").order_by("number")) == [
        (1, "published"), (2, "draft"),
    ]  # fmt: skip


def test_a_row_with_a_sum_that_lacks_three_zeros_carries_a_warning():
    (line,) = run([{**ROW, "fee_amount": "700"}])
    assert line.what is What.WARNING
    assert line.sentence.startswith("Mức thu 700 đồng: có thể thiếu ba số 0")


@pytest.mark.slow
def test_three_thousand_rows_are_imported():
    rows = [{**ROW, "code": f"9.{number:06d}", "name": f"Thủ tục thử số {number}"} for number in range(3000)]
    report = run(rows, publish_on=date(2026, 1, 1))
    assert {line.outcome for line in report} == {"created"}
    assert len(door.all_published(date(2026, 11, 2))) == 3000


def test_what_the_national_catalogue_says_becomes_a_draft_and_changes_nothing():
    door.publish_sample("1.004873", valid_from=date(2026, 1, 1), at=AT)
    before = door.published("1.004873", date(2026, 11, 1))
    number = door.draft_from_national(code="1.004873", name="Tên mới trên Cổng", at=AT)
    made = ProcedureVersion.objects.get(procedure__code="1.004873", number=number)
    assert made.is_draft
    assert made.sheet_content.names.legal == "Tên mới trên Cổng"
    assert made.sheet_content.process == before.content.process
    assert door.published("1.004873", date(2026, 11, 1)) == before
    assert door.draft_from_national(code="9.999999", name="Thủ tục mới", field="Hộ tịch", at=AT) == 1
    assert door.published("9.999999", date(2026, 11, 1)) is None
