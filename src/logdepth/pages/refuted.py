"""A refutation as records that its page draws: the inputs row by row or as graphs, and what the model keeps of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.pages.cycles import GraphRecord, graph_record, is_drawn
from logdepth.refuters import Carried, Counterexample, NotRefuted, Refutation
from logdepth.tasks import Graph

NUMBERS_SHOWN = 128
ROWS_SHOWN, AROUND = 260, 4  # rows of an input; of a longer one those that differ, and so many around them


@dataclass(frozen=True)
class RowRecord:
    """One row of an input. kind: same, differs, or asks, where the answer is due. key: equal in rows that are compared
    with each other."""

    place: int
    text: str
    kind: str
    key: int


@dataclass(frozen=True)
class InputRecord:
    """An input. rows: those that are shown, of so many; none of what is drawn as a graph."""

    title: str
    length: int
    rows: list[RowRecord]
    graph: GraphRecord | None


@dataclass(frozen=True)
class KeptRecord:
    """What a model keeps: numbers with their bits, as many as are shown, of so many. same: of all inputs."""

    numbers: list[tuple[str, str]]
    many: int
    same: bool


@dataclass(frozen=True)
class BitsRecord:
    """Bits that a model can carry, and that it needs to carry."""

    carried: int
    needed: int


@dataclass(frozen=True)
class RefutationRecord:
    """All that the page of a refutation draws, each None where there is nothing to draw."""

    inputs: list[InputRecord] | None = None
    kept: KeptRecord | None = None
    bits: BitsRecord | None = None


def refutation_record(found: Refutation) -> RefutationRecord:
    if isinstance(found, NotRefuted):
        return RefutationRecord(bits=bits_record(found))
    return RefutationRecord(
        inputs=[input_record(found, number) for number in range(len(found.instances))], kept=kept_record(found)
    )


def bits_record(found: NotRefuted) -> BitsRecord | None:
    if found.carried_bits is None or found.needed_bits is None:
        return None
    return BitsRecord(found.carried_bits, found.needed_bits)


def kept_record(found: Counterexample) -> KeptRecord | None:
    if not found.carried:
        return None
    part = found.carried[0]
    return KeptRecord(numbers_of(part), len(part.numbers), found.indistinguishable)


def numbers_of(part: Carried) -> list[tuple[str, str]]:
    """As many as can be looked at, each with its bits."""
    return [written(number, part.bits) for number in part.numbers[:NUMBERS_SHOWN]]


def written(value: int | float, bits: int) -> tuple[str, str]:
    """A number, and its bits: of a whole one as they are, in two's complement, of a float in hexadecimal."""
    if isinstance(value, int):
        return f"{value:,}", f"{value % 2**bits:0{bits}b}"
    form = {16: ">e", 32: ">f"}.get(bits, ">d")
    packed = struct.pack(form, value) if np.isfinite(value) else b""
    return f"{value:.5g}", f"0x{packed.hex()}"


# --- inputs ---


def input_record(found: Counterexample, number: int) -> InputRecord:
    title = ordinal(number) if len(found.instances) > 1 else "The input"
    vertex = asked_vertex(found)
    if vertex is not None:
        return InputRecord(f"{title} graph", 0, [], graph_record(found.instances[number], vertex))
    return InputRecord(title, len(found.inputs[number]), rows(found, number), None)


def ordinal(number: int) -> str:
    return ("The first", "The second")[number] if number < 2 else f"Number {number + 1}"


def asked_vertex(found: Counterexample) -> int | None:
    """The vertex whose answer is compared, if both inputs are graphs that can be drawn."""
    vertex = getattr(found.bottleneck, "vertex", None)
    graphs = all(isinstance(each, Graph) and is_drawn(each) for each in found.instances)
    return vertex if graphs and len(found.instances) == 2 else None


def rows(found: Counterexample, number: int) -> list[RowRecord]:
    """The rows of an input as people read them; a long one is cut to what matters."""
    texts, marks = found.inputs[number], differing(found.inputs, number)
    due = len(texts) - 1 if found.entry in (None, -1) else int(found.entry or 0) % max(len(texts), 1)
    kept = [place for place in range(len(texts)) if is_kept(place, marks, due, len(texts))]
    later, stop = max(map(len, found.inputs)) - len(texts), middle(found.inputs, number).stop

    def record(place: int) -> RowRecord:
        kind = "asks" if place == due else "differs" if place in marks else "same"
        return RowRecord(place, texts[place], kind, place if place < stop else place + later)

    return [record(place) for place in kept]


def differing(texts: Sequence[Sequence[str]], number: int) -> set[int]:
    """The rows of an input in which another one differs. Inputs of different length are aligned at both ends."""
    between = middle(texts, number)
    if not between:
        return set()
    mine, other = texts[number], other_than(texts, number)
    return {place for place in between if len(mine) != len(other) or mine[place] != other[place]}


def middle(texts: Sequence[Sequence[str]], number: int) -> range:
    """The rows of an input between those in front and at the end that are the same in another one."""
    if len(texts) < 2:
        return range(0)
    mine, other = texts[number], other_than(texts, number)
    shorter = min(len(mine), len(other))
    start = next((place for place in range(shorter) if mine[place] != other[place]), shorter)
    end = next((place for place in range(shorter - start) if mine[-1 - place] != other[-1 - place]), shorter - start)
    return range(start, len(mine) - end)


def other_than(texts: Sequence[Sequence[str]], number: int) -> Sequence[str]:
    return texts[1 - number if number < 2 else 0]


def is_kept(place: int, marks: set[int], due: int, length: int) -> bool:
    if length <= ROWS_SHOWN:
        return True
    first = min(marks, default=0)
    around = any(place - AROUND <= mark <= place + AROUND for mark in sorted(marks)[: ROWS_SHOWN // 4])
    return around or abs(place - due) <= AROUND or place < AROUND or first - AROUND <= place <= first
