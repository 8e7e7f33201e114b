import pytest

from tinhso.kernel.notices.rules import MAX_ATTEMPTS, Sending, is_inner_address, message_id, next_state


@pytest.mark.parametrize("url", ["/", "/ho-so/12/", "/ho-so/?q=a//b"])
def test_a_path_of_this_site_is_an_inner_address(url):
    assert is_inner_address(url)


@pytest.mark.parametrize(
    "url", ["", "ho-so", "//evil.test/", "/\\evil.test", "https://evil.test/", "/a\r\nX: 1", "/\t/x"]
)
def test_what_a_browser_may_take_for_another_site_is_not(url):
    assert not is_inner_address(url)


def test_every_try_of_a_message_has_the_same_id_and_every_message_its_own():
    first = message_id(7, "2026-03-02T01:30:00+00:00", "tinh.test")
    assert first == message_id(7, "2026-03-02T01:30:00+00:00", "tinh.test")
    assert first != message_id(8, "2026-03-02T01:30:00+00:00", "tinh.test")
    assert first != message_id(7, "2026-03-02T01:30:01+00:00", "tinh.test")


@pytest.mark.parametrize(
    ("attempts", "is_final", "state"),
    [
        (1, False, Sending.FAILED),
        (MAX_ATTEMPTS - 1, False, Sending.FAILED),
        (MAX_ATTEMPTS, False, Sending.GIVEN_UP),
        (1, True, Sending.GIVEN_UP),
    ],
)
def test_a_message_is_tried_eight_times_unless_the_server_refuses_for_good(attempts, is_final, state):
    assert next_state(attempts=attempts, is_final=is_final) is state
