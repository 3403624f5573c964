"""Networks as players on a blackboard: the same outputs, one round a layer, and exactly the bits of the corollaries."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from logdepth.arrows.network_to_blackboard import play
from logdepth.arrows.network_to_blackboard.theorems import (
    ATTENTION_TO_BLACKBOARD,
    CHAIN_OF_THOUGHT_TO_BLACKBOARD,
    LONGFORMER_TO_BLACKBOARD,
    MAMBA_TO_BLACKBOARD,
    PERFORMER_TO_BLACKBOARD,
    RECURRENT_TO_BLACKBOARD,
)
from logdepth.messages import Board, MessageTooLong, Turn
from logdepth.networks import ChainOfThought, Gpt2, Gpt2Shape, Longformer, Mamba, Performer, Recurrent
from logdepth.numerics.errors import UsageError

TOKENS, PLAYERS, WIDTH, HEADS, FLOAT = 96, 4, 16, 2, 32
HEAD = WIDTH // HEADS
SUMS = HEADS * (8 * (HEAD + 1) + 1)  # of a performer with 8 features


def shape(depth=3):
    return Gpt2Shape(vocabulary=10, positions=110, depth=depth, heads=HEADS, width=WIDTH, classes=10)


def fresh(seed=0):
    return torch.Generator().manual_seed(seed)


def ids(tokens=TOKENS, seed=0):
    return {"token": np.random.default_rng(seed).integers(0, 10, tokens)}


CASES = {
    "rnn": (RECURRENT_TO_BLACKBOARD, lambda: Recurrent(shape(), "rnn", fresh()), 3, WIDTH, 0),
    "gru": (RECURRENT_TO_BLACKBOARD, lambda: Recurrent(shape(), "gru", fresh()), 3, WIDTH, 0),
    "lstm": (RECURRENT_TO_BLACKBOARD, lambda: Recurrent(shape(), "lstm", fresh()), 3, 2 * WIDTH, 0),
    "mamba": (MAMBA_TO_BLACKBOARD, lambda: Mamba(shape(2), 4, fresh()), 2, 2 * WIDTH * (4 + 4 - 1), 1e-6),
    "performer": (
        PERFORMER_TO_BLACKBOARD,
        lambda: Performer(shape(), 8, fresh()),
        3,
        SUMS,
        1e-6,
    ),
    "longformer": (LONGFORMER_TO_BLACKBOARD, lambda: Longformer(shape(), 5, fresh()), 3, (4 + 1) * WIDTH, 1e-6),
    "transformer": (ATTENTION_TO_BLACKBOARD, lambda: Gpt2(shape(), fresh()), 3, TOKENS // PLAYERS * WIDTH, 1e-6),
    "thoughts": (
        CHAIN_OF_THOUGHT_TO_BLACKBOARD,
        lambda: ChainOfThought(Gpt2(shape(1), fresh()), 5),
        6,
        HEADS * (HEAD + 2),
        1e-6,
    ),
}
EVERY = pytest.mark.parametrize("name", CASES)


def made_of(name):
    arrow, build, *_ = CASES[name]
    network = build()
    options = {"tokens": TOKENS} if name == "transformer" else {}
    return network, arrow(network, players=PLAYERS, **options)


@EVERY
def test_rounds_and_bits_are_those_of_the_corollary_and_outputs_those_of_the_network(name):
    _, _, rounds, numbers, within = CASES[name]
    network, made = made_of(name)
    ran, own = made.run(ids()), network.run(ids())
    assert dict(made.claim.sizes) == ran.taken == {"players": PLAYERS, "rounds": rounds, "bits": numbers * FLOAT}
    assert own.keys() == ran.outputs.keys()
    assert network.name.startswith({"transformer": "gpt2", "thoughts": "gpt2"}.get(name, name))
    for output, values in own.items():
        assert values.shape == ran.outputs[output].shape
        if within == 0 or values.dtype.kind == "i":
            assert np.array_equal(values, ran.outputs[output])
        else:
            assert np.abs(values - ran.outputs[output]).max() <= within


@EVERY
def test_a_player_needs_its_own_tokens_and_the_board_and_nothing_else(name):
    """Every player alone, with what was on the board, writes the same again."""
    _, made = made_of(name)
    run, parts = made.play(ids()), made.parts(ids()["token"])
    for place, part in enumerate(parts):
        kept, player = part, PLAYERS - place
        for at, written in enumerate(run.board.written):
            if written.player == player:
                before = Board(run.board.written[:at])
                kept, message = made.artefact.speak(Turn(player, PLAYERS, written.round, run.rounds, kept, before))
                assert message == written.message


@EVERY
def test_tokens_of_later_players_change_nothing_that_is_written_before_them(name):
    """Nothing in round 1, and nothing at all of the leftmost players, but for thoughts, which come from player 1."""
    _, made = made_of(name)
    other = ids()
    other["token"][72:95] = ids(seed=1)["token"][72:95]
    runs = [made.play(columns).board for columns in (ids(), other)]
    early = [each for each in runs[0].written if each.player > 1 and (each.round == 1 or name != "thoughts")]
    assert early and all(runs[1].read(each.round, each.player) == each.message for each in early)
    if name != "thoughts":  # fresh weights may well think the same
        assert not np.array_equal(*(made.run(columns).outputs["logits"] for columns in (ids(), other)))


@pytest.mark.parametrize("name", ["mamba", "longformer", "transformer", "thoughts"])
def test_in_float64_numbers_have_64_bits_and_what_is_left_is_rounding(name):
    arrow, build, _, numbers, _ = CASES[name]
    network = build()
    (network.network if name == "thoughts" else network).double()
    if name == "mamba":
        for layer in network.layers.layers:
            layer.residual_in_fp32 = False  # transformers' blocks round their residual stream to float32 otherwise
    made = arrow(network, players=PLAYERS, **({"tokens": TOKENS} if name == "transformer" else {}))
    ran = made.run(ids())
    assert ran.taken["bits"] == numbers * 64
    within = 1e-6 if name == "mamba" else 1e-14  # transformers computes parts of a scan in float32
    assert np.abs(network.run(ids())["logits"] - ran.outputs["logits"]).max() <= within


def test_a_performer_on_a_blackboard_is_scaled_by_the_maximum_so_far():
    """Against plain sums over pairs in float64, with a maximum for each player's tokens."""
    network = Performer(shape(1), 8, fresh()).double().eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(8)  # so that exponents differ by more than rounding
        layer = network.layers[0]
        given = torch.as_tensor(ids()["token"])
        x = network.embed(given[None])
        query, key, value = layer.attn.project(layer.ln_1(x))
        query, powers = layer.attn.features_of(query, (-1,)), layer.attn.powers_of(key)
        tops = torch.stack([powers[..., :end, :].amax((-2, -1)) for end in (24, 48, 72, 96)], -1)[0]
        read = torch.zeros_like(value)
        for i in range(TOKENS):
            now = tops[:, i // 24]
            weights = torch.zeros(HEADS, i + 1, dtype=torch.float64)
            for j in range(i + 1):
                then = tops[:, j // 24]
                feature = ((powers[0, :, j] - then[:, None]).exp() + 1e-6) * (then - now).exp()[:, None]
                weights[:, j] = (query[0, :, i] * feature).sum(-1)
            read[0, :, i] = (weights[:, :, None] * value[0, :, : i + 1]).sum(1) / weights.sum(1)[:, None]
        expected = network.read(layer.absorb(x, read))[0].numpy()
    found = PERFORMER_TO_BLACKBOARD(network, players=PLAYERS).run(ids()).outputs["logits"]
    assert float(tops[:, -1].max() - tops[:, 0].min()) > 0.1
    assert np.abs(found - expected).max() < 1e-11


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("width", [1, 5, 16, 33])
def test_recurrent_networks_are_the_same_bit_for_bit_at_any_size(kind, width):
    network = Recurrent(replace(shape(2), width=width, heads=1), kind, fresh(width))
    for tokens, players in ((2, 1), (6, 3), (7, 3), (31, 5), (100, 50)):
        ran = RECURRENT_TO_BLACKBOARD(network, players=players).run(ids(tokens))
        assert np.array_equal(ran.outputs["logits"], network.run(ids(tokens))["logits"])


@pytest.mark.parametrize("window", [1, 2, 30, 200])
def test_a_window_may_reach_back_over_several_players(window):
    network = Longformer(shape(2), window, fresh())
    ran = LONGFORMER_TO_BLACKBOARD(network, players=8).run(ids())
    assert np.abs(ran.outputs["logits"] - network.run(ids())["logits"]).max() <= 1e-6
    assert ran.taken["bits"] == (min(window - 1, 12) + (window <= 12)) * WIDTH * FLOAT  # of 12 tokens each


@EVERY
def test_a_budget_one_bit_below_the_claim_is_refused_with_player_and_round(name):
    _, made = made_of(name)
    bits = int(made.claim.sizes["bits"])
    with pytest.raises(
        MessageTooLong, match=f"player 4 writes {bits:,} bits in round 1; a message has at most {bits - 1:,}"
    ):
        made.with_bits(bits - 1).run(ids())


@EVERY
def test_players_have_a_token_each(name):
    _, made = made_of(name)
    assert made.run(ids(PLAYERS)).taken["players"] == PLAYERS
    with pytest.raises(UsageError, match=r"4 players need a token each; the input has 3\. Give players=3 or fewer\."):
        made.run(ids(3))


def test_the_last_message_is_the_answer_of_the_network():
    for seed in range(5):
        network = Recurrent(shape(), "gru", fresh(seed))
        run = RECURRENT_TO_BLACKBOARD(network, players=3).play(ids(seed=seed))
        assert int(str(run.answer), 2) == network.run(ids(seed=seed))["logits"][-1].argmax()
        assert len(run.answer) == 4 and run.bits[:, -1].tolist() == [0, 0, 4]


def test_a_difference_is_measured_beside_the_rounding_of_the_network_itself():
    network = ChainOfThought(Gpt2(shape(1), fresh()), 2)
    with torch.no_grad():
        for weight in network.network.parameters():
            weight.mul_(10)
    played = play(network, ids()["token"], PLAYERS)
    assert played.differing == 0 and not played.equal
    assert 0 < played.difference < 10 * played.rounding
    assert network.network.wte.weight.dtype == torch.float32  # the network itself is left alone
    same = play(Recurrent(shape(), "gru", fresh()), ids()["token"], PLAYERS)
    assert same.equal and same.difference == 0 and same.rounding is None


def test_a_network_that_gives_no_numbers_is_refused():
    network = Recurrent(shape(), "gru", fresh())
    with torch.no_grad():
        network.head.bias[0] = torch.nan
    with pytest.raises(UsageError, match="this Recurrent gives what is no finite number"):
        play(network, ids()["token"], PLAYERS)


def test_a_network_of_another_kind_is_refused():
    with pytest.raises(UsageError, match=r"a Linear does not run on a blackboard\. Give one of Recurrent, Mamba"):
        play(torch.nn.Linear(3, 3), ids()["token"], PLAYERS)


def test_what_has_no_short_messages_is_refused():
    with pytest.raises(UsageError, match="of one layer of plain attention; this is Attention of depth 3"):
        CHAIN_OF_THOUGHT_TO_BLACKBOARD(ChainOfThought(Gpt2(shape()), 2))
    with pytest.raises(UsageError, match="this is WindowedAttention of depth 1"):
        CHAIN_OF_THOUGHT_TO_BLACKBOARD(ChainOfThought(Longformer(shape(1), 5), 2))
    with pytest.raises(UsageError, match="a Longformer does not read all tokens"):
        ATTENTION_TO_BLACKBOARD(Longformer(shape(), 5))
    with pytest.raises(UsageError, match="travel as float32 or float64; this one has float16"):
        RECURRENT_TO_BLACKBOARD(Recurrent(shape(), "gru").half())
    with pytest.raises(UsageError, match="this network takes up to 110 tokens; got 111"):
        LONGFORMER_TO_BLACKBOARD(Longformer(shape(), 5)).run(ids(111))
    with pytest.raises(UsageError, match="this network takes up to 110 tokens; got 111"):
        CHAIN_OF_THOUGHT_TO_BLACKBOARD(ChainOfThought(Gpt2(shape(1)), 5)).run(ids(106))
    with pytest.raises(UsageError, match="110 thoughts leave no room for an input on 110 positions"):
        ChainOfThought(Gpt2(shape(1)), 110)
