"""What our own constructions promise: exact numbers for every size, each a formula that can be read and checked.

A law test compiles every task over a grid of sizes and asserts measured ≤ promised. Layers and heads are met with
equality where the docstrings of `algorithms` say so; width, blocks, hidden units and parameters are upper bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from logdepth.bounds.claim import Claim
from logdepth.bounds.k_hop import doubling_layers, hop_layers
from logdepth.bounds.logarithm import ceil_log2
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.formats import Format, format_of

STAR_HOOKING = (
    "star hooking (after Awerbuch and Shiloach 1987): ⌊log2 n⌋ rounds of five layers, "
    "proved in logdepth.algorithms.star_hooking"
)
DOUBLING = "pointer doubling: one layer per bit, proved in logdepth.algorithms.powers"


@dataclass(frozen=True)
class Sizes:
    """layers, heads, width, blocks and hidden as in `Resources`.

    `embedded`: rows of all embedding tables together.
    """

    layers: int
    heads: int
    width: int
    blocks: int
    hidden: int
    embedded: int
    source: str
    repeats: tuple[int, int] = (0, 0)  # layers and blocks that are stored weights run again

    @property
    def parameters(self) -> int:
        """All weights if no head is wider in keys than the residual stream and none reads more than 4 values."""
        again_layers, again_blocks = self.repeats
        attention = (self.layers - again_layers) * self.heads * self.width * (2 * self.width + 2 * 4)
        relu = (self.blocks - again_blocks) * 2 * self.width * self.hidden
        return (self.embedded + 1) * self.width + attention + relu


def construction_claim(task_name: str, parameters: Mapping[str, int], dtype: str, tied: bool = True) -> Claim:
    """The sizes that the compiled transformer of a task does not exceed, in this format.

    `parameters`: all of the task's own, with `letters` for the size of an alphabet.
    `tied`: rounds that repeat share one set of weights.
    Raises UsageError for an unknown task.
    """
    if task_name not in CONSTRUCTIONS:
        raise UsageError(f"there is no task {task_name!r}. {did_you_mean(task_name, CONSTRUCTIONS)}")
    number_format = format_of(dtype)
    sizes = CONSTRUCTIONS[task_name](Given(parameters, tied), number_format)
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={
            "layers": sizes.layers,
            "heads": sizes.heads,
            "width": sizes.width,
            "blocks": sizes.blocks,
            "hidden": sizes.hidden,
            "parameters": sizes.parameters,
            "precision_bits": number_format.mantissa_bits,
        },
        source=f"logdepth, {sizes.source}",
        note=f"Right on every input of this size in {dtype}.",
    )


class Given:
    """Parameters by name, as numbers; and how often a round is run from stored weights again."""

    def __init__(self, parameters: Mapping[str, int], tied: bool) -> None:
        self._parameters, self._tied = parameters, tied

    def repeats(self, rounds: int, layers: int, blocks: int) -> tuple[int, int]:
        """Layers and blocks of the rounds after the first, if they are tied to it."""
        again = max(0, rounds - 1) if self._tied else 0
        return again * layers, again * blocks

    def __getattr__(self, name: str) -> int:
        return self._parameters[name]


def floor_log2(number: int) -> int:
    return number.bit_length() - 1


def digits(high: int, base: int) -> int:
    """Digits of the numbers 0..high."""
    count = 1
    while base**count <= high:
        count += 1
    return count


def snap_digits(high: int) -> int:
    """Digits, each two ReLU layers, in which a sum up to `high` is rounded to an exact integer."""
    return digits(high, snap_base(high))


def snap_base(high: int) -> int:
    """One digit below 16; beyond, about log2 high."""
    return 16 if high < 16 else 2 ** (high.bit_length().bit_length() - 1)


def one_digit(most: int, form: Format) -> bool:
    """Whether an address up to `most` is compared as one number: 3 most² is an exact integer of the format."""
    return 3 * most * most < form.exact


def pointer_width(most: int, form: Format) -> int:
    """Residual columns for an address as two digits, on both sides of a comparison, beyond those of one digit."""
    return 0 if one_digit(most, form) else 4


def k_hop(g: Given, form: Format) -> Sizes:
    return hops(g.n, g.k, g.letters, form)


def hops(n: int, k: int, letters: int, form: Format) -> Sizes:
    """Every layer's ReLU part fits into its own block."""
    layers = hop_layers(k)
    width = 9 + 2 * digits(letters, 4) + pointer_width(n, form)
    hidden = 2 * letters + 8 + (0 if one_digit(n, form) else 4 * int(n**0.5) + 8)
    return Sizes(layers, min(1, layers), width, layers, hidden, n + 1 + letters + 1, DOUBLING)


def acausal_k_hop(g: Given, form: Format) -> Sizes:
    width = 10 + 2 * digits(g.letters, 4) + pointer_width(g.n, form)
    hidden = 3 * g.letters + 16 + (0 if one_digit(g.n, form) else 4 * int(g.n**0.5) + 8)
    source = "one layer a hop and one to begin"
    return Sizes(1 + g.k, 2, width, 1 + 2 * g.k, hidden, g.n + g.letters + 2, source, g.repeats(g.k, 1, 2))


def two_sum(g: Given, form: Format) -> Sizes:
    return Sizes(
        1, 1, 6 + 2 * ceil_log2(g.modulus + 1), 1, 0, g.n + 1 + g.modulus, "one head looks for the partner's code"
    )


