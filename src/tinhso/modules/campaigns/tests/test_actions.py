"""Beginning, projecting, freezing, awarding: who may, who may not, and what stays as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tinhso.kernel.bundles import is_offline
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.facts.models import MonthFigure
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Measure, registry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.together import at_once
from tinhso.modules.campaigns import demo, jobs
from tinhso.modules.campaigns.actions import awarding, running
from tinhso.modules.campaigns.models import Award, Campaign, CampaignRules, Entrant
from tinhso.modules.campaigns.queries.resolved import resolved_in_time
from tinhso.modules.campaigns.rules.places import Ties
from tinhso.modules.campaigns.rules.words import AwardState, CampaignState
from tinhso.modules.campaigns.tests import factories
from tinhso.modules.campaigns.tests.factories import NOW, OVER, RULES, actor, begun, frozen, proposed

pytestmark = pytest.mark.django_db


def places_of(campaign):
    return dict(Entrant.objects.filter(campaign=campaign).values_list("unit_id", "place"))


def test_a_campaign_begins_with_its_rules_published_and_its_first_places(stage, figures):
    here = stage.here
    figures["test.first"] |= {here.commune.pk: "80", here.other.pk: "85.5"}
    campaign = begun(stage)
    assert places_of(campaign) == {here.commune.pk: 2, here.other.pk: 1, here.department.pk: None}
    assert (CampaignRules.objects.get().valid_from, campaign.projected_at) == (date(2026, 1, 1), NOW)


def test_who_does_not_manage_begins_nothing(stage, figures):
    for who in (stage.viewer, stage.council):
        with pytest.raises(NotAllowed):
            begun(replace(stage, manager=who))
    assert (Campaign.objects.count(), Entry.objects.filter(verb="campaigns.begin").count()) == (0, 0)


def test_a_code_is_used_once_and_wrong_rules_leave_nothing(stage, figures):
    with pytest.raises(Refusal) as wrong:
        begun(stage, replace(RULES, measure="gone"))
    assert (wrong.value.code, Campaign.objects.count()) == ("campaigns.rules", 0)
    begun(stage)
    with pytest.raises(Refusal) as taken:
        begun(stage)
    assert (taken.value.code, Campaign.objects.count(), Entrant.objects.count()) == ("campaigns.code_taken", 1, 3)


def test_the_leaderboard_is_a_projection_that_remembers_the_day_before(stage, figures):
    here = stage.here
    figures["test.first"] |= {here.commune.pk: "80", here.other.pk: "85"}
    campaign = begun(stage)
    figures["test.first"][here.commune.pk] = "90"
    for _again in range(2):
        assert running.project(campaign_id=campaign.pk, at=NOW + timedelta(days=1)) == 2
    own = Entrant.objects.get(campaign=campaign, unit=here.commune)
    assert (own.place, own.place_before, own.value, own.words) == (1, 2, Decimal(90), "đến 2026-03-03")


def test_a_campaign_whose_measure_is_gone_does_not_stop_the_others(stage, figures, monkeypatch):
    figures["test.second"] |= {stage.here.commune.pk: "50"}
    gone, other = begun(stage), begun(stage, replace(RULES, measure="test.second"), code="khac")
    monkeypatch.delitem(registry.measures, "test.first")
    figures["test.second"] |= {stage.here.other.pk: "60"}
    jobs.project(0)
    assert places_of(other)[stage.here.other.pk] == 1
    assert Campaign.objects.get(pk=gone.pk).projected_at == NOW


def test_rules_change_from_a_day_on_with_a_reason_and_the_last_ones_place(stage, figures):
    here = stage.here
    figures["test.first"] |= {here.commune.pk: "90", here.other.pk: "90"}
    figures["test.second"] |= {here.commune.pk: "1", here.other.pk: "2"}
    campaign = begun(stage)
    assert places_of(campaign)[here.commune.pk] == 1
    second = replace(RULES, ties=Ties.SECOND, second="test.second")
    who = {"campaign_id": campaign.pk, "rules": second, "words": "Nhiều đơn vị bằng nhau", "at": NOW}
    with pytest.raises(NotAllowed):
        running.change_rules(**who, since=date(2026, 3, 1), by=actor(stage.viewer))
    with pytest.raises(Refusal):
        running.change_rules(**who, since=date(2026, 9, 1), by=actor(stage.manager))
    assert CampaignRules.objects.count() == 1
    running.change_rules(**who, since=date(2026, 3, 1), by=actor(stage.manager))
    first, last = CampaignRules.objects.order_by("number")
    assert (first.valid_to, last.valid_from) == (date(2026, 2, 28), date(2026, 3, 1))
    assert places_of(campaign)[here.commune.pk] == 2


def test_freezing_keeps_all_it_came_from_and_nothing_moves_afterwards(stage, figures, tmp_path):
    campaign = frozen(stage, figures)
    before = places_of(campaign)
    figures["test.first"][stage.here.other.pk] = "99"
    assert running.project(campaign_id=campaign.pk, at=OVER + timedelta(days=1)) == 0
    for act in (running.freeze, running.withdraw):
        more = {"unit_id": stage.here.other.pk, "words": "x"} if act is running.withdraw else {}
        with pytest.raises(Refusal) as no:
            act(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER, **more)
        assert no.value.code == "campaigns.state"
    assert places_of(campaign) == before
    assert [one["value"] for one in campaign.bundle["units"]] == ["70", "91.2", "88"]
    assert list(jobs.recompute([campaign.code])) == [f"{campaign.code}: 3 units placed again", "identical"]
    file = tmp_path / "goi.json"
    file.write_text(json.dumps(campaign.bundle), encoding="utf-8")
    assert list(jobs.recompute([str(file)]))[-1] == "identical"
    assert is_offline([str(file)])
    Entrant.objects.filter(campaign=campaign, unit=stage.here.other).update(place=1)
    with pytest.raises(Refusal):
        list(jobs.recompute([campaign.code]))


def test_nothing_is_frozen_before_its_last_day_is_over_nor_without_values(stage, figures):
    campaign = begun(stage)
    for at, code in ((datetime(2026, 6, 30, 16, tzinfo=UTC), "campaigns.still_running"), (OVER, "campaigns.nothing")):
        with pytest.raises(Refusal) as no:
            running.freeze(campaign_id=campaign.pk, by=actor(stage.manager), at=at)
        assert no.value.code == code
    with pytest.raises(NotAllowed):
        running.freeze(campaign_id=campaign.pk, by=actor(stage.council), at=OVER)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.bundle, campaign.frozen_at) == (CampaignState.RUNNING, None, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_who_freezes_at_once_with_another_freezes_once(stage, figures):
    figures["test.first"] |= {stage.here.commune.pk: "80"}
    campaign, by = begun(stage), actor(stage.manager)
    acts = [lambda: running.freeze(campaign_id=campaign.pk, by=by, at=OVER).state] * 2
    assert sorted(at_once(*acts)) == ["campaigns.state", "frozen"]
    assert Entry.objects.filter(verb="campaigns.freeze").count() == 1


def test_a_unit_is_withdrawn_with_a_reason_and_the_others_are_placed_anew(stage, figures):
    here = stage.here
    figures["test.first"] |= {here.commune.pk: "80", here.other.pk: "85"}
    campaign = begun(stage)
    who = {"campaign_id": campaign.pk, "words": "đã giải thể", "by": actor(stage.manager), "at": NOW}
    running.withdraw(**who, unit_id=here.other.pk)
    assert places_of(campaign) == {here.commune.pk: 1, here.department.pk: None}
    with pytest.raises(NotFound):
        running.withdraw(**who, unit_id=here.other.pk)


# Awards


def test_awards_are_proposed_by_the_rules_once(stage, figures):
    campaign, awards = proposed(stage, figures)
    here = stage.here
    assert {(one.entrant.unit_id, one.prize_name) for one in awards} == {
        (here.commune.pk, "Giải Nhất"),
        (here.department.pk, "Giải Nhất"),
        (here.other.pk, "Giải Nhì"),
    }
    assert awarding.propose(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER) == []
    with pytest.raises(Refusal) as no:
        awarding.propose_one(campaign_id=campaign.pk, unit_id=here.other.pk, prize="g1", reason="Nỗ lực lớn",
                             by=actor(stage.manager), at=OVER)  # fmt: skip
    assert (no.value.code, Award.objects.count()) == ("campaigns.proposed_already", 3)


@pytest.mark.parametrize(
    ("who", "code"),
    [("viewer", "people.not_allowed"), ("manager", "people.not_allowed"), ("judge_of_own", "campaigns.own_unit")],
)
def test_nobody_decides_without_the_right_nor_on_the_own_unit(stage, figures, who, code):
    _campaign, awards = proposed(stage, figures)
    own = next(one for one in awards if one.entrant.unit_id == stage.here.commune.pk)
    entries = Entry.objects.count()
    with pytest.raises(NotAllowed) as no:
        awarding.settle(award_id=own.pk, grant=True, by=actor(getattr(stage, who)), at=OVER)
    own.refresh_from_db()
    assert (no.value.code, own.state, Entry.objects.count()) == (code, AwardState.PROPOSED, entries)


def test_who_proposed_does_not_decide_and_refusing_needs_a_reason(stage, figures):
    _campaign, awards = proposed(stage, figures)
    award = next(one for one in awards if one.entrant.unit_id == stage.here.other.pk)
    with pytest.raises(Refusal) as no:
        awarding.settle(award_id=award.pk, grant=False, by=actor(stage.council), at=OVER)
    Award.objects.filter(pk=award.pk).update(proposed_by_id=stage.council.pk)
    with pytest.raises(NotAllowed) as own:
        awarding.settle(award_id=award.pk, grant=True, by=actor(stage.council), at=OVER)
    award.refresh_from_db()
    assert (no.value.code, own.value.code, award.state) == (
        "campaigns.reason", "campaigns.own_proposal", AwardState.PROPOSED,
    )  # fmt: skip


def test_a_decision_waits_for_every_proposal_and_numbers_the_certificates(stage, figures):
    campaign, awards = proposed(stage, figures)
    who = {"campaign_id": campaign.pk, "number": "45/QĐ-UBND", "decided_on": date(2026, 7, 1), "at": OVER}
    with pytest.raises(Refusal) as waits:
        awarding.decide(**who, by=actor(stage.council))
    Award.objects.all().delete()
    with pytest.raises(Refusal) as none:
        awarding.decide(**who, by=actor(stage.council))
    campaign.refresh_from_db()
    assert (waits.value.code, none.value.code, campaign.state) == (
        "campaigns.unsettled", "campaigns.no_award", CampaignState.FROZEN,
    )  # fmt: skip
    assert len(awards) == 3


def test_what_is_decided_is_told_to_those_who_were_awarded(stage, figures):
    campaign = factories.decided(stage, figures)
    assert (campaign.state, campaign.decision_number) == (CampaignState.DECIDED, "45/QĐ-UBND")
    assert sorted(Award.objects.values_list("number", flat=True)) == [1, 2, 3]
    run_jobs()
    kinds = Notice.objects.filter(account=stage.viewer).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["campaigns.begin", "campaigns.decide"]


# The measure that every deployment has


def test_what_was_resolved_in_time_counts_divisions_for_their_body_and_is_cut_down(stage):
    name = next(one.name for one in registry.facts.values() if one.measure is Measure.RESOLVED)
    here = stage.here
    for unit, verdict, number in ((here.shop, "early", 1), (here.commune, "on_time", 1), (here.commune, "late", 1)):
        MonthFigure.objects.create(name=name, month=date(2026, 1, 1), unit=unit, verdict=verdict, number=number)
    found = resolved_in_time([here.commune.pk, here.other.pk], date(2026, 1, 1), date(2026, 1, 31))
    assert {unit: (one.value, one.words) for unit, one in found.items()} == {
        here.commune.pk: (Decimal("66.66"), "2/3 vụ việc giải quyết trước hạn, đúng hạn"),
    }  # fmt: skip
    assert resolved_in_time([here.commune.pk], date(2026, 1, 2), date(2026, 1, 30)) == {}


def test_the_demonstration_is_loaded_once_also_where_nothing_was_resolved(stage):
    for _again in range(2):
        demo.demo(NOW)
    assert set(Campaign.objects.values_list("state", "is_demonstration")) == {("running", True)}


def test_the_demonstration_has_a_decided_campaign_where_there_are_figures(stage):
    name = next(one.name for one in registry.facts.values() if one.measure is Measure.RESOLVED)
    for n, unit in enumerate((stage.here.commune, stage.here.other)):
        for verdict, number in (("early", 9 - n), ("late", 1)):
            MonthFigure.objects.create(name=name, month=date(2026, 1, 1), unit=unit, verdict=verdict, number=number)
    demo.demo(NOW)
    decided = Campaign.objects.get(state=CampaignState.DECIDED)
    assert list(jobs.recompute([decided.code]))[-1] == "identical"


# Ties


def tied(stage, figures):
    """Both communes at the first place, each proposed for the only first prize."""
    figures["test.first"] |= {stage.here.commune.pk: "90", stage.here.other.pk: "90"}
    campaign = begun(stage)
    running.freeze(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER)
    return awarding.propose(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER)


def test_tied_units_are_settled_alike_for_one_reason(stage, figures):
    first, second = tied(stage, figures)
    who = {"award_id": first.pk, "grant": True, "at": OVER}
    with pytest.raises(Refusal) as no:
        awarding.settle_tied(**who, reason="", by=actor(stage.council))
    with pytest.raises(NotAllowed):
        awarding.settle_tied(**who, reason="Đồng hạng, tặng cả hai", by=actor(stage.manager))
    assert (no.value.code, set(Award.objects.values_list("state", flat=True))) == ("campaigns.reason", {"proposed"})
    assert awarding.settle_tied(**who, reason="Đồng hạng, tặng cả hai", by=actor(stage.council)) == (2, 0)
    assert set(Award.objects.values_list("pk", "state", "reason")) == {
        (one.pk, "granted", "Đồng hạng, tặng cả hai") for one in (first, second)
    }
    assert Entry.objects.filter(verb="campaigns.settle").count() == 2


def test_a_member_settles_the_tied_ones_but_the_own_unit(stage, figures):
    first, second = tied(stage, figures)
    said = {"grant": False, "reason": "Chưa đủ điều kiện", "by": actor(stage.judge_of_own), "at": OVER}
    assert awarding.settle_tied(award_id=second.pk, **said) == (1, 1)
    states = dict(Award.objects.values_list("entrant__unit_id", "state"))
    assert states == {stage.here.commune.pk: "proposed", stage.here.other.pk: "refused"}
    with pytest.raises(NotAllowed) as no:
        awarding.settle_tied(award_id=first.pk, **said)
    assert (no.value.code, dict(Award.objects.values_list("entrant__unit_id", "state"))) == (
        "campaigns.own_unit", states,
    )  # fmt: skip
