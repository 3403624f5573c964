"""What vertices are called in prompts: the lists of names of GraphQA (arXiv 2310.04560, the public generator).

The public list of popular names has Frank twice; here every name comes once.
"""

from collections.abc import Mapping, Sequence

from logdepth.numerics.errors import UsageError, did_you_mean

MOST_INTEGERS = 10_000
"""The public generator numbers so many vertices."""

_POPULAR = """
James Robert John Michael David Mary Patricia Jennifer Linda Elizabeth William Richard Joseph Thomas Christopher Barbara
Susan Jessica Sarah Karen Daniel Lisa Matthew Nancy Anthony Betty Mark Margaret Donald Sandra Steven Ashley Paul
Kimberly Andrew Emily Joshua Donna Kenneth Michelle Kevin Carol Brian Amanda George Melissa Edward Deborah Ronald
Stephanie Timothy Rebecca Jason Sharon Jeffrey Laura Ryan Cynthia Jacob Dorothy Gary Olivia Nicholas Emma Eric Sophia
Jonathan Ava Stephen Isabella Scott Mia Justin Abigail Brandon Madison Frank Chloe Benjamin Victoria Samuel Lauren
Gregory Hannah Alexander Grace Alexis Raymond Alice Patrick Samantha Jack Natalie Dennis Anna Jerry Taylor Tyler Kayla
Henry Hailey Douglas Jasmine Peter Nicole Adam Amy Nathan Christina Zachary Andrea Jose Leah Walter Angelina Harold
Valerie Kyle Veronica Ethan Carl Arthur Roger Noah
"""
_SOUTH_PARK = """
Eric Kenny Kyle Stan Tolkien Heidi Bebe Liane Sharon Linda Gerald Veronica Michael Jimbo Herbert Malcolm Gary Steve
Chris Wendy
"""
_GOT = """
Ned Cat Daenerys Jon Bran Sansa Arya Cersei Jaime Petyr Robert Jorah Viserys Joffrey Maester Theon Rodrik Lysa Stannis
Osha
"""
_POLITICIANS = """
Barack Jimmy Arnold Bernie Bill Kamala Hillary Elizabeth John Ben Joe Alexandria George Nancy Pete Madeleine Elijah
Gabrielle Al
"""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

NAMES: Mapping[str, Sequence[str]] = {
    "integer": tuple(map(str, range(MOST_INTEGERS))),
    "popular": tuple(_POPULAR.split()),
    "alphabet": (*_LETTERS, *(2 * letter for letter in _LETTERS)),
    "got": tuple(_GOT.split()),
    "south_park": tuple(_SOUTH_PARK.split()),
    "politician": tuple(_POLITICIANS.split()),
}
"""Lists of names, in the order in which vertices take them."""


def names_of_vertices(kind: str, vertices: int) -> tuple[str, ...]:
    """The first names of a list. Errors: UsageError for an unknown list, and for one that is too short."""
    if kind not in NAMES:
        raise UsageError(f"there is no list of names {kind!r}. {did_you_mean(kind, NAMES)}")
    if vertices > len(NAMES[kind]):
        raise UsageError(
            f"the list of names {kind!r} has {len(NAMES[kind]):,}; the graph has {vertices:,} vertices. Take 'integer'."
        )
    return tuple(NAMES[kind][:vertices])
