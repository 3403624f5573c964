"""What a caller may say of the file of a graph that it wants to be read."""

from typing import TypedDict


class HowToRead(TypedDict, total=False):
    """Of a graph file.

    simplify: drop self-loops and repeated edges even where they could change the answer. format: edge-list, or a name
    of `graph_formats.FORMATS`. delimiter: the mark between the words of an edge list, or blank, tab, comma, semicolon.
    ask: the ids of the two vertices that a task asks about, or twice that of the one; it takes the place of a question
    in the file.
    """

    simplify: bool
    format: str | None
    delimiter: str | None
    ask: tuple[str, str] | None
