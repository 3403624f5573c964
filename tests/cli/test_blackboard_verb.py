"""`logdepth blackboard`: a network as players on a board, with every bit, beside the network's own answer."""

import numpy as np
import pytest
import torch

from logdepth.arrows.network_to_blackboard.theorems import RECURRENT_TO_BLACKBOARD
from logdepth.learn.trained.models import read_answering

SMALL = "--n 14 --most-hops 2 --letters 3 --width 16 --batch 4 --steps 3 --warmup 1 --device cpu --vocabulary 0"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of every kind, by a few steps."""
    from logdepth.cli import main

    folder = tmp_path_factory.mktemp("runs")
    for name, more in {
        "gru": "--network gru --depth 2",
        "gpt2": "--network gpt2 --depth 2 --heads 2",
        "performer": "--network performer --features 6 --depth 2 --heads 2",
    }.items():
        assert main(["train", "khop-paper", *SMALL.split(), *more.split(), "--out", str(folder / name)]) == 0
    thinking = "--task k-hop-thoughts --network gpt2 --depth 1 --heads 2 --readout linear --most-hops 4 --n 12"
    words = SMALL.replace("--n 14 --most-hops 2", "")
    assert main(["train", "khop-paper", *words.split(), *thinking.split(), "--out", str(folder / "thinking")]) == 0
    return folder


def test_a_trained_network_says_the_same_as_its_players_and_every_bit_is_counted(logdepth, runs, tmp_path):
    (tmp_path / "text").write_text("2 abc bca c\nab")
    told = logdepth("blackboard", runs / "gru", tmp_path / "text", "--players", 3, "--json").json
    network = read_answering(runs / "gru").network
    ids = np.array([2, 3, 4, 5, 4, 5, 3, 5, 3, 4])  # k = 2, then letters from 3 on
    assert told["tokens"] == 10 and (told["players"], told["rounds"]) == (3, 2)
    assert told["bits"] == told["claimed_bits"] == told["most_bits"] == 16 * 32
    classes = network.shape.classes or network.shape.width
    assert told["written"] == [[512, 512, 0], [512, 512, (classes - 1).bit_length()]]
    assert told["total_bits"] == sum(map(sum, told["written"]))
    answer = network.run({"token": ids})["logits"][-1].argmax()
    names = read_answering(runs / "gru").sampler.tokens
    assert told["answer"] == (names[answer] if answer < len(names) else str(answer))
    assert told["equal"] and told["largest_difference"] == 0 and told["answers_that_differ"] == 0
    made = RECURRENT_TO_BLACKBOARD(network, players=3)
    assert made.play({"token": ids}).as_json() == {name: told[name] for name in made.play({"token": ids}).as_json()}


@pytest.mark.parametrize(
    ("name", "rounds", "bits", "claimed"),
    [
        ("gpt2", 2, 3 * 16 * 32, 4 * 16 * 32),  # of 13 tokens player 1 has 4, and writes none
        ("performer", 2, 2 * (6 * (8 + 1) + 1) * 32, 2 * (6 * (8 + 1) + 1) * 32),
        ("thinking", 5, 2 * (8 + 2) * 32, 2 * (8 + 2) * 32),
    ],
)
def test_every_kind_of_network_plays(logdepth, runs, name, rounds, bits, claimed):
    outcome = logdepth("blackboard", runs / name, "--json")
    assert outcome.status == 0
    told = outcome.json
    assert (told["rounds"], told["most_bits"], told["claimed_bits"]) == (rounds, bits, claimed)
    assert told["largest_difference"] < 1e-6 and len(told["thoughts"]) == (4 if name == "thinking" else 0)
    assert (told["lower_bound"] is None) == (name == "gpt2")


def test_the_table_has_a_column_for_every_player_or_sums_for_many(logdepth, runs):
    few = logdepth("blackboard", runs / "gru").stdout
    assert "player 4" in few and "1–3" in few and "bits in all" in few and "equal bit for bit" in few
    assert "Lower bound, asymptotic" in " ".join(few.split()) and "k hops on k = 4 players need 4 layers" in " ".join(
        few.split()
    )
    many = logdepth("blackboard", runs / "gru", "--players", 13).stdout
    assert "player 4" not in many and "messages" in many and "longest" in many
    whole = logdepth("blackboard", runs / "gpt2").stdout
    assert "no lower bound is known" in whole and "impossible" not in (few + many + whole).lower()


def test_without_an_input_it_is_random_by_the_seed(logdepth, runs):
    outcomes = [logdepth("blackboard", runs / "thinking", "--seed", seed) for seed in (1, 1, 2)]
    assert "no INPUT: a random one, seed 1" in outcomes[0].stderr
    lines = [outcome.stdout.rpartition("\n")[0].rpartition("\n")[0] for outcome in outcomes]  # all but the seconds
    assert lines[0] == lines[1]


FILE = """
import torch
from logdepth.networks import Gpt2, Gpt2Shape, Recurrent
shape = Gpt2Shape(vocabulary=5, positions=20, depth=1, heads=2, width=8, classes=5)
gru = Recurrent(shape, "gru", torch.Generator().manual_seed(0))
one = Gpt2(shape, torch.Generator().manual_seed(0))
other = torch.nn.Linear(3, 3)
def make():
    return gru
