"""Collections of hundreds of thousands: the database finds a few hundred candidates, memory ranks them.

Words, synonyms, typing mistakes and ranking are those of ``Index``; only where the documents stand differs. What a
search costs depends on the question and on how many rows are looked at, not on how many there are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from tinhso.kernel.search import queries
from tinhso.kernel.search.front import FRONT_ROWS, LARGE, arrange
from tinhso.kernel.search.models import ShelfWord, Shelved
from tinhso.kernel.search.rules import Index, Prepared, Reading, Thesaurus, Vocabulary, prepared, readings
from tinhso.kernel.search.rules.condition import IN_TITLE, condition, known_words, lexemes
from tinhso.kernel.statements import Kept, Slot

S = TypeVar("S", bound=Shelved)

ENOUGH, MOST = 30, 60  # candidates: enough to stop looking, and the most of one reading that are ranked
LEAST_SHARE = 0.25  # people ask in whole sentences, of which few words name the thing
LEVELS = (
    (IN_TITLE, 1.0),
    ("", 0.75),
    ("", LEAST_SHARE),
)  # where the words stand, and how much of the question they weigh
KEEP_SECONDS = 60.0  # how rare a word is changes slowly in a large collection
MOST_KEPT = 4096  # documents with their texts folded, 3 kB each: few answers are what most people look for
WORDS_A_SECOND = 1000  # a small one changes with each document, and is read anew for little


@transaction.atomic
def shelve(row: Shelved) -> None:
    """File a saved row under its words as they are now; to be called in the transaction of the change.

    What is new or changed stands in front until the next night shows whether it is looked for.
    """
    _file(row, lexemes(row.document()))


@transaction.atomic
def take_down(row: Shelved) -> None:
    """Let a row be found no more."""
    _file(row, [])


def _file(row: Shelved, words: list[str]) -> None:
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"select tsvector_to_array(words) from {table} where id = %s for update", [row.pk])  # noqa: S608
        before = set((cursor.fetchone() or ([],))[0] or ())
        cursor.execute(
            f"update {table} set words = case when %s::text[] = '{{}}' then null else array_to_tsvector(%s) end,"  # noqa: S608
            " is_in_front = %s where id = %s",
            [words, words, bool(words), row.pk],
        )
    after = set(words)
    changes = dict.fromkeys(after - before, 1) | dict.fromkeys(before - after, -1)
    if bool(after) != bool(before):
        changes[""] = 1 if after else -1
    _count(type(row).collection, {word: by for word, by in changes.items() if not word.startswith(IN_TITLE)})


def _count(collection: str, changes: Mapping[str, int]) -> None:
    """Words in their order, so that two who count wait for each other and never both."""
    words = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into search_shelfword as s (collection, word, documents)"
            " select %s, word, more from unnest(%s::text[], %s::int[]) with ordinality as c (word, more, place)"
            " order by place on conflict (collection, word) do update set documents = s.documents + excluded.documents",
            [collection, words, [changes[word] for word in words]],
        )
    _Kept.vocabularies.pop(collection, None)


@transaction.atomic
def shelve_all(rows: Iterable[Shelved], model: type[Shelved]) -> None:
    """File many saved rows at once and count the collection's words anew."""
    given = [(row.pk, lexemes(row.document())) for row in rows]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        filing = f"update {table} set words = array_to_tsvector(%s) where id = %s"  # noqa: S608
        cursor.executemany(filing, [(words, key) for key, words in given])
    arrange(model)
    recount(model)


