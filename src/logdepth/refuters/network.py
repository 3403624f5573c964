"""A network on token ids, trained or not, of ours or of yours, as a suspect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from logdepth.numerics.errors import UsageError, first_line
from logdepth.refuters.encodings import Encoding
from logdepth.refuters.index_families import family_of
from logdepth.refuters.suspect import NotTaken, Suspect, spell_task
from logdepth.tasks import Task

ROWS = 256  # sequences that a network is given at once


@dataclass(frozen=True, eq=False)
class TokenNetwork(Suspect):
    """network: ids (B, N) int64 -> logits (B, N, classes), of which the last token's count, or (B, classes).

    A module is put into evaluation mode. Its answer is the class of the highest logit, the first of equal ones.
    Errors: UsageError for one that fails on an instance of its task, that gives something else, or another answer when
    it is asked again.
    """

    task: Task[Any]
    network: Callable[[Tensor], Tensor]
    encoding: Encoding
    label: str

    answers_at: ClassVar[int | None] = -1

    def __post_init__(self) -> None:
        if isinstance(self.network, torch.nn.Module):
            self.network.eval()
        one, other = map(self.encoding.ids, probes(self.task))
        first = self.logits(one[None])
        self.logits(other[None])
        if not torch.equal(first, self.logits(one[None])):
            raise UsageError(
                f"{self.label} gives other logits when it is asked the same again: it draws at random, or keeps a state"
                " between calls. Make it a function of its tokens."
            )

    @property
    def name(self) -> str:
        return self.label

    @property
    def tokens(self) -> int:
        """How many ids there are."""
        return len(self.encoding.names)

    def answers(self, instances: Sequence[Any]) -> list[np.ndarray]:
        rows = [self.encoding.ids(instance) for instance in instances]
        found: dict[int, np.ndarray] = {}
        for length in {len(row) for row in rows}:
            places = [place for place, row in enumerate(rows) if len(row) == length]
            said = self.encoding.read(self.classes(np.stack([rows[place] for place in places])))
            found |= {place: said[[at]] for at, place in enumerate(places)}
        return [found[place] for place in range(len(rows))]

    def rows(self, instance: Any) -> np.ndarray:
        return self.encoding.ids(instance)[:, None]

    def spell(self, instance: Any) -> tuple[str, ...]:
        return self.encoding.spell(instance)

    def classes(self, ids: np.ndarray) -> np.ndarray:
        """The class of the highest logit after the last token, (B,) for ids (B, N)."""
        batches = np.array_split(ids, max(1, -(-len(ids) // ROWS)))
        return np.concatenate([self.logits(batch).argmax(-1).numpy() for batch in batches])

    def logits(self, ids: np.ndarray) -> Tensor:
        """After the last token, (B, classes)."""
        with (
            torch.no_grad(),
            blaming(f"{self.label} fails on ids of shape {tuple(ids.shape)} below {self.tokens}", self.task),
        ):
            logits = self.network(torch.tensor(ids))  # a copy: a module may change what it is given
        return self.checked(logits, ids)

    def checked(self, given: Any, ids: np.ndarray) -> Tensor:
        logits = getattr(given, "logits", getattr(given, "last_hidden_state", given))  # of Hugging Face's outputs
        if not isinstance(logits, Tensor) or logits.shape[:-1] not in (ids.shape, ids.shape[:1]):
            shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise UsageError(
                f"{self.label} gives {shape} for ids of shape {ids.shape}; logits are (batch, tokens, classes) or"
                " (batch, classes). Return one tensor of them."
            )
        last = logits[:, -1] if logits.ndim == 3 else logits
        return comparable(last, self.label)


@contextmanager
def blaming(what: str, task: Task[Any]) -> Iterator[None]:
    """Run code of the user's own: what it raises becomes a UsageError that begins so, an exit of the process too."""
    try:
        yield
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise UsageError(f"{what} ({reason}). Give a network for {spell_task(task)}, or another size.") from error


def comparable(logits: Tensor, label: str) -> Tensor:
    """Logits (…, classes) as they are, on the CPU. Errors: UsageError for what has no highest one."""
    if logits.is_meta or logits.is_complex() or logits.dtype == torch.bool or not logits.shape[-1]:
        kind = f"{'no' if logits.is_meta else logits.shape[-1]} values of {str(logits.dtype).removeprefix('torch.')}"
        raise UsageError(f"{label} gives {kind} for logits; the highest is its answer. Give real numbers.")
    if logits.isnan().any():
        raise UsageError(f"{label} gives a logit that is no number. Give a network whose weights are finite.")
    return logits.cpu()


def probes(task: Task[Any]) -> tuple[Any, Any]:
    """Two instances to ask a network whether it answers at all: of the task's INDEX family, or else at random."""
    try:
        family = family_of(task)
    except NotTaken:
        rng = np.random.default_rng(0)
        return task.sample(rng, size=task.largest), task.sample(rng, size=task.largest)
    zeros = np.zeros(family.bits, dtype=bool)
    return family.instance(zeros, 0), family.instance(~zeros, 1)
