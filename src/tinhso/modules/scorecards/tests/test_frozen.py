"""What the system fills, what closing freezes, and that anybody gets the same scores from the bundle alone."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.models import DayFigure
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.scorecards import jobs
from tinhso.modules.scorecards.actions import editions, filling, proving, reviewing, rounds
from tinhso.modules.scorecards.models import Card, Cell, CriteriaEdition, Evidence, PublishedResult, SuppliedFigure
from tinhso.modules.scorecards.queries import exports, frozen, sdmx, signs
from tinhso.modules.scorecards.queries import rounds as reading
from tinhso.modules.scorecards.rules import bundles
from tinhso.modules.scorecards.tests import factories, sheets
from tinhso.modules.scorecards.tests.factories import LATER, NOW, actor, card, opened

pytestmark = pytest.mark.django_db
RECEIVED, ONLINE = "facts:dossiers.received+dossiers.received_at_counter", "facts:dossiers.received[channel=online]"


def with_sources():
    content = sheets.content()
    first = content["indices"][0]["criteria"]
    first[0]["inputs"] = [
        {"code": "a", "name": "Trực tuyến", "source": ONLINE},
        {"code": "b", "name": "Tiếp nhận", "source": RECEIVED},
    ]
    first[1]["inputs"] = [
        {"code": "a", "name": "Hộ có cáp quang", "source": "supplied:fibre"},
        {"code": "b", "name": "Số hộ", "source": "supplied:households"},
    ]
    return content


def counted(unit, name, number, day=date(2026, 3, 2), **dims):
    DayFigure.objects.create(name=name, on=day, unit=unit, key=json.dumps(dims), dims=dims, number=number)


def supplied(unit, code, value):
    SuppliedFigure.objects.create(
        code=code, unit=unit, year=2026, value=value, supplier="Sở Khoa học và Công nghệ", as_of=date(2026, 10, 31)
    )


@pytest.fixture
def computed(stage):
    """A round whose first criterion is counted from the commune's one-stop shop, the second supplied to one unit."""
    here = stage.here
    counted(here.shop, "dossiers.received", 60, channel="online")
    counted(here.shop, "dossiers.received", 10, channel="portal")
    counted(here.commune, "dossiers.received_at_counter", 30)
    counted(here.shop, "dossiers.received", 500, day=date(2025, 12, 31), channel="online")
    supplied(here.commune, "fibre", 700)
    supplied(here.commune, "households", 1000)
    return opened(stage, with_sources())


def test_the_system_fills_and_locks_what_it_knows(stage, computed):
    where = card(computed, stage.here.commune)
    cells = {one.criterion: one for one in Cell.objects.filter(card=where)}
    assert {code: one.inputs for code, one in cells.items()} == {
        "1.1": {"a": "60", "b": "100"},
        "1.2": {"a": "700", "b": "1000"},
    }
    assert [cells[code].self_points for code in ("1.1", "1.2")] == [Decimal("1.2"), Decimal("1.31")]
    assert (where.self_total, where.filled) == (Decimal("2.51"), 2)
    figure = Evidence.objects.get(cell=cells["1.2"])
    assert (figure.kind, figure.frozen_at, figure.figure["values"]) == ("figure", NOW, {"a": "700", "b": "1000"})
    assert figure.figure["words"]["a"] == "Sở Khoa học và Công nghệ cung cấp, tính đến 31/10/2026"
    with pytest.raises(Refusal) as refused:
        filling.fill(
            card_id=where.pk, criterion="1.1", values={"a": "99", "b": "100"}, revision=1, by=actor(stage.clerk), at=NOW
        )
    assert refused.value.code == "scorecards.computed"
    cells["1.1"].refresh_from_db()
    assert cells["1.1"].inputs == {"a": "60", "b": "100"}


def test_what_nobody_supplied_stays_open_to_be_typed(stage, computed):
    other = card(computed, stage.here.other)
    assert list(Cell.objects.filter(card=other).values_list("criterion", flat=True)) == ["1.1"]
    filled = filling.fill(
        card_id=other.pk, criterion="1.2", values={"a": "8", "b": "10"}, revision=0, by=actor(stage.stranger), at=NOW
    )
    assert filled.cell.self_points == Decimal("1.5")


