"""The seeds hold what the law of 2025 says, and every former unit leads to a living one."""

import unicodedata
from collections import Counter

from tinhso.kernel.units import seeds


def test_there_are_34_provinces_and_63_before():
    assert len(seeds.provinces()) == 34
    assert len(seeds.former_provinces()) == 63
    assert len({one.agency for one in seeds.provinces()}) == 34
    assert len({one.agency for one in seeds.former_provinces()}) == 63


def test_there_are_3321_communes_of_three_kinds():
    communes = seeds.communes()
    assert len(communes) == 3321
    assert Counter(one.kind for one in communes) == {"xa": 2621, "phuong": 687, "dac_khu": 13}
    assert len({one.code for one in communes}) == 3321


def test_tay_ninh_has_96_communes():
    assert len(seeds.communes("80")) == 96


def test_there_were_10040_areas_five_of_them_districts_without_communes():
    formers = seeds.formers()
    assert len(formers) == 10040
    assert len({one.code for one in formers if one.code}) == 10035
    assert [one.district for one in formers if not one.code] == [
        "Huyện Bạch Long Vĩ",
        "Huyện Cồn Cỏ",
        "Huyện Hoàng Sa",
        "Huyện Lý Sơn",
        "Huyện Côn Đảo",
    ]
    assert len({one.district_code for one in formers}) == 696


def test_every_former_commune_leads_to_a_living_one_and_every_living_one_comes_from_some():
    living = {one.code for one in seeds.communes()}
    reached = set()
    for former in seeds.formers():
        assert former.successors, former
        assert living.issuperset(former.successors), former
        reached.update(former.successors)
    assert reached == living


def test_a_former_commune_stays_within_the_province_its_province_became():
    became = {one.code: one.successor for one in seeds.former_provinces()}
    home = {one.code: one.province for one in seeds.communes()}
    for former in seeds.formers():
        assert {home[code] for code in former.successors} == {became[former.province_code]}, former


def test_names_are_nfc_and_begin_with_their_kind():
    words = {"phuong": "Phường ", "xa": "Xã ", "dac_khu": "Đặc khu ", "thi_tran": "Thị trấn "}
    for one in [*seeds.communes(), *(former for former in seeds.formers() if former.code)]:
        assert unicodedata.is_normalized("NFC", one.name)
        assert one.name.lower().startswith(words[one.kind].lower())


def test_islands_are_not_on_the_mainland():
    places = {one.name: (one.latitude, one.longitude) for one in seeds.communes()}
    assert places["Đặc khu Hoàng Sa"] == (16.568, 112.135)
    assert places["Đặc khu Trường Sa"] == (9.71, 114.45)
    sea = [one for one in seeds.formers() if one.district in ("Huyện Trường Sa", "Huyện Hoàng Sa")]
    assert [(one.latitude, one.longitude) for one in sea] == [(None, None)] * 4


def test_agency_numbers_of_communes_have_three_digits_apart_from_those_of_departments():
    plan = seeds.organisation()
    departments = [line["number"] for line in (*plan["departments"], *plan["verticals"])]
    assert len(set(departments)) == len(departments)
    for province in seeds.provinces():
        numbers = [int(one.agency_number) for one in seeds.communes(province.code)]
        assert numbers == list(range(201, 201 + len(numbers)))
        assert numbers[-1] <= 999
    assert max(departments) < 201


def test_a_namesake_in_the_other_province_is_not_a_successor():
    wards = {one.district: one for one in seeds.formers(frozenset({"72", "80"})) if one.name == "Phường 4"}
    assert wards["Thành phố Tây Ninh"].successors == ("25459",)
    assert wards["Thành phố Tân An"].successors == ("27694",)