def sparse_averaging(g: Given, form: Format) -> Sizes:
    width = 5 + 2 * g.q + (0 if one_digit(g.n, form) else 2 + g.q)
    return Sizes(1, g.q, width, 1, 0, (g.q + 1) * (g.n + 1) + g.high + 1, "one head a position")


def broadcast(g: Given, form: Format) -> Sizes:
    return Sizes(1, 1, 5 + pointer_width(g.n, form), 1, 0, g.n + g.high + 2, "every row reads row 1")


def prefix_sum(g: Given, form: Format) -> Sizes:
    return Sizes(
        1, 1, 4, 1, 0, g.n + g.high + 2, "a head that adds: the start token outweighs all rows, so the mean is linear"
    )


def sort(g: Given, form: Format) -> Sizes:
    heads = digits(g.high, 4) + digits(g.n, 4)
    width = 14 + 3 * heads + snap_base(g.n) + pointer_width(g.n, form)
    return Sizes(2, heads, width, 2 + 2 * snap_digits(g.n), g.n + 16, g.n + g.high + 2, "rank, then push to the rank")


def list_ranking(g: Given, form: Format) -> Sizes:
    layers = ceil_log2(max(1, g.n - 1))
    blocks = layers if one_digit(g.n, form) else 2 * layers
    width = 10 + ceil_log2(g.n) + pointer_width(g.n, form)  # unrolled, the steps stay a sum of ⌈log2 n⌉ columns
    hidden = 8 + 4 * int(g.n**0.5)
    repeats = g.repeats(layers, 1, blocks // max(1, layers))
    return Sizes(layers, min(1, layers), width, blocks, hidden, 2 * g.n + 2, DOUBLING, repeats)


def composition(g: Given, form: Format) -> Sizes:
    layers = doubling_layers(g.k) if g.k else 0
    width = 9 + pointer_width(g.n, form)
    return Sizes(layers, min(1, layers), width, layers, 8 + 4 * int(g.n**0.5), 2 * g.n + 2, DOUBLING)


def one_versus_two_cycles(g: Given, form: Format) -> Sizes:
    rounds = ceil_log2(g.n)
    rows = 2 * g.n
    a_round = 1 if one_digit(rows, form) else 2
    width, hidden = 12 + ceil_log2(g.n), 16 + 4 * int(rows**0.5)
    repeats = g.repeats(rounds, 1, a_round)
    embedded = rows + 1 + 2 * (g.n + 1)
    return Sizes(2 + rounds, 2, width, 6 + a_round * rounds, hidden, embedded, DOUBLING, repeats)


def forest(g: Given, form: Format, layers: int = 0, blocks: int = 1, width: int = 0, hidden: int = 0) -> Sizes:
    """Star hooking, and what a task adds to it."""
    rounds = floor_log2(g.n)
    return Sizes(
        layers=5 * rounds + layers,
        heads=3,
        width=18 + 2 * ceil_log2(g.n + 1) + width,
        blocks=8 * rounds + blocks,
        hidden=2 * g.n + 16 + 4 * int((g.n + g.edges) ** 0.5) + hidden,
        embedded=g.n + g.edges + 1 + 2 * (g.n + 1),
        source=STAR_HOOKING,
        repeats=g.repeats(rounds, 5, 8),
    )


def components(g: Given, form: Format) -> Sizes:
    return forest(g, form)


def connectivity(g: Given, form: Format) -> Sizes:
    return forest(g, form, layers=1, blocks=4)


def cycle_check(g: Given, form: Format) -> Sizes:
    return forest(g, form, layers=1, blocks=5, width=4)


def spanning_forest(g: Given, form: Format) -> Sizes:
    """One layer of rank heads first; two more heads in step 3 tell every edge whether it won."""
    rows = g.n + g.edges
    heads = digits(g.weights, 4) + digits(rows, 4)
    snap = 2 * snap_digits(rows)
    grown = forest(g, form, layers=1, blocks=4 + snap, width=3 * heads + snap_base(rows), hidden=48)
    return replace(grown, heads=heads + 2, embedded=grown.embedded + g.weights + 1)


def counting(g: Given, form: Format) -> Sizes:
    return Sizes(1, 1, 4, 1, 0, g.n + g.edges + 1 + 2 * (g.n + 1), "a head that adds")


def node_degree(g: Given, form: Format) -> Sizes:
    width = 10 if 12 * g.n * g.n < form.exact else 18
    return Sizes(1, 2, width, 1, 0, g.n + g.edges + 1 + 2 * (g.n + 1), "two heads that add")


def edge_existence(g: Given, form: Format) -> Sizes:
    width = 8 + 2 * ceil_log2(g.n + 1)
    return Sizes(1, 2, width, 1, 8, g.n + g.edges + 2 + 2 * (g.n + 1) + 2, "two heads look for the pair")


CONSTRUCTIONS: dict[str, Callable[[Given, Format], Sizes]] = {
    "induction-heads": lambda g, form: hops(g.n, 1, g.letters, form),
    "k-hop": k_hop,
    "acausal-k-hop": acausal_k_hop,
    "2-sum": two_sum,
    "sparse-averaging": sparse_averaging,
    "broadcast": broadcast,
    "prefix-sum": prefix_sum,
    "sort": sort,
    "list-ranking": list_ranking,
    "composition": composition,
    "1-vs-2-cycle": one_versus_two_cycles,
    "connectivity": connectivity,
    "components": components,
    "spanning-forest": spanning_forest,
    "cycle-check": cycle_check,
    "node-count": counting,
    "edge-count": counting,
    "node-degree": node_degree,
    "edge-existence": edge_existence,
}
