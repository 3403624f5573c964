"""RASP-L: the causal, numpy-like core of RASP, as Python text that is read and never executed.

    def parity_so_far(x):
        ones = cumsum(x == 1)
        return tok_map(ones, lambda n: n % 2)

A program is a function of one sequence. Functions call one another, assign, and return once. Of Python there are
arithmetic, comparisons, and or not, a if c else b, and lambdas in tok_map, seq_map, select and kqv. The tokens are
numbers. A mean is cut to a whole number, as the original does; `max` and `min` read one row.
Source: Zhou et al. 2023, "What algorithms can transformers learn?", arXiv 2310.16028; its core is at
github.com/apple/ml-np-rasp.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from math import trunc
from typing import Any, ClassVar

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.rasp import functions
from logdepth.rasp.evaluate import called
from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.text.lexer import RaspError, Spot
from logdepth.rasp.tree import Aggregate, Best, Full, Function, Indices, Map, Select, Selector, SOp, Tokens, Width
from logdepth.rasp.values import NoValue
from logdepth.rasp.vocabulary import vocabulary_of

BINARY = {
    ast.Add: functions.ADD, ast.Sub: functions.SUBTRACT, ast.Mult: functions.MULTIPLY, ast.Mod: functions.REMAINDER,
    ast.FloorDiv: functions.QUOTIENT, ast.BitAnd: functions.AND, ast.BitOr: functions.OR,
}  # fmt: skip
COMPARED = {
    ast.Eq: functions.EQUAL, ast.NotEq: functions.UNEQUAL, ast.Lt: functions.LESS, ast.LtE: functions.AT_MOST,
    ast.Gt: functions.MORE, ast.GtE: functions.AT_LEAST,
}  # fmt: skip
PREDICATES = {
    "equals": functions.EQUAL, "leq": functions.AT_MOST, "lt": functions.LESS, "geq": functions.AT_LEAST,
    "gt": functions.MORE,
}  # fmt: skip
TRUNCATE = Function("whole part", trunc)
MOST_CALLS = 40

LIBRARY = """
def where(condition, yes, no): return yes if condition else no
def mask(x, bool_mask, mask_val=0): return x if bool_mask else mask_val
def shift_right(x, n, default=0): return kqv(indices(x) + n, indices(x), x, equals, default=default)
def cumsum(bools): return sel_width(select(bools, bools, lambda k, q: k))
def maximum(x): return kqv(x, x, x, lambda k, q: True, reduction='max')
def minimum(x): return kqv(x, x, x, lambda k, q: True, reduction='min')
def argmax(x): return kqv(maximum(x), x, indices(x), equals, reduction='max')
def argmin(x): return argmax(-x)
def num_prev(x, queries): return sel_width(select(x, queries, equals))
def has_seen(x, queries): return kqv(x, queries, full(x, 1), equals, default=0)
def firsts(x, queries, default=-1): return kqv(x, queries, indices(x), equals, default=default, reduction='min')
def lasts(x, queries, default=-1): return kqv(x, queries, indices(x), equals, default=default, reduction='max')
def index_select(x, idx, default=0): return kqv(indices(x), idx, x, equals, default=default)
def induct(k, q, offset, default=0, null_val=-999):
    return index_select(k, firsts(shift_right(k, offset, null_val), q, null_val), default)
"""
"""Ours, in the words of its paper's library."""


def read_rasp_l(
    text: str, vocabulary: Iterable[object], rows: int, name: str | None = None, source: str = "RASP-L"
) -> RaspProgram:
    """The program of a function of one sequence: of the one of this name, or of the last one.

    vocabulary: the numbers that a token can be. source: names the text in messages.
    Errors: RaspError, with line and column; UsageError for no such function.
    """
    reader = Reader(source)
    reader.define(ast.parse(LIBRARY))
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        spot = Spot(source, getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1)
        raise RaspError(spot, f"this is no RASP-L: {getattr(error, 'msg', error)}.") from None
    own = reader.define(module)
    chosen = own[-1] if name is None and own else name
    if chosen not in own:
        raise UsageError(f"{source} defines no function {chosen!r}. {did_you_mean(str(chosen), own)}")
    function = reader.functions[chosen]
    sop = reader.sop(reader.call(function, [Tokens()], {}, function), function)
    return Rasp(chosen, {chosen: sop}, vocabulary_of(vocabulary), rows, causal=True).program


