"""Collections that change, and expressions a province teaches."""

import pytest

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.search import actions, queries
from tinhso.kernel.search.models import Synonym
from tinhso.kernel.search.rules import Document, Index


class Manager:
    def may(self, right, unit_id=None):
        return right == "search.manage"


class Nobody:
    def may(self, right, unit_id=None):
        return False


@pytest.fixture(autouse=True)
def _nothing_kept(db):
    queries.forget()
    yield
    queries.forget()


def test_a_collection_that_grew_has_a_higher_version():
    assert queries.version_of("procedures") == 0
    actions.grow("procedures")
    assert queries.version_of("procedures") == 1
    actions.grow("procedures")
    assert queries.version_of("procedures") == 2
    assert queries.version_of("questions") == 0


def test_the_version_is_asked_once_in_five_seconds(django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(10):
            queries.version_of("procedures")


def build(synonyms):
    return Index([Document("x", "Đăng ký khai thác nước dưới đất")], synonyms)


def test_a_taught_expression_finds_at_once():
    assert queries.index_of("procedures", build).search("bơm tay giếng") == []
    actions.teach(phrase="Bơm  tay giếng", phrases=["khai thác nước dưới đất"], by=Manager())
    assert [one.key for one in queries.index_of("procedures", build).search("bom tay gieng")] == ["x"]
    actions.unteach(phrase="bơm tay giếng", by=Manager())
    assert queries.index_of("procedures", build).search("bơm tay giếng") == []


def test_an_index_is_built_once_while_nothing_changes():
    assert queries.index_of("procedures", build) is queries.index_of("procedures", build)


def test_an_empty_expression_is_refused():
    with pytest.raises(Refusal) as refused:
        actions.teach(phrase="…", phrases=["đất"], by=Manager())
    assert refused.value.code == "search.empty_phrase"
    assert Synonym.objects.count() == 0


def test_who_lacks_the_right_teaches_nothing():
    with pytest.raises(NotAllowed):
        actions.teach(phrase="sổ", phrases=["đất"], by=Nobody())
    assert Synonym.objects.count() == 0
