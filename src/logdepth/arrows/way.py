"""Way: arrows one after the other, from a model of computation to another; itself as good as an arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from logdepth.arrows.arrow import Arrow, Columns, Made, Ran
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks import Parameter
from logdepth.theory import Claim, compose


@dataclass(frozen=True, eq=False)
class MadeByWay(Made[Any]):
    """What the last arrow of a way made, with the claim of the whole way."""

    last: Made[Any]
    claim: Claim

    @property
    def artefact(self) -> Any:
        return self.last.artefact

    def run(self, columns: Columns) -> Ran:
        """Every arrow keeps the columns of its source, so the last one takes those of the first."""
        return self.last.run(columns)


@dataclass(frozen=True, eq=False)
class Way:
    """Arrows of which each takes what the one before it makes."""

    arrows: tuple[Arrow[Any, Any], ...]

    def __len__(self) -> int:
        return len(self.arrows)

    def __iter__(self) -> Iterator[Arrow[Any, Any]]:
        return iter(self.arrows)

    @property
    def name(self) -> str:
        return ", ".join(arrow.name for arrow in self.arrows)

    @property
    def options(self) -> tuple[Parameter, ...]:
        """Those of all arrows; one that several have is given to all of them."""
        found: dict[str, Parameter] = {}
        for arrow in self.arrows:
            for option in arrow.options:
                found.setdefault(option.name, option)
        return tuple(found.values())

    def __call__(self, source: Any, **options: object) -> MadeByWay:
        """What the way makes of a source, with the claims of its arrows as one.

        Errors: UsageError for an option that none of its arrows has, and as of each arrow.
        """
        known = [option.name for option in self.options]
        for name in options:
            if name not in known:
                raise UsageError(f"the way {self.name} has no option {name!r}. {did_you_mean(name, known)}")
        claims = []
        artefact = source
        for arrow in self.arrows:
            made = arrow(artefact, **options_of(arrow, options))
            artefact = made.artefact
            claims.append(made.claim)
        return MadeByWay(made, compose(claims))


def options_of(arrow: Arrow[Any, Any], options: Mapping[str, object]) -> dict[str, object]:
    """Those that this arrow has."""
    names = {option.name for option in arrow.options}
    return {name: value for name, value in options.items() if name in names}
