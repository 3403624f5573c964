"""Documents: JSON that is read from files, of a form that is declared as a type beside what it describes.

A form is a `msgspec.Struct`, which knows its keys, their types and their ranges. Whatever else a file says is refused
with its place in the document, what stands there, and what would be right.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
from msgspec import Meta

from logdepth.numerics.errors import first_line
from logdepth.numerics.files import read_file
from logdepth.numerics.letters import escape

MOST_BYTES = 64 * 2**20
"""No document that this library writes comes near this."""

Count = Annotated[int, Meta(ge=0, le=2**53)]
"""A whole number from 0. No size, step or count is larger, and every one of them is a number in every language."""

Positive = Annotated[int, Meta(ge=1, le=2**53)]
"""A count of something that is there."""

Fraction = Annotated[float, Meta(ge=0, le=1)]
"""A probability, or an error."""

Form = TypeVar("Form")


class Departure(ValueError):
    """A document that is not of its form: its message says where, what stands there, and what would be right."""


def read_json(path: str | Path) -> Any:
    """The JSON document in a file, its numbers finite.

    Errors: UsageError as `read_file`; Departure for what is no JSON.
    """
    return parse_json(read_file(path, MOST_BYTES))


def parse_json(data: bytes | str) -> Any:
    """The same of a file's content."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text, parse_constant=no_number, parse_float=finite, object_pairs_hook=once)
    except RecursionError:
        raise Departure("it is not JSON that can be read (too many brackets inside each other)") from None
    except Departure:
        raise
    except ValueError as error:
        raise Departure(f"it is not JSON ({first_line(error)})") from None


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ, or that repeats itself."""
    content: dict[str, Any] = {}
    for key, value in pairs:
        if content.setdefault(key, value) != value:
            raise Departure(f"it says two things of '{escape(key[:40])}'")
    return content


def finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else no_number(text)


def no_number(text: str) -> NoReturn:
    raise Departure(f"it holds {text[:40]}, which is no finite number")


def conform(document: Any, form: type[Form], text: bool = False) -> Form:
    """What a JSON document says, as a value of its form; with `text` numbers may stand as text, as in a table.

    Errors: Departure.
    """
    try:
        return msgspec.convert(document, form, strict=not text)
    except msgspec.ValidationError as error:
        raise Departure(in_words(document, form, str(error))) from None


# --- what msgspec says of a departure, in our words and with the keys and the value that it leaves out ---

TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
RANGES = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}


def in_words(document: Any, form: Any, message: str) -> str:
    what, _, path = message.partition(" - at `$")
    place, value = locate(document, form, message, re.findall(r"[.](\w+)|\[(\d+|[.]{3})\]", path))
    if named := re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", what, re.DOTALL):
        state = "missing" if "missing" in named[1] else "unknown"
        return f"{f'{place}.{escape(named[2][:40])}'.lstrip('.')} is {state}"
    if what.startswith("Invalid enum value"):
        return f"{place or 'it'} is {show(value)}, which is none of the values that are read here"
    expected = re.fullmatch(r"Expected `([^`]*)`(?: of length)?(?: ([<>]=?) (-?[\d.e+]+))?(, got `.*`)?", what)
    if not expected:  # the rule of a form of ours, or of msgspec on a value itself
        return f"{place or 'it'} is {show(value)}: {what[0].lower()}{what[1:]}"
    right = " or ".join(TYPES.get(name, name) for name in expected[1].split(" | "))
    if expected[2]:
        right += f" {'of a length ' if 'of length' in what else ''}{RANGES[expected[2]]} {expected[3]}"
    return f"{place or 'it'} is {show(value)}; it must be {right}"


def show(value: Any) -> str:
    """A value in few characters, however large it is."""
    match value:
        case dict():
            return "an object"
        case list() | tuple():
            return f"a list of {len(value)}"
        case str():
            return f'"{escape(value[:40])}"'
        case None | bool() | int() | float():
            return json.dumps(value)[:40]
    return f"a {type(value).__name__}"


def locate(document: Any, form: Any, message: str, path: list[tuple[str, str]]) -> tuple[str, Any]:
    """The place in words and the value at a path as msgspec writes it, where [...] is some key of an object.

    That key is the first one with which alone in that object the document departs in the same way, found by bisection.
    """
    keys: list[str | int] = []
    value = document
    for field, index in path:
        key: str | int = field or (int(index) if index != "..." else "")
        if index == "...":
            names = list(value)
            while len(names) > 1:
                first, rest = names[: len(names) // 2], names[len(names) // 2 :]
                names = first if departs(replace(document, keys, first), form, message) else rest
            key = names[0]
        keys.append(key)
        value = value[key]
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{escape(key[:40])}" for key in keys)
    return place.removeprefix("."), value


def departs(document: Any, form: Any, message: str) -> bool:
    try:
        msgspec.convert(document, form)
    except msgspec.ValidationError as error:
        return str(error) == message
    return False


def replace(document: Any, keys: list[str | int], names: list[str]) -> Any:
    """A document with the object at these keys cut down to some of its names; the one given stays as it is."""
    if not keys:
        return {name: document[name] for name in names}
    inner = replace(document[keys[0]], keys[1:], names)
    if isinstance(document, Mapping):
        return {**document, keys[0]: inner}
    copy = list(document)
    copy[int(keys[0])] = inner
    return copy