def test_a_card_that_was_sent_keeps_its_figures(stage, computed):
    where = card(computed, stage.here.commune)
    own = {code: values for code, values in sheets.FULL.items() if code not in ("1.1", "1.2")}
    factories.sent(where, stage.head, own)
    counted(stage.here.commune, "dossiers.received", 100, day=date(2026, 4, 1), channel="online")
    rounds.compute(round_id=computed.pk, by=SYSTEM, at=LATER)
    assert Cell.objects.get(card=where, criterion="1.1").inputs == {"a": "60", "b": "100"}


def finished(stage, computed):
    where = card(computed, stage.here.commune)
    factories.sent(where, stage.head, {code: own for code, own in sheets.FULL.items() if code not in ("1.1", "1.2")})
    reviewing.review(
        card_id=where.pk, criterion="1.4", points="0,2", reason="Thiếu phụ lục", revision=None,
        by=actor(stage.council), at=LATER,
    )  # fmt: skip
    reviewing.finish_review(card_id=where.pk, by=actor(stage.council), at=LATER)
    factories.reviewed(card(computed, stage.here.other), stage.stranger, {"1.3": {"a": "1"}}, stage.council)
    rounds.announce(round_id=computed.pk, by=actor(stage.manager), at=LATER)
    rounds.close(round_id=computed.pk, by=actor(stage.manager), at=LATER)
    computed.refresh_from_db()
    return where


def test_recompute_says_identical_and_the_bundle_alone_does_too(stage, computed, tmp_path):
    finished(stage, computed)
    found = frozen.recompute(computed)
    assert (found.units, found.cells, found.is_identical) == (2, 18, True)
    assert list(jobs.score_recompute(["ky-2026"])) == ["ky-2026: 2 units, 18 cells computed again", "identical"]
    path = tmp_path / "ky-2026.json"
    assert "2 units" in next(iter(jobs.score_bundle(["ky-2026", str(path)])))
    Card.objects.all().delete()
    assert list(jobs.score_recompute([str(path)]))[-1] == "identical"


def test_a_bundle_says_inputs_reasons_and_fingerprints_and_no_person(stage, computed):
    finished(stage, computed)
    made = frozen.bundle(computed)
    own = next(one for one in made["units"] if one["unit"] == stage.here.commune.code)
    assert (own["inputs"]["1.1"], own["decided"], own["total"]) == ({"a": "60", "b": "100"}, {"1.4": "0.2"}, "7.21")
    assert made["reasons"] == [
        {"unit": stage.here.commune.code, "criterion": "1.4", "own": "0.5", "council": "0.2", "reason": "Thiếu phụ lục"}
    ]
    text = json.dumps(made, ensure_ascii=False)
    assert "Trần Văn" not in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["inputs"]["1.1"].update(a="61"), "tiêu chí 1.1"),
        (lambda one: one.update(total="9.99"), "tổng điểm"),
        (lambda one: one.update(rank=2), "hạng"),
        (lambda one: one.update(grade="tot"), "xếp loại"),
    ],
)
def test_whoever_changes_a_bundle_is_found_out(stage, computed, tmp_path, change, said):
    finished(stage, computed)
    made = copy.deepcopy(frozen.bundle(computed))
    change(made["units"][0])
    with pytest.raises(Refusal) as broken:
        bundles.unpack(made)
    assert broken.value.code == "scorecards.bundle"
    body = {key: value for key, value in made.items() if key != "sha256"}
    edition, units = bundles.unpack({**body, "sha256": bundles.seal(body)})
    found = bundles.compare(edition, units)
    assert said in {one.what for one in found.differences}
    path = tmp_path / "changed.json"
    path.write_text(json.dumps({**body, "sha256": bundles.seal(body)}), encoding="utf-8")
    with pytest.raises(Refusal) as different:
        list(jobs.score_recompute([str(path)]))
    assert different.value.code == "scorecards.differs"


