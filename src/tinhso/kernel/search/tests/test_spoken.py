"""Questions as people say them: regions, short forms, talk around the matter."""

import pytest

from tinhso.kernel.search.rules import Document, Index
from tinhso.kernel.search.rules.spoken import commonly

SPOKEN = {
    "tui hổng có giấy khai sanh": "tôi không có giấy khai sinh",
    "rớt bóp rồi giờ mần lại căn cước ở mô rứa": "rớt bóp làm lại căn cước ở đâu",
    "mướn nhà ko co hop dong": "thuê nhà không co hop dong",
    "sổ hồng": "sổ hồng",  # not “hông”
    "trẻ mồ côi": "trẻ mồ côi",  # not “coi”
    "kết hôn": "kết hôn",  # not “hông” either
    "ra rồi": "ra rồi",  # nothing else would be left
    "": "",
}


@pytest.mark.parametrize("said", SPOKEN)
def test_what_people_say_is_read_in_common_words(said):
    assert commonly(said) == SPOKEN[said]
    assert commonly(commonly(said)) == commonly(said)


def test_both_ways_to_write_marks_are_one():
    assert commonly("ho\u0302\u0309ng ra\u0306\u0300ng") == commonly("hổng rằng") == "không rằng"


def test_talk_around_the_matter_does_not_hide_it():
    index = Index(
        [Document(1, "Đăng ký khai sinh ở đâu?"), Document(2, "Trả nợ ngân hàng xong thì xóa thế chấp ở đâu?")]
    )
    assert index.search("vợ tui sanh xong rồi giờ đi làm khai sanh ở mô")[0].key == 1
