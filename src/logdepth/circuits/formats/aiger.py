"""AIGER 1.9: and-inverter graphs, as text (aag) or packed (aig). http://fmv.jku.at/aiger/"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logdepth.circuits.adders import to_logic
from logdepth.circuits.builder import CircuitBuilder
from logdepth.circuits.circuit import Circuit
from logdepth.circuits.logic import XOR, LogicBuilder, negate
from logdepth.numerics.errors import UsageError, quoted

MOST_NODES = 10_000_000


@dataclass(frozen=True)
class Graph:
    """An and-inverter graph: of every AND its literal and the two that it reads, the largest first."""

    inputs: tuple[str, ...]
    ands: list[tuple[int, int, int]]
    outputs: dict[str, int]


def and_graph(circuit: Circuit) -> Graph:
    """A XOR is three ANDs."""
    logic = to_logic(circuit)
    builder = LogicBuilder(logic.inputs)
    literals = [0, *(builder.input(number) for number in range(len(logic.inputs)))]

    def of(literal: int) -> int:
        return literals[literal >> 1] ^ (literal & 1)

    for kind, left, right in zip(logic.kinds.tolist(), logic.left.tolist(), logic.right.tolist(), strict=True):
        one, other = of(left), of(right)
        if kind == XOR:
            neither = builder.both(negate(one), negate(other))
            literals.append(builder.both(negate(builder.both(one, other)), negate(neither)))
        else:
            literals.append(builder.both(one, other))
    made = builder.finish({name: of(literal) for name, literal in logic.outputs.items()})
    first = 2 * (1 + len(made.inputs))
    pairs = zip(made.left.tolist(), made.right.tolist(), strict=True)
    ands = [(first + 2 * place, max(pair), min(pair)) for place, pair in enumerate(pairs)]
    return Graph(made.inputs, ands, made.outputs)


def write_aiger(circuit: Circuit, packed: bool = False) -> bytes:
    """The content of a file `.aag`, or with `packed` of one `.aig`; names of inputs and outputs are in its symbols."""
    graph = and_graph(circuit)
    inputs, ands, outputs = len(graph.inputs), len(graph.ands), list(graph.outputs.values())
    sizes = f"{inputs + ands} {inputs} 0 {len(outputs)} {ands}"
    symbols = [f"i{place} {symbol(name)}" for place, name in enumerate(graph.inputs)]
    symbols += [f"o{place} {symbol(name)}" for place, name in enumerate(graph.outputs)]
    if packed:
        deltas = b"".join(varint(node - left) + varint(left - right) for node, left, right in graph.ands)
        return text([f"aig {sizes}", *outputs]) + deltas + text(symbols)
    lines = [f"aag {sizes}", *(2 * (1 + place) for place in range(inputs)), *outputs]
    return text([*lines, *(f"{node} {left} {right}" for node, left, right in graph.ands), *symbols])


def text(lines: Sequence[object]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def symbol(name: str) -> str:
    """A name on one line."""
    return " ".join(name.split()) or "_"


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


# --- reading ---


def read_aiger(data: bytes) -> Circuit:
    """The circuit of a combinational file, text or packed: a gate for every AND, and for every negated output.

    Errors: UsageError with the line for what is no such file: latches, a cycle, a literal that is not defined.
    """
    header, _, rest = data.partition(b"\n")
    words = header.split()
    if len(words) < 6 or words[0] not in (b"aag", b"aig"):
        raise UsageError("this is no AIGER file: its first line is 'aag M I L O A' or 'aig M I L O A'. Give one.")
    most, inputs, latches, outputs, ands = (count(word) for word in words[1:6])
    if latches or any(count(word) for word in words[6:]):
        raise UsageError("the AIGER file has latches or properties; a circuit has none. Give a combinational one.")
    if most > MOST_NODES or inputs + ands > most:
        raise UsageError(f"the AIGER file names {most:,} variables for {inputs + ands:,} nodes. Check its first line.")
    body = Packed(rest) if words[0] == b"aig" else Lines(rest)
    given = (
        [body.literal(even=True) for _ in range(inputs)] if isinstance(body, Lines) else [*range(2, 2 * inputs + 2, 2)]
    )
    read = [body.literal() for _ in range(outputs)]
    graph = body.ands(ands, inputs)
    names = dict(body.symbols())
    return circuit_of(
        given,
        ordered(graph, given),
        named_outputs(read, names),
        [names.get(f"i{place}", f"i{place}") for place in range(inputs)],
    )


def named_outputs(read: Sequence[int], names: dict[str, str]) -> dict[str, int]:
    outputs = {names.get(f"o{place}", f"o{place}"): literal for place, literal in enumerate(read)}
    if len(outputs) < len(read):
        raise UsageError("the outputs of a circuit have names that differ. Rename those that repeat.")
    return outputs


def count(word: bytes) -> int:
    if not word.isdigit() or len(word) > 12:
        raise UsageError(f"the AIGER file has {quoted(word.decode('ascii', 'replace'))} for a number. Check it.")
    return int(word)


class Lines:
    """What follows the first line of an `aag` file."""

    def __init__(self, data: bytes) -> None:
        self.lines = data.split(b"\n")
        self.at = 0

    def words(self, number: int) -> list[int]:
        self.at += 1
        words = self.lines[self.at - 1].split() if self.at <= len(self.lines) else []
        if len(words) != number:
            raise UsageError(f"line {self.at + 1} of the AIGER file has {len(words)} numbers in place of {number}.")
        return [count(word) for word in words]

    def literal(self, even: bool = False) -> int:
        (found,) = self.words(1)
        if even and (found & 1 or not found):
            raise UsageError(f"line {self.at + 1} of the AIGER file has {found} for an input. Inputs are even, from 2.")
        return found

    def ands(self, number: int, inputs: int) -> dict[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for _ in range(number):
            node, left, right = self.words(3)
            if node & 1 or node in found or not node:
                raise UsageError(f"line {self.at + 1} of the AIGER file defines {node}, odd or for the second time.")
            found[node] = left, right
        return found

    def symbols(self) -> Iterator[tuple[str, str]]:
        return symbols_of(self.lines[self.at :])


class Packed:
    """What follows the first line of an `aig` file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def literal(self) -> int:
        end = self.data.find(b"\n", self.at)
        word, self.at = self.data[self.at : end if end >= 0 else None], end + 1 if end >= 0 else len(self.data)
        return count(word.strip())

    def ands(self, number: int, inputs: int) -> dict[int, tuple[int, int]]:
        found = {}
        for place in range(number):
            node = 2 * (1 + inputs + place)
            left = node - self.delta()
            right = left - self.delta()
            if not 0 <= right <= left < node:
                raise UsageError(f"AND {place} of the AIGER file reads what does not come before it. Check the file.")
            found[node] = left, right
        return found

    def delta(self) -> int:
        number = shift = 0
        while self.at < len(self.data) and shift <= 56:
            byte = self.data[self.at]
            self.at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number
        raise UsageError("the AIGER file ends within its ANDs. Fetch it again.")

    def symbols(self) -> Iterator[tuple[str, str]]:
        return symbols_of(self.data[self.at :].split(b"\n"))


