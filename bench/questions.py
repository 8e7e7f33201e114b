"""Questions: ``python -m bench.questions [--sizes 10k,200k]``, and the operation “question search” for ``bench``.

Each size holds so many published answers: variations of the sample library, so that every subject has hundreds that
hardly differ. What a search costs is measured as the page with all it takes, in this process. Wanted: the largest size
costs at most 1.3 times the smallest.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bench.ground import cpu_now, database, number, province, room, written

if TYPE_CHECKING:
    from bench.operations import Operation, World

MOST_TIMES = 1.3
SMALL, LARGE = 10_000, 200_000
MARK = "Đo tải"
ASKED = (
    "lam khai sinh cho con can giay to gi", "mất căn cước làm lại ở đâu", "sang ten so do", "xin phép xây nhà cấp 4",
    "ho khau", "đăng ký hộ kinh doanh quán ăn", "tien tro cap nguoi gia", "bảo hiểm y tế hộ gia đình", "khai sihn",
    "chuyen dat vuon len tho cu", "đổi bằng lái xe máy hết hạn", "giay", "làm giấy tờ cho cháu ở quê ngoại thì sao",
    "hang xom dot rac", "tách thửa", "giấy độc thân",
)  # fmt: skip
_MORE = (
    "ở xã miền núi", "cho người cao tuổi", "khi đi làm xa", "trong dịp tết", "với người nước ngoài", "qua mạng",
    "ở bộ phận một cửa", "khi đã sáp nhập", "lần thứ hai", "cho con nuôi", "đối với hộ nghèo", "khi mất giấy tờ",
)  # fmt: skip

_COPY = (
    "copy questions_answer (title, names, text, field, topic, unit_id, procedure_code, state, why, valid_as_of,"
    " review_on, asked_by, published_at, changed_at, asked, helpful, unhelpful, revision, is_demonstration, words)"
    " from stdin"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.questions", description=__doc__)
    parser.add_argument("--sizes", default="10k,200k", help="numbers of published answers, ascending")
    asked = parser.parse_args()
    sizes = [number(one) for one in asked.sizes.split(",")]
    with room() as home, database(home):
        province()
        found = list(measure(sizes))
    written(found, "questions")
    for one in found:
        print(
            f"{one['answers']:>9,} answers {one['cpu_ms']:6.1f} ms CPU {one['ms']:6.1f} ms, worst {one['worst_ms']:.1f}"
        )
    times = found[-1]["cpu_ms"] / found[0]["cpu_ms"]
    print(f"{times:.2f} times the cost of the smallest, wanted at most {MOST_TIMES}.")
    return 0 if times <= MOST_TIMES else 1


def measure(sizes: list[int], rounds: int = 15) -> Iterator[dict[str, Any]]:
    """The median cost of the search page over all questions, at each size."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    for size in sizes:
        fill(size)
        spent: dict[str, list[tuple[float, float]]] = {one: [] for one in ASKED}
        for turn in range(rounds + 2):
            for asked in ASKED:
                cpu, clock = cpu_now(), time.perf_counter()
                answer = client.get(f"/hoi-dap/?q={quote(asked)}")
                assert answer.status_code == 200, answer.status_code
                if turn >= 2:
                    spent[asked].append((cpu_now() - cpu, time.perf_counter() - clock))
        each = {asked: (median(a for a, _ in rows), median(b for _, b in rows)) for asked, rows in spent.items()}
        yield {
            "answers": size,
            "cpu_ms": round(1000 * sum(a for a, _ in each.values()) / len(each), 2),
            "ms": round(1000 * sum(b for _, b in each.values()) / len(each), 2),
            "worst_ms": round(1000 * max(b for _, b in each.values()), 2),
            "each_cpu_ms": {asked: round(1000 * a, 2) for asked, (a, _) in each.items()},
        }


def fill(wanted: int) -> None:
    """Have at least so many published answers, each filed under its words; what is there stays."""
    from django.db import connection
    from django.utils import timezone

    from tinhso.kernel.search import shelves
    from tinhso.kernel.search.front import arrange
    from tinhso.modules.questions.demo import load_library
    from tinhso.modules.questions.models import Answer

    at = timezone.now()
    load_library(at=at)
    samples = list(Answer.objects.filter(is_demonstration=True).exclude(topic=MARK).order_by("pk")[:200])
    there = Answer.objects.count()
    rng = Random(there)
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("drop index if exists questions_answer_words")
        with cursor.copy(_COPY) as copy:
            for n in range(there, wanted):
                copy.write_row(_row(rng.choice(samples), rng, n, at))
        cursor.execute(
            "create index questions_answer_words on questions_answer using gin (words) with (fastupdate = off)"
        )
    arrange(Answer)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze questions_answer")
    shelves.recount(Answer)
    shelves.forget()


def _row(sample: Any, rng: Random, n: int, at: Any) -> tuple[Any, ...]:
    from tinhso.kernel.search.rules import Document
    from tinhso.kernel.search.rules.condition import lexemes

    title = f"{sample.title.rstrip('?')} {rng.choice(_MORE)}, {rng.choice(_MORE)}?"[:300]
    text = f"{sample.text} {rng.choice(_MORE)} {n % 977}"
    filed = lexemes(Document(n, title, (), sample.topic, body=text[:700]))
    moment = at - timedelta(minutes=n)
    return (
        title, [], text, sample.field, sample.topic, sample.unit_id, sample.procedure_code, "published", "",
        sample.valid_as_of, sample.review_on, "", moment, moment, 1, 0, 0, 1, False,
        " ".join(f"'{one}'" for one in filed),
    )  # fmt: skip


def question_search(world: World) -> Operation:
    """The search page among 10 thousand answers, or 200 thousand where dossiers are many; beside the bare search."""
    from bench.loading import Ask
    from bench.operations import PAGE, Operation, again
    from tinhso.kernel.cases.models import Case

    is_large = Case.objects.order_by("-id").values_list("id", flat=True)[0] > 50_000
    fill(LARGE if is_large else SMALL)
    ours = [Ask(f"/hoi-dap/?q={quote(one)}") for one in ASKED]
    raw = [Ask(f"/search?q={one}") for one in ("khai%20sinh", "xay", "dat", "kinh%20doanh")]
    return Operation("question search", PAGE, again(ours), again(raw))


if __name__ == "__main__":
    sys.exit(main())
