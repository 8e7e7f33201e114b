"""Identity numbers, tax codes, phone numbers, the QR text of a citizen card, and where a right holds."""

from datetime import date

import pytest

from tinhso.kernel.people.rules import (
    BIRTH_PROVINCES,
    NOBODY,
    SYSTEM,
    Actor,
    ActorKind,
    IdentityCheck,
    Scope,
    check_identity_number,
    is_tax_code,
    phone_number,
    read_card,
)


def test_there_are_63_birth_provinces():
    assert len(BIRTH_PROVINCES) == 63


@pytest.mark.parametrize("number", ["", "123456789", "07219512345", "0721951234567", "07219512345a", "０72195123456"])
def test_an_identity_number_has_twelve_digits(number):
    assert check_identity_number(number) == IdentityCheck(False)


def test_a_fitting_number_raises_no_warning():
    check = check_identity_number("072195123456", born_on=date(1995, 3, 8), is_female=True)
    assert check == IdentityCheck(True, ())


@pytest.mark.parametrize(
    ("number", "born_on", "is_female"),
    [
        ("072095000001", date(1995, 1, 1), False),
        ("080203000001", date(2003, 1, 1), False),
        ("080303000001", date(2003, 1, 1), True),
        ("001410000001", date(2110, 1, 1), False),
        ("096985000001", date(2385, 1, 1), True),
    ],
)
def test_the_fourth_digit_tells_century_and_sex(number, born_on, is_female):
    assert check_identity_number(number, born_on=born_on, is_female=is_female) == IdentityCheck(True, ())


def test_mismatches_warn_but_never_block():
    check = check_identity_number("999195123456", born_on=date(1996, 1, 1), is_female=False)
    assert check == IdentityCheck(True, ("unknown_province", "birth_year_differs", "sex_differs"))


@pytest.mark.parametrize("code", ["0100109106", "0101243150", "0300588569", "0106869738", "0301442989", "0100686174"])
def test_real_tax_codes_are_accepted(code):
    assert is_tax_code(code)


@pytest.mark.parametrize("code", ["0100109106-001", "0100109106001", "072195123456"])
def test_dependent_units_and_persons_have_tax_codes_too(code):
    assert is_tax_code(code)


@pytest.mark.parametrize(
    "code", ["", "0100109107", "010010910", "01001091066", "0100109106-01", "0100109106/001", "010010910x"]
)
def test_other_numbers_are_no_tax_codes(code):
    assert not is_tax_code(code)


def test_a_check_digit_that_would_be_ten_was_never_issued():
    # 31·0 + … + 3·0 = 0: the remainder is 0, so the check digit would be 10.
    assert not any(is_tax_code(f"000000000{digit}") for digit in range(10))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0912345678", "+84912345678"),
        ("091 234 5678", "+84912345678"),
        ("091.234.5678", "+84912345678"),
        ("(091) 234-5678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("0276 3822 233", "+842763822233"),
        ("0312345678", "+84312345678"),
        ("0112345678", None),
        ("091234567", None),
        ("09123456789", None),
        ("1022", None),
        ("", None),
    ],
)
def test_phone_numbers(text, number):
    assert phone_number(text) == number


CARD = "072195123456|290123456|Nguyễn Thị Mẫu|08031995|Nữ|Khu phố 1, Phường 1, Tây Ninh|15082021"


def test_a_citizen_card_is_read():
    card = read_card(CARD)
    assert card is not None
    assert (card.identity_number, card.old_number, card.full_name) == ("072195123456", "290123456", "Nguyễn Thị Mẫu")
    assert (card.born_on, card.is_female, card.issued_on) == (date(1995, 3, 8), True, date(2021, 8, 15))
    assert card.address == "Khu phố 1, Phường 1, Tây Ninh"


def test_a_card_without_day_of_issue_or_with_an_impossible_birthday_is_still_read():
    card = read_card("072095123456||Nguyễn Văn Mẫu|31021995|Nam|Tây Ninh")
    assert card is not None
    assert (card.born_on, card.issued_on, card.is_female, card.old_number) == (None, None, False, "")


@pytest.mark.parametrize("text", ["", "https://example.vn/abc", "1|2|3", "12345|x|y|01011990|Nam|z|01012021"])
def test_another_text_is_no_card(text):
    assert read_card(text) is None


def test_a_right_holds_on_its_units_only():
    clerk = Actor(ActorKind.OFFICIAL, account_id=1, rights={"dossiers.receive": Scope(units=frozenset({5, 6}))})
    assert clerk.may("dossiers.receive")
    assert clerk.may("dossiers.receive", 5)
    assert not clerk.may("dossiers.receive", 7)
    assert not clerk.may("dossiers.sign")


def test_the_system_may_everything_and_nobody_nothing():
    assert SYSTEM.may("dossiers.sign", 1)
    assert not NOBODY.may("dossiers.sign", 1)
    assert not NOBODY.is_signed_in


def test_scopes_add_up():
    both = Scope(units=frozenset({1})) | Scope(units=frozenset({2}))
    assert both == Scope(units=frozenset({1, 2}))
    assert (both | Scope(everywhere=True)).covers(99)
