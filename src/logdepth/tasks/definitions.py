"""What the answer of a task is, in one Python expression that a page evaluates to judge a model on its reader's input.

The expression is data: it is parsed here into a tree of lists, and `explore/engine/definition.js` computes it. It may
use numbers, lists, indices and slices, comprehensions, arithmetic, comparisons, `if … else …`, and `FUNCTIONS`. Names
are those of what is typed (see `typed_names`), and the task's parameters. A list has one value for each entry of the
answer; any other value stands in every entry, and None says that no answer is defined. True is 1, and False 0.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.forms import FactsForm, Form, GraphForm, NumbersForm, TableForm, TextForm

Tree = Any
"""A number, None, or a list: what it is, then its parts."""

FUNCTIONS = (
    *("len", "sum", "any", "all", "min", "max", "abs", "set", "sorted", "range", "zip", "accumulate"),
    *("iterate", "hop", "acausal_hop", "ranks", "trace", "follow_facts"),
    *("components", "distances", "forest", "triangles", "max_flow"),
)
"""What an expression may call: Python's own, and those that `explore/engine/exact.js` describes."""

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


@dataclass(frozen=True)
class Definition:
    """An expression, and the values of names in it beside those of what is typed."""

    text: str
    names: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, form: Form, owner: str) -> dict[str, Any]:
        """For an input of this form. Errors: UsageError for an expression that is not taken, with its owner's name."""
        known = (*self.names, *typed_names(form))
        return {"text": self.text, "names": dict(self.names), "tree": parse_definition(self.text, known, owner)}


def typed_names(form: Form) -> tuple[str, ...]:
    """What an expression may name of an input of this form.

    A text: the list of its letters' numbers, from 1. Numbers: the list of them. A table: the list of every column, and
    `rows`, each the list of its values. A graph: `vertices`, the list 1, 2, …; `edges`, pairs of vertices; `weights`;
    and `question`, the pair of vertices. Facts: `facts`, triples of numbers; `question`, the start and the relations.
    """
    match form:
        case TextForm() | NumbersForm():
            return (form.column,)
        case TableForm():
            return ("rows", *(column.name for column in form.columns))
        case GraphForm():
            return ("vertices", "edges", "weights", "question")
        case FactsForm():
            return ("facts", "question")
    raise AssertionError(f"a form of another kind: {form}")


def parse_definition(text: str, names: Iterable[str], owner: str) -> Tree:
    """The tree of an expression. Errors: UsageError for what it may not hold, with the name of its owner."""
    try:
        parsed = ast.parse(text.strip(), mode="eval")
        return tree_of(parsed.body, frozenset(names))
    except SyntaxError as error:
        raise UsageError(f"the definition of {owner} is no Python expression: {text!r} ({error.msg}).") from None
    except Unreadable as error:
        raise UsageError(f"the definition of {owner}, {text!r}, {error}") from None


class Unreadable(Exception):
    """Why an expression is not taken."""


def tree_of(node: ast.expr, names: frozenset[str]) -> Tree:
    """The tree of a part of an expression, in which these names are known."""

    def of(part: ast.expr) -> Tree:
        return tree_of(part, names)

    match node:
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=bool() | int() | float() as value):
            return value + 0
        case ast.Name(id=name):
            if name not in names:
                raise Unreadable(f"names {name!r}, which it does not know. {did_you_mean(name, sorted(names))}")
            return ["name", name]
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return ["list", *map(of, parts)]
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ["not", of(part)]
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return ["operator", "-", 0, of(part)]
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return ["operator", OPERATORS[type(operator)], of(left), of(right)]
        case ast.Compare(left=left, ops=signs, comparators=others) if all(type(sign) in OPERATORS for sign in signs):
            parts = [of(part) for part in (left, *others)]
            pairs = [["operator", OPERATORS[type(sign)], *parts[at : at + 2]] for at, sign in enumerate(signs)]
            return pairs[0] if len(pairs) == 1 else ["and", *pairs]
        case ast.BoolOp(op=operator, values=parts):
            return ["and" if isinstance(operator, ast.And) else "or", *map(of, parts)]
        case ast.IfExp(test=test, body=body, orelse=other):
            return ["if", of(test), of(body), of(other)]
        case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=None)):
            return ["slice", of(value), *(None if end is None else of(end) for end in (lower, upper))]
        case ast.Subscript(value=value, slice=place) if not isinstance(place, ast.Slice):
            return ["index", of(value), of(place)]
        case ast.ListComp(elt=body, generators=loops) | ast.GeneratorExp(elt=body, generators=loops):
            return comprehension(body, loops, names)
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]):
            if name not in FUNCTIONS:
                raise Unreadable(f"calls {name!r}, which is none of its functions. {did_you_mean(name, FUNCTIONS)}")
            return ["call", name, *map(of, given)]
    raise Unreadable(f"holds {ast.unparse(node)!r}, which is none of the things that a page computes.")


def comprehension(body: ast.expr, loops: list[ast.comprehension], names: frozenset[str]) -> Tree:
    """["for", body, [names, list, conditions], …]; each loop sees the names of those before it."""
    found = []
    for loop in loops:
        match loop.target:
            case ast.Name(id=name):
                bound = [name]
            case ast.Tuple(elts=[*parts]) if all(isinstance(part, ast.Name) for part in parts):
                bound = [part.id for part in parts if isinstance(part, ast.Name)]
            case other:
                raise Unreadable(f"loops over {ast.unparse(other)!r}; it may loop over names.")
        inner = names | set(bound)
        alone = isinstance(loop.target, ast.Name)
        found.append([bound, alone, tree_of(loop.iter, names), [tree_of(test, inner) for test in loop.ifs]])
        names = inner
    return ["for", tree_of(body, names), *found]
