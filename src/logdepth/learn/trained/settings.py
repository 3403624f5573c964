"""What the configurations beside a checkpoint say, in YAML or JSON, under any of their names and at any level."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from logdepth.numerics.documents import Departure, parse_json, show
from logdepth.numerics.errors import UsageError, first_line
from logdepth.numerics.files import read_file

NAMES = {
    "heads": ("headcount", "n_head", "num_heads"),
    "depth": ("depth", "n_layer", "num_layers"),
    "width": ("dim_embedding", "n_embd", "width"),
    "vocabulary": ("vocab_size", "vocabulary"),
    "positions": ("n_positions", "n_ctx"),
    "dropout": ("dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop"),
    "epsilon": ("layer_norm_epsilon",),
    "length": ("seq_len",),
    "letters": ("char_tokens",),
    "most hops": ("max_hops",),
    "fewest hops": ("min_hops",),
    "samples": ("samples",),
    "kind of model": ("model_type",),
    "classes of the model": ("architectures",),
    "tied embeddings": ("tie_word_embeddings",),
}
"""What a configuration says, and the names that it may have there, on whatever level."""

MOST_BYTES, MOST_SETTINGS, MOST_LEVELS, MOST_ALIASES = 2**20, 10_000, 50, 20
"""Of a configuration: its size, its names with values, its levels, and the aliases of its YAML, which multiply."""


class Settings:
    """All configurations of a checkpoint as one.

    Errors: UsageError for one that is no mapping or cannot be read, and, when it is asked for, for what two of them, or
    two names of one, say differently.
    """

    def __init__(self, places: Sequence[Path]) -> None:
        self.places = places
        self.found: dict[str, list[tuple[Any, Path]]] = {}
        for place in places:
            for name, value in flatten(read_settings(place), place):
                self.found.setdefault(name, []).append((value, place))

    @property
    def name(self) -> str:
        """Of the files, in words."""
        return " and ".join([str(self.places[0]), *(place.name for place in self.places[1:])])

    def said(self, what: str) -> Any:
        """The value of what NAMES has, None if nothing is said."""
        return self.value(what, *NAMES[what])

    def value(self, what: str, *names: str) -> Any:
        """The value under these names, None if nothing is said. Errors: UsageError if they differ."""
        held = [(name, *pair) for name in names for pair in self.found.get(name, []) if pair[0] is not None]
        for name, value, place in held:
            first, expected, there = held[0]
            if value != expected or (type(value) is not type(expected) and bool in (type(value), type(expected))):
                raise UsageError(
                    f"{there} says {first}: {show(expected)}, and {place.name} says {name}: {show(value)}; of {what}"
                    " there is one. Correct one of them."
                )
        return held[0][1] if held else None

    def number(self, what: str, otherwise: int | None = None) -> int:
        value = self.said(what)
        value = otherwise if value is None else value
        if value is None:
            raise UsageError(f"{self.name} does not say {what}. Add it as `{NAMES[what][0]}: NUMBER`.")
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{what} in {self.name} must be a whole number; it is {show(value)}.")
        return value

    def fraction(self, what: str, otherwise: float) -> float:
        value = self.said(what)
        value = otherwise if value is None else value
        try:
            number = float(value) if isinstance(value, int | float | str) and value is not True else math.nan
        except (ValueError, OverflowError):  # a text: YAML 1.1 calls 1e-05 one
            number = math.nan
        if not math.isfinite(number):
            raise UsageError(f"{what} in {self.name} must be a number; it is {show(value)}.")
        return number


def read_settings(place: Path) -> dict[Any, Any]:
    """The mapping in one file. Errors: UsageError."""
    data = read_file(place, MOST_BYTES)
    try:
        if place.suffix == ".json":  # YAML 1.1 would read the 1e-05 of JSON as text
            content = parse_json(data)
        else:
            content = yaml.load(data.decode("utf-8-sig"), Loader=Once)
    except (Departure, yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        wrong = getattr(error, "problem", None) or first_line(error)
        raise UsageError(f"{place} is no configuration that can be read: {line}{wrong}. Give YAML or JSON.") from None
    if not isinstance(content, dict):
        raise UsageError(f"{place} is no configuration: it holds no names with values.")
    return content


def flatten(content: Mapping[Any, Any], place: Path) -> Iterator[tuple[str, Any]]:
    """Every name with a value that is no mapping, at any level."""
    waiting, count = [(content, 1)], 0
    while waiting:
        section, level = waiting.pop()
        for name, value in section.items():
            count += 1
            if count > MOST_SETTINGS or level > MOST_LEVELS:
                raise UsageError(
                    f"{place} has more than {MOST_SETTINGS:,} settings, or more than {MOST_LEVELS} levels of them. Keep"
                    " those of the model and its task."
                )
            if isinstance(value, dict):
                waiting.append((value, level + 1))
            else:
                yield str(name), value


class Once(yaml.SafeLoader):
    """YAML that makes plain values only, of names that are said once, with few aliases."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                raise yaml.composer.ComposerError(None, None, f"more than {MOST_ALIASES} aliases")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        said: set[str] = set()
        for name, _ in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value in said:
                raise yaml.constructor.ConstructorError(None, None, f"{name.value!r} is said twice", name.start_mark)
            said.add(str(name.value))
        return super().construct_mapping(node, deep)
