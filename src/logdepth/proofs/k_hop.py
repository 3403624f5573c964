"""k-hop by its definition: for every position and every place where it may lead, a gate; hop after hop."""

from __future__ import annotations

from logdepth.proofs.definition import Bits, Definition
from logdepth.tasks import KHop


def letters_of(bits: Bits, task: KHop) -> list[list[int]]:
    """Of every position, for every letter whether it stands there."""
    numbers = [bits.number("token", row) for row in range(1, task.n + 1)]
    return [[bits.equals(number, letter) for letter in range(1, len(task.letters) + 1)] for number in numbers]


def promised(bits: Bits, task: KHop) -> int:
    return bits.builder.conjunction([bits.builder.disjunction(stands) for stands in letters_of(bits, task)])


def right(bits: Bits, answers: Bits, task: KHop) -> int:
    """Every answer is the letter at find^k(i), or 0 where there is none."""
    make = bits.builder
    letters = letters_of(bits, task)
    ends = places(bits, letters, task.k)
    good = []
    for position, reached in enumerate(ends):
        answer = answers.number("answer", position + 1)
        for letter in range(1, len(task.letters) + 1):
            here = [make.conjunction([at, letters[place][letter - 1]]) for place, at in reached.items()]
            good.append(bits.same(make.disjunction(here), bits.equals(answer, letter)))
        good.append(bits.same(make.conjunction([], reached.values()), bits.equals(answer, 0)))
    return make.conjunction(good)


def places(bits: Bits, letters: list[list[int]], k: int) -> list[dict[int, int]]:
    """Of every position, for each place from 0 whether k hops lead there."""
    make = bits.builder
    step = [find(bits, letters, position) for position in range(len(letters))]
    at = [{position: make.constant(True)} for position in range(len(letters))]
    for _ in range(k):
        at = [onward(bits, reached, step) for reached in at]
    return at


def onward(bits: Bits, reached: dict[int, int], step: list[dict[int, int]]) -> dict[int, int]:
    """Where one more hop leads."""
    make = bits.builder
    found: dict[int, list[int]] = {}
    for middle, here in reached.items():
        for place, leads in step[middle].items():
            found.setdefault(place, []).append(make.conjunction([here, leads]))
    return {place: make.disjunction(ways) for place, ways in found.items()}


def find(bits: Bits, letters: list[list[int]], position: int) -> dict[int, int]:
    """For each place up to a position whether it is the last one whose left neighbour has this position's letter."""
    make = bits.builder
    alike = {
        place: make.disjunction(
            [make.conjunction([one, other]) for one, other in zip(letters[place - 1], letters[position], strict=True)]
        )
        for place in range(1, position + 1)
    }
    return {
        place: make.conjunction([holds], [alike[later] for later in alike if later > place])
        for place, holds in alike.items()
    }


K_HOP = Definition(
    task=KHop,
    rows=lambda task: task.n,
    promised=promised,
    right=right,
    decode=lambda columns, task: columns["token"],
)