@transaction.atomic
def recount(model: type[Shelved]) -> None:
    """Count the words of a collection anew from its rows; who files meanwhile waits."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 11))", [model.collection])
        cursor.execute("delete from search_shelfword where collection = %s", [model.collection])
        cursor.execute(
            "insert into search_shelfword (collection, word, documents)"  # noqa: S608 - the table is the model's own
            f" select %s, word, ndoc from ts_stat('select words from {table}') where left(word, 1) <> %s"
            f" union all select %s, '', count(*) from {table} where words is not null",
            [model.collection, IN_TITLE, model.collection],
        )
    _Kept.vocabularies.pop(model.collection, None)


class _Kept:
    vocabularies: dict[str, tuple[float, Vocabulary]] = {}
    thesaurus: tuple[Mapping[str, tuple[str, ...]], Thesaurus] | None = None
    documents: dict[tuple[str, Any], tuple[str, Prepared]] = {}
    lock = threading.Lock()


def forget() -> None:
    """Read words and documents anew at the next question: between tests."""
    _Kept.vocabularies.clear()
    _Kept.documents.clear()


def vocabulary(collection: str) -> Vocabulary:
    """The words of a collection: at most a minute old, and the newer the fewer they are."""
    now = time.monotonic()
    kept = _Kept.vocabularies.get(collection)
    if kept is None or now - kept[0] > min(KEEP_SECONDS, len(kept[1]) / WORDS_A_SECOND):
        counts = dict(ShelfWord.objects.filter(collection=collection).values_list("word", "documents"))
        rows = counts.pop("", 0)
        kept = (now, known_words(counts.items(), max(rows, 1)))
        _Kept.vocabularies[collection] = kept
    return kept[1]


def thesaurus() -> Thesaurus:
    """The synonyms in force, read into a thesaurus once."""
    words = queries.synonyms()
    if _Kept.thesaurus is None or _Kept.thesaurus[0] is not words:
        _Kept.thesaurus = (words, Thesaurus(words))
    return _Kept.thesaurus[1]


def find(rows: QuerySet[S], text: str, limit: int = 20) -> list[tuple[S, str]]:
    """Rows that answer best, best first, each with the everyday name by which it was found, if it was one."""
    known = vocabulary(rows.model.collection)
    read = readings(text, thesaurus(), known)
    words = frozenset(form for one in read for _rarity, forms in one.asked for form in forms)
    documents = _prepared(rows.model, _candidates(rows, read, known))
    index = Index(documents, vocabulary=known, least_share=LEAST_SHARE, only=words)
    best = [(one.key, one.name) for one in index.rank(text, read, limit) if one.score > 0]
    found = {row.pk: row for row in _best(rows, [key for key, _ in best])} if best else {}
    return [(found[key], name) for key, name in best if key in found]


def _best(rows: QuerySet[S], keys: list[Any]) -> Iterable[S]:
    """The rows that answer best, with what ``rows`` brings along of other tables."""
    if rows.query.select_related:
        return rows.filter(pk__in=keys).order_by().defer("words")
    return _whole(rows.model)(keys=keys)


@cache
def _whole(model: type[S]) -> Kept[S]:
    """Rows by their keys, without the words under which they are filed."""
    keys: Any = Slot("keys")
    return Kept(lambda: model._default_manager.extra(where=["id = any(%s)"], params=[keys]).defer("words"))


def _candidates(rows: QuerySet[S], read: Sequence[Reading], known: Vocabulary) -> dict[Any, str]:
    """Key → state of each row that may answer, looked for step by step until there are enough."""
    found: dict[Any, str] = {}
    held = cache(lambda is_front: _held(rows.filter(is_in_front=True) if is_front else rows))
    for formulas, is_front in _steps(read, known):
        found |= _fitting(*held(is_front), formulas)
        if len(found) >= ENOUGH:
            break
    return found


def _steps(read: Sequence[Reading], known: Vocabulary) -> Iterator[tuple[list[str], bool]]:
    """What to look for, in turn, and whether in the front only: level by level, there before everywhere. Where many
    titles hold all words as they were typed, other words for them are not looked for."""
    for level, (mark, share) in enumerate(LEVELS):
        ways = {condition(one.asked, share, mark): one for one in reversed(read)}
        ways.pop("", None)
        formulas = [*reversed(ways)]
        for some in (formulas[:1], formulas[1:]) if level == 0 else (formulas,):
            if known.documents > LARGE and (level > 0 or any(_may_fill(ways[one], known) for one in some)):
                yield some, True
            yield some, False


def _may_fill(one: Reading, known: Vocabulary) -> bool:
    """Whether the front may hold enough rows with all words: where it may not, everything is asked for as little."""
    return known.together(one.asked) * FRONT_ROWS >= ENOUGH * known.documents


def _fitting(sql: str, values: tuple[Any, ...], asked: list[str]) -> dict[Any, str]:
    """Each formula is looked for by itself: all words of one are rare together, some of several are not."""
    if not asked:
        return {}
    given = [one if value is _FORMULA else value for one in asked for value in values]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join([f"({sql})"] * len(asked)), given)
        return dict(cursor.fetchall())


_FORMULA: Any = Slot("formula")


def _held(rows: QuerySet[S]) -> tuple[str, tuple[Any, ...]]:
    """The statement for keys and states of rows whose words fit a formula, with its values. The state is another after
    each change of a row, whoever made it."""
    fitting = rows.extra(where=["words @@ %s::tsquery"], params=[_FORMULA])
    table = rows.model._meta.db_table
    state = {"state_of_row": f"{table}.xmin::text || {table}.ctid::text"}
    fitting = fitting.extra(select=state).order_by()  # noqa: S610 - the table is the model's own
    return fitting.values_list("pk", "state_of_row")[:MOST].query.sql_with_params()


def _prepared(model: type[Shelved], candidates: Mapping[Any, str]) -> list[Prepared]:
    """The documents of these rows: as they were kept, or read anew where a row is another than then."""
    kept = {key: _Kept.documents.get((model.collection, key)) for key in candidates}
    found = {key: one[1] for key, one in kept.items() if one is not None and one[0] == candidates[key]}
    missing = [key for key in candidates if key not in found]
    if missing:
        read = {row.pk: prepared(row.document()) for row in _whole(model)(keys=missing)}
        found |= read
        with _Kept.lock:
            for key, document in read.items():
                _Kept.documents.pop((model.collection, key), None)
                _Kept.documents[model.collection, key] = candidates[key], document
            for oldest in list(islice(_Kept.documents, max(len(_Kept.documents) - MOST_KEPT, 0))):
                del _Kept.documents[oldest]
    return [found[key] for key in candidates if key in found]
