"""The blackboard keeps to its model: the order of players, what they see, and every bit."""

import re

import numpy as np
import pytest

from logdepth.messages import (
    NOTHING,
    Bits,
    BlackboardProtocol,
    MessageTooLong,
    StepFailed,
    one_way,
    run_on_blackboard,
)
from logdepth.numerics.errors import UsageError


def parity(players: int, bits: int = 1) -> BlackboardProtocol:
    """One round: every player writes the parity of its part and of what the player before it wrote."""

    def speak(turn):
        odd = sum(turn.kept) % 2
        if turn.player < turn.players:
            odd ^= int(turn.board.read(1, turn.player + 1).values[0])
        return odd, Bits([odd] * bits)

    return BlackboardProtocol("parity", players, 1, 1, speak)


@pytest.mark.parametrize("players", [1, 2, 5])
def test_the_last_message_of_player_1_is_the_answer(players):
    rng = np.random.default_rng(players)
    parts = [rng.integers(0, 2, size).tolist() for size in rng.integers(0, 6, players)]
    run = run_on_blackboard(parity(players), parts)
    assert str(run.answer) == str(sum(map(sum, parts)) % 2)
    assert run.bits.tolist() == [[1] * players] and run.total == players and run.most_bits == 1
    assert run.kept == tuple(int(str(each.message)) for each in run.board.written)


def test_players_speak_from_k_to_1_and_see_what_was_written_before():
    seen = []

    def speak(turn):
        seen.append((turn.round, turn.player, len(turn.board.written), turn.kept))
        return turn.kept + 10, Bits([1] * turn.player)

    run = run_on_blackboard(BlackboardProtocol("watched", 3, 2, 3, speak), [3, 2, 1])
    assert seen == [(1, 3, 0, 3), (1, 2, 1, 2), (1, 1, 2, 1), (2, 3, 3, 13), (2, 2, 4, 12), (2, 1, 5, 11)]
    assert run.kept == (23, 22, 21) and run.bits.tolist() == [[3, 2, 1], [3, 2, 1]]
    assert [len(each.message) for each in run.board.in_round(2)] == [3, 2, 1]
    assert run.as_json() == {
        "players": 3,
        "rounds": 2,
        "bits": 3,
        "most_bits": 3,
        "total_bits": 12,
        "written": [[3, 2, 1], [3, 2, 1]],
    }


def test_a_message_above_the_budget_names_player_round_bits_and_limit():
    with pytest.raises(MessageTooLong) as caught:
        run_on_blackboard(parity(3, bits=2), [[], [], []])
    assert str(caught.value) == (
        "protocol 'parity': player 3 writes 2 bits in round 1; a message has at most 1. Raise bits."
    )
    error = caught.value
    assert (error.sender, error.receiver, error.round, error.bits, error.limit) == (3, None, 1, 2, 1)


def test_the_answer_may_have_a_budget_of_its_own():
    def speak(turn):
        return None, Bits([1] * (5 if turn.answers else 1))

    assert len(run_on_blackboard(BlackboardProtocol("x", 2, 2, 1, speak, answer_bits=5), [0, 0]).answer) == 5
    with pytest.raises(MessageTooLong, match="player 1 writes 5 bits in round 2; a message has at most 4"):
        run_on_blackboard(BlackboardProtocol("x", 2, 2, 1, speak, answer_bits=4), [0, 0])


def test_one_way_is_two_players_and_one_round():
    """INDEX: Alice sends all her bits, Bob knows a place."""
    index = one_way("index", 4, Bits, lambda place, message: message[place : place + 1], answer_bits=1)
    for place in range(4):
        run = run_on_blackboard(index, [[0, 1, 1, 0], place])
        assert str(run.answer) == "0110"[place] and run.bits.tolist() == [[4, 1]]
    with pytest.raises(MessageTooLong, match="player 2 writes 5 bits in round 1; a message has at most 4"):
        run_on_blackboard(index, [[0] * 5, 0])


def raising(turn):
    raise KeyError("x")


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda: run_on_blackboard(parity(2), [[]]), "'parity' has 2 players, and a part for each; got 1 parts."),
        (lambda: BlackboardProtocol("x", 0, 1, 1, raising), "players must be a whole number of at least 1; got 0."),
        (lambda: BlackboardProtocol("x", 1, 0, 1, raising), "rounds must be a whole number of at least 1; got 0."),
        (lambda: BlackboardProtocol("x", 1, 1, -1, raising), "bits must be a whole number of at least 0; got -1."),
        (lambda: BlackboardProtocol("x", 1, 1, 1, None), "speak is a function of a turn; got None."),
    ],
    ids=["parts", "players", "rounds", "bits", "speak"],
)
def test_what_is_no_protocol_is_refused(attempt, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        attempt()


@pytest.mark.parametrize(
    ("speak", "said"),
    [
        (raising, "player 2 in round 1 raises KeyError: 'x'."),
        (lambda turn: NOTHING, "player 2 in round 1 must give what it keeps, and Bits; it gives Bits()."),
        (lambda turn: (0, "101"), "must give what it keeps, and Bits; it gives (0, '101')."),
        (lambda turn: (0, turn.board.read(1, 1)), "player 1 has not written in round 1. Read what is on the board."),
    ],
    ids=["raises", "bits alone", "text", "reads ahead"],
)
def test_a_player_that_fails_is_named(speak, said):
    with pytest.raises(StepFailed, match=re.escape(said)):
        run_on_blackboard(BlackboardProtocol("x", 2, 1, 9, speak), [0, 0])