def test_a_row_changed_in_the_database_is_found_out(stage, computed):
    where = finished(stage, computed)
    Card.objects.filter(pk=where.pk).update(final_total=Decimal("9"))
    with pytest.raises(Refusal) as refused:
        list(jobs.score_recompute(["ky-2026"]))
    assert refused.value.code == "scorecards.differs"


def test_a_late_correction_is_shown_and_the_frozen_score_stays(stage, computed):
    where = finished(stage, computed)
    counted(stage.here.commune, "dossiers.received", 20, day=date(2026, 5, 1), channel="online")
    (found,) = frozen.changes_since(computed)
    assert (found.unit, found.frozen, found.today) == ("Phường Tân Ninh", Decimal("7.21"), Decimal("7.34"))
    assert found.inputs == [("1.1", "a", Decimal(60), Decimal(80)), ("1.1", "b", Decimal(100), Decimal(120))]
    where.refresh_from_db()
    assert where.final_total == Decimal("7.21")
    assert frozen.recompute(computed).is_identical


def test_an_open_round_has_nothing_to_recompute(stage):
    opened(stage)
    with pytest.raises(Refusal) as refused:
        frozen.closed("ky-2026")
    assert refused.value.code == "scorecards.not_closed"


def test_open_data_as_table_and_document(stage, computed):
    finished(stage, computed)
    rows = list(exports.table(computed))
    assert rows[0][:7] == ["unit", "name", "group", "rank", "grade", "total", "1.1"]
    assert rows[1][3:7] == ["1", "kha", "7.21", "1.2"]
    document = exports.document(computed)
    assert document["criteria"][0]["inputs"] == {"a": "Trực tuyến", "b": "Tiếp nhận"}
    assert document["units"][0]["points"]["1.4"] == "0.2"


def test_sdmx_observations_follow_their_structure(stage, computed):
    finished(stage, computed)
    head, *rows = list(sdmx.observations(computed))
    name, version = sdmx.flow_of(computed)
    flow = f"TINHSO:{name}({version})"
    assert rows[0] == ["dataflow", flow, "I", stage.here.commune.code, "_T", "2026", "7.21", "A", "PT"]
    assert len(rows) == 2 * 10
    assert rows[-1][6:8] == ["", "M"]
    told = sdmx.structure(computed, at=LATER)["data"]
    parts = told["dataStructures"][0]["dataStructureComponents"]
    dimensions = [*parts["dimensionList"]["dimensions"], parts["dimensionList"]["timeDimension"]]
    others = [*parts["measureList"]["measures"], *parts["attributeList"]["attributes"]]
    assert head[3:] == [one["id"] for one in (*dimensions, *others)]
    assert told["dataflows"][0]["structure"].endswith(f"DataStructure={flow}")
    lists = {one["name"]: {code["id"] for code in one["codes"]} for one in told["codelists"]}
    for column in ("REF_AREA", "CRITERION", "OBS_STATUS", "UNIT_MEASURE"):
        assert {row[head.index(column)] for row in rows} <= lists[sdmx.CONCEPTS[column]]
    assert "1_1" in lists["Tiêu chí"]


def test_moves_since_the_round_before(stage):
    first = opened(stage, sheets.judged("50", "50"))
    for unit, who, points in ((stage.here.commune, stage.head, "30"), (stage.here.other, stage.stranger, "40")):
        factories.reviewed(
            card(first, unit), who, {"1.1": {"points": points}, "1.2": {"points": "10"}}, stage.council
        )  # fmt: skip
    rounds.close(round_id=first.pk, by=actor(stage.manager), at=LATER)
    again = rounds.Asked(
        "ky-2027", "Đánh giá năm 2027", first.edition_id, date(2027, 1, 1), date(2027, 12, 31),
        LATER.replace(year=2027), previous_id=first.pk, units=(stage.here.commune.pk, stage.here.other.pk),
    )  # fmt: skip
    second = rounds.open_round(again, by=actor(stage.manager), at=LATER)
    for unit, who, points in ((stage.here.commune, stage.head, "45"), (stage.here.other, stage.stranger, "40")):
        factories.reviewed(
            card(second, unit), who, {"1.1": {"points": points}, "1.2": {"points": "10"}}, stage.council
        )  # fmt: skip
    rounds.close(round_id=second.pk, by=actor(stage.manager), at=LATER.replace(year=2027))
    second.refresh_from_db()
    assert [(row.card.unit_id, row.card.rank, row.move) for row in reading.ranking(second, "xa")] == [
        (stage.here.commune.pk, 1, 1), (stage.here.other.pk, 2, -1),
    ]  # fmt: skip
    explained = reading.explain(Card.objects.select_related("round__edition").get(round=second, rank=1))
    assert [(one.code, one.points_changed) for one in explained.moved] == [("1.1", Decimal(15))]


