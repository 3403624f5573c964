"""One line of a list: its cells, and the dictionary that networkx writes behind them."""

import ast
import re
from typing import NamedTuple

DICTIONARY = re.compile(r"\{(?:\}|[ ]*['\"(0-9].*:.*\})")
DICTIONARY_END = re.compile(rf"(?:^| ){DICTIONARY.pattern}$")
_WEIGHT = re.compile(r"""\{['"]weight['"]: ?([^,}'"()\s]+)\}""")
_SCALAR = re.compile(r"\b(?:np|numpy)\.\w+\(([^()]*)\)")


class Row(NamedTuple):
    """One line of the list: its cells, and the dictionary that networkx writes behind them ("": none)."""

    line: int
    cells: tuple[str, ...]
    dictionary: str = ""


def _is_dictionary(text: str) -> bool:
    return DICTIONARY.fullmatch(text) is not None


def weight_in_dictionary(text: str) -> str | None:
    """The weight in a dictionary that networkx has written, "" if it holds none; None if it is no dictionary."""
    if text == "{}":
        return ""
    if simple := _WEIGHT.fullmatch(text):
        return simple[1]
    if not _is_dictionary(text):
        return None
    try:
        held = ast.literal_eval(_SCALAR.sub(r"\1", text))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return str(held["weight"]) if isinstance(held, dict) and "weight" in held else ""
