"""The formula by which the database picks who is looked at."""

from tinhso.kernel.search.rules import Document, Vocabulary, asked_words
from tinhso.kernel.search.rules.condition import condition, known_words, lexemes

WORDS = [(4.0, ("khai",)), (3.0, ("sinh", "sin")), (1.0, ("con",))]


def test_all_words_are_asked_for():
    assert condition(WORDS, 1.0) == "'khai'&('sin'|'sinh')&'con'"


def test_words_of_the_title_carry_a_mark():
    assert condition(WORDS[:1], 1.0, "^") == "'^khai'"


def test_part_of_the_weight_may_come_from_any_words_that_suffice():
    assert condition(WORDS, 0.5) == "('khai'|('sin'|'sinh')&'con')"
    assert condition(WORDS, 0.6) == "'khai'&(('sin'|'sinh')|'con')"


def test_words_stand_together_in_no_more_documents_than_the_rarest_of_them():
    known = known_words([("khai", 9), ("sinh", 2), ("sin", 1), ("con", 4)], 12)
    assert (len(known), known.together(WORDS), known.together([])) == (4, 3, 0)


def test_nothing_known_asks_for_nothing():
    assert condition([], 1.0) == ""
    assert condition([(2.0, ())], 0.4) == ""


def test_a_document_is_filed_once_under_each_word_and_those_of_its_title_twice():
    document = Document(1, "Khai sinh", ("Làm khai sinh",), "Hộ tịch", body="khai báo")
    assert lexemes(document) == ["^khai", "^lam", "^sinh", "bao", "ho", "khai", "lam", "sinh", "tich"]


def test_words_that_nobody_wrote_are_half_as_rare_as_the_average():
    known = known_words([("khai", 2), ("^khai", 2), ("sinh", 1), ("het", 0)], 4)
    assert len(known) == 2
    assert asked_words(["khai", "xyzw"], "", known)[1][1] == {}
    assert known.unknown_rarity < known.rarity({"khai": 1.0})


def test_a_mistyped_word_stands_for_its_neighbours():
    known = Vocabulary({"chung": 3, "thuc": 3}, 5)
    assert known.forms("chugn", unfinished=False) == {"chung": 0.6}
    assert known.apart(["chungthuc"]) == ["chung", "thuc"]
