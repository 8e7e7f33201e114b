"""Parts of templates that say the same to everybody are put together once per language instead of for each page.

A page of ours has some three hundred nodes, and two thirds of them are fixed words, icons and addresses between a few
values. The loader below reads templates as Django's own does and then replaces each run of such nodes by one that
remembers what it said, in each language. What a template means does not change; values, conditions and loops stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.base import FilterExpression, Node, NodeList, Template, TextNode
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language
from django_cotton.templatetags import InlineTemplate
from django_cotton.templatetags._component import CottonComponentNode

FIXED = "tinhso_fixed"  # marks a tag's function: the same arguments give the same text as long as the program runs


def fixed(function: Any) -> Any:
    """Marks a simple tag that may be folded when all its arguments are written out in the template."""
    setattr(function, FIXED, True)
    return function


class Folded(Node):
    """A run of nodes that depend on the language alone."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.said: dict[tuple[str | None, bool], str] = {}

    def render_annotated(self, context: Context) -> str:
        return self.render(context)

    def render(self, context: Context) -> str:
        key = (get_language(), context.autoescape)
        text = self.said.get(key)
        if text is None:
            text = self.said[key] = "".join(str(node.render_annotated(context)) for node in self.nodes)
        return text


class _Folding(base.Loader):
    """Folds what the loaders below it read, before anybody else sees it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, _Folding):
    """Django's cached loader, which keeps folded templates."""


def fold(nodes: NodeList) -> None:
    """Fold a list of nodes and all lists inside it, in place."""
    folded: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if _is_fixed(node):
            run.append(node)
            continue
        for inside in _inside(node):
            fold(inside)
        folded += [*_closed(run), node]
        run = []
    nodes[:] = [*folded, *_closed(run)]


def _closed(run: list[Node]) -> list[Node]:
    """Plain text needs no memory; what shows nothing at all is left out."""
    spoken = [node for node in run if not isinstance(node, LoadNode | CommentNode)]
    return spoken if all(isinstance(node, TextNode) for node in spoken) else [Folded(spoken)]


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        for _condition, nodes in node.conditions_nodelists:
            yield nodes
        return
    if isinstance(node, CottonComponentNode):
        for attribute in node._prepared_attrs:
            if isinstance(attribute.compiled, InlineTemplate):
                yield attribute.compiled.nodelist
    yield from (value for value in vars(node).values() if isinstance(value, NodeList))


def _is_fixed(node: Node) -> bool:
    match node:
        case TextNode() | LoadNode() | CommentNode():
            return True
        case TranslateNode():
            literal = node.filter_expression.var
            is_literal = getattr(literal, "literal", None) is not None and not node.filter_expression.filters
            return is_literal and node.asvar is None and node.message_context is None
        case URLNode():
            return _is_literal(node.view_name) and not node.args and not node.kwargs and node.asvar is None
        case StaticNode():
            return _is_literal(node.path) and node.varname is None
        case SimpleNode():
            given = [*node.args, *node.kwargs.values()]
            return hasattr(node.func, FIXED) and node.target_var is None and all(_is_literal(one) for one in given)
    return False


def _is_literal(given: Any) -> bool:
    return isinstance(given, FilterExpression) and not given.is_var and not given.filters
