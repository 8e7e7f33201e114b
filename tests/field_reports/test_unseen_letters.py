"""Letters that nobody sees neither hide a number from its mask nor spoil what everybody reads."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from django.test import Client

from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.tests import factories as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_a_report_loses_them_whichever_way_it_comes(client: Client) -> None:
    report = make.filed(make.world(), text="Ổ gà\x0b lớn, \u202egọi 09\u200b12 345\u00ad678.", address="Chợ\x01 Cũ")
    assert (report.text, report.address) == ("Ổ gà lớn, gọi 0912 345678.", "Chợ Cũ")
    assert report.masked_text == "Ổ gà lớn, gọi •••."


def test_one_that_was_kept_before_does_not_spoil_the_feeds(client: Client) -> None:
    report = make.approved(make.world())
    Report.objects.filter(pk=report.pk).update(masked_title="Ổ gà\x0b", masked_text="Ổ gà\x01 lớn\x0b")
    feed = ElementTree.fromstring(client.get("/phan-anh/moi.xml").content)
    assert feed.findtext(".//item/title", "").startswith("Ổ gà (")
    programs = ElementTree.fromstring(client.get("/open311/v2/requests.xml").content)
    assert programs.findtext(".//request/description") == "Ổ gà lớn"
