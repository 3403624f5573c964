"""How the number of a row enters: what it adds to every residual column, and the same as a few formulas.

A function of the row number has formulas if its second or third differences vanish but in a few places: then it is its
Newton series, with a further binomial from each of these places on. So do digits, which repeat, and what grows alike in
every period but in a few places. What has none is a table and nothing else, and has to be given as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from logdepth.arrows.program_to_transformer.allocate import Layout
from logdepth.arrows.program_to_transformer.schedule import Schedule
from logdepth.gadgets import INDEX, ONE, Cell, Embedded
from logdepth.numerics.errors import UsageError
from logdepth.transformer import Formula

TABLE, FORMULAS, COUNTED = "table", "formulas", "counted"
POSITIONS = (TABLE, FORMULAS, COUNTED)
"""How the row number enters a transformer: counted, by a layer of its own (`count_rows`)."""

MOST_PIECES, LARGEST_BASE = 16, 64  # of a function that counts as a few formulas, and of a digit
EXACT = 2**53  # the sum of the formulas is taken in float64

Array = np.ndarray
Series = dict[Formula, int]  # Σ weight · formula


def check_positions(positions: str) -> None:
    """Errors: UsageError for no way in which the row number enters."""
    if positions not in POSITIONS:
        raise UsageError(f"positions are {' or '.join(POSITIONS)}, not {positions!r}. Choose one of these.")


def index_columns(schedule: Schedule, layout: Layout) -> dict[int, tuple[str, Array]]:
    """What the row numbers 1..rows add to the residual columns, (rows,) each, with a name; not those of 0."""
    rows = schedule.plan.rows
    found: dict[int, tuple[str, Array]] = {}
    for cell, column in layout.columns.items():
        if cell is ONE:
            found[column] = cell.label, np.ones(rows, dtype=np.int64)
        elif isinstance(cell, Embedded) and cell.source == INDEX and cell.table.size:
            found[column] = cell.label, cell.table[1:]
    for move in schedule.starts:
        if move.start and move.start[0] == INDEX and move.state in layout.columns:
            found[layout.columns[move.state]] = move.state.label, started(move.state, move.start[1], rows)
    return found


def started(state: Cell, values: Array, rows: int) -> Array:
    """The first values of a state: a function of the row number, or [0, value], which stands for every row."""
    return values[1:] if len(values) > 2 or rows == 1 else np.full(rows, values[1])


def series_of(schedule: Schedule, layout: Layout) -> dict[int, Series]:
    """The same by formulas. Errors: UsageError for a function of the row number that has none."""
    return {column: series_of_table(*named) for column, named in index_columns(schedule, layout).items()}


def series_of_table(name: str, values: Array) -> Series:
    """One function of the row number, (rows,), by formulas. Errors: UsageError, with its name, if it has none."""
    series = find_series(values)
    if series is None:
        raise UsageError(
            f"{name!r} is a function of the row number that has no short formula, on {len(values):,} rows. Keep the"
            " table of positions, or compute it from the row number in fewer cases."
        )
    return series


def formulas_of(series: dict[int, Series]) -> tuple[Formula, ...]:
    """All formulas, each once: the powers of the row number first."""
    used = {formula for one in series.values() for formula in one} or {Formula(power=0)}
    return tuple(sorted(used, key=lambda f: (f.base, f.place, f.shift, f.above, f.power)))


def find_series(values: Array) -> Series | None:
    """The values at rows 1, 2, … as a sum of a few formulas, or None."""
    for find in (newton, digit, periods):
        series = find(values)
        if series is not None and is_exact(series, values):
            return series
    return None


def is_exact(series: Series, values: Array) -> bool:
    """Whether it gives these values, and float64 holds every partial sum on the way."""
    rows = np.arange(1, len(values) + 1)
    terms = [(weight, formula.of(rows)) for formula, weight in series.items()]
    if sum(abs(weight) * int(found.max()) for weight, found in terms) >= EXACT:
        return False
    return np.array_equal(sum((weight * found for weight, found in terms), np.zeros_like(values)), values)


def newton(values: Array) -> Series | None:
    """Pieces of degree 1 or 2, whichever has fewer."""
    if len(values) < 3:
        return sum_of(pieces(values, 1))
    second = np.diff(values, n=2)
    bends, turns = np.count_nonzero(second), np.count_nonzero(np.diff(second))
    if min(bends, turns) > MOST_PIECES:
        return None
    return sum_of(pieces(values, 1 if bends <= turns + 1 else 2))


def pieces(values: Array, degree: int) -> Iterator[tuple[Formula, int]]:
    """Newton's series: a binomial of x = i, and one more of x = max(i - t, 0) for every t at which a piece ends."""
    second = np.diff(values, n=2)  # second[t - 1] is that of rows t, t + 1, t + 2
    square = int(second[0]) if degree == 2 else 0
    slope = int(values[1] - values[0]) - square if len(values) > 1 else 0
    yield Formula(power=0), int(values[0]) - slope
    yield Formula(power=1), slope
    yield Formula(power=2), square
    changes = np.diff(second) if degree == 2 else second
    for place in np.flatnonzero(changes).tolist():  # a binomial of degree d has its first difference there
        yield Formula(power=degree, above=place + 2), int(changes[place])


