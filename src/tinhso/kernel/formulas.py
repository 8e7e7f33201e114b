"""Formulas that people write, into a criterion or a report: sums and choices over named numbers, nothing else.

They are read by simpleeval with a list of allowed parts: numbers, names, + − * /, comparisons, and, or, not,
``x if c else y``, min, max, abs. There is no way to a method, an index, a text, a power or a loop. Values are exact
fractions: 0.1 is one tenth.
"""

from __future__ import annotations

import ast
import operator
import threading
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from simpleeval import SimpleEval

LONGEST = 400
DEEPEST = 30
FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "abs": abs}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_PARTS = (ast.Expr, ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call)
_SMALL = (ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)


class FormulaError(ValueError):
    """The formula cannot be computed; the words say why."""


@lru_cache(maxsize=512)
def parsed(text: str) -> ast.Expr:
    """The formula as a checked tree. Raises FormulaError in words a person understands."""
    if not text.strip():
        raise FormulaError("công thức trống")
    if len(text) > LONGEST:
        raise FormulaError(f"công thức dài quá {LONGEST} ký tự")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("công thức viết sai, không đọc được") from None
    _check(body, 0)
    return ast.Expr(body)


def _check(node: ast.AST, depth: int) -> None:
    if depth > DEEPEST:
        raise FormulaError("công thức lồng nhau quá sâu")
    if isinstance(node, ast.Constant) and (isinstance(node.value, bool) or not isinstance(node.value, int | float)):
        raise FormulaError("công thức chỉ được chứa số")
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
        if not named or node.keywords or not node.args:
            raise FormulaError(f"chỉ dùng được các hàm {', '.join(sorted(FUNCTIONS))}")
        for argument in node.args:
            _check(argument, depth + 1)
        return
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        raise FormulaError(f"{node.id} là hàm, phải có ngoặc và số liệu")
    if not isinstance(node, (*_PARTS, *_SMALL)) or isinstance(node, ast.Is | ast.IsNot | ast.In | ast.NotIn):
        raise FormulaError(f"công thức có phần không được phép ({type(node).__name__})")
    if isinstance(node, ast.BinOp | ast.UnaryOp) and type(node.op) not in _OPERATORS:
        raise FormulaError(f"công thức có phép tính không được phép ({type(node.op).__name__})")
    for child in ast.iter_child_nodes(node):
        _check(child, depth + 1)


def names_in(text: str) -> frozenset[str]:
    """The names that a formula asks for. Raises FormulaError."""
    found = {node.id for node in ast.walk(parsed(text)) if isinstance(node, ast.Name)}
    return frozenset(found - FUNCTIONS.keys())


class _Exact(SimpleEval):
    """simpleeval over fractions, with only the parts listed above."""

    def __init__(self) -> None:
        super().__init__(operators=_OPERATORS, functions=FUNCTIONS)
        known: dict[type[ast.AST], Any] = dict(vars(self)["nodes"])
        self.nodes = {kind: known[kind] for kind in _PARTS}
        self.nodes[ast.Constant] = lambda node: Fraction(repr(node.value))


class _OfThread(threading.local):
    """An evaluator for each thread: it holds the names while it computes."""

    def __init__(self) -> None:
        self.evaluator = _Exact()


_own = _OfThread()


def compute(text: str, values: Mapping[str, Fraction]) -> Fraction | None:
    """The formula's value; None where it divides by zero. Raises FormulaError for an unknown name."""
    tree = parsed(text)
    missing = names_in(text) - values.keys()
    if missing:
        raise FormulaError(f"công thức dùng số liệu không có: {', '.join(sorted(missing))}")
    _own.evaluator.names = dict(values)
    try:
        return Fraction(_own.evaluator.eval(text, previously_parsed=tree))
    except ZeroDivisionError:
        return None
