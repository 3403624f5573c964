"""Token sequences: their families, and what the tasks over them share."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.columns import as_table
from logdepth.numerics.errors import UsageError
from logdepth.tasks.drawing import Drawing, Tabular, number_rows
from logdepth.tasks.forms import AnswerForm, Form, TextForm
from logdepth.tasks.sequences.alphabet import Alphabet, as_text, parse_alphabet, read_tokens
from logdepth.tasks.sequences.integers import sequence
from logdepth.tasks.sequences.sequence_task import SequenceTask


def independent(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """Every token uniform."""
    return rng.integers(1, letters + 1, size)


def no_equal_neighbours(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """Every token uniform over the letters other than the one before it: the published distribution.

    With one letter there is no such sequence, and the constant one stands in.
    """
    if letters == 1:
        return np.ones(size, dtype=np.int64)
    steps = rng.integers(1, letters, size)
    return (rng.integers(letters) + np.cumsum(steps)) % letters + 1


def periodic(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """A random word of random length, over and over."""
    period = int(rng.integers(1, size + 1)) if rng.random() < 0.5 else int(rng.integers(1, min(size, 8) + 1))
    return np.resize(independent(rng, period, letters), size)


def constant(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """One letter throughout."""
    return np.full(size, rng.integers(1, letters + 1))


def chain(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """Two or three letters without equal neighbours: every hop is short, and so the chains of hops are long."""
    few = min(letters, int(rng.integers(2, 4)))
    chosen = rng.permutation(letters)[:few] + 1
    return chosen[no_equal_neighbours(rng, size, few) - 1]


def rare(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """All letters in a random order, over and over: letters return late, chains are short, many answers are "none"."""
    return np.resize(rng.permutation(letters) + 1, size)


FAMILIES: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "random": independent,
    "no-equal-neighbours": no_equal_neighbours,
    "periodic": periodic,
    "constant": constant,
    "chain": chain,
    "rare": rare,
}


class TokenTask(SequenceTask):
    """A task whose instance is at most n tokens, int64 in 1..A, and whose answer is a letter or "none" per token."""

    alphabet: str
    families: ClassVar[tuple[str, ...]] = tuple(FAMILIES)
    row: ClassVar[str] = "token"
    entries: ClassVar[str] = "letters"
    telling_size: ClassVar[int] = 64
    shipped: ClassVar[tuple[str, ...]] = ("sonnet18.txt",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.letters  # an alphabet that is none is refused here

    @property
    def letters(self) -> Alphabet:
        """The alphabet as a value."""
        return parse_alphabet(self.alphabet)

    @property
    def inputs(self) -> dict[str, int]:
        return {"token": len(self.letters)}

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": len(self.letters)}

    def instance_of(self, given: Any) -> np.ndarray:
        """A text, a sequence of letters, or of their numbers from 1."""
        column = as_table(given, ("token",), self.name).get("token", given)
        text = as_text(column)
        if text is None:
            return sequence(given, "token", 1, len(self.letters), self.name)
        if not text:
            raise UsageError(f"{self.name} takes at least one letter, and the text is empty.")
        return self.letters.tokens(text, "the text")

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        return FAMILIES[family](rng, size, len(self.letters))

    def exhaustive(self, size: int) -> Iterator[np.ndarray]:
        """All A^size sequences."""
        return (np.array(tokens) for tokens in product(range(1, len(self.letters) + 1), repeat=size))

    def columns(self, instance: np.ndarray) -> dict[str, np.ndarray]:
        return {"token": instance}

    def parse(self, path: Path) -> np.ndarray:
        return read_tokens(path, self.letters, most=self.n, owner=self.name)

    @property
    def capacity(self) -> str:
        return f"text of up to {self.n:,} tokens"

    @property
    def input_letters(self) -> dict[str, str]:
        return {"token": self.letters.letters}

    @property
    def form(self) -> Form:
        return TextForm("token", self.letters.letters, self.n)

    def typed(self, instance: np.ndarray) -> str:
        return self.letters.spell(instance.tolist())

    @property
    def answer_form(self) -> AnswerForm:
        (output,) = self.outputs
        return AnswerForm(output, names=(None, *self.letters.letters))

    @property
    def telling_families(self) -> tuple[tuple[str, ...], ...]:
        """First the published distribution: at equal neighbours hops stand still."""
        plain = "no-equal-neighbours"
        return (plain if plain in self.families else self.families[0],), self.families

    def drawing(self, instance: np.ndarray) -> Drawing:
        return Drawing(tuple(self.letters.letter(token) for token in instance.tolist()))

    def name_value(self, value: Any, instance: np.ndarray) -> str | None:
        return self.letters.letter(int(value))

    def tabulate(self, answer: np.ndarray, instance: np.ndarray) -> Tabular:
        presented = self.present(answer, instance)
        if not isinstance(presented, list):
            return super().tabulate(answer, instance)
        return Tabular(("row", "token", "answer"), number_rows(self.drawing(instance).names, presented))

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """The letter at every token, None where there is no answer."""
        return [self.letters.letter(int(token)) for token in answer]
