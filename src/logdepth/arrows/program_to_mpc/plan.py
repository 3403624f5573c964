"""Programs on MPC: every statement that lets rows talk sorts questions and offers, or sends them to homes, or scans the
rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from logdepth.mpc.primitives.costs import Homes, least_on_tree, least_spare, reduction_levels, sorting, words_of_ends
from logdepth.numerics.errors import UsageError
from logdepth.theory import Claim
from logdepth.theory.logarithm import ceil_div
from logdepth.theory.sources import GOODRICH_2011


@dataclass(frozen=True)
class ByHome:
    """A statement without a sort, where every key 0..keys-1 has a home: offers are sent there, in 2 rounds, unless they
    are there already; and questions are answered from there, in 4, unless the rows that ask are there themselves.

    sent: words of an offer, 0 if none is sent; table: words of what lies at home for a key; told: words of an answer, 0
    if no row asks.
    """

    keys: int
    sent: int
    table: int
    told: int

    @property
    def rounds(self) -> int:
        return 2 * bool(self.sent) + 4 * bool(self.told)

    def words(self, machines: int, per_machine: int) -> int:
        """That a machine holds, sends or receives at most; a question knows its key and its row."""
        homes = Homes(machines, per_machine, self.keys)
        held = 2 * per_machine * bool(self.told) + self.table * homes.at_home  # questions, while offers are sent home
        sending = max(homes.to_send(self.sent), held) if self.sent else 0
        asking = homes.to_ask(self.told, self.table, question=2) if self.told else 0
        return max(sending, asking)


@dataclass(frozen=True)
class Exchange:
    """What one statement costs.

    keys: the highest values of what its records are sorted by; without any the rows stay where they are. records: for
    each row; words: of a record. runs: the keys that are equal in a run; state: words of the state of a scan over
    runs, 0 if there is no scan. by_home: how it runs without a sort, if it can.
    """

    keys: tuple[int, ...]
    records: int
    words: int
    runs: int
    state: int
    by_home: ByHome | None = None

    def sorted_words(self, machines: int, per_machine: int) -> int:
        """The fewest words besides the rows with which a sort or a scan does it."""
        scan = least_on_tree(machines, words_of_ends(self.runs, self.state)) if self.state else 0
        return per_machine * self.records * self.words + max(scan, least_spare(machines) if self.keys else 0)

    def least_words(self, machines: int, per_machine: int) -> int:
        """The fewest words besides the rows."""
        ways = [self.sorted_words(machines, per_machine)]
        if self.by_home is not None:
            ways.append(self.by_home.words(machines, per_machine))
        return min(ways)

    def way(self, machines: int, per_machine: int, words: int) -> Way:
        """Of the ways that so many words besides the rows allow, that of the fewest rounds."""
        return fastest_way(self, machines, per_machine, words)


@dataclass(frozen=True)
class Way:
    """spare: words besides the records, for a sort or a scan; None: by known homes."""

    rounds: int
    spare: int | None


@cache
def fastest_way(exchange: Exchange, machines: int, per_machine: int, words: int) -> Way:
    """A sort and the way home, and a scan in between; or a scan only; or by known homes."""
    ways = []
    if exchange.sorted_words(machines, per_machine) <= words:
        spare = words - per_machine * exchange.records * exchange.words
        rounds = 0
        if exchange.state:
            rounds += 2 * reduction_levels(machines, spare, words_of_ends(exchange.runs, exchange.state))
        if exchange.keys:
            rounds += sorting(machines, spare, exchange.keys).rounds + 1
        ways.append(Way(rounds, spare))
    home = exchange.by_home
    if home is not None and home.words(machines, per_machine) <= words:
        ways.append(Way(home.rounds, None))
    return min(ways, key=lambda way: way.rounds)


@dataclass(frozen=True)
class Stage:
    """Statements that do not wait for each other.

    live: the columns that rows keep while all are under way at once, a word each; live_apart: the same for each, while
    they run one after another.
    """

    exchanges: tuple[Exchange, ...]
    live: int
    live_apart: tuple[int, ...]

    def at_once(self, machines: int, per_machine: int) -> int:
        """Words that suffice for all at once."""
        words = sum(exchange.least_words(machines, per_machine) for exchange in self.exchanges)
        return per_machine * self.live + words

    def apart(self, machines: int, per_machine: int) -> list[int]:
        """Words that suffice for each, one after another."""
        return [
            per_machine * live + exchange.least_words(machines, per_machine)
            for exchange, live in zip(self.exchanges, self.live_apart, strict=True)
        ]

    def least_memory(self, machines: int, per_machine: int) -> int:
        return min(self.at_once(machines, per_machine), max(self.apart(machines, per_machine)))


@cache
def batches(stage: Stage, machines: int, per_machine: int, memory: int) -> list[list[Way]]:
    """All at once or one after another, whichever takes fewer rounds; the ways of a batch go together."""
    plans: list[list[list[Way]]] = []
    exchanges = stage.exchanges
    beyond = memory - stage.at_once(machines, per_machine)
    if beyond >= 0:
        words = [exchange.least_words(machines, per_machine) + beyond // len(exchanges) for exchange in exchanges]
        plans.append([[each.way(machines, per_machine, most) for each, most in zip(exchanges, words, strict=True)]])
    if max(stage.apart(machines, per_machine)) <= memory:
        words = [memory - per_machine * live for live in stage.live_apart]
        plans.append([[each.way(machines, per_machine, most)] for each, most in zip(exchanges, words, strict=True)])
    return min(plans, key=rounds_of)


def rounds_of(plan: Sequence[Sequence[Way]]) -> int:
    return sum(max(way.rounds for way in batch) for batch in plan)


def least_memory(stages: Sequence[Stage], held: int, machines: int, per_machine: int) -> int:
    """The fewest words with which all stages run; `held`: the most columns that a row holds at any time."""
    return max([1, held * per_machine, *(stage.least_memory(machines, per_machine) for stage in stages)])


def our_program_protocol(stages: Sequence[Stage], held: int, *, rows: int, machines: int, memory: int) -> Claim:
    """The protocol of `logdepth.arrows.program_to_mpc`, with ⌈rows / machines⌉ rows on a machine.

    Errors: UsageError below the least memory.
    """
    per_machine = ceil_div(rows, machines)
    least = least_memory(stages, held, machines, per_machine)
    if memory < least:
        raise UsageError(f"machines of {memory} words cannot run this protocol. Give them at least {least} words.")
    rounds = sum(rounds_of(batches(stage, machines, per_machine, memory)) for stage in stages)
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": rounds, "machines": machines, "memory_words": memory},
        source=f"construction; after {GOODRICH_2011}, who sort and so simulate a PRAM step in O(1/δ) rounds",
        note=f"{len(stages)} stages of statements that do not wait for each other. The least memory is {least} words.",
    )
