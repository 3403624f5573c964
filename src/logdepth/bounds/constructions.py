"""What our own constructions promise: exact numbers for every size, each a formula that can be read and checked.

A law test compiles every task over a grid of sizes and asserts measured ≤ promised. Layers and heads are met with
equality where the docstrings of `algorithms` say so; width, blocks, hidden units and parameters are upper bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from logdepth.bounds.claim import Claim
from logdepth.bounds.k_hop import doubling_layers, hop_layers
from logdepth.bounds.list_ranking import jumping_layers
from logdepth.bounds.logarithm import ceil_log2, count_digits, floor_log2
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.formats import Format, format_of

STAR_HOOKING = (
    "star hooking (after Awerbuch and Shiloach 1987): ⌊log2 n⌋ rounds of five layers, "
    "proved in logdepth.algorithms.star_hooking"
)
SQUARING = "squaring on blank rows: one layer a doubling, proved in logdepth.algorithms.squaring"
DOUBLING = "pointer doubling: one layer per bit, proved in logdepth.algorithms.powers"


@dataclass(frozen=True, kw_only=True)
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
        note=f"Right on every input of this size, if {dtype} carries its numbers; compilation refuses otherwise.",
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


def snap_digits(high: int) -> int:
    """Digits, each two ReLU layers, in which a sum up to `high` is rounded to an exact integer."""
    return count_digits(high, snap_base(high))


def snap_base(high: int) -> int:
    """One digit below 16; beyond, about log2 high."""
    return 16 if high < 16 else 2 ** (high.bit_length().bit_length() - 1)


def one_digit(most: int, form: Format) -> bool:
    """Whether an address up to `most` is compared as one number: 3 most² is an exact integer of the format."""
    return 3 * most * most < form.exact


def pointer_width(most: int, form: Format) -> int:
    """Residual columns for an address as two digits, on both sides of a comparison, beyond those of one digit."""
    return 0 if one_digit(most, form) else 4


def pointer_neurons(most: int, form: Format) -> int:
    """ReLU units that take such an address into its digits."""
    return 0 if one_digit(most, form) else 4 * int(most**0.5) + 8


def hops(n: int, k: int, letters: int, form: Format) -> Sizes:
    """Every layer's ReLU part fits into its own block."""
    layers = hop_layers(k)
    return Sizes(
        layers=layers,
        heads=min(1, layers),
        width=9 + 2 * count_digits(letters, 4) + pointer_width(n, form),
        blocks=layers,
        hidden=2 * letters + 8 + pointer_neurons(n, form),
        embedded=n + 1 + letters + 1,
        source=DOUBLING,
    )


def acausal_k_hop(g: Given, form: Format) -> Sizes:
    return Sizes(
        layers=1 + g.k,
        heads=2,
        width=10 + 2 * count_digits(g.letters, 4) + pointer_width(g.n, form),
        blocks=1 + 2 * g.k,
        hidden=3 * g.letters + 16 + pointer_neurons(g.n, form),
        embedded=g.n + g.letters + 2,
        source="one layer a hop and one to begin",
        repeats=g.repeats(g.k, 1, 2),
    )


def one_layer(*, heads: int, width: int, embedded: int, source: str, hidden: int = 0) -> Sizes:
    return Sizes(layers=1, heads=heads, width=width, blocks=1, hidden=hidden, embedded=embedded, source=source)


def two_sum(g: Given, form: Format) -> Sizes:
    source = "one head looks for the partner's code"
    return one_layer(heads=1, width=6 + 2 * ceil_log2(g.modulus + 1), embedded=g.n + 1 + g.modulus, source=source)


def three_sum(g: Given, form: Format) -> Sizes:
    """Modulo 1 no pair is needed."""
    return Sizes(
        layers=2 if g.modulus > 1 else 1,
        heads=2,
        width=12 + 2 * ceil_log2(g.modulus),
        blocks=6,
        hidden=4 * int(g.modulus**0.5) + 8,
        embedded=g.n * (g.n + 1) // 2 + 1 + g.modulus,
        source="a row for every pair looks up two numbers; one head looks for the pair that completes mine",
    )


def sparse_averaging(g: Given, form: Format) -> Sizes:
    return one_layer(
        heads=g.q,
        width=5 + 2 * g.q + (0 if one_digit(g.n, form) else 2 + g.q),
        embedded=(g.q + 1) * (g.n + 1) + g.high + 1,
        source="one head a position",
    )


def broadcast(g: Given, form: Format) -> Sizes:
    width = 5 + pointer_width(g.n, form)
    return one_layer(heads=1, width=width, embedded=g.n + g.high + 2, source="every row reads row 1")


def prefix_sum(g: Given, form: Format) -> Sizes:
    source = "a head that adds: the start token outweighs all rows, so the mean is linear"
    return one_layer(heads=1, width=4, embedded=g.n + g.high + 2, source=source)


def sort(g: Given, form: Format) -> Sizes:
    heads = count_digits(g.high, 4) + count_digits(g.n, 4)
    return Sizes(
        layers=2,
        heads=heads,
        width=14 + 3 * heads + snap_base(g.n) + pointer_width(g.n, form),
        blocks=2 + 2 * snap_digits(g.n) + (8 * g.n * g.n >= form.exact),  # squares of ranks as two digits, then
        hidden=g.n + 16,
        embedded=g.n + g.high + 2,
        source="rank, then push to the rank",
    )


