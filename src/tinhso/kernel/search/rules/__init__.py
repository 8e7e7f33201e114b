"""Finding things as people write them: without marks, with typing mistakes, in everyday words. Pure, in memory."""

from tinhso.kernel.search.rules.index import Document, Found, Index, Prepared, Reading, asked_words, prepared, readings
from tinhso.kernel.search.rules.spelling import fold, mark, tokens
from tinhso.kernel.search.rules.synonyms import Thesaurus, Variant
from tinhso.kernel.search.rules.vocabulary import Vocabulary
from tinhso.kernel.search.rules.words import Hit

__all__ = [
    "Document",
    "Found",
    "Hit",
    "Index",
    "Prepared",
    "Reading",
    "Thesaurus",
    "Variant",
    "Vocabulary",
    "asked_words",
    "fold",
    "mark",
    "prepared",
    "readings",
    "tokens",
]
