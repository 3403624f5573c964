"""Formal languages by name: at every letter of a text, whether the text up to it belongs."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.automata import LANGUAGES, Language, ways_that_run, with_fewest_layers
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.tasks.definitions import Definition
from logdepth.tasks.parameters import Parametrised, Size, parameter
from logdepth.tasks.sequences.alphabet import Alphabet
from logdepth.tasks.sequences.prefixes import WAYS_HELP, PrefixTask, check_way, run_of, theory_of
from logdepth.theory import Claims, automata

BUILT: dict[str, tuple[int, int, str]] = {
    "majority": (1, 1, "A head counts the ones."),
    "dyck-1": (2, 1, "A head counts opening brackets; a second one the rows with more closing ones."),
    "shuffle-dyck-2": (
        2,
        3,
        "Heads count three of the letters; one of layer 2 the rows where a kind is closed too often.",
    ),
    "anbn": (2, 1, "A head counts the a; a second one the a that come after a b."),
    "anbncn": (2, 2, "Heads count a and b; one of layer 2 the letters that come after a later one."),
    "dyck-2": (
        3,
        1,
        "A head counts opening brackets, which gives depths; one reads the last opening bracket at the depth"
        " of mine; one counts the brackets that do not suit their partners.",
    ),
}
"""Of languages that counting decides: layers and heads that suffice at every n, and how."""


@dataclass(frozen=True)
class Membership(PrefixTask):
    """Answer i says of letters 1..i whether they are a word of the language. The exact answer is plain Python."""

    name: ClassVar[str] = "language"
    summary: ClassVar[str] = "at every letter, whether the text up to it belongs to a formal language"
    corner_sizes: ClassVar[tuple[Size, ...]] = tuple(
        {"n": 12, "of": name}
        for name in LANGUAGES
        if name != "a5"  # its products take float64
    )

    n: int = parameter(100, low=1, high=2**20, help="most letters the model takes")
    of: str = parameter("dyck-2", help=f"the language: {', '.join(LANGUAGES)}")
    way: str = parameter("compose", help=f"of a regular language {WAYS_HELP}")

    def __post_init__(self) -> None:
        Parametrised.__post_init__(self)  # without that of tokens: letters are known when all is settled
        if self.of not in LANGUAGES:
            raise UsageError(f"there is no language {self.of!r}. {did_you_mean(self.of, LANGUAGES)}")
        if self.language.dfa is not None:
            check_way(f"language {self.of}", self.way, self.language.dfa)
        elif self.way != "compose":
            raise UsageError(
                f"language {self.of} is not regular, and has one way to be decided. Leave {self.way!r} out."
            )

    @property
    def language(self) -> Language:
        return LANGUAGES[self.of]

    @property
    def built(self) -> tuple[int, int, str]:
        """Of a language that is not regular, layers and heads that suffice, and how."""
        return automata.contraction(self.n) if self.language.kind == "formulas" else BUILT[self.of]

    @property
    def ways_that_run(self) -> tuple[str, ...]:
        dfa = self.language.dfa
        return () if dfa is None else tuple(dict.fromkeys([self.way, *ways_that_run(dfa)]))

    @property
    def chosen_way(self) -> str:
        """Of a regular language."""
        assert self.language.dfa is not None, "only regular languages have automata"
        return with_fewest_layers(self.language.dfa) if self.way == "fewest" else self.way

    @property
    def letters(self) -> Alphabet:
        return Alphabet(self.language.letters, Wording("another {of}"))

    def draw_member(self, rng: np.random.Generator, size: int) -> np.ndarray:
        return self.letters.tokens(self.language.draw(rng, size), "the word")

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return np.array([int(here) for here in self.language.belongs(self.letters.spell(instance.tolist()))])

    @property
    def definition(self) -> Definition | None:
        """Of a regular language, that its automaton accepts; of another one there is none."""
        dfa = self.language.dfa
        return None if dfa is None else run_of(dfa, [int(state in dfa.accepting) for state in range(len(dfa))])

    @property
    def theory(self) -> Claims:
        dfa = self.language.dfa
        if dfa is not None:
            return theory_of(dfa, [int(state in dfa.accepting) for state in range(len(dfa))], self.n)
        if self.language.kind == "formulas":
            return automata.formulas(self.n)
        return automata.not_regular(self.n, *self.built, stack=self.language.kind == "matching")
