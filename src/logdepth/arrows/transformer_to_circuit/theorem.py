"""The theorem as a value: a transformer in floats of p bits is a threshold circuit of constant depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns, Example, Made, Ran
from logdepth.arrows.examples import full_table, induction_head, running_sums
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.arrows.transformer_to_circuit.extract import Held, check_pairs, transformer_to_circuit
from logdepth.arrows.transformer_to_circuit.softmax import MOST_FLOATS
from logdepth.circuits import Circuit, FloatFormat, decode_columns, depth_by_parts, encode_columns
from logdepth.numerics.errors import CapacityExceeded, UsageError, Wording
from logdepth.tasks import Parameter, Task, task_in_words
from logdepth.theory import Claim
from logdepth.transformer import InFloats, Transformer

READ, WEIGHED, ADDED, ENDS = 9, 14, 5, 6
"""Levels of gates for attention that reads one row or counts, for attention by arithmetic, for a ReLU layer, and for
embedding and answer, at most.

A matrix product takes two: a sum of variables becomes one, once for a product that is cut off and once for their sum. A
head takes two for queries and keys, one more where their values are too many, one for a conjunction of several, one to
see who wins, two for the value of the winner, and two to add it. A ReLU layer takes two, one for the sum that ReLU is
applied to, and two to add. By arithmetic, which formats of few floats have, a head takes two for queries and keys,
two for a product and one for the sum of products, one each for the largest score, the exponential, the sum of the
weights and the quotient, two and one for what it mixes, and two to add it. Numbers are decoded in one and
embedded in one; an answer takes two, one, and one for a bit.
"""


NOTHING = "none"
"""What is promised where nothing is."""
MANTISSA, EXPONENT = 24, 7
"""Bits, where none are given: as many as float32 has, and for a start token that outweighs all rows. Bits that a model
does not need take no gates."""
TRIED, WIDEST = 8, 10
"""Tables that are drawn to see whether an exponent does, and the most bits that it is tried with."""


@dataclass(frozen=True, eq=False)
class MadeCircuit(Made[Circuit]):
    """A circuit of the transformer's columns, bit by bit.

    alike: whether the floats gave the model's own answers to drawn tables; None: the format was given, and not tried.
    """

    artefact: Circuit
    claim: Claim
    number_format: FloatFormat
    alike: bool | None = None

    def run(self, columns: Columns) -> Ran:
        sizes = self.artefact.sizes
        bits = self.artefact.run({"input": encode_columns(self.artefact.inputs, columns)})["output"]
        taken = {"gates": sizes.gates, "depth": sizes.depth}
        return Ran(decode_columns(self.artefact.outputs, bits), taken)


def make(model: Transformer, rows: int, bits: int, mantissa: int, exponent: int, promise: str) -> MadeCircuit:
    if rows > model.rows:
        raise UsageError(f"the transformer takes {model.rows} rows, and the circuit is to take {rows}. Take fewer.")
    task = None if promise in ("", NOTHING) else task_in_words(promise)
    held = None if task is None else promised(task, model, rows or model.rows)
    rows = rows or model.rows
    check_pairs(model, rows)
    tried = bool(bits) and not mantissa and not exponent
    found = alike_format(model, rows, held or [], bits) if tried else None
    number_format = found or format_of(bits, mantissa, exponent)
    try:
        circuit = transformer_to_circuit(model, number_format, rows, held)
    except CapacityExceeded as error:
        enough = None if not tried else fewest_bits(model, rows, held, bits + 1)
        if enough is None:
            raise
        raise CapacityExceeded(error, Wording("The fewest that do are {bits}.", bits=enough)) from None
    claim = claim_for(model, number_format, circuit, promise if held else "")
    return MadeCircuit(circuit, claim, number_format, found is not None if tried else None)


def promised(task: Task[Any], model: Transformer, rows: int) -> list[Held]:
    """What every row holds. Errors: UsageError for a task of other fields or another number of rows."""
    if rows != task.rows or {name: len(table) - 1 for name, table in model.embeddings.items()} != task.inputs:
        raise UsageError(f"{task.name} has other rows or columns than the transformer. Promise another task, or none.")
    return [task.row_values(row) for row in range(1, rows + 1)]


def format_of(bits: int, mantissa: int, exponent: int) -> FloatFormat:
    """The mantissa is as given, or what `bits` in all leave, or else of `MANTISSA` bits.

    The exponent is as given, or what `bits` and the mantissa leave, or of `EXPONENT` bits. Of `bits` alone it takes
    half.
    """
    if bits and mantissa and exponent and mantissa + exponent != bits:
        raise UsageError(
            f"a mantissa of {mantissa} bits and an exponent of {exponent} are not {bits} bits.",
            Wording("Leave out {bits} or {mantissa}."),
        )
    if not bits or mantissa:
        return FloatFormat(mantissa or MANTISSA, exponent or (bits - mantissa if bits else EXPONENT))
    if exponent:
        return FloatFormat(bits - exponent, exponent)
    return FloatFormat(bits - bits // 2, bits // 2)


def alike_format(model: Transformer, rows: int, held: Sequence[Held], bits: int) -> FloatFormat | None:
    """The format of so many bits, and the fewest of them for the exponent, in which drawn tables come out as in the
    model's own arithmetic; None: none does."""
    tables = [draw_table(model, rows, held, np.random.default_rng(seed)) for seed in range(TRIED)]
    for exponent in range(2, min(bits - 2, WIDEST) + 1):
        floats = InFloats(model, FloatFormat(bits - exponent, exponent))
        if all(alike(floats.run(table), model.run(table)) for table in tables):
            return floats.format
    return None