def digit(values: Array) -> Series | None:
    """A function of ⌊(i - shift) / place⌋ mod base, or a linear one of the quotient."""
    changes = np.flatnonzero(np.diff(values)) + 2  # rows that differ from the one before
    if len(changes) < 2:
        return None
    place = int(np.gcd.reduce(np.diff(changes)))
    shift = int(changes[0]) % place
    rows = np.arange(1, len(values) + 1)
    quotients = np.maximum(rows - shift, 0) // place
    firsts = np.unique(quotients, return_index=True)[1]
    by_quotient = values[firsts]
    if not np.array_equal(by_quotient[quotients - quotients[0]], values):
        return None
    base = period_of(by_quotient)
    if base is None:
        return sum_of(on_quotient(by_quotient, int(quotients[0]), place, shift))
    by_digit = np.zeros(base, dtype=np.int64)
    by_digit[quotients[firsts] % base] = by_quotient
    return sum_of(on_digit(by_digit, place, shift))


def periods(values: Array) -> Series | None:
    """What grows by the same number in every period, but in a few places; the last period is one as all others."""
    rows = np.arange(1, len(values) + 1)
    for base in range(2, min(LARGEST_BASE, len(values) // 2) + 1):
        growth = values[base:] - values[:-base]
        if np.count_nonzero(growth != growth[-1]) > MOST_PIECES:
            continue
        slope, by_digit = int(growth[-1]), np.zeros(base, dtype=np.int64)
        last = slice(len(values) - base, None)
        by_digit[rows[last] % base] = values[last] - slope * (rows[last] // base)
        rest = newton(values - by_digit[rows % base] - slope * (rows // base))
        if rest is not None:
            regular = [*on_digit(by_digit, 1, 0), (Formula(power=1, place=base), slope)]
            return sum_of([*regular, *rest.items()])
    return None


def period_of(values: Array) -> int | None:
    """The least number of steps, at most `LARGEST_BASE`, after which the values repeat."""
    longest = min(LARGEST_BASE, len(values) - 1)
    return next((p for p in range(2, longest + 1) if np.array_equal(values[p:], values[:-p])), None)


def on_digit(values: Array, place: int, shift: int) -> Iterator[tuple[Formula, int]]:
    """A function of a digit by its bends."""
    base = len(values)
    yield Formula(power=0), int(values[0])
    slopes = np.diff(np.diff(values), prepend=0)
    for above, change in enumerate(slopes.tolist()):
        yield Formula(power=1, above=above, place=place, base=base, shift=shift), change


def on_quotient(values: Array, first: int, place: int, shift: int) -> Iterator[tuple[Formula, int]]:
    """A linear function of the quotient, if it is one."""
    slope = int(values[1] - values[0])
    yield Formula(power=0), int(values[0]) - slope * first
    yield Formula(power=1, place=place, shift=shift), slope


def sum_of(terms: Iterable[tuple[Formula, int]]) -> Series:
    """Without what is 0."""
    total: Series = {}
    for formula, weight in terms:
        total[formula] = total.get(formula, 0) + weight
    return {formula: weight for formula, weight in total.items() if weight}
