"""The functions that RASP names, on forms: sums are linear, comparisons stay comparisons, the rest becomes a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from logdepth.rasp import functions
from logdepth.rasp.evaluate import called
from logdepth.rasp.forms import Coded, Form, Number, Ratio, constant, held, is_constant, numerator_of, whole
from logdepth.rasp.tables import domain, place, tabulated
from logdepth.rasp.tree import Full, Function, Map, SOp
from logdepth.rasp.writing import Writer

Rule = Callable[[Writer, Sequence[Any], Sequence[SOp]], Form | None]

FEW_ENTRIES = 4096
"""Of a table that may stand for an operation that could do without one."""


def apply(writer: Writer, function: Function, forms: Sequence[Form], operands: Sequence[SOp]) -> Form:
    """The function of these s-ops."""
    if all(map(is_constant, forms)):
        return constant(called(function, [domain(form).values[0] for form in forms]))
    rule = RULES.get(function) if function.known else None
    found = rule(writer, forms, operands) if rule else None
    return tabulated(writer, function, forms) if found is None else found


def numbers(forms: Sequence[Form]) -> bool:
    return all(isinstance(form, Number) for form in forms)


def add(sign: int) -> Rule:
    """x + sign · y."""

    def rule(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
        x, y = forms
        if numbers(forms):
            return writer.sum((1, x), (sign, y))
        match x, y:
            case (Ratio(), Ratio()) if not x.default and not y.default and x.bottom.key == y.bottom.key:
                return scaled_ratio(writer, writer.sum((1, x.top), (sign, y.top)), x)
            case (Ratio(), Ratio()) if not x.default and not y.default and entries(x) * entries(y) > FEW_ENTRIES:
                return over_one_bottom(writer, x, y, sign)
            case (Ratio(), Number()) if not x.default:
                return shifted(writer, x, 1, y, sign)
            case (Number(), Ratio()) if not y.default:
                return shifted(writer, y, sign, x, 1)
        return None

    return rule


def entries(ratio: Ratio) -> int:
    """Of a table of the ratio."""
    return ratio.top.size * ratio.bottom.size


def over_one_bottom(writer: Writer, x: Ratio, y: Ratio, sign: int) -> Ratio | None:
    """x + sign · y as one ratio, whose bottom is the product of theirs."""
    pairs = ((x.top, y.bottom), (y.top, x.bottom), (x.bottom, y.bottom))
    first, second, bottom = (apply(writer, functions.MULTIPLY, pair, ()) for pair in pairs)
    if not (isinstance(first, Number) and isinstance(second, Number) and isinstance(bottom, Number)):
        return None
    below = Map(functions.MULTIPLY, (x.below, y.below))
    return Ratio(writer.sum((1, first), (sign, second)), replace(bottom, low=max(1, bottom.low)), below)


def shifted(writer: Writer, ratio: Ratio, factor: int, number: Number, sign: int) -> Ratio | None:
    """factor · ratio + sign · number, if the number is the same everywhere."""
    if number.weights:
        return None
    top = writer.sum(
        (factor, ratio.top), (sign, scaled(writer, ratio.bottom, Fraction(number.constant, number.denominator)))
    )
    return scaled_ratio(writer, top, ratio)


def many_times(writer: Writer, number: Number, ratio: Ratio) -> Number | None:
    """number · bottom, if a table of the ratio and the number would be large."""
    if ratio.top.size * ratio.bottom.size * number.size <= FEW_ENTRIES:
        return None
    times = apply(writer, functions.MULTIPLY, (number, ratio.bottom), ())
    return times if isinstance(times, Number) else None


def scaled(writer: Writer, number: Number, factor: Fraction) -> Number:
    total = writer.sum((factor.numerator, number))
    return writer.sum((1, replace(total, denominator=total.denominator * factor.denominator)))


def scaled_ratio(writer: Writer, top: Number, like: Ratio) -> Ratio:
    """top / bottom of a ratio, where the top may be a fraction of a constant denominator itself."""
    if top.denominator == 1:
        return replace(like, top=top)
    below = Map(functions.MULTIPLY, (like.below, Full(top.denominator)))
    return Ratio(numerator_of(top), writer.sum((top.denominator, like.bottom)), below)


def multiply(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    x, y = forms
    if isinstance(x, Ratio) or (is_constant(x) and isinstance(x, Number)):
        x, y = y, x
    match x, y:
        case (Number(), Number()) if not y.weights:
            return scaled(writer, x, Fraction(y.constant, y.denominator))
        case (Number(), Number()):
            return product(writer, x, y)
        case (Number(), Ratio()) if not y.default and x.denominator == 1:
            if x.key == y.bottom.key:
                return y.top  # (i + 1) · mean over the i + 1 positions up to mine
            top = multiply(writer, (y.top, x), ())
            return scaled_ratio(writer, top, y) if isinstance(top, Number) else None
    return None


def product(writer: Writer, x: Number, y: Number) -> Number | None:
    """By an expression where a table would be large."""
    if x.size * y.size <= FEW_ENTRIES:
        return None
    a, b = numerator_of(x), numerator_of(y)
    ends = [p * q for p in (a.low, a.high) for q in (b.low, b.high)]
    holder: Any = writer.once(("product", a.key, b.key), lambda: a.numerator() * b.numerator())
    return replace(Number({holder: 1}, 0, min(ends), max(ends)), denominator=x.denominator * y.denominator)


def divide(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    x, y = forms
    match x, y:
        case (Number(), Number()) if not y.weights and y.constant:
            return scaled(writer, x, 1 / Fraction(y.constant, y.denominator))
        case (Number(), Number()) if numerator_of(y).low >= 1:
            top = writer.sum((y.denominator, numerator_of(x)))
            bottom = writer.sum((x.denominator, numerator_of(y)))
            below = Map(functions.MULTIPLY, (operands[1], Full(x.denominator * y.denominator)))
            return Ratio(top, bottom, below)
        case (Ratio(), Number()) if not y.weights and y.constant and not x.default:
            return scaled_ratio(writer, scaled(writer, x.top, 1 / Fraction(y.constant, y.denominator)), x)
        case (Number(), Ratio()) if not x.weights and not y.default and y.top.low >= 0:
            return inverted(writer, Fraction(x.constant, x.denominator), y, operands[1])
    return None


def inverted(writer: Writer, factor: Fraction, ratio: Ratio, sop: SOp) -> Form:
    """factor / ratio, where the top is 0 or more: 0 has no inverse, so it is at least 1."""
    bottom = replace(ratio.top, low=max(1, ratio.top.low))
    top = scaled(writer, ratio.bottom, factor)
    if bottom.high == 1:
        return top
    below = Map(functions.MULTIPLY, (Map(functions.MULTIPLY, (sop, ratio.below)), Full(top.denominator)))
    return Ratio(numerator_of(top), writer.sum((top.denominator, bottom)), below)


def compared(name: str) -> Rule:
    """A comparison, as that of a difference with 0."""
    test: Callable[[Any, int], Any] = functions.COMPARISONS[name].call

    def rule(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
        difference = difference_of(writer, forms)
        if difference is None:
            return codes_compared(writer, name, forms)
        n = numerator_of(difference)
        results = {bool(test(value, 0)) for value in (n.low, n.high, *((0,) if n.low <= 0 <= n.high else ()))}
        if n.low < 0 < n.high or len(results) > 1:
            raw: Any = writer.once(("compare", name, n.key), lambda: COMPARE[name](n.numerator()))
            return constant(bool(raw)) if isinstance(raw, int) else held(raw, truth=True)
        return constant(results.pop())

    return rule


COMPARE: dict[str, Callable[[Any], Any]] = {
    "==": lambda x: x == 0,
    "!=": lambda x: x != 0,
    "<": lambda x: x < 0,
    "<=": lambda x: x <= 0,
    ">": lambda x: x > 0,
    ">=": lambda x: x >= 0,
}


def difference_of(writer: Writer, forms: Sequence[Any]) -> Number | None:
    """A number of the sign of x - y; None if there is no simple one."""
    x, y = forms
    if numbers(forms):
        return writer.sum((1, x), (-1, y))
    for ratio, other, sign in ((x, y, 1), (y, x, -1)):
        if isinstance(ratio, Ratio) and not ratio.default:
            if isinstance(other, Ratio) and not other.default and ratio.bottom.key == other.bottom.key:
                return writer.sum((sign, ratio.top), (-sign, other.top))
            if isinstance(other, Number) and not other.weights:
                return writer.sum((sign * other.denominator, ratio.top), (-sign * other.constant, ratio.bottom))
            times = many_times(writer, other, ratio) if isinstance(other, Number) else None
            if times is not None:
                return writer.sum((sign, ratio.top), (-sign, times))
    return None


def codes_compared(writer: Writer, name: str, forms: Sequence[Any]) -> Form | None:
    """Equality of two values of one list, by their numbers."""
    x, y = forms
    if name not in ("==", "!=") or not isinstance(x, Coded) or not isinstance(y, Coded) or x.values != y.values:
        return None
    if isinstance(x.code, int) or isinstance(y.code, int):
        return None
    return compared(name)(writer, (held(x.code), held(y.code)), ())


def truth_of(writer: Writer, form: Form) -> Number | None:
    """Whether a number is not 0, as 0 or 1."""
    if not isinstance(form, Number):
        return None
    n = numerator_of(form)
    if n.low >= 0 and n.high <= 1:
        return n
    found = compared("!=")(writer, (n, whole(0)), ())
    return numerator_of(found) if isinstance(found, Number) else None


def connected(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp], both: bool) -> Form | None:
    """x and y, or x or y."""
    truths = [truth_of(writer, form) for form in forms]
    if None in truths:
        return None
    x, y = truths
    assert x is not None and y is not None, "checked above"
    for one, other in ((x, y), (y, x)):
        if not one.weights:
            decided = bool(one.constant) != both
            return constant(not both) if decided else replace(other, truth=True)
    a, b = (writer.holder(Number(truth.weights, truth.constant, 0, 1)) for truth in (x, y))
    raw: Any = writer.once(("connect", both, frozenset((x.key, y.key))), lambda: a & b if both else a | b)
    return constant(bool(raw)) if isinstance(raw, int) else held(raw, truth=True)


def negated(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    truth = truth_of(writer, forms[0])
    return None if truth is None else replace(writer.sum((1, whole(1)), (-1, truth)), truth=True)


def indicated(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    return truth_of(writer, forms[0])


def extreme(larger: bool) -> Rule:
    def rule(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
        if not numbers(forms):
            return None
        difference = numerator_of(writer.sum((1, forms[0]), (-1, forms[1])))
        if difference.low >= 0 or difference.high <= 0:
            return forms[0] if (difference.low >= 0) == larger else forms[1]
        if difference.size <= FEW_ENTRIES:
            more = writer.lookup([max(value, 0) for value in range(difference.low, difference.high + 1)], difference)
        else:
            more = writer.once(("positive", difference.key), lambda: difference.numerator().clip(0))  # type: ignore[union-attr]
        common = writer.sum((1, forms[0]), (-1, forms[1])).denominator
        gained = replace(held(more), denominator=common)  # type: ignore[arg-type]
        return writer.sum((1, forms[1]), (1, gained)) if larger else writer.sum((1, forms[0]), (-1, gained))

    return rule


def rounded(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    """To the nearest whole number, and to the even one of two."""
    match forms[0]:
        case Number(denominator=1):
            return numerator_of(forms[0])
        case Ratio() as x if not x.default and x.bottom.low >= 1 and x.top.size * x.bottom.size > FEW_ENTRIES:
            doubled: Any = writer.sum((2, x.top), (1, x.bottom)).numerator()
            bottom: Any = (writer.column(x.bottom) + x.bottom.low) * 2
            floor, rest = doubled // bottom, doubled % bottom
            nearest = floor - ((rest == 0) & (floor % 2 == 1))
            ends = [Fraction(end, x.bottom.low) for end in (x.top.low, x.top.high)]
            return Number({nearest: 1}, 0, min(0, round(ends[0])), max(0, round(ends[1])))
    return None


def chosen(writer: Writer, forms: Sequence[Any], operands: Sequence[SOp]) -> Form | None:
    """x if condition else y."""
    condition, yes, no = forms
    truth = truth_of(writer, condition)
    if truth is None:
        truth = truth_of(writer, tabulated(writer, Function("is true", bool), [condition]))
    if truth is None:
        return None
    if not truth.weights:
        return yes if truth.constant else no
    if numbers((yes, no)):
        return either_number(writer, truth, yes, no)
    if isinstance(yes, Ratio) or isinstance(no, Ratio):
        return None
    return either_value(writer, truth, yes, no)


def either_number(writer: Writer, truth: Number, yes: Number, no: Number) -> Form:
    common = writer.sum((1, yes), (1, no)).denominator if yes.denominator != no.denominator else yes.denominator
    a, b = (writer.sum((common // number.denominator, numerator_of(number))) for number in (yes, no))
    if not a.weights and not b.weights:
        return replace(
            writer.sum((a.constant - b.constant, truth), (1, b)),
            denominator=common,
            truth=yes.truth and no.truth,
        )
    low, high = min(a.low, b.low), max(a.high, b.high)
    picked: Any = writer.once(
        ("where", truth.key, a.key, b.key),
        lambda: writer.table.where(writer.holder(truth), a.numerator(), b.numerator()),
    )
    return Number({picked: 1}, 0, low, high, common, yes.truth and no.truth)


def either_value(writer: Writer, truth: Number, yes: Form, no: Form) -> Form:
    """Of two s-ops whose values are in one list: the number in it."""
    domains = [domain(form) for form in (yes, no)]
    values = tuple(dict.fromkeys(value for each in domains for value in each.values))
    codes = {value: code for code, value in enumerate(values)}
    a, b = (
        writer.lookup(each.spread([codes[value] for value in each.values]), place(writer, each.axes))
        if each.axes
        else codes[each.values[0]]
        for each in domains
    )
    picked: Any = writer.table.where(writer.holder(truth), a, b)
    return constant(values[picked]) if isinstance(picked, int) else Coded(picked, values)


RULES: dict[Function, Rule] = {
    functions.ADD: add(1),
    functions.SUBTRACT: add(-1),
    functions.MULTIPLY: multiply,
    functions.DIVIDE: divide,
    functions.AND: lambda writer, forms, operands: connected(writer, forms, operands, both=True),
    functions.OR: lambda writer, forms, operands: connected(writer, forms, operands, both=False),
    functions.NEGATION: negated,
    functions.INDICATOR: indicated,
    functions.LARGER: extreme(larger=True),
    functions.SMALLER: extreme(larger=False),
    functions.ROUND: rounded,
    functions.CHOICE: chosen,
    **{function: compared(name) for name, function in functions.COMPARISONS.items()},
}
