"""What solutions promise, and what compilers plan, holds at sizes that nobody chose."""

from functools import cache

import numpy as np
import pytest

from logdepth.artefacts import compile_task
from logdepth.automata import LANGUAGES, WAYS
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.solutions import SOLUTIONS
from logdepth.solutions.registry import WAYS as WAYS_OF_TASKS
from logdepth.verification.sizes import largest_size

ROWS = 800  # a table has at most so many; in some tasks they are about n² or n³, or one for every cut
MOST = {"n": 600, "edges": 1200, "k": 40, "q": 8, "values": 60, "relations": 9, "facts": 60}
MOST_OF_OTHERS = 3000
ALPHABETS = ("1", "2", "3", "5", "20", "62", "text")
CHOICES = {
    "regex": ("(a|b)*abb", "(ab)*", "a*", "(b*ab*ab*)*", "((a|b)(a|b)(a|b))*", "[ab]*a[ab]{3}"),
    "way": tuple(WAYS),
    "of": tuple(LANGUAGES),
    "answer": ("accepted", "state"),
}
WAYS_OF = {name: tuple(ways) for name, ways in WAYS_OF_TASKS.items()}
DRAWN = 12


@cache
def largest_n(name):
    """Of a table of ROWS rows, with one edge alone if it has edges."""
    few = {"edges": 1} if "edges" in {item.name for item in SOLUTIONS[name].task.describe()} else {}
    return largest_size(name, ROWS, MOST["n"], **few)["n"]


def draw_size(name, rng):
    """Parameters of a task, log-uniform, so that small ones are as frequent as large ones."""
    described, size = SOLUTIONS[name].task.describe(), {}
    for item in described:
        if item.kind is int:
            low, most = int(item.low or 0), largest_n(name) if item.name == "n" else MOST.get(item.name, MOST_OF_OTHERS)
            most = min(most, int(item.high or most))
            size[item.name] = max(low, int(np.exp(rng.uniform(np.log(low + 1), np.log(most + 1)))) - 1)
        elif item.name == "alphabet" and item.default:
            size[item.name] = str(rng.choice(ALPHABETS))
        elif item.name in CHOICES:
            size[item.name] = str(rng.choice(WAYS_OF.get(name, CHOICES[item.name])))
    return size


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLUTIONS)
def test_measured_sizes_are_within_the_claim_at_random_sizes(name):
    rng, judged = np.random.default_rng(0), 0
    for _ in range(4 * DRAWN):
        size, dtype = draw_size(name, rng), str(rng.choice(["float32", "float64"]))
        try:
            task = SOLUTIONS[name].task.from_parameters(size)
            model = compile_task(task, dtype, tied=bool(task.n > 64 or rng.integers(2)))
        except (UsageError, CapacityExceeded):  # no such task, or numbers that the format does not carry
            continue
        measured = model.measured.as_json()
        beyond = {each: count for each, count in measured.items() if count > model.claimed[each]}
        assert beyond == {}, (size, dtype, model.claimed)
        judged += 1
        if judged == DRAWN:
            break
    assert judged >= DRAWN // 2
