"""From a RASP tree to a program: a walk over the s-ops, each of which becomes a form over columns of one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.programs import Table
from logdepth.rasp import functions
from logdepth.rasp.adding import Adding, Meeting
from logdepth.rasp.elementwise import apply
from logdepth.rasp.forms import (
    Coded,
    Form,
    Holder,
    Number,
    Ratio,
    constant,
    held,
    is_constant,
    is_distinct,
    numerator_of,
    whole,
)
from logdepth.rasp.matches import RELATIONS, Matching, Sum, both
from logdepth.rasp.tables import domain, from_entries, tabulated
from logdepth.rasp.tree import (
    Aggregate,
    Best,
    Full,
    Function,
    Indices,
    Length,
    Map,
    Selector,
    SOp,
    Tokens,
    Width,
    in_order,
)
from logdepth.rasp.values import is_number
from logdepth.rasp.writing import Writer


class Translation:
    """The forms of all s-ops so far. tokens: that of the input."""

    def __init__(self, table: Table, tokens: Form) -> None:
        self.writer = Writer(table)
        self.forms: dict[SOp, Form] = {}
        self.alike: dict[object, SOp | Selector] = {}  # the first of those that say the same
        self.first: dict[SOp | Selector, SOp | Selector] = {}
        self.matching = Matching(self.writer, self.forms, table.causal)
        self.tokens = tokens

    def form(self, root: SOp) -> Form:
        """What an s-op becomes. Errors: UsageError, which names the s-op."""
        for node in in_order(root):
            same = self.alike.setdefault(self.signature(node), node)
            self.first[node] = same
            if isinstance(node, SOp) and node not in self.forms:
                self.forms[node] = self.forms[same] if same is not node else self.named(node)  # type: ignore[index]
        return self.forms[root]

    def signature(self, node: SOp | Selector) -> object:
        """Equal for nodes that say the same."""
        own = [value for name, value in vars(node).items() if name != "name"]
        return (type(node), *(self.first[x] if isinstance(x, (SOp, Selector)) else self.of_part(x) for x in own))

    def of_part(self, part: Any) -> object:
        if isinstance(part, tuple) and any(isinstance(each, SOp) for each in part):
            return tuple(self.first[each] for each in part)
        return (type(part), id(part)) if isinstance(part, Function) else (type(part), part)

    def named(self, sop: SOp) -> Form:
        name = getattr(sop, "name", "") or type(sop).__name__.lower()
        self.writer.name = name
        try:
            return self.translated(sop)
        except UsageError as error:
            raise UsageError(f"the s-op {name!r}:", error) from error

    def translated(self, sop: SOp) -> Form:
        match sop:
            case Tokens():
                return self.tokens
            case Indices():
                return held(self.writer.table.index, -1)
            case Length():
                return self.writer.length
            case Full():
                return constant(sop.value)
            case Map():
                return self.mapped(sop)
            case Width():
                return Adding(self.writer).count(self.terms(sop.selector))
            case Aggregate():
                return self.aggregate(sop)
            case Best():
                return self.best(sop)
        raise AssertionError(f"{type(sop).__name__} is no s-op")

    def mapped(self, sop: Map) -> Form:
        forms = [self.forms[operand] for operand in sop.operands]
        if sop.function.strict and all(is_constant(form) for form in forms):
            return tabulated(self.writer, sop.function, forms)
        return apply(self.writer, sop.function, forms, sop.operands)

    def terms(self, selector: Selector) -> Sum:
        for node in in_order(selector):
            if isinstance(node, Selector):
                self.matching.terms(node)
        return self.matching.terms(selector)

    # --- means ---

    def aggregate(self, sop: Aggregate) -> Form:
        """The one value where one row at most can match, or where values are no numbers; else the mean."""
        terms, form = self.terms(sop.selector), self.forms[sop.values]
        adding = Adding(self.writer)
        if not adding.meetings(terms):
            return constant(sop.default)
        if is_constant(form) and domain(form).values[0] == sop.default:
            if not isinstance(form, Number):
                adding.promise_one(terms)
            return form
        if isinstance(form, Number) and not self.reads_one(adding, terms):
            return self.mean(sop, adding, terms, form)
        if isinstance(form, Ratio) and not self.reads_one(adding, terms):
            return self.mean(sop, adding, terms, self.as_number(form))
        return self.read(sop, adding, terms, form)

    def as_number(self, form: Form) -> Number:
        """A fraction over the least common denominator of all that it can be."""
        found = tabulated(self.writer, Function("the mean of means", lambda x: x), [form])
        if not isinstance(found, Number):
            raise UsageError(
                "a mean of values that are not all numbers has no value. Give aggregate a default that is."
            )
        return found

    def reads_one(self, adding: Adding, terms: Sum) -> bool:
        """Whether at most one row can match."""
        met = adding.meetings(terms)
        return (
            len(met) == 1
            and met[0].sign == 1
            and any(is_distinct(each.key, self.writer.distinct) for each in met[0].equal)
        )

    def mean(self, sop: Aggregate, adding: Adding, terms: Sum, form: Number) -> Form:
        count = adding.count(terms)
        condition = self.condition(sop.values)
        top = adding.total(terms, form) if condition is None else adding.count(both(terms, condition))
        bottom, below = count, Width(sop.selector)
        if form.denominator > 1:
            bottom = self.writer.sum((form.denominator, bottom))
            below = Map(functions.MULTIPLY, (below, Full(form.denominator)))  # type: ignore[assignment]
        if count.low >= 1:
            return Ratio(top, bottom, below)
        if not is_number(sop.default):
            return Ratio(top, bottom, below, (sop.default,))
        return self.with_default(sop, top, bottom, below)

    def condition(self, sop: SOp) -> Sum | None:
        """A comparison of row numbers with what is the same everywhere, as one of keys, which may cancel."""
        while isinstance(sop, Map) and sop.function is functions.INDICATOR:
            [sop] = sop.operands
        if not (isinstance(sop, Map) and sop.function in RELATIONS):
            return None
        key, query = (self.forms[operand] for operand in sop.operands)
        if not isinstance(key, Number) or not isinstance(query, Number) or query.weights:
            return None
        if set(key.weights) != {self.writer.table.index}:
            return None
        return self.matching.compare(key, query, sop.function)

    def with_default(self, sop: Aggregate, top: Number, bottom: Number, below: SOp) -> Form:
        """The default as a fraction, too: of nothing at all it is default / 1."""
        nothing: Any = bottom.numerator() == 0
        default = constant(sop.default)
        assert isinstance(default, Number), "the caller has looked"
        if default.denominator > 1:
            top, bottom = (self.writer.sum((default.denominator, part)) for part in (top, bottom))
            below = Map(functions.MULTIPLY, (below, Full(default.denominator)))
        none = held(nothing)
        top = self.writer.sum((1, top), (default.constant, none))
        bottom = self.writer.sum((1, bottom), (default.denominator, none))
        one = Map(functions.LARGER, (below, Full(default.denominator)))
        return Ratio(top, replace(bottom, low=1), one)

    # --- one value ---

    def read(self, sop: Aggregate, adding: Adding, terms: Sum, form: Form) -> Form:
        """The value of the one row that matches, with 0 in its column where none does."""
        met = adding.meetings(terms)
        if isinstance(form, Ratio):
            form = tabulated(self.writer, Function("a fraction that is read", lambda x: x), [form])
        number = form if isinstance(form, Number) else held_code(form)  # type: ignore[arg-type]
        values = domain(form).values if isinstance(form, Coded) else ()
        if self.surely(adding, met):
            return self.again(form, self.fetch(adding, met, terms, self.at_zero(number)), number.low)
        if zero_is(form, sop.default):
            return self.again(form, self.fetch(adding, met, terms, self.at_zero(number)), number.low)
        raised = replace(self.writer.sum((1, self.at_zero(number)), (1, whole(1))), low=0)
        found = self.fetch(adding, met, terms, raised)
        if isinstance(form, Number):
            if sop.default == form.value_of(form.low - 1) and not form.truth:
                return self.again(form, found, number.low - 1)
            values = tuple(form.value_of(n) for n in range(form.low, form.high + 1))
        holder = replace(found, low=0, high=len(values))
        return from_entries(self.writer, [holder], [sop.default, *values])

    def surely(self, adding: Adding, met: Sequence[Meeting]) -> bool:
        """Whether one row surely matches: the row with a number that is surely there, or my own."""
        [first, *rest] = met
        if rest or len(first.comparisons) != 1:
            return False
        return adding.is_mine(first.comparisons[0]) or adding.is_there(first.comparisons[0])

    def again(self, form: Form, found: Number, low: int) -> Form:
        """What was read, less `low`, as what it was read from."""
        if isinstance(form, Number):
            return Number(found.weights, found.constant + low, low, form.high, form.denominator, form.truth)
        assert isinstance(form, Coded), "fractions are tabulated before they are read"
        return Coded(self.writer.holder(found), form.values)

    def at_zero(self, number: Number) -> Number:
        return self.writer.sum((1, numerator_of(number)), (-number.low, whole(1)))

    def fetch(self, adding: Adding, met: Sequence[Meeting], terms: Sum, number: Number) -> Number:
        """The numerator in the row that matches; 0 if none does."""
        value = self.writer.holder(number)
        if isinstance(value, int):
            value = self.writer.table.map(
                lambda i: i * 0 + number.constant, self.writer.table.index, high=number.constant
            )
        if len(met) == 1 and met[0].sign == 1 and not met[0].ordered and not any(map(adding.is_mine, met[0].equal)):
            return held(self.select(adding, met[0], value))
        return replace(adding.the_only(terms, value), low=0, high=number.high)

    def select(self, adding: Adding, met: Meeting, value: Holder) -> Holder:
        return adding.fetched(met, value)

    # --- the largest and the least ---

    def best(self, sop: Best) -> Form:
        terms, form = self.terms(sop.selector), self.forms[sop.values]
        if isinstance(form, Ratio):
            form = self.as_number(form)
        if not isinstance(form, Number):
            raise UsageError("values that are not all numbers have no largest or least one. Give numbers.")
        adding = Adding(self.writer)
        met = adding.meetings(terms)
        if not met:
            return constant(sop.default)
        if len(met) > 1 or met[0].ordered:
            how = "compares by order" if len(met) == 1 else f"becomes {len(met)} matches"
            raise UsageError(
                f"the largest or least value is taken of the rows of one match, and this selector {how}. Select by =="
                " or True, or by a function of the key alone."
            )
        number = self.writer.sum((1, self.at_zero(form)), (1, whole(1)))
        value: Any = self.writer.column(replace(number, low=0))
        if isinstance(value, int):
            value = self.writer.table.map(lambda i: i * 0 + 1, self.writer.table.index, high=1)
        pairs = [adding.columns(each) for each in met[0].comparisons]
        urgency = value.high - value if sop.largest else value
        found = self.writer.table.select(
            query=[q for q, _ in pairs] or 0,
            key=[k for _, k in pairs] or 0,
            values=value,
            priority=urgency,
            name=self.writer.name,
        )
        values = [form.value_of(n) for n in range(form.low, form.high + 1)]
        holder = Number({found: 1}, 0, 0, len(values))
        return from_entries(self.writer, [holder], [sop.default, *values])


def held_code(form: Coded) -> Number:
    return whole(form.code) if isinstance(form.code, int) else Number({form.code: 1}, 0, 0, len(form.values) - 1)


def zero_is(form: Form, default: Any) -> bool:
    """Whether a 0 that is read, from the lowest on, stands for the default already."""
    if isinstance(form, Number):
        return is_number(default) and form.value_of(form.low) == default
    return isinstance(form, Coded) and form.values[0] == default
