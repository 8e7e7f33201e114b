"""The province's board with its targets, a number opened onto its cases, a lost point onto one late dossier."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.journeys.window import Window
from tests.running import Running
from tests.scorecards.assessing import PUBLISHED

from tinhso.modules.indicators.queries.seeds import published

pytestmark = pytest.mark.journey
BOARD, INDEX = "/lam-viec/chi-tieu/", "/lam-viec/chi-so-phuc-vu/"
VERDICTS = ("Vượt", "Đạt", "Xấp xỉ đạt", "Chậm", "Rất chậm", "Chưa có số liệu")


def test_the_board_tells_verdicts_and_each_number_and_lost_point_opens_onto_its_cases(
    window: Callable[..., Window], platform: Running
) -> None:
    late = platform.run("-m", "tests.measuring").strip().splitlines()[-1]

    # The board: each of the published targets with a verdict.
    leader = window("director", width=1440, height=900)
    leader.go(BOARD)
    rows = leader.page.locator("tr").filter(has_text="mục tiêu như Hậu Giang công bố 2024")
    assert rows.count() == sum(len(place.get("targets", ())) for place in published()) == 11
    assert all(rows.nth(n).locator(".tag").last.inner_text().strip() in VERDICTS for n in range(11))
    leader.picture("board")

    # A number is the length of the list that it opens onto.
    leader.go(f"{BOARD}ma/dossiers_online/")
    number = leader.page.locator("td[data-label='Mẫu số'] a").first
    said = number.inner_text()
    with leader.page.expect_navigation():
        number.click()
    assert f"{said} lượt đếm" in leader.text()
    assert leader.page.locator("main tbody tr").count() == int(said)

    # The index of the commune: a component, what it lost, the dossier itself.
    leader.go(INDEX)
    assert "Phường Tân Ninh" in leader.text()
    leader.press("2.1 Xử lý hồ sơ đúng hạn")
    assert "Làm mất điểm" in leader.text()
    leader.picture("lost-point")
    with leader.page.expect_navigation():
        leader.page.locator("tr").filter(has_text=late).locator("a.row-link").click()
    assert late in leader.text()

    # Everybody reads what is closed, on a phone, and anybody may compute a published round again.
    reader = window("", width=390)
    reader.go("/chi-tieu/")
    with reader.page.expect_navigation():
        reader.page.locator("main th a").first.click()
    assert "Số liệu theo kỳ" in reader.text()
    reader.picture("public")
    said = platform.run("-m", "tinhso.config.cli", "score", "recompute", PUBLISHED)
    assert said.strip().splitlines()[-1] == "identical"
