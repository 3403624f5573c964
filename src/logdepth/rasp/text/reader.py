"""RASP text becomes s-ops: names are looked up, functions are called, loops are unrolled. Nothing runs as Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.rasp import functions, tree
from logdepth.rasp.evaluate import called
from logdepth.rasp.text import syntax
from logdepth.rasp.text.kinds import BuiltIn, Defined, as_sop, is_atom, kind_of
from logdepth.rasp.text.lexer import RaspError, Spot
from logdepth.rasp.text.parser import NO_RASP, parse
from logdepth.rasp.values import NoValue, Value

Scope = dict[str, Any]  # s-ops, selectors, functions, lists, dicts and atoms by name
MOST_CALLS = 50
"""Functions that call one another."""
MOST_STEPS = 200_000
"""Expressions that are read, loops unrolled."""


@dataclass(eq=False)
class Reader:
    """Carries out statements. names: what is defined so far."""

    names: Scope
    tokens: tree.Tokens = field(default_factory=tree.Tokens)
    depth: int = 0
    steps: int = 0
    open: list[syntax.Define] = field(default_factory=list)

    # statements

    def run(self, statements: Sequence[syntax.Statement], scope: Scope) -> None:
        for statement in statements:
            match statement:
                case syntax.Assign():
                    self.assign(statement, scope)
                case syntax.Define():
                    self.refuse_reserved(statement.name, statement.spot)
                    scope[statement.name] = Defined(statement, scope)
                case syntax.Loop():
                    for item in self.items(self.value(statement.iterable, scope), statement.iterable.spot):
                        self.bind(statement.names, item, scope, statement.spot)
                        self.run(statement.body, scope)
                case syntax.Bare():
                    self.value(statement.value, scope)

    def assign(self, statement: syntax.Assign, scope: Scope) -> None:
        values = [self.value(each, scope) for each in statement.values]
        for name in statement.names:
            self.refuse_reserved(name, statement.spot)
        self.bind(statement.names, values[0] if len(values) == 1 else values, scope, statement.spot)

    def refuse_reserved(self, name: str, spot: Spot) -> None:
        if name in RESERVED:
            raise RaspError(spot, f"{name!r} is a word of RASP. Choose another name.")

    def bind(self, names: Sequence[str], value: Any, scope: Scope, spot: Spot) -> None:
        if len(names) == 1:
            value = [value]
        if not isinstance(value, list) or len(value) != len(names):
            got = len(value) if isinstance(value, list) else kind_of(value)
            raise RaspError(spot, f"{len(names)} names take as many values, and there are {got}. Give one for each.")
        for name, each in zip(names, value, strict=True):
            scope.pop(name, None)  # names stand in the order in which they were last given
            scope[name] = called_so(each, name)

    def items(self, value: Any, spot: Spot) -> list[Any]:
        if isinstance(value, (list, dict)):
            return [*value]
        raise RaspError(spot, f"a loop goes through a list or a dict, and this is {kind_of(value)}. Give a list.")

    # expressions

    def value(self, expr: syntax.Expr, scope: Scope) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise RaspError(expr.spot, f"more than {MOST_STEPS:,} expressions are read, loops unrolled. Loop less.")
        match expr:
            case syntax.Literal():
                return expr.value
            case syntax.Name():
                return self.named(expr, scope)
            case syntax.Unary():
                return self.unary(expr, self.value(expr.operand, scope))
            case syntax.Binary():
                return self.binary(expr, self.value(expr.left, scope), self.value(expr.right, scope))
            case syntax.Choice():
                return self.choice(expr, scope)
            case syntax.In():
                return self.contained(expr, self.value(expr.left, scope), self.value(expr.right, scope))
            case syntax.SelectCall():
                return self.select(expr, self.value(expr.keys, scope), self.value(expr.queries, scope))
            case syntax.Call():
                return self.call(expr, scope)
            case syntax.Index():
                return self.index(expr, self.value(expr.container, scope), self.value(expr.place, scope))
            case syntax.Listing():
                return [self.value(item, scope) for item in expr.items]
            case syntax.Mapping():
                return {self.key(k, self.value(k, scope)): self.value(v, scope) for k, v in expr.items}
            case syntax.Comprehension():
                return self.comprehension(expr, scope)
        raise AssertionError(f"{type(expr).__name__} is no expression")

    def named(self, expr: syntax.Name, scope: Scope) -> Any:
        if expr.name in scope:
            return scope[expr.name]
        if expr.name in NO_RASP:
            raise RaspError(expr.spot, f"{expr.name!r} is not read: {NO_RASP[expr.name]}.")
        raise RaspError(expr.spot, f"{expr.name!r} is not defined. {did_you_mean(expr.name, scope)}")

    def on_atoms(self, spot: Spot, function: tree.Function, *values: Any) -> Any:
        try:
            return called(function, values)
        except NoValue as error:
            raise RaspError(spot, error) from error

    def map(self, spot: Spot, function: tree.Function, *values: Any) -> Any:
        """The function of atoms at once; with an s-op among them, at every position."""
        if all(map(is_atom, values)):
            return self.on_atoms(spot, function, *values)
        return tree.Map(function, tuple(as_sop(value, spot, f"what {function.name!r} takes") for value in values))

    def unary(self, expr: syntax.Unary, value: Any) -> Any:
        if isinstance(value, tree.Selector):
            if expr.sign == "not":
                return tree.Not(value)
            raise RaspError(expr.spot, f"{expr.sign!r} is not for selectors. Join selectors by and, or, not.")
        if expr.sign == "not":
            return self.map(expr.spot, functions.NEGATION, value)
        if expr.sign == "-":
            return self.map(expr.spot, functions.SUBTRACT, 0, value)
        return value

    def binary(self, expr: syntax.Binary, left: Any, right: Any) -> Any:
        selectors = [isinstance(value, tree.Selector) for value in (left, right)]
        if any(selectors) and expr.sign not in ("and", "or"):
            raise RaspError(
                expr.spot,
                f"{expr.sign!r} does not compare or compute with selectors. Join selectors by and, or, not, or compare"
                " their selector_width.",
            )
        if any(selectors):
            if not all(selectors):
                other = kind_of(right if selectors[0] else left)
                raise RaspError(expr.spot, f"{expr.sign!r} joins two selectors, and one side is {other}. Select by it.")
            return (tree.Both if expr.sign == "and" else tree.Either)(left, right)
        if expr.sign in ("and", "or") and is_atom(left) and is_atom(right):
            return (left and right) if expr.sign == "and" else (left or right)
        if isinstance(left, list) and isinstance(right, list) and expr.sign == "+":
            return left + right
        return self.map(expr.spot, OPERATORS[expr.sign], left, right)

    def choice(self, expr: syntax.Choice, scope: Scope) -> Any:
        condition = self.value(expr.condition, scope)
        if isinstance(condition, tree.SOp):
            yes, no = self.value(expr.yes, scope), self.value(expr.no, scope)
            return self.map(expr.spot, functions.CHOICE, condition, yes, no)
        if isinstance(condition, tree.Selector):
            raise RaspError(expr.spot, "a selector decides nothing by itself. Compare its selector_width.")
        return self.value(expr.yes if condition else expr.no, scope)

    def contained(self, expr: syntax.In, left: Any, right: Any) -> Any:
        if isinstance(right, tree.SOp) and is_atom(left):
            width = tree.Width(tree.Select(right, tree.Full(left), functions.EQUAL))
            return tree.Map(functions.MORE, (width, tree.Full(0)))
        if not isinstance(right, (list, dict)) or not all(map(is_atom, right)):
            raise RaspError(
                expr.spot, f"in looks into a list of values, and this is {kind_of(right)}. Give such a list."
            )
        values = [*right]
        return self.map(expr.spot, tree.Function("in", partial(is_in, values)), left)

    def select(self, expr: syntax.SelectCall, keys: Any, queries: Any) -> tree.Selector:
        sides = [as_sop(value, expr.spot, "what select compares") for value in (keys, queries)]
        return tree.Select(sides[0], sides[1], functions.COMPARISONS[expr.sign])

    def index(self, expr: syntax.Index, container: Any, place: Any) -> Any:
        if isinstance(container, tree.SOp):
            if not isinstance(place, int):
                raise RaspError(expr.spot, f"an s-op has positions 0, 1, … and -1, …, not {kind_of(place)}. Give one.")
            at = tree.Full(place) if place >= 0 else tree.Map(functions.ADD, (tree.Length(), tree.Full(place)))
            return tree.Aggregate(tree.Select(tree.Indices(), at, functions.EQUAL), container, 0, f"[{place}]")
        if not isinstance(container, (list, dict, str)):
            raise RaspError(expr.spot, f"[ ] looks into a list, a dict or a text, and this is {kind_of(container)}.")
        function = tree.Function("[ ]", partial(looked_up, container))
        if isinstance(place, tree.SOp):
            return tree.Map(function, (place,))
        try:
            return looked_up(container, place)
        except NoValue as error:
            raise RaspError(expr.spot, error) from error

    def key(self, expr: syntax.Expr, value: Any) -> Value:
        if not is_atom(value):
            raise RaspError(expr.spot, f"the key of a dict is a number or a text, and this is {kind_of(value)}.")
        return value

    def comprehension(self, expr: syntax.Comprehension, scope: Scope) -> Any:
        found: list[tuple[Any, Any]] = []
        for item in self.items(self.value(expr.iterable, scope), expr.iterable.spot):
            inner = {**scope}
            self.bind(expr.names, item, inner, expr.spot)
            key = None if expr.key is None else self.key(expr.key, self.value(expr.key, inner))
            found.append((key, self.value(expr.value, inner)))
        return dict(found) if expr.key is not None else [value for _, value in found]

    # calls

    def call(self, expr: syntax.Call, scope: Scope) -> Any:
        function = self.value(expr.function, scope)
        given = [self.value(argument, scope) for argument in expr.arguments]
        match function:
            case BuiltIn():
                if not function.least <= len(given) <= function.most:
                    some = function.least if function.least == function.most else f"{function.least} to {function.most}"
                    raise RaspError(expr.spot, f"{function.name} takes {some} values, not {len(given)}.")
                return function.call(expr.spot, *given)
            case Defined():
                return self.defined(expr.spot, function, given)
        if isinstance(function, (tree.SOp, tree.Selector)):
            raise RaspError(expr.spot, f"{kind_of(function)} is not called here. Compile it, and run it on an input.")
        raise RaspError(expr.spot, f"{kind_of(function)} is no function. Call a function.")

    def defined(self, spot: Spot, function: Defined, given: Sequence[Any]) -> Any:
        define = function.define
        if len(given) != len(define.parameters):
            raise RaspError(spot, f"{define.name!r} takes {len(define.parameters)} values, not {len(given)}.")
        if any(each is define for each in self.open):
            raise RaspError(spot, f"{define.name!r} calls itself. RASP has no recursion; use a for over a list.")
        if len(self.open) >= MOST_CALLS:
            raise RaspError(spot, f"more than {MOST_CALLS} functions call one another. Call fewer.")
        scope = {**function.scope, **dict(zip(define.parameters, given, strict=True))}
        self.open.append(define)
        self.run(define.body, scope)
        results = [self.value(each, scope) for each in define.results]
        self.open.pop()
        return results[0] if len(results) == 1 else results


def called_so(value: Any, name: str) -> Any:
    """An s-op under the first name that it is given."""
    if isinstance(value, (tree.Map, tree.Aggregate, tree.Width)) and not value.name:
        object.__setattr__(value, "name", name)
    return value


def is_in(values: Sequence[Value], value: Value) -> bool:
    return value in values


def looked_up(container: Any, place: Any) -> Any:
    try:
        return container[place]
    except (KeyError, IndexError, TypeError) as error:
        raise NoValue(f"there is no [{place!r}] in {quoted(container)}.") from error


OPERATORS = {**functions.ARITHMETIC, **functions.COMPARISONS, "and": functions.AND, "or": functions.OR}


# --- what RASP itself has ---


def aggregate(spot: Spot, selector: Any, values: Any, default: Any = 0) -> tree.SOp:
    if not isinstance(selector, tree.Selector):
        raise RaspError(spot, f"aggregate takes a selector first, not {kind_of(selector)}. Make one by select.")
    if not is_atom(default):
        raise RaspError(spot, f"the default of aggregate is a number or a text, not {kind_of(default)}.")
    return tree.Aggregate(selector, as_sop(values, spot, "what is aggregated"), default)


def width(spot: Spot, selector: Any) -> tree.SOp:
    if not isinstance(selector, tree.Selector):
        raise RaspError(spot, f"selector_width takes a selector, not {kind_of(selector)}. Make one by select.")
    return tree.Width(selector)


def mapped(function: tree.Function) -> Callable[..., Any]:
    def call(spot: Spot, *values: Any) -> Any:
        return Reader({}).map(spot, function, *values)

    return call


def in_range(spot: Spot, *ends: Any) -> list[int]:
    if not all(isinstance(end, int) for end in ends):
        raise RaspError(spot, "range takes whole numbers. Give one to three.")
    if len(ends) == 3 and not ends[2]:
        raise RaspError(spot, "range takes steps of 1 or more, or of -1 or less, not of 0.")
    found = range(*ends)
    if len(found) > MOST_STEPS:
        raise RaspError(spot, f"this range has {len(found):,} numbers, and at most {MOST_STEPS:,} are made.")
    return [*found]


def zipped(spot: Spot, *lists: Any) -> list[list[Any]]:
    if not all(isinstance(each, list) for each in lists) or len({len(each) for each in lists}) != 1:
        raise RaspError(spot, "zip takes lists of one length. Give such lists.")
    return [[*items] for items in zip(*lists, strict=True)]


def size(spot: Spot, value: Any) -> int:
    if not isinstance(value, (list, dict, str)):
        raise RaspError(spot, f"len is of a list, and this is {kind_of(value)}; the length of the input is `length`.")
    return len(value)


RESERVED = ("tokens", "tokens_str", "tokens_int", "tokens_float", "tokens_bool", "tokens_asis", "indices", "True",
            "False", "select", "aggregate", "range", "zip", "len", "indicator", "round")  # fmt: skip


def built_in() -> Scope:
    tokens = tree.Tokens()

    def converted(function: Callable[[Any], Any]) -> tree.SOp:
        return tree.Map(tree.Function(f"tokens as {function.__name__}", function), (tokens,))

    return {
        "tokens": tokens,
        "tokens_asis": tokens,
        "tokens_str": converted(str),
        "tokens_int": converted(int),
        "tokens_float": converted(float),
        "tokens_bool": converted(bool),
        "indices": tree.Indices(),
        "length": tree.Length(),
        "True": True,
        "False": False,
        "aggregate": BuiltIn("aggregate", aggregate, 2, 3),
        "selector_width": BuiltIn("selector_width", width, 1, 1),
        "round": BuiltIn("round", mapped(functions.ROUND), 1, 1),
        "indicator": BuiltIn("indicator", mapped(functions.INDICATOR), 1, 1),
        "range": BuiltIn("range", in_range, 1, 3),
        "zip": BuiltIn("zip", zipped, 1, 20),
        "len": BuiltIn("len", size, 1, 1),
    }


@cache
def library() -> tuple[syntax.Statement, ...]:
    name = "library.rasp"
    return parse((files(__package__) / name).read_text(), name)


def read_names(text: str, source: str) -> tuple[Scope, list[str]]:
    """All that a RASP text defines, with what RASP and its library have, and the names of its own s-ops, in order.

    Errors: RaspError, with line and column.
    """
    scope = built_in()
    reader = Reader(scope)
    reader.run(library(), scope)
    before = dict(scope)
    try:
        reader.run(parse(text, source), scope)
    except RecursionError as error:
        raise UsageError(f"{source}: expressions are too deep inside one another. Give parts a name.") from error
    own = [name for name, value in scope.items() if isinstance(value, tree.SOp) and before.get(name) is not value]
    return scope, own