"""


def test_a_network_of_ones_own_file(logdepth, refused, tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    (tmp_path / "text").write_text("0 1 2 3 4 0 1 2")
    told = logdepth("blackboard", f"{tmp_path}/mine.py:gru", tmp_path / "text", "--json").json
    assert told["tokens"] == 8 and told["equal"] and told["network"] == "gru of mine.py" and told["rounds"] == 1
    assert logdepth("blackboard", f"{tmp_path}/mine.py:make", "--json").json["tokens"] == 20
    (tmp_path / "loud.py").write_text("print('loud')\n" + FILE)
    assert logdepth("blackboard", f"{tmp_path}/loud.py:gru", "--json").stdout.startswith("{")
    told = logdepth("blackboard", f"{tmp_path}/mine.py:one", tmp_path / "text", "--thoughts", 3, "--json").json
    assert told["rounds"] == 4 and len(told["thoughts"]) == 3 and told["claimed_bits"] == 2 * (4 + 2) * 32
    assert "other of mine.py is a Linear; a blackboard takes" in refused("blackboard", f"{tmp_path}/mine.py:other")
    assert "has 3 networks: gru, one, other. Choose one" in refused("blackboard", tmp_path / "mine.py")
    assert "this is a Recurrent of depth 1" in refused("blackboard", f"{tmp_path}/mine.py:gru", "--thoughts", 1)


def test_what_cannot_play_is_one_line(refused, runs, hops, tmp_path):
    def said(text, *more):
        (tmp_path / "text").write_text(text)
        return refused("blackboard", runs / "gru", tmp_path / "text", *more)

    assert "begins with 'a'; the first token of this model's input is k, 0 to 2" in said("abc")
    assert "word 2: 'abz' is no token of this model. Known: 0, 1, 2, a, b, c, no answer, blank." in said("1 abz")
    assert "holds no token" in said(" \n")
    assert "4 players need a token each; the input has 3. Give --players 3 or fewer." in said("1 ab")
    assert "player 4 writes 512 bits in round 1; a message has at most 511. Raise --bits." in said(
        "1 abc", "--bits", 511
    )
    assert "is a compiled model" in refused("blackboard", hops)
    assert f"Choose one, as in {runs / 'gpt2'}" in refused("blackboard", runs)
    assert "the model comes first" in refused("blackboard", tmp_path / "text", runs / "gru")
    (tmp_path / "long").write_text("1 " + "ab" * 20)
    assert "takes up to 14 tokens; got 41" in refused("blackboard", runs / "gpt2", tmp_path / "long")


def test_a_difference_that_changes_an_answer_is_status_1(logdepth, runs, monkeypatch):
    from logdepth.arrows.network_to_blackboard import recurrent

    exact = recurrent.RecurrentLayers.layer

    def wrong(self, number, part, x, before):
        x, message = exact(self, number, part, x, [])  # as if nothing had been written
        return x + torch.randn(x.shape, generator=torch.Generator().manual_seed(0)), message

    monkeypatch.setattr(recurrent.RecurrentLayers, "layer", wrong)
    outcome = logdepth("blackboard", runs / "gru", "--json")
    assert outcome.status == 1 and outcome.json["answers_that_differ"] > 0 and not outcome.json["equal"]
    assert "NOT the network's own" in logdepth("blackboard", runs / "gru").stdout
