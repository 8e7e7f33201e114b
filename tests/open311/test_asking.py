"""What programs ask: filters, pages, forms, kinds, and who may see what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.open311 import course, said
from tests.open311.said import V2, as_json, as_xml, get, post, wrong

from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.portal.open311 import token_of
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.tests.factories import MONDAY, filed

pytestmark = pytest.mark.django_db
WEEK = {"start_date": "2026-11-15T00:00:00+07:00", "end_date": "2026-11-21T00:00:00+07:00"}


def listed(**query: str) -> list[str]:
    return [one["service_request_id"] for one in as_json(get("requests.json", **(WEEK | query)))]


def test_only_public_reports_are_listed(world):
    seen = course.accepted(world)
    filed(world, text="Chưa ai xem phản ánh này.")
    course.accepted(world, category="AN02", text="Tụ tập đánh bạc ở quán.")
    assert listed() == [seen.case.number]


def test_filters_narrow(world):
    old = course.solved(world, MONDAY)
    new = course.accepted(world, MONDAY + timedelta(days=1), category="CS01", text="Đèn đường tắt cả tuần nay.")
    one, other = old.case.number, new.case.number
    assert listed() == [other, one]
    assert listed(order="asc") == [one, other]
    assert listed(service_code="CS01") == [other]
    assert listed(service_code="CS01,GT01") == [other, one]
    assert listed(status="open") == [other]
    assert listed(status="closed") == [one]
    assert listed(status="open,closed") == [other, one]
    assert listed(q="đèn đường") == [other]
    assert listed(start_date="2026-11-17") == [other]
    assert listed(end_date="2026-11-16") == [one]
    assert listed(updated_after="2026-11-17T00:00:00+07:00") == [other]
    assert listed(updated_before="2026-11-16") == [one]
    assert listed(lat=str(world.centre.latitude), long=str(world.centre.longitude), radius="50") == [other, one]
    assert listed(lat=str(world.centre.latitude + 0.01), lng=str(world.centre.longitude), radius="500") == []
    assert listed(bbox="106.0,11.2,106.2,11.4") == [other, one]
    assert listed(bbox="107.0,11.2,107.2,11.4") == []


def test_named_reports_override_every_other_filter(world):
    report = course.accepted(world)
    number = report.case.number
    assert listed(service_request_id=f"{number},PA-2026-9999999", status="closed", start_date="2020-01-01") == [number]


def test_an_empty_filter_counts_as_absent_and_an_unknown_one_is_ignored(world):
    report = course.accepted(world)
    assert listed(status="", service_code="", lat="", long="", zipcode="700000") == [report.case.number]


def test_a_span_of_more_than_ninety_days_is_cut_to_the_last(world):
    report = course.accepted(world, MONDAY)
    assert listed(start_date="2026-08-01", end_date="2026-11-17") == [report.case.number]
    assert listed(start_date="2026-11-10", end_date="2027-02-28") == []


def test_a_plus_that_arrived_as_a_blank_is_understood(world):
    course.accepted(world, MONDAY)
    assert listed(start_date="2026-11-16T09:00:01 07:00") == []
    assert len(listed(start_date="2026-11-16T08:59:59 07:00")) == 1


def test_pages_say_how_many_there_are_and_where_the_others_stand(world):
    numbers = [course.accepted(world, MONDAY + timedelta(hours=n)).case.number for n in range(3)]
    first = get("requests.json", page="1", page_size="2", **WEEK)
    second = get("requests.json", page="2", page_size="2", **WEEK)
    assert [one["service_request_id"] for one in as_json(first)] == [numbers[2], numbers[1]]
    assert [one["service_request_id"] for one in as_json(second)] == [numbers[0]]
    assert (first["X-Total-Count"], second["X-Total-Count"]) == ("3", "3")
    assert "page=2" in first["Link"]
    assert 'rel="next"' in first["Link"]
    assert 'rel="prev"' in second["Link"]
    assert 'rel="next"' not in second["Link"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lat": "11.3"}, "lat and long must be given together"),
        ({"lat": "abc", "long": "106"}, "lat and long are not a place in decimal degrees"),
        ({"start_date": "hôm qua"}, "'hôm qua' is not a date and time of ISO 8601"),
        ({"end_date": "0001-01-01"}, "'0001-01-01' is not a date and time of ISO 8601"),
        ({"updated_after": "9999-12-31"}, "'9999-12-31' is not a date and time of ISO 8601"),
        ({"start_date": "2026-11-20", "end_date": "2026-11-10"}, "start_date is after end_date"),
        ({"status": "new"}, "status must be open or closed"),
        ({"page": "0"}, "page must be a whole number from 1"),
        ({"page_size": "9" * 400}, "page_size must be a whole number from 1"),
        ({"bbox": "1,2,3"}, "bbox must be west,south,east,north in degrees"),
        ({"radius": "-5"}, "radius must be between 0 and 50000 metres"),
    ],
)
def test_filters_that_mean_nothing_are_refused(world, query, words):
    response = get("requests.json", **query)
    assert (response.status_code, wrong(response)) == (400, [(400, words)])


def test_a_list_of_twice_as_many_costs_the_same(world):
    for n in range(2):
        course.accepted(world, MONDAY + timedelta(hours=n), **course.with_photo(n))
    get("requests.json", **WEEK)
    with CaptureQueriesContext(
        connection,
    ) as two:
        get("requests.json", extensions="true", **WEEK)
    for n in range(2, 5):
        course.accepted(world, MONDAY + timedelta(hours=n), **course.with_photo(n))
    with CaptureQueriesContext(connection) as five:
        get("requests.json", extensions="true", **WEEK)
    assert len(two) == len(five) == 5  # the limit, reports, photos, answers, what happened


def test_endings_and_what_is_accepted_choose_the_form(world):
    assert as_json(get("services.JSON"))
    assert as_xml(get("services")).tag == "services"
    assert as_json(Client().get(f"{V2}/services", headers={"Accept": "application/json"}))
    unknown = get("services.csv")
    assert (unknown.status_code, unknown["Content-Type"]) == (404, "text/plain")
    assert Client().get("/open311/discovery.json").status_code == 200


def test_types_stand_bare_where_a_deployment_wants_it(world, settings):
    settings.OPEN311_BARE_TYPES = True
    assert get("services.xml")["Content-Type"] == "text/xml"
    assert get("services.json")["Content-Type"] == "application/json"


def test_names_of_kinds_in_english_for_those_who_prefer_it(world):
    rows = as_json(Client().get(f"{V2}/services.json", headers={"Accept-Language": "en-GB,en;q=0.9"}))
    assert rows[0]["service_name"] == "Pothole or damaged road"


def test_pages_of_other_sites_may_read_and_get_no_cookie(world):
    response = get("requests.json", **WEEK)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    asked_before = Client().options(f"{V2}/requests.json")
    assert (asked_before.status_code, asked_before["Access-Control-Allow-Methods"]) == (204, "GET, POST, OPTIONS")


def test_a_jurisdiction_matters_only_where_the_deployment_names_its_own(world, settings):
    assert get("services.json", jurisdiction_id="khac.gov.vn").status_code == 200
    settings.OPEN311_JURISDICTION = "tinh.gov.vn"
    assert get("services.json", jurisdiction_id="tinh.gov.vn").status_code == 200
    assert get("services.json").status_code == 200
    refused = get("services.json", jurisdiction_id="khac.gov.vn")
    assert (refused.status_code, wrong(refused)) == (404, [(404, "jurisdiction_id was not found")])


def test_a_definition_only_where_there_are_questions(world):
    assert get("services/GT02.json").status_code == 404
    assert get("services/XX99.json").status_code == 404


def test_other_methods_are_refused_in_the_same_shape(world):
    response = Client().delete(f"{V2}/requests.json")
    assert (response.status_code, wrong(response)) == (405, [(405, "use GET or POST")])


def test_a_report_that_is_not_public_is_found_by_its_own_program_alone(world):
    own, other = said.key("mot"), said.key("hai")
    (receipt,) = as_json(post(said.pothole(world, api_key=own)))
    path = f"requests/{receipt['service_request_id']}.json"
    assert get(path).status_code == 404
    assert get(path, api_key=other).status_code == 404
    (mine,) = as_json(get(path, api_key=own))
    assert (mine["status"], mine["media_url"]) == ("open", None)
    assert "phone" not in str(mine)
    assert not Report.objects.get().is_public


def test_a_token_tells_its_id_once_an_operator_has_looked(world):
    (receipt,) = as_json(post(said.pothole(world, api_key=said.key(), service_code="AN01")))
    assert "service_request_id" not in receipt
    (waiting,) = as_json(get(f"tokens/{receipt['token']}.json"))
    assert waiting == {"token": receipt["token"], "service_request_id": None}
    report = Report.objects.select_related("case").get()
    type(report.case).objects.filter(pk=report.pk).update(state="assigned")
    (known,) = as_json(get(f"tokens/{receipt['token']}.json"))
    assert known["service_request_id"] == report.case.number


def test_a_token_is_kept_ninety_days_and_cannot_be_guessed(world):
    report = filed(world, timezone.now() - timedelta(days=91))
    assert get(f"tokens/{token_of(report.pk)}.json").status_code == 404
    for guess in ("T1-00000000000000000000", "x", "T", "T-", "Tzz-1", token_of(report.pk + 1), "T" + "f" * 60):
        assert get(f"tokens/{guess}.json").status_code == 404


def test_a_place_on_private_land_is_told_roughly_and_without_address(world):
    where = Point(world.centre.latitude + 0.0012345, world.centre.longitude)
    report = course.accepted(world, category="XD02", place=where, text="Công trình sắp đổ sang nhà bên.")
    if not report.is_private_land:
        Report.objects.filter(pk=report.pk).update(is_private_land=True)
    (one,) = as_json(get(f"requests/{report.case.number}.json"))
    assert one["address"] is None
