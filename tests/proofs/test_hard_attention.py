"""The search over all transformers of hard attention: its verdicts against brute force, counting, and the task."""

from itertools import permutations, product

import numpy as np
import pytest

from logdepth.numerics.errors import UsageError
from logdepth.proofs.hard_attention import HardAttention, search
from logdepth.tasks import make_task

pytest.importorskip("pysat")


def hop(letters, k, n):
    task = make_task("k-hop", {"n": n, "k": k, "alphabet": str(letters)})
    return lambda word: int(task.solve(np.array(word))[-1])


def parity(word):
    return sum(word) % 2


@pytest.mark.parametrize(
    ("letters", "k", "n", "heads", "verdict"),
    [
        (2, 1, 5, [1], "found"),  # the letter before, or else any equal one before, decides: see the docs
        (2, 2, 5, [1], "impossible"),
        (2, 2, 5, [2], "found"),
        (2, 2, 5, [1, 1], "found"),
        (3, 1, 3, [1], "found"),
        (3, 1, 4, [1], "impossible"),
        (3, 1, 4, [2], "found"),
    ],
)
def test_hops_and_the_model_that_is_found_is_right_on_every_word(letters, k, n, heads, verdict):
    found = search(hop(letters, k, n), letters, n, heads)
    assert found.verdict == verdict
    assert (found.model is not None) == (verdict == "found")
    if found.model is not None:
        assert [len(layer) for layer in found.model.layers] == heads
        task = make_task("k-hop", {"n": n, "k": k, "alphabet": str(letters)})
        for word in product(range(1, letters + 1), repeat=n):
            assert found.model.run(word) == task.solve(np.array(word)).tolist()


@pytest.mark.parametrize(
    ("n", "heads", "verdict"),
    [(2, [1], "found"), (3, [1], "impossible"), (3, [2], "found"), (4, [1, 1], "found"), (4, [2], "impossible")],
    ids=str,
)
def test_parity_takes_as_many_heads_as_show_every_letter(n, heads, verdict):
    """A row of one layer sees its own letter and one a head; of two layers of one head, four letters."""
    assert search(parity, 2, n, heads).verdict == verdict


@pytest.mark.parametrize("seed", range(4))
def test_one_layer_of_one_head_is_judged_as_by_trying_all_orders(seed):
    rng = np.random.default_rng(seed)
    answers = {w: int(rng.integers(0, 3)) for n in (1, 2, 3) for w in product((1, 2), repeat=n)}
    assert (search(answers.__getitem__, 2, 3, [1]).verdict == "found") == by_brute_force(answers)


def by_brute_force(answers):
    """Whether for every last row some order of all rows that it may see has one answer for each row read."""
    for n, last in product((2, 3), (1, 2)):
        words = [word for word in answers if len(word) == n and word[-1] == last]
        rows = [(n, last), *product(range(1, n), (1, 2))]
        if not any(decides(order, words, answers) for order in permutations(rows)):
            return False
    return True


def decides(order, words, answers):
    told = {}
    for word in words:
        read = next(row for row in order if word[row[0] - 1] == row[1])
        if told.setdefault(read, answers[word]) != answers[word]:
            return False
    return True


def test_a_model_by_hand_reads_in_its_order():
    """Two letters and one hop: row 3 asks whether the letter before is its own, or else whether any one is."""
    own = (3, 1)
    head = {own: [(2, 1), (1, 1), own, (1, 2), (2, 2)]}
    answers = {(i, (i, letter), (i, letter)): 0 for i in (1, 2) for letter in (1, 2)}  # rows that read themselves
    answers |= {(3, own, (2, 1)): 1, (3, own, (1, 1)): 2, (3, own, own): 0}
    model = HardAttention(((head,),), answers)
    for word in [(first, second, 1) for first in (1, 2) for second in (1, 2)]:
        assert model.run(word)[-1] == hop(2, 1, 3)(word)


def test_time_and_sizes_are_told():
    assert search(hop(2, 2, 5), 2, 5, [2], seconds=1e-6).verdict == "unknown"
    with pytest.raises(UsageError, match="at least one letter, position, layer and head"):
        search(parity, 2, 3, [])
