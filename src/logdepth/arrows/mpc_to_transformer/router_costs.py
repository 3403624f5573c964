"""What the routers of T1 cost: layers and heads of a round, and about how many residual columns."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from logdepth.numerics.errors import CapacityExceeded, UsageError, did_you_mean
from logdepth.numerics.formats import Format
from logdepth.theory.logarithm import count_digits

WIDEST = 8_192  # residual columns of a router that local steps as weights can have: beyond are gigabytes


@dataclass(frozen=True)
class Costs:
    """layers, heads: of a round, at most, if rounds share no layer. columns: about how many residual columns it takes.
    once: layers before the first round. tokens: for every machine; all but one of them are blank. looped: columns more
    where rounds share their weights.

    What a model really takes is planned when it compiles: rounds whose destinations do not wait for one another share
    layers, which then have the heads and hold the columns of all of them.
    """

    layers: int
    heads: int
    columns: int
    note: str
    once: int = 0
    tokens: int = 1
    looped: int = 0

    def layers_of(self, rounds: int) -> int:
        """Of a protocol of so many rounds, at most."""
        return self.layers * rounds + (self.once if rounds else 0)


@dataclass(frozen=True)
class Round:
    """q `machines` that send and receive up to s `slots` packets of `words` numbers, at most `highest`, every round."""

    rounds: int
    machines: int
    slots: int
    words: int
    highest: int
    form: Format

    @property
    def digits(self) -> int:
        """Of a machine's number, in base 4."""
        return count_digits(self.machines, 4)

    @property
    def halves(self) -> int:
        """1 where an address takes two digits on each side of a comparison, whose scores are four times as large."""
        return int(16 * self.machines**2 >= self.form.exact)


def exact(r: Round) -> Costs:
    """Ranks: a thermometer of my number, 3 columns a digit, and squares of every destination. Places: s of them."""
    s = r.slots
    ranking = 3 * r.digits + s * (2 + 3 * r.halves) + 6
    placing = s * (s + 2) + (s + 1) * r.words + 10  # s steps of a staircase for each of s places
    return Costs(
        layers=2,
        heads=max(s * (s - 1) // 2 + s * r.digits, s * s),
        columns=max(ranking, placing) + s * r.words,
        note="Any legal traffic: rank, then deliver.",
    )


def oblivious(r: Round) -> Costs:
    """Known tables over my number for every round: of each colour the sender, of each slot and colour who chooses."""
    s = r.slots
    return Costs(
        layers=1,
        heads=s,
        columns=r.rounds * s * (2 * s + 3 + 2 * r.halves) + s * (2 * r.words + 2) + 6,
        note="Traffic known in advance, in s matchings.",
    )


def matching(r: Round) -> Costs:
    """Packets move up to the first free slot, which takes s (s + 1) / 2 columns a word."""
    s = r.slots
    return Costs(
        layers=1,
        heads=s,
        columns=s * (s + 1) // 2 * r.words + s * (r.words + 3 + 4 * r.halves) + 6,
        note="At most one packet of every place to a machine, as the author promises.",
    )


def hashing_columns(slots: int, machines: int, failures: float = 1e-3) -> int:
    """Columns of multiple hashing with which a round of full load loses no packet but with probability `failures`.

    With b = s², a column serves a packet if the packet takes it, by chance 1/(b + 1), and none of the b - 1 others does
    that its receiver hears; q s packets have to be served. For one traffic, not for all at once as in Fact B.2.
    """
    others = slots**2 - 1
    serves = (1 - 1 / (others + 2)) ** others / (others + 2)
    return math.ceil(math.log(machines * slots / failures) / -math.log1p(-serves))


def code_size(slots: int, machines: int) -> tuple[int, int, int]:
    """(prime, digits, points) of the Reed–Solomon code of fewest columns, points times prime, that serves every packet
    of any legal traffic: prime^digits ≥ q s, and prime ≥ points > (s² - 1) (digits - 1).

    One digit is a column for every packet of every machine, q s of them, whose number need be no prime; while q < s³ or
    so, nothing is narrower.
    Source: Kautz and Singleton 1964.
    """
    found = [(machines * slots, machines * slots, 1, 1)]
    for digits in range(2, (machines * slots).bit_length() + 1):
        points = (slots**2 - 1) * (digits - 1) + 1
        prime = points
        while prime**digits < machines * slots or not is_prime(prime):
            prime += 1
        found.append((prime * points, prime, digits, points))
    _, prime, digits, points = min(found)
    return prime, digits, points


def is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def hashed(r: Round) -> Costs:
    return propagation(r, hashing_columns(r.slots, r.machines), "Any legal traffic, with high probability.")


def coded(r: Round) -> Costs:
    prime, _, points = code_size(r.slots, r.machines)
    return propagation(r, prime * points, "Any legal traffic: a superimposed code in place of hashing.")


def propagation(r: Round, columns: int, note: str) -> Costs:
    """One head with a dimension for every machine. Of d columns, each packet's gates stay; what is written and what is
    heard, 3 numbers and the words each, stand side by side. To sort takes a tournament for every slot and one more."""
    s = r.slots
    return Costs(
        layers=1,
        heads=1,
        columns=columns * (s + 2 * r.words + 8) + 2 * r.machines + s * (r.words + 4) + 12,
        note=note,
    )


def packets(r: Round) -> Costs:
    """Thermometers of the row number, 3 columns a digit, and a gate for every packet stand there throughout. To rank
    and to deliver take squares of the destination, and to deliver the inbox. A loop keeps the inbox once more.
    """
    s, inbox = r.slots, r.slots * (1 + r.words)
    if s == 1:
        return Costs(1, 1, 6 + inbox, "Any legal traffic: a machine is sent one packet.", looped=inbox)
    digits = count_digits(r.machines * s, 4)
    return Costs(
        layers=2,
        heads=max(digits, s),
        columns=3 * digits + s + 4 + inbox + 4 + r.words,
        note="Any legal traffic: rank, then deliver, with a token for every packet.",
        once=1,
        tokens=tokens_of_machine("packets", s),
        looped=inbox,
    )


def tokens_of_machine(router: str, slots: int) -> int:
    """How many tokens stand for one machine."""
    return slots if router == "packets" else 1


ROUTERS: dict[str, Callable[[Round], Costs]] = {
    "exact": exact,
    "oblivious": oblivious,
    "matching": matching,
    "hashed": hashed,
    "coded": coded,
    "packets": packets,
}


def costs_of(router: str, round_: Round) -> Costs:
    """Errors: UsageError for an unknown router."""
    if router not in ROUTERS:
        raise UsageError(f"there is no router {router!r}. {did_you_mean(router, ROUTERS)}")
    return ROUTERS[router](round_)


def check_fits(router: str, round_: Round) -> Costs:
    """What the router costs. Errors: as of `costs_of`; CapacityExceeded for a model of gigabytes."""
    costs = costs_of(router, round_)
    if costs.columns > WIDEST:
        raise CapacityExceeded(
            f"the router {router!r} takes about {costs.columns:,} residual columns for {round_.slots} slots on"
            f" {round_.machines} machines, and {WIDEST:,} are the most that local steps as weights can have: gigabytes."
            " Take the router 'exact', exact local functions in place of weights, or fewer slots or machines."
        )
    return costs
