"""What the tasks share that say something of every prefix of a text, as a finite automaton would."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from logdepth.automata import (
    WAYS,
    Dfa,
    cost_of_few_layers,
    earlier_letters_matter,
    shortcoming,
    transition_monoid,
    with_fewest_layers,
)
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.tasks.definitions import Definition
from logdepth.tasks.forms import AnswerForm
from logdepth.tasks.sequences.token_sequences import FAMILIES, TokenTask
from logdepth.theory import Claims, automata

WAYS_HELP = f"how an automaton is run: {', '.join(WAYS)} (docs/languages.md)"


class PrefixTask(TokenTask):
    """A task whose answer says of every prefix of a text whether it belongs to a language."""

    families: ClassVar[tuple[str, ...]] = ("random", "belongs", "one-off", "periodic", "constant")

    shipped: ClassVar[tuple[str, ...]] = ()

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": 1}

    @abstractmethod
    def draw_member(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """A word of the language, or one that almost is, (size,)."""

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        """belongs: a word of the language, if there is one of this size; one-off: the same with one letter changed."""
        if family in FAMILIES:
            return FAMILIES[family](rng, size, len(self.letters))
        word = self.draw_member(rng, size)
        if family == "one-off":
            word[rng.integers(size)] = rng.integers(1, len(self.letters) + 1)
        return word

    def name_value(self, value: Any, instance: np.ndarray) -> str | None:
        return "1" if value else "0"

    @property
    def answer_form(self) -> AnswerForm:
        return AnswerForm("answer")

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """True or False at every token: whether the text up to it belongs."""
        return [bool(value) for value in answer.tolist()]


def check_way(owner: str, way: str, dfa: Dfa) -> None:
    """UsageError for a way that there is not, or that does not run this automaton."""
    if way not in WAYS:
        raise UsageError(f"{owner} has no way {way!r}. {did_you_mean(way, WAYS)}")
    why = shortcoming(dfa, way)
    if why and way != "fewest":
        other = with_fewest_layers(dfa)
        remedy = Wording("{way} does.", way=other) if shortcoming(dfa, other) is None else "Take a smaller automaton."
        raise UsageError(f"{owner}: this automaton of {len(dfa):,} states is not run by {way!r}: {why}.", remedy)
    if way == "fewest":
        check_way(owner, with_fewest_layers(dfa), dfa)


def run_of(dfa: Dfa, said: Sequence[int]) -> Definition:
    """The definition of an answer that says `said` of the states of an automaton."""
    names = {"moves": [list(row) for row in dfa.steps], "start": dfa.start, "said": list(said)}
    return Definition("[said[state] for state in trace(token, moves, start)]", names)


def theory_of(dfa: Dfa, values: Sequence[int], n: int) -> Claims:
    """What theory says of an automaton that answers `values` of its states. In the claims, n counts letters."""
    monoid, shallow = transition_monoid(dfa), with_fewest_layers(dfa)
    fewest = None if shallow == "compose" or len(dfa) == 1 else (*cost_of_few_layers(dfa, shallow), f"{WAYS[shallow]}.")
    return automata.regular(
        n,
        len(dfa),
        len({*dfa.steps}),
        matter=earlier_letters_matter(dfa, values, n),
        shallow=fewest,
        star_free=None if monoid is None else monoid.is_aperiodic,
        solvable=None if monoid is None else monoid.is_solvable,
    )
