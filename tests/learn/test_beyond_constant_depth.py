"""Linear equations and empty productions: answers against enumeration and sets, and both answers at every size."""

from itertools import product

import pytest
import torch

from logdepth.learn.samplers import EmptyProductions, LinearEqualities, Sampler, generator_of
from logdepth.numerics.errors import UsageError

SAMPLERS = [LinearEqualities(n=3), LinearEqualities(n=3, modulus=3), LinearEqualities(n=5), EmptyProductions(n=6)]


def by_enumeration(sampler: LinearEqualities, ids: list[int]) -> bool:
    """Whether some assignment fits."""
    n, p = sampler.n, sampler.modulus
    rows = [ids[start : start + n + 1] for start in range(0, n * (n + 1), n + 1)]
    return any(
        all(sum(a * x for a, x in zip(row[:-1], given, strict=True)) % p == row[-1] for row in rows)
        for given in product(range(p), repeat=n)
    )


def by_sets(sampler: EmptyProductions, ids: list[int]) -> bool:
    """Whether the asked symbol is among those that give the empty word, which grow until they do not."""
    rules = [ids[start : start + 3] for start in range(0, 6 * sampler.n, 3) if ids[start]]
    found, before = {0}, set()
    while found != before:
        before = set(found)
        found |= {x for x, y, z in rules if {y, z} <= found}
    return ids[-1] in found


@pytest.mark.parametrize("sampler", SAMPLERS, ids=str)
def test_answers_are_those_of_an_independent_search_and_both_are_frequent_at_every_size(sampler: Sampler) -> None:
    judge = by_enumeration if isinstance(sampler, LinearEqualities) else by_sets
    for size in sampler.groups:
        batch = sampler.draw(100, generator_of(0, size), size)
        yes = [target == sampler.vocabulary - 1 for target in batch.targets[:, -1].tolist()]
        assert yes == [judge(sampler, ids) for ids in batch.inputs.tolist()]
        assert 0.2 < sum(yes) / 100 < 0.85, size
        assert bool(batch.answered[:, -1].all()) and int(batch.answered.sum()) == 100


def test_a_modulus_that_is_no_prime_is_refused() -> None:
    with pytest.raises(UsageError, match="modulus must be a prime; got 9"):
        LinearEqualities(modulus=9)


def test_a_smaller_question_uses_the_first_unknowns_and_symbols_alone() -> None:
    batch = EmptyProductions(n=6).draw(50, torch.Generator().manual_seed(0), 3)
    assert int(batch.inputs.max()) <= 3 and not batch.inputs[:, 18:-1].any()
