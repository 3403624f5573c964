"""Finite automata: at every letter of a text, whether the text up to it is accepted, or the state."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.automata import (
    Dfa,
    draw_accepted,
    in_order,
    minimise,
    read_table,
    regex_dfa,
    ways_that_run,
    with_fewest_layers,
    write_table,
)
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.tasks.definitions import Definition
from logdepth.tasks.forms import AnswerForm
from logdepth.tasks.inputs.files import read_text
from logdepth.tasks.parameters import Parametrised, Size, parameter
from logdepth.tasks.sequences.alphabet import HELP, Alphabet, parse_alphabet
from logdepth.tasks.sequences.prefixes import WAYS_HELP, PrefixTask, check_way, run_of, theory_of
from logdepth.theory import Claims

EXAMPLE = "(a|b)*abb"
ANSWERS = ("accepted", "state")


@lru_cache(maxsize=64)
def automaton_of(regex: str, table: str, alphabet: str) -> Dfa:
    """Of an expression the least automaton, over the alphabet if one is given; of a table the states that are reached.

    Errors: UsageError as of `read_regex`, `read_table` and `parse_alphabet`.
    """
    if table:
        return read_table(table)
    return regex_dfa(regex, parse_alphabet(alphabet).letters if alphabet else "")


@dataclass(frozen=True)
class Automaton(PrefixTask):
    """Answer i says of letters 1..i whether the automaton accepts them, or in which state it is then.

    The state of an expression is that of its least automaton, numbered from 1 in breadth-first order of the words; that
    of a table is a state of the table. The exact answer takes one step at a time.
    """

    name: ClassVar[str] = "automaton"
    summary: ClassVar[str] = "at every letter, whether a regular expression or automaton accepts the text up to it"
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 1},
        {"n": 9, "regex": "a*"},
        {"n": 9, "regex": "(ab|ba)*", "way": "maps", "answer": "state"},
        {"n": 9, "regex": "(a|b)*a(a|b)(a|b)", "way": "window"},
        {"n": 12, "regex": "(b*ab*ab*)*", "way": "count"},
        {"n": 12, "regex": "[abc]*a[abc]?", "alphabet": "3", "way": "monoid"},
        {"n": 12, "regex": "[abc]*ac*", "way": "last"},
        {
            "n": 12,
            "table": "letters ab; start x; accept z; x a y; x b x; y a z; y b x; z a z; z b z",
            "answer": "state",
        },
    )

    n: int = parameter(100, low=1, high=2**20, help="most letters the model takes")
    regex: str = parameter(EXAMPLE, help="a regular expression, as re.fullmatch reads it")
    table: str = parameter(
        "", help="in place of an expression: the file of an automaton (docs/languages.md), or its text"
    )
    alphabet: str = parameter("", help=f"letters, if the expression does not name all: {HELP}")
    answer: str = parameter("accepted", help="accepted or state: what is answered at every letter")
    way: str = parameter("compose", help=WAYS_HELP)

    def __post_init__(self) -> None:
        Parametrised.__post_init__(self)  # without that of tokens: letters are known when all is settled
        if self.table:
            self._settle_table()
        if self.answer not in ANSWERS:
            raise UsageError(f"automaton answers no {self.answer!r}. {did_you_mean(self.answer, ANSWERS)}")
        if not self.regex and not self.table:
            raise UsageError("automaton: the expression is empty.", Wording("Give {regex} or {table}."))
        if self.answer == "accepted" and self.automaton.is_empty:
            raise UsageError("automaton: it accepts no text at all.", Wording("Give another {regex} or {table}."))
        check_way(self.name, self.way, self.running)

    def _settle_table(self) -> None:
        """The automaton of a file as text: a model's parameters hold it whole."""
        if self.regex not in ("", EXAMPLE) or self.alphabet:
            other = "alphabet" if self.alphabet else "regex"
            raise UsageError("automaton: a table says all itself.", Wording(f"Leave out {{table}} or {{{other}}}."))
        text = self.table if any(mark in self.table for mark in ";\n") else read_text(Path(self.table))
        self._settle("table", write_table(read_table(text)))
        self._settle("regex", "")

    @property
    def automaton(self) -> Dfa:
        """As it is given: of an expression the least one."""
        return automaton_of(self.regex, self.table, self.alphabet)

    @property
    def running(self) -> Dfa:
        """The automaton that is run: without states that are never reached, or that need no telling apart."""
        return minimise(self.automaton) if self.answer == "accepted" else in_order(self.automaton)

    @property
    def ways_that_run(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([self.way, *ways_that_run(self.running)]))

    @property
    def values(self) -> tuple[int, ...]:
        """What is said in each state of `running`."""
        if self.answer == "accepted":
            return tuple(int(state in self.running.accepting) for state in range(len(self.running)))
        return tuple(state + 1 for state in self.automaton.reachable())

    @property
    def chosen_way(self) -> str:
        return with_fewest_layers(self.running) if self.way == "fewest" else self.way

    @property
    def letters(self) -> Alphabet:
        return Alphabet(self.automaton.letters, Wording("another {table}" if self.table else "another {alphabet}"))

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": 1 if self.answer == "accepted" else len(self.automaton)}

    def draw_member(self, rng: np.random.Generator, size: int) -> np.ndarray:
        word = draw_accepted(self.automaton, rng, size)
        return rng.integers(1, len(self.letters) + 1, size) if word is None else np.array(word) + 1

    def solve(self, instance: np.ndarray) -> np.ndarray:
        """One step at a time."""
        states = self.automaton.trace_numbers((instance - 1).tolist())
        if self.answer == "accepted":
            return np.array([int(state in self.automaton.accepting) for state in states])
        return np.array(states) + 1

    def name_value(self, value: Any, instance: np.ndarray) -> str | None:
        if self.answer == "accepted":
            return super().name_value(value, instance)
        return self.automaton.name_of(int(value) - 1)

    @property
    def answer_form(self) -> AnswerForm:
        if self.answer == "accepted":
            return super().answer_form
        states = (self.automaton.name_of(state) for state in range(len(self.automaton)))
        return AnswerForm("answer", names=(None, *states))

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """True or False at every letter, or the name of the state."""
        if self.answer == "accepted":
            return super().present(answer, instance)
        return [self.automaton.name_of(state - 1) for state in answer.tolist()]

    @property
    def definition(self) -> Definition:
        """One step at a time, in the states of the automaton as it is given."""
        dfa = self.automaton
        said = [int(state in dfa.accepting) if self.answer == "accepted" else state + 1 for state in range(len(dfa))]
        return run_of(dfa, said)

    @property
    def theory(self) -> Claims:
        return theory_of(self.running, self.values, self.n)
