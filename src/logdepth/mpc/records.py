"""What machines hold and send: records of numbers, each with the machine that owns it. A number is one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Fields = Mapping[str, np.ndarray]  # every array is (records, …)


def words_per_record(fields: Fields) -> int:
    """Numbers in one record."""
    return sum(int(np.prod(values.shape[1:])) for values in fields.values())


@dataclass(frozen=True, eq=False)
class Records:
    """Records of one kind: `owner` (n,), the machine that holds each; `fields`, its numbers, (n,) or (n, width, …)."""

    owner: np.ndarray
    fields: Fields

    def __getitem__(self, name: str) -> np.ndarray:
        return self.fields[name]

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, eq=False)
class Packets:
    """Messages of one kind: `source` and `destination` (n,), and the numbers sent, (n,) or (n, width, …)."""

    source: np.ndarray
    destination: np.ndarray
    fields: Fields

    def __getitem__(self, name: str) -> np.ndarray:
        return self.fields[name]

    def __len__(self) -> int:
        return len(self.source)

    def delivered(self) -> Packets:
        """In the order in which machines find them: by destination, then source, then the order of sending."""
        order = np.lexsort((self.source, self.destination))  # stable
        return Packets(
            self.source[order], self.destination[order], {name: values[order] for name, values in self.fields.items()}
        )


Memory = dict[str, Records]  # what is held, kind by kind
Mail = dict[str, Packets]  # what is sent in a round, kind by kind