def list_ranking(g: Given, form: Format) -> Sizes:
    layers = jumping_layers(g.n)
    blocks = layers if one_digit(g.n, form) else 2 * layers
    return Sizes(
        layers=layers,
        heads=min(1, layers),
        width=10 + ceil_log2(g.n) + pointer_width(g.n, form),  # unrolled, the steps stay a sum of ⌈log2 n⌉ columns
        blocks=blocks,
        hidden=8 + 4 * int(g.n**0.5),
        embedded=2 * g.n + 2,
        source=DOUBLING,
        repeats=g.repeats(layers, 1, blocks // max(1, layers)),
    )


def composition(g: Given, form: Format) -> Sizes:
    layers = doubling_layers(g.k) if g.k else 0
    return Sizes(
        layers=layers,
        heads=min(1, layers),
        width=9 + pointer_width(g.n, form),
        blocks=layers,
        hidden=8 + 4 * int(g.n**0.5),
        embedded=2 * g.n + 2,
        source=DOUBLING,
    )


def one_versus_two_cycles(g: Given, form: Format) -> Sizes:
    rounds, rows = ceil_log2(g.n), 2 * g.n
    a_round = 1 if one_digit(rows, form) else 2
    return Sizes(
        layers=2 + rounds,
        heads=2,
        width=12 + ceil_log2(g.n),
        blocks=6 + a_round * rounds,
        hidden=16 + 4 * int(rows**0.5),
        embedded=rows + 1 + 2 * (g.n + 1),
        source=DOUBLING,
        repeats=g.repeats(rounds, 1, a_round),
    )


def forest(g: Given, layers: int = 0, blocks: int = 1, width: int = 0, hidden: int = 0) -> Sizes:
    """Star hooking, and what a task adds to it. Squares of labels beyond some 770 take a ReLU layer of their own."""
    rounds, a_round = floor_log2(g.n), 8 if g.n < 700 else 9
    return Sizes(
        layers=5 * rounds + layers,
        heads=3,
        width=18 + 2 * ceil_log2(g.n + 1) + width,
        blocks=a_round * rounds + blocks,
        hidden=2 * g.n + 16 + 4 * int((g.n + g.edges) ** 0.5) + hidden,
        embedded=g.n + g.edges + 1 + 2 * (g.n + 1),
        source=STAR_HOOKING,
        repeats=g.repeats(rounds, 5, a_round),
    )


def components(g: Given, form: Format) -> Sizes:
    return forest(g)


def connectivity(g: Given, form: Format) -> Sizes:
    return forest(g, layers=1, blocks=4)


def cycle_check(g: Given, form: Format) -> Sizes:
    return forest(g, layers=1, blocks=5, width=4)


def spanning_forest(g: Given, form: Format) -> Sizes:
    """One layer of rank heads first; two more heads in step 3 tell every edge whether it won."""
    rows = g.n + g.edges
    heads = count_digits(g.weights, 4) + count_digits(rows, 4)
    snap = 2 * snap_digits(rows)
    grown = forest(g, layers=1, blocks=4 + snap, width=3 * heads + snap_base(rows), hidden=48)
    return replace(grown, heads=heads + 2, embedded=grown.embedded + g.weights + 1)


def counting(g: Given, form: Format) -> Sizes:
    return one_layer(heads=1, width=4, embedded=g.n + g.edges + 1 + 2 * (g.n + 1), source="a head that adds")


def node_degree(g: Given, form: Format) -> Sizes:
    width = 10 if 12 * g.n * g.n < form.exact else 18
    return one_layer(heads=2, width=width, embedded=g.n + g.edges + 1 + 2 * (g.n + 1), source="two heads that add")


def edge_existence(g: Given, form: Format) -> Sizes:
    return one_layer(
        heads=2,
        width=8 + 2 * ceil_log2(g.n + 1),
        hidden=8,
        embedded=g.n + g.edges + 2 + 2 * (g.n + 1) + 2,
        source="two heads look for the pair",
    )


def squaring(g: Given, form: Format, rows: int, layers: int) -> Sizes:
    """One layer a doubling, and `layers` more. Vertices are compared as one number, or at worst bit by bit."""
    rounds = doubling_layers(max(1, g.n - 1))
    plain = 16 * g.n**3 * rows < form.exact
    return Sizes(
        layers=rounds + layers,
        heads=2,
        width=30 if plain else 20 + 9 * ceil_log2(g.n + 1),
        blocks=rounds + layers + 2,
        hidden=4 * g.n + 4,
        embedded=rows + 1 + 2 * (g.n + 1) + 2,
        source=SQUARING,
        repeats=g.repeats(rounds, 1, 1),
    )


def reachability(g: Given, form: Format) -> Sizes:
    """A row for every vertex and every ordered triple, the arcs, the question."""
    return squaring(g, form, rows=g.n + g.n * (g.n - 1) * (g.n - 2) + g.edges + 1, layers=1)


def diameter(g: Given, form: Format) -> Sizes:
    """A row for every vertex, and for every pair with a third vertex between them; the edges."""
    return squaring(g, form, rows=g.n + g.n * (g.n - 1) * (g.n - 2) // 2 + g.edges, layers=2)


CONSTRUCTIONS: dict[str, Callable[[Given, Format], Sizes]] = {
    "induction-heads": lambda g, form: hops(g.n, 1, g.letters, form),
    "k-hop": lambda g, form: hops(g.n, g.k, g.letters, form),
    "acausal-k-hop": acausal_k_hop,
    "2-sum": two_sum,
    "3-sum": three_sum,
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
    "diameter": diameter,
    "reachability": reachability,
    "node-count": counting,
    "edge-count": counting,
    "node-degree": node_degree,
    "edge-existence": edge_existence,
}
