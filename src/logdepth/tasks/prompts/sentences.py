"""Sentences with gaps for the names of vertices, and what matches them."""

import re
from functools import lru_cache
from string import Formatter

VERTICES = ("u", "v")
"""The fields of a sentence that are vertices. `others` is a list of them; any other field is a word, or a number."""

_FIELD = {"others": ".+?", "capacity": r"\S+?", None: ""}


def match_sentence(said: str, text: str, names: tuple[str, ...], *, loose: bool = False) -> re.Match[str] | None:
    """What fills the fields of a sentence, by their names; None if the text is another sentence.

    A vertex is one of `names` where this is possible at all; else it is whatever stands in its place, so that a caller
    can say that there is no such vertex. Case and blanks are free, and several full stops may end the text: public
    prompts have such lines. loose: also whether "node" stands before a vertex.
    """
    found = pattern_of(said, (), loose).fullmatch(text)
    if found is None or not names:
        return found
    return pattern_of(said, names, loose).fullmatch(text) or found


@lru_cache(maxsize=1024)
def pattern_of(said: str, names: tuple[str, ...] = (), loose: bool = False) -> re.Pattern[str]:
    """What matches a sentence, with a group for every field; names: of all vertices, () for any."""
    vertex = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) if names else ".+?"
    pattern = ""
    for before, field, _, _ in Formatter().parse(said.strip()):
        words = re.escape(before.rstrip(".?") if field is None else before)
        if loose and field in VERTICES:
            words = f"{words.removesuffix('node' + chr(92) + ' ')}(?:node )?"
        pattern += words.replace(r",\ ", ", *").replace(r"\ ", " +")
        group = f"(?-i:{vertex})" if field in VERTICES else _FIELD.get(field, r"\w+")
        pattern += f"(?P<{field}>{group})" if field else ""
    return re.compile(pattern + "[.?!]*", re.IGNORECASE)
