"""Tracr's RASP objects, recognised by the names of their classes; Tracr itself is not needed.

Source: Lindner et al. 2023, "Tracr: compiled transformers as a laboratory for interpretability", arXiv 2301.05062.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.rasp import functions, tree
from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.values import settle
from logdepth.rasp.vocabulary import vocabulary_of


def from_tracr(
    sop: object, vocabulary: Iterable[object], rows: int, causal: bool = False, name: str | None = None
) -> RaspProgram:
    """The program of a `tracr.rasp.rasp.SOp`, or of several in a dict by name.

        program = from_tracr(lib.make_hist(), vocabulary={"a", "b", "c"}, rows=100)
        model = compile_program(program)
        program.decode(model.run(program.encode("abca")))

    vocabulary: the tokens; `compiler_bos` has no counterpart, and no token stands for the beginning of an input.
    Functions in the objects are called on all values that they can be given. A mean is an exact fraction, where Tracr
    computes floats; `numerical` and `categorical` change nothing.
    Errors: UsageError for what is no s-op of Tracr, and those of `translate`.
    """
    several = sop if isinstance(sop, Mapping) else {name or name_of(sop): sop}
    if not several:
        raise UsageError("from_tracr takes an s-op, or several by name; got none.")
    if not isinstance(rows, int) or rows < 1:
        raise UsageError(f"from_tracr takes a number of rows of 1 or more, not {rows!r}.")
    reader = Reading()
    try:
        outputs = {str(each): reader.sop(value) for each, value in several.items()}
    except RecursionError:
        raise UsageError("the s-ops are too deep inside one another. Join some of the maps.") from None
    title = name or next(iter(outputs))
    return Rasp(title, outputs, vocabulary_of(vocabulary), rows, causal).program


def name_of(sop: object) -> str:
    annotations = getattr(sop, "annotations", {})
    if isinstance(annotations, Mapping) and "name" in annotations:
        return str(annotations["name"])
    return str(getattr(sop, "name", "output"))


class Reading:
    """Every object once, so that what two share stays one."""

    def __init__(self) -> None:
        self.known: dict[int, Any] = {}
        self.kept: list[object] = []  # as long as their ids are in use
        self.open: set[int] = set()

    def sop(self, given: object) -> tree.SOp:
        found = self.read(given)
        if not isinstance(found, tree.SOp):
            raise UsageError(f"an s-op is expected, and {type(given).__name__} is a selector. Aggregate it, or count.")
        return found

    def selector(self, given: object) -> tree.Selector:
        found = self.read(given)
        if not isinstance(found, tree.Selector):
            raise UsageError(f"a selector is expected, and {type(given).__name__} is an s-op. Select by it.")
        return found

    def read(self, given: object) -> tree.SOp | tree.Selector:
        if id(given) not in self.known:
            if id(given) in self.open:
                raise UsageError(f"a {class_of(given)} is made of itself. RASP has no recursion; write it out.")
            self.open.add(id(given))
            self.known[id(given)] = self.made_of(given)
            self.kept.append(given)
            self.open.remove(id(given))
        return self.known[id(given)]

    def made_of(self, given: Any) -> tree.SOp | tree.Selector:
        try:
            return self.made(given)
        except AttributeError as error:
            raise UsageError(f"a {class_of(given)} of Tracr has what this one lacks: {error}.") from error

    def made(self, given: Any) -> tree.SOp | tree.Selector:
        name = name_of(given)
        match class_of(given):
            case "TokensType":
                return tree.Tokens()
            case "IndicesType":
                return tree.Indices()
            case "LengthType":
                return tree.Length()
            case "Full":
                return tree.Full(settle(given.fill))
            case "Map":
                return tree.Map(tree.Function(name, given.f, strict=True), (self.sop(given.inner),), name)
            case "LinearSequenceMap":
                return self.linear(given, name)
            case "SequenceMap":
                function = tree.Function(name, given.f, strict=True)
                return tree.Map(function, (self.sop(given.fst), self.sop(given.snd)), name)
            case "SelectorWidth":
                return tree.Width(self.selector(given.selector), name)
            case "Aggregate":
                return tree.Aggregate(self.selector(given.selector), self.sop(given.sop), given.default, name)
            case "Select":
                return tree.Select(self.sop(given.keys), self.sop(given.queries), predicate_of(given.predicate))
            case "SelectorAnd":
                return tree.Both(self.selector(given.fst), self.selector(given.snd))
            case "SelectorOr":
                return tree.Either(self.selector(given.fst), self.selector(given.snd))
            case "SelectorNot":
                return tree.Not(self.selector(given.inner))
            case "ConstantSOp" | "ConstantSelector" as constant:
                raise UsageError(
                    f"a {constant} holds the answer of one input. Write a function of indices in its place."
                )
            case other:
                what = f"the class {given.__name__}" if isinstance(given, type) else f"a {other}"
                raise UsageError(
                    f"{what[:80]} is no s-op or selector of Tracr that this reads. Give one, such as"
                    " rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ))."
                )

    def linear(self, given: Any, name: str) -> tree.SOp:
        first, second = (
            tree.Map(functions.MULTIPLY, (self.sop(sop), tree.Full(factor)))
            for sop, factor in ((given.fst, given.fst_fac), (given.snd, given.snd_fac))
        )
        return tree.Map(functions.ADD, (first, second), name)


CLASSES = (
    "TokensType", "IndicesType", "LengthType", "Full", "Map", "LinearSequenceMap", "SequenceMap", "SelectorWidth",
    "Aggregate", "Select", "SelectorAnd", "SelectorOr", "SelectorNot",
)  # fmt: skip


def class_of(given: object) -> str:
    """The name of the nearest class that Tracr has."""
    names = [each.__name__ for each in type(given).__mro__]
    return next((name for name in names if name in CLASSES), names[0])


PREDICATES = {
    "TRUE": functions.ALWAYS,
    "FALSE": functions.NEVER,
    "EQ": functions.EQUAL,
    "NEQ": functions.UNEQUAL,
    "LT": functions.LESS,
    "LEQ": functions.AT_MOST,
    "GT": functions.MORE,
    "GEQ": functions.AT_LEAST,
}


def predicate_of(given: Any) -> tree.Function:
    """A member of Tracr's `Comparison` by its name; any other function as it is."""
    if type(given).__name__ == "Comparison" and getattr(given, "name", None) in PREDICATES:
        return PREDICATES[given.name]
    return tree.Function("the predicate", given)
