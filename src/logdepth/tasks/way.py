"""The parameter `way` of a task that has several solutions."""

from collections.abc import Mapping
from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.parameters import parameter


def way_parameter(ways: Mapping[str, str]) -> Any:
    """A field for the name of a way, by default the first. ways: name -> what it costs."""
    return parameter(next(iter(ways)), help="; ".join(f"{name}: {cost}" for name, cost in ways.items()), tacit=True)


def check_way(owner: str, way: str, ways: Mapping[str, str]) -> None:
    """Errors: UsageError for a name that is none of the ways."""
    if way not in ways:
        raise UsageError(f"{owner} has no way {way!r}. {did_you_mean(way, ways)}")
