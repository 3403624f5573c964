"""Formal languages: regular ones by their automata, others by counting, matching brackets, and contracting trees."""

from __future__ import annotations

from collections.abc import Callable

from logdepth.programs import Program, Table
from logdepth.solutions.automata.machine import Machine
from logdepth.solutions.automata.ways import way_of
from logdepth.solutions.counting import COUNTING_IN_WORDS
from logdepth.solutions.sequences.automaton import COMPOSED
from logdepth.solutions.sequences.formula import FORMULA_IN_WORDS, formula
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Membership


def majority(rows: int) -> Program:
    """More ones than zeros: 2 · ones > i."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="01")
    table.output("answer", 2 * table.count(where=token == "1", name="ones") > table.index)
    return table.program()


def dyck_1(rows: int) -> Program:
    """No prefix closes more than it opens, and in the end both are equal."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="()")
    height = 2 * table.count(where=token == "(", name="opened") - table.index
    errors = table.count(where=height < 0, name="errors")
    table.output("answer", (height == 0) & (errors == 0))
    return table.program()


def shuffle_dyck_2(rows: int) -> Program:
    """The same for each kind of bracket; what is not counted is the fourth letter."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="()[]")
    opened, closed, squares = (table.count(where=token == letter, name=f"number of {letter}") for letter in "()[")
    round_height = table.column(opened - closed + rows, 2 * rows, name="height of round brackets")
    square_height = table.column(
        2 * squares + opened + closed - table.index + rows, 2 * rows, name="height of square brackets"
    )
    errors = table.count(where=(round_height < rows) | (square_height < rows), name="errors")
    table.output("answer", (round_height == rows) & (square_height == rows) & (errors == 0))
    return table.program()


def a_n_b_n(rows: int) -> Program:
    """No a comes after a b, and half of the letters are a."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="ab")
    first = table.count(where=token == "a", name="number of a")
    errors = table.count(where=(token == "a") & (first < table.index), name="errors")
    table.output("answer", (2 * first == table.index) & (errors == 0))
    return table.program()


def a_n_b_n_c_n(rows: int) -> Program:
    """No letter comes after a later one, and a third of them is a, another b."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="abc")
    first, second = (table.count(where=token == letter, name=f"number of {letter}") for letter in "ab")
    late = ((token == "a") & (first < table.index)) | ((token == "b") & (first + second < table.index))
    errors = table.count(where=late, name="errors")
    table.output("answer", (3 * first == table.index) & (3 * second == table.index) & (errors == 0))
    return table.program()


def dyck_2(rows: int) -> Program:
    """The partner of a closing bracket is the last opening one at its depth. No opening bracket has depth 0."""
    table = Table("language", rows, causal=True)
    token = table.input("token", letters="()[]")
    opens = (token == "(") | (token == "[")
    height = 2 * table.count(where=opens, name="opened") - table.index
    depth = table.column((height + ~opens).clip(0), name="depth")
    partner = table.last(token, query=depth, key=depth, where=opens, name="partner")
    errors = table.count(where=~opens & (partner != token - 1), name="errors")
    table.output("answer", (height == 0) & (errors == 0))
    return table.program()


PROGRAMS: dict[str, Callable[[int], Program]] = {
    "majority": majority,
    "dyck-1": dyck_1,
    "shuffle-dyck-2": shuffle_dyck_2,
    "anbn": a_n_b_n,
    "anbncn": a_n_b_n_c_n,
    "dyck-2": dyck_2,
    "formula": formula,
}


def machine_of(task: Membership) -> Machine | None:
    """The least automaton of a regular language."""
    dfa = task.language.dfa
    return None if dfa is None else Machine(dfa, tuple(int(state in dfa.accepting) for state in range(len(dfa))))


def build(task: Membership) -> Program:
    machine = machine_of(task)
    if machine is None:
        return PROGRAMS[task.of](task.n)
    return way_of(task.chosen_way, machine, task.n).build(task.name, machine, task.n)


def sizes(task: Membership, tied: bool) -> Sizes:
    machine = machine_of(task)
    if machine is None:
        layers, heads, _ = task.built
        place = "formula" if task.language.kind == "formulas" else "language"
        return Sizes(layers=layers, heads=heads, source=f"proved in logdepth.solutions.{place}")
    way = way_of(task.chosen_way, machine, task.n)
    return Sizes(layers=way.layers(machine, task.n), heads=way.heads(machine, task.n), source=way.source)


LANGUAGE = Solution(
    task=Membership,
    build=build,
    sizes=sizes,
    words=(
        "A regular language is decided by its least automaton. " + COMPOSED,
        "Languages such as aⁿbⁿ and those of brackets compare counts. " + COUNTING_IN_WORDS,
        FORMULA_IN_WORDS,
    ),
)