def symbols_of(lines: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    """`i0 name` and `o0 name`, up to the comments."""
    for line in lines:
        place, _, name = line.decode("utf-8", "replace").partition(" ")
        if place == "c":
            return
        if place[:1] in ("i", "o") and name.strip():
            yield place, name.strip()


def ordered(ands: dict[int, tuple[int, int]], given: Sequence[int]) -> list[tuple[int, int, int]]:
    """The ANDs, each after those that it reads. Errors: UsageError for a cycle, or a literal that is not defined."""
    done, found = {0, *given}, []
    if len(done) <= len(given) or done & ands.keys():
        raise UsageError("the AIGER file defines a variable twice. Check its inputs.")
    for start in ands:
        waiting = {} if start in done else {start: None}  # in order: each waits for the one after it
        while waiting:
            node = next(reversed(waiting))
            missing = next((read & ~1 for read in ands[node] if read & ~1 not in done), None)
            if missing is None:
                found.append((node, *ands[node]))
                done.add(node)
                del waiting[node]
            elif missing not in ands:
                raise UsageError(f"the AIGER file reads {missing}, which it does not define. Check the file.")
            elif missing in waiting:
                raise UsageError(f"the AIGER file has a cycle through {missing}. Check the file.")
            else:
                waiting[missing] = None
    return found


def circuit_of(
    given: Sequence[int], ands: Sequence[tuple[int, int, int]], outputs: dict[str, int], names: Sequence[str]
) -> Circuit:
    builder = CircuitBuilder(names)
    nodes = {literal: place for place, literal in enumerate(given)}

    def of(literal: int) -> int:
        if literal < 2:
            return builder.constant(bool(literal))
        if literal & ~1 not in nodes:
            raise UsageError(f"the AIGER file reads {literal}, which it does not define. Check the file.")
        return nodes[literal] if not literal & 1 else builder.negation(nodes[literal ^ 1])

    for node, *read in ands:
        known = [literal for literal in read if literal < 2]
        sides = [literal for literal in read if literal >= 2]
        if 0 in known:
            nodes[node] = builder.constant(False)
            continue
        positive = [nodes[literal] for literal in sides if not literal & 1]
        negative = [nodes[literal ^ 1] for literal in sides if literal & 1]
        nodes[node] = builder.conjunction(positive, negative)
    return builder.finish({name: of(literal) for name, literal in outputs.items()})
