"""Trained networks, and networks of one's own, as what a blackboard takes: a network, an input, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.learn.samplers import KHop, Sampler, generator_of, unseen
from logdepth.learn.trained.models import Trained, in_words, read_answering
from logdepth.networks import ChainOfThought, Gpt2, Longformer, Mamba, Performer, Recurrent
from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks import read_text

OWN_LENGTH = 64
"""Tokens of a random input of a network of one's own, at most."""
MOST_NAMES = 30
"""Names of tokens that an error says."""

Taken = Recurrent | Mamba | Gpt2 | ChainOfThought


@dataclass(frozen=True, eq=False)
class Speaker:
    """A network that can become players. names: of its token ids. sampler: of what it was trained on, if it is known.

    letters: ids that its inputs are made of, at most.
    """

    network: Taken
    label: str
    names: tuple[str, ...]
    sampler: Sampler | None = None

    def name(self, class_: int) -> str:
        """A class in the words of the model."""
        return self.names[class_] if class_ < len(self.names) else str(class_)

    @property
    def letters(self) -> int:
        """Letters of its inputs, as bounds count them."""
        return getattr(self.sampler, "letters", len(self.names))

    def draw(self, seed: int) -> np.ndarray:
        """A random input, (N,): of those that it was trained on, or of any ids. No training step has drawn it.

        It is cut off where thoughts would find no room behind it.
        """
        room = self.network.shape.positions - getattr(self.network, "thoughts", 0)
        if self.sampler is None:
            return np.random.default_rng(seed).integers(0, len(self.names), min(OWN_LENGTH, room))
        inputs = self.sampler.draw(1, generator_of(unseen(seed), 0)).inputs[0]
        thoughts = self.sampler.thoughts
        return (inputs[: thoughts.start] if thoughts else inputs)[:room].numpy()

    def read(self, path: Path) -> np.ndarray:
        """The input in a file, (N,): names of tokens between blanks; where they are letters, blanks may be left out.

        Errors: UsageError for a file that cannot be read, for what is no name, and for k-hop without its k.
        """
        words = read_text(path).replace(",", " ").split()
        if not words:
            raise UsageError(f"{path} holds no token. Write names of tokens, as in: {' '.join(self.names[:4])}.")
        ids = [id_ for place, word in enumerate(words, start=1) for id_ in self.ids(word, place, path)]
        if isinstance(self.sampler, KHop) and ids[0] >= len(self.sampler.groups):
            raise UsageError(
                f"{path} begins with {quoted(self.names[ids[0]])}; the first token of this model's input is k,"
                f" {self.names[0]} to {self.names[len(self.sampler.groups) - 1]}. Write it before the letters."
            )
        return np.array(ids, dtype=np.int64)

    def ids(self, word: str, place: int, path: Path) -> Sequence[int]:
        """Of a word that is a name, or a string of names of one letter."""
        known = {name: id_ for id_, name in reversed([*enumerate(self.names)])}
        if word in known:
            return [known[word]]
        for letter in word:
            if letter not in known:
                names = ", ".join(self.names[:MOST_NAMES]) + (", …" if len(self.names) > MOST_NAMES else "")
                raise UsageError(f"{path}, word {place}: {quoted(word)} is no token of this model. Known: {names}.")
        return [known[letter] for letter in word]


def trained_speaker(path: str | Path, thoughts: int | None = None) -> Speaker:
    """The network of a run or a checkpoint; one that was trained to think, with its thoughts.

    Errors: UsageError as of `read_answering`, and for a compiled model.
    """
    model = read_answering(path)
    if not isinstance(model, Trained):
        raise UsageError(
            f"{path} is a compiled model, whose tokens read all others: no blackboard of short messages runs it."
            " Give a trained network."
        )
    wanted = len(model.sampler.thoughts) if thoughts is None else thoughts
    label = in_words(model.architecture, model.sizes)
    return Speaker(thinking(known(model.network, label), wanted), label, model.sampler.tokens, model.sampler)


def own_speaker(network: Any, label: str, thoughts: int | None = None) -> Speaker:
    """A network of `logdepth.networks` that a file defines. Its tokens are called 0, 1, …

    Errors: UsageError for what is no such network.
    """
    taken = known(network, label)
    names = tuple(map(str, range(taken.shape.vocabulary)))
    return Speaker(thinking(taken, thoughts or 0), label, names)


def known(network: Any, label: str) -> Taken:
    """A network whose tokens players can share. Errors: UsageError for any other."""
    if not isinstance(network, Taken):
        kinds = ", ".join(kind.__name__ for kind in (Recurrent, Mamba, Performer, Longformer, Gpt2))
        raise UsageError(
            f"{label} is a {type(network).__name__}; a blackboard takes the networks {kinds} of logdepth.networks."
            " Define one of them."
        )
    return network


def thinking(network: Taken, thoughts: int) -> Taken:
    """A transformer of one layer with so many thoughts, maybe none; any other network as it is.

    Errors: UsageError for thoughts of a network that cannot have them.
    """
    if type(network) is Gpt2 and network.shape.depth == 1:
        return ChainOfThought(network, thoughts)
    if thoughts:
        raise UsageError(
            f"thoughts on a blackboard are those of a transformer of one layer; this is a {type(network).__name__}"
            f" of depth {getattr(network, 'network', network).shape.depth}. Leave them out, or give such a model."
        )
    return network