def test_one_file_of_two_units_is_flagged_to_reviewers(stage, tmp_path):
    import io

    round_ = opened(stage)
    content = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    for unit, who in ((stage.here.commune, stage.clerk), (stage.here.other, stage.stranger)):
        proof = proving.Proof("file", stream=io.BytesIO(content), name="bao-cao.pdf")
        proving.attach(
            card_id=card(round_, unit).pk, criterion="1.3", proof=proof, by=actor(who), at=NOW
        )  # fmt: skip
    found = signs.of_round(round_)
    assert {unit: [str(one.kind) for one in own] for unit, own in found.items()} == {
        stage.here.commune.pk: ["reused"], stage.here.other.pk: ["reused"],
    }  # fmt: skip


def test_seeds_are_loaded_once(stage):
    editions.load_seeds(at=NOW)
    before = (CriteriaEdition.objects.count(), PublishedResult.objects.count())
    editions.load_seeds(at=NOW)
    assert before == (CriteriaEdition.objects.count(), PublishedResult.objects.count()) == (6, 309)
    spans = CriteriaEdition.objects.filter(criteria_set__code="dti-province").order_by("number")
    assert [(one.state, one.valid_from.year) for one in spans] == [
        ("replaced", 2020), ("replaced", 2022), ("published", 2025),
    ]  # fmt: skip


def test_figures_of_other_offices_are_imported_line_by_line(stage):
    rows = [
        {"code": "fibre", "unit": stage.here.commune.code, "year": "2026", "value": "1.234", "as_of": "2026-10-31"},
        {"code": "fibre", "unit": "khong-co", "year": "2026", "value": "1", "as_of": "2026-10-31"},
        {"code": "fibre", "unit": stage.here.other.code, "year": "x", "value": "1", "as_of": "2026-10-31"},
    ]
    lines = list(editions.import_figures(rows, dry_run=False, by=SYSTEM, at=NOW))
    assert [line.split("\t")[1] for line in lines] == ["Ghi", "Lỗi", "Lỗi"]
    assert SuppliedFigure.objects.get().value == Decimal(1234)


def test_heads_are_told_once_what_the_council_needs(stage):
    from tinhso.kernel.journal.models import Entry
    from tinhso.kernel.notices.models import Notice

    where = factories.sent(card(opened(stage), stage.here.commune), stage.head)
    reviewing.ask_more(card_id=where.pk, criteria=["1.1"], reason="Bổ sung biên bản", by=actor(stage.council), at=LATER)
    entry = Entry.objects.get(verb="scorecards.ask_more")
    for _ in range(2):
        jobs.tell_unit(entry)
    told = Notice.objects.filter(kind="scorecards.ask_more")
    assert [(one.account_id, one.body) for one in told] == [(stage.head.pk, "Bổ sung biên bản")]


def test_heads_are_reminded_once_a_day_while_the_card_is_not_sent(stage):
    from tinhso.kernel.notices.models import Notice

    round_ = opened(stage)
    factories.sent(card(round_, stage.here.other), stage.stranger, {"1.3": {"a": "1"}})
    for days in (8, 7, 7, 1):
        jobs.remind_at(round_.due_at - timedelta(days=days, hours=2))
    told = Notice.objects.filter(kind="scorecards.remind").order_by("pk")
    said = "Phiếu của đơn vị chưa gửi; hạn 17:00 15/12/2026."
    assert [(one.account_id, one.body) for one in told] == [(stage.head.pk, said)] * 2
