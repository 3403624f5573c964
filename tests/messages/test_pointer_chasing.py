"""Pointer chasing: the sequences mean what they say, and both protocols answer them within their bits."""

import numpy as np
import pytest

from logdepth.messages import MessageTooLong, chase_at_once, chase_by_steps, reached, run_on_blackboard
from logdepth.numerics.errors import UsageError
from logdepth.tasks import PointerChasing, pointer_chasing

SIZES = [(1, 1), (1, 9), (2, 1), (2, 2), (3, 5), (4, 12), (7, 8), (8, 33)]


@pytest.mark.parametrize(("players", "vertices"), SIZES)
def test_the_answer_is_that_of_k_hop_at_the_last_token(players, vertices):
    rng = np.random.default_rng(players)
    for _ in range(8):
        instance = pointer_chasing(rng, players, vertices)
        assert len(instance.tokens) == 2 * vertices * players + 1 and instance.tokens[-1] == 1
        assert [len(part) for part in instance.parts] == [2 * vertices] * (players - 1) + [2 * vertices + 1]
        hop = int(instance.task.solve(instance.tokens)[-1])
        assert instance.class_of(hop) == instance.answer


@pytest.mark.parametrize(("players", "vertices"), SIZES)
@pytest.mark.parametrize("make", [chase_by_steps, chase_at_once])
def test_both_protocols_answer_within_their_rounds_and_bits(make, players, vertices):
    rng = np.random.default_rng(vertices)
    for _ in range(8):
        instance = pointer_chasing(rng, players, vertices)
        run = run_on_blackboard(make(players, vertices), instance.parts)
        assert reached(run.answer) == instance.class_of(int(instance.task.solve(instance.tokens)[-1]))
        if make is chase_by_steps:
            assert run.rounds == players and run.protocol.bits == max(1, int(np.ceil(np.log2(vertices))))
        else:
            assert run.rounds == 1 and run.protocol.bits == vertices


def test_a_player_who_changes_its_map_changes_nothing_that_is_written_before():
    one = pointer_chasing(np.random.default_rng(1), 4, 6)
    other = PointerChasing(np.array([*one.maps[:1], one.maps[1][::-1], *one.maps[2:]]), one.orders)
    runs = [run_on_blackboard(chase_at_once(4, 6), each.parts) for each in (one, other)]
    written = [[str(each.message) for each in run.board.written] for run in runs]
    assert written[0][:2] == written[1][:2] and written[0][2] != written[1][2]


def test_a_smaller_budget_is_refused():
    protocol = chase_at_once(3, 5)
    tight = type(protocol)(protocol.name, 3, 1, 4, protocol.speak)
    with pytest.raises(MessageTooLong, match="player 3 writes 5 bits in round 1; a message has at most 4"):
        run_on_blackboard(tight, pointer_chasing(np.random.default_rng(0), 3, 5).parts)


@pytest.mark.parametrize(
    ("maps", "orders", "said"),
    [
        ([[0, 0], [0, 1]], [[0, 1], [0, 1]], "is a permutation of 0..q-1"),
        ([[0, 1], [0, 1]], [[0, 0], [0, 1]], "is a permutation of 0..q-1"),
        ([[0, 1], [0, 2]], [[0, 1], [0, 1]], "gives classes 0 and 1"),
        ([[0, 1]], [[0, 1], [0, 1]], "maps and orders are \\(players, vertices\\)"),
    ],
)
def test_what_is_no_instance_is_refused(maps, orders, said):
    with pytest.raises(UsageError, match=said):
        PointerChasing(np.array(maps), np.array(orders))


def test_sizes_are_checked():
    with pytest.raises(UsageError, match="up to 10000 vertices of a player; got 10001"):
        pointer_chasing(np.random.default_rng(0), 2, 10_001)
    with pytest.raises(UsageError, match="players must be a whole number of at least 1; got 0"):
        pointer_chasing(np.random.default_rng(0), 0, 2)