class Reader:
    """Functions by name, and how expressions become s-ops."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.functions: dict[str, ast.FunctionDef] = {}
        self.constants: dict[str, Any] = {}
        self.open: list[str] = []

    def wrong(self, node: ast.AST, said: str) -> RaspError:
        return RaspError(Spot(self.source, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1), said)

    def define(self, module: ast.Module) -> list[str]:
        """The names of the functions of a text, in order."""
        found = []
        for statement in module.body:
            match statement:
                case ast.FunctionDef():
                    self.functions[statement.name] = statement
                    found.append(statement.name)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    self.constants[name] = self.value(statement.value, {})
                case ast.ImportFrom(module="np_rasp") | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    what = type(statement).__name__.lower()
                    raise self.wrong(statement, f"RASP-L has functions and constants here, not {what}. Leave it out.")
        return found

    def call(self, function: ast.FunctionDef, given: list[Any], named: dict[str, Any], at: ast.AST) -> Any:
        if function.name in self.open or len(self.open) > MOST_CALLS:
            raise self.wrong(at, f"{function.name!r} calls itself. RASP-L has no recursion; write it out.")
        parameters = [each.arg for each in function.args.args]
        defaults = dict(zip(reversed(parameters), reversed(function.args.defaults), strict=False))
        names = {name: self.value(default, {}) for name, default in defaults.items()}
        names |= dict(zip(parameters, given, strict=False)) | named
        if len(given) > len(parameters) or set(names) != set(parameters):
            raise self.wrong(at, f"{function.name!r} takes {', '.join(parameters)}. Give just these.")
        self.open.append(function.name)
        for statement in function.body:
            match statement:
                case ast.Return(value=ast.expr() as value):
                    result = self.value(value, names)
                    self.open.pop()
                    return result
                case ast.Assign(targets=[ast.Name(id=name)]):
                    names[name] = self.value(statement.value, names)
                case ast.AugAssign(target=ast.Name(id=name)) if name in names:
                    pair = ast.BinOp(ast.Name(name), statement.op, statement.value)
                    names[name] = self.value(ast.copy_location(pair, statement), names)
                case ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    what = type(statement).__name__.lower()
                    raise self.wrong(statement, f"a function assigns and returns, and this is {what}. Rewrite it.")
        raise self.wrong(function, f"{function.name!r} ends without return. Return a sequence.")

    def sop(self, value: Any, node: ast.AST) -> SOp:
        if isinstance(value, SOp):
            return value
        if isinstance(value, (int, str)):
            return Full(value)
        raise self.wrong(node, f"a sequence is expected, and this is a {type(value).__name__.lower()}. Give one.")

    def map(self, node: ast.AST, function: Function, *values: Any) -> Any:
        if not any(isinstance(value, (SOp, Selector)) for value in values):
            try:
                return called(function, values)
            except NoValue as error:
                raise self.wrong(node, str(error)) from error
        return Map(function, tuple(self.sop(value, node) for value in values))

    # --- expressions ---

    def value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        match node:
            case ast.Constant(value=bool() | int() | str() as value):
                return value
            case ast.Name(id=name):
                return self.named(node, name, names)
            case ast.BinOp(op=op) if type(op) in BINARY:
                return self.map(node, BINARY[type(op)], self.value(node.left, names), self.value(node.right, names))
            case ast.Compare(ops=[op]) if type(op) in COMPARED:
                sides = self.value(node.left, names), self.value(node.comparators[0], names)
                return self.map(node, COMPARED[type(op)], *sides)
            case ast.BoolOp():
                return self.joined(node, names)
            case ast.UnaryOp(op=ast.Not() | ast.Invert()):
                return self.map(node, functions.NEGATION, self.value(node.operand, names))
            case ast.UnaryOp(op=ast.USub()):
                return self.map(node, functions.SUBTRACT, 0, self.value(node.operand, names))
            case ast.IfExp():
                parts = (self.value(each, names) for each in (node.test, node.body, node.orelse))
                return self.map(node, functions.CHOICE, *parts)
            case ast.Lambda():
                return node
            case ast.Call(func=ast.Name(id=name)):
                return self.called(node, name, names)
        what = type(node).__name__.lower()
        raise self.wrong(node, f"RASP-L has no {what} here. It is read, and not executed as Python.")

    def named(self, node: ast.expr, name: str, names: dict[str, Any]) -> Any:
        known = {**PREDICATES, **self.functions, **self.constants, **names}
        if name not in known:
            raise self.wrong(node, f"{name!r} is not defined. {did_you_mean(name, [*known, *self.built_in])}")
        return known[name]

    def joined(self, node: ast.BoolOp, names: dict[str, Any]) -> Any:
        function = functions.AND if isinstance(node.op, ast.And) else functions.OR
        first, *rest = (self.value(each, names) for each in node.values)
        for value in rest:
            first = self.map(node, function, first, value)
        return first

    def function(self, given: Any, node: ast.AST, names: dict[str, Any]) -> Callable[..., Any]:
        """What a lambda, or a function, makes of s-ops."""
        match given:
            case ast.Lambda():
                inner = [each.arg for each in given.args.args]
                return lambda *values: self.value(given.body, {**names, **dict(zip(inner, values, strict=False))})
            case ast.FunctionDef():
                return lambda *values: self.call(given, [*values], {}, node)
            case Function():
                return lambda *values: self.map(node, given, *values)
        raise self.wrong(node, "a lambda or a function is expected here. Give one.")

    # --- what RASP-L has ---

    def called(self, node: ast.Call, name: str, names: dict[str, Any]) -> Any:
        given = [self.value(each, names) for each in node.args]
        named = {str(each.arg): self.value(each.value, names) for each in node.keywords}
        if name in self.functions:
            return self.call(self.functions[name], given, named, node)
        if name not in self.built_in:
            raise self.wrong(node, f"{name!r} is not defined. {did_you_mean(name, [*self.functions, *self.built_in])}")
        try:
            return self.built_in[name](self, node, names, *given, **named)
        except TypeError:
            raise self.wrong(node, f"{name} is called with other values than it takes. See its definition.") from None

    def tok_map(self, node: ast.AST, names: dict[str, Any], x: Any, func: Any) -> Any:
        return self.function(func, node, names)(self.sop(x, node))

    def seq_map(self, node: ast.AST, names: dict[str, Any], x: Any, y: Any, func: Any) -> Any:
        return self.function(func, node, names)(self.sop(x, node), self.sop(y, node))

    def select(self, node: ast.AST, names: dict[str, Any], k: Any, q: Any, pred: Any, causal: bool = True) -> Selector:
        if causal is not True:
            raise self.wrong(node, "RASP-L selects up to the own position alone. Leave causal=False out.")
        return Select(self.sop(k, node), self.sop(q, node), self.predicate(pred, node, names))

    def predicate(self, given: Any, node: ast.AST, names: dict[str, Any]) -> Function:
        if isinstance(given, Function):
            return given
        key, query = Tokens(), Tokens()
        made = self.function(given, node, names)(key, query)
        body = self.sop(made, node)
        return Function("the predicate", lambda k, q: worked_out(body, {key: k, query: q}))

    def sel_width(self, node: ast.AST, names: dict[str, Any], A: Any) -> SOp:
        return Width(self.selector(A, node))

    def selector(self, value: Any, node: ast.AST) -> Selector:
        if not isinstance(value, Selector):
            raise self.wrong(node, "a selection is expected here. Make one by select.")
        return value

    def aggr(
        self, node: ast.AST, names: dict[str, Any], A: Any, v: Any, default: Any = 0, reduction: str = "mean"
    ) -> SOp:
        selector, values = self.selector(A, node), self.sop(v, node)
        if reduction == "mean":
            return Map(TRUNCATE, (Aggregate(selector, values, default),))
        if reduction not in ("max", "min"):
            raise self.wrong(node, f"a reduction is 'mean', 'max' or 'min', not {reduction!r}.")
        return Best(selector, values, default, reduction == "max")

    def kqv(self, node: ast.AST, names: dict[str, Any], k: Any, q: Any, v: Any, pred: Any, default: Any = 0,
            reduction: str = "mean") -> SOp:  # fmt: skip
        return self.aggr(node, names, self.select(node, names, k, q, pred), v, default, reduction)

    built_in: ClassVar[dict[str, Callable[..., Any]]] = {
        "indices": lambda self, node, names, x: Indices(),
        "full": lambda self, node, names, x, const: const,
        "tok_map": tok_map,
        "seq_map": seq_map,
        "select": select,
        "sel_width": sel_width,
        "aggr": aggr,
        "aggr_mean": aggr,
        "aggr_max": lambda self, node, names, A, v, default=0: self.aggr(node, names, A, v, default, "max"),
        "kqv": kqv,
    }


def worked_out(sop: SOp, given: dict[SOp, Any]) -> Any:
    """The value of a tree of maps, of what its leaves hold."""
    match sop:
        case Full():
            return sop.value
        case Map():
            return called(sop.function, [worked_out(operand, given) for operand in sop.operands])
    return given[sop]