def fewest_bits(model: Transformer, rows: int, held: Sequence[Held] | None, least: int) -> int | None:
    """From `least` on the fewest bits of which a format comes out alike, and a circuit is made; None: none are found.

    They are counted up to those of the widest format that is taken without being asked for.
    """
    for bits in range(least, MANTISSA + EXPONENT + 1):
        found = alike_format(model, rows, held or [], bits)
        if found is not None and is_made(model, found, rows, held):
            return bits
    return None


def is_made(model: Transformer, number_format: FloatFormat, rows: int, held: Sequence[Held] | None) -> bool:
    try:
        transformer_to_circuit(model, number_format, rows, held)
    except CapacityExceeded:
        return False
    return True


def draw_table(model: Transformer, rows: int, held: Sequence[Held], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of numbers from 1, or of what rows hold."""
    fields = {name: len(table) - 1 for name, table in model.embeddings.items()}
    drawn = [
        rng.integers(1, [high + 1 for high in fields.values()]) if row is None else row[int(rng.integers(len(row)))]
        for row in held or [None] * rows
    ]
    return dict(zip(fields, np.array(drawn).T, strict=True))


def alike(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


def depth_at_every_length(model: Transformer, number_format: FloatFormat) -> int:
    """The theorem: depth by the number of blocks, whatever the number of rows and the weights."""
    attention = sum(block.attention is not None for block in model.steps)
    relu = sum(block.mlp is not None for block in model.steps)
    read = WEIGHED if number_format.count <= MOST_FLOATS else READ
    return ENDS + read * attention + ADDED * relu


def claim_for(model: Transformer, number_format: FloatFormat, circuit: Circuit, promise: str = "") -> Claim:
    """Depth by what embedding, attention, ReLU layers and answers take one by one, of this model."""
    most, depth = depth_at_every_length(model, number_format), depth_by_parts(circuit)
    assert depth <= most, f"blocks that take {most} levels at most have {depth}"
    return Claim(
        model="threshold circuits",
        direction="upper",
        exactness="exact",
        sizes={"depth": depth},
        provided=f"rows hold what instances of {promise} hold" if promise else None,
        source="logdepth.arrows.transformer_to_circuit, after Merrill and Sabharwal 2023, arXiv:2207.00729, Theorem 1",
        note=f"No number of rows takes more than {most} levels. The circuit gives what the transformer gives in floats"
        f" of {number_format.mantissa} and {number_format.exponent} bits, mantissa and exponent, on every input;"
        " whether that is right is another question, which a proof answers. Gates have weights; the largest score is"
        " subtracted before the exponential, which Definition 8 does not print.",
    )


def transformers() -> Iterator[Example[Transformer]]:
    """Heads that read one row, and heads that count."""
    for build, rows, mantissa, exponent in ((induction_head, 6, 10, 4), (running_sums, 4, 10, 7)):
        program = build()
        tables = [{name: column[:rows] for name, column in full_table(program, seed).items()} for seed in range(3)]
        options = {"rows": rows, "mantissa": mantissa, "exponent": exponent}
        yield Example(program_to_transformer(program), tables, options)


TRANSFORMER_TO_CIRCUIT: Arrow[Transformer, Circuit] = Arrow(
    name="transformer-to-circuit",
    source=Transformer,
    target=Circuit,
    theorem="A transformer of L layers in floats of p bits is a circuit of threshold gates of depth O(L), which does"
    " not depend on the number of rows.",
    proof="logdepth.arrows.transformer_to_circuit, after Merrill and Sabharwal, arXiv:2207.00729, Theorem 1",
    options=(
        Parameter("rows", int, 0, 0, None, "rows of the tables; 0: as many as the transformer takes"),
        Parameter("bits", int, 0, 0, 68, "bits of a float in all; the mantissa takes what the exponent leaves"),
        Parameter("mantissa", int, 0, 0, 48, f"bits of a float's mantissa, with its sign; 0: by bits, or {MANTISSA}"),
        Parameter("promise", str, "", None, None, "a task, as 'components n=4 edges=4', whose tables alone it takes"),
        Parameter("exponent", int, 0, 0, 20, "bits of a float's exponent, with its sign; 0: the fewest that do, or 7"),
    ),
    make=make,
    examples=transformers,
)
