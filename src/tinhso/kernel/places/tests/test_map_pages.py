"""The outlines of communes on their way to a browser."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from tinhso.kernel.places import shapes


@pytest.mark.django_db
def test_outlines_travel_compressed_to_who_can_read_that():
    plain = Client().get("/ban-do/ranh-gioi.json")
    packed = Client().get("/ban-do/ranh-gioi.json", headers={"Accept-Encoding": "br, gzip"})
    assert (plain.content, gzip.decompress(packed.content)) == (shapes.geojson(), shapes.geojson())
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert all("Accept-Encoding" in answer["Vary"] for answer in (plain, packed))
    assert len(packed.content) * 4 < len(plain.content)
