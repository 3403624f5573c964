"""Networks other than GPT-2: causal, seeded, of the state that they report, and equal to plain formulas."""

from pathlib import Path

import pytest
import torch

from logdepth.learn.plans.build import network_of
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.plans.recipes import CHOICES, ON_TOKENS
from logdepth.learn.samplers import KHopThoughts
from logdepth.learn.trained.models import Trained
from logdepth.learn.training.train import Training
from logdepth.networks import Gpt2, Gpt2Shape, Longformer, Mamba, NetworkSize, Performer, Recurrent
from logdepth.networks.performer import CHUNK, orthogonal_directions
from logdepth.numerics.errors import UsageError

SETTINGS = {
    "n": 40,
    "most_hops": 2,
    "letters": 3,
    "width": 16,
    "depth": 2,
    "heads": 2,
    "features": 8,
    "window": 6,
    "state": 4,
    "steps": 5,
    "warmup": 1,
    "batch": 4,
    "lr": 1e-3,
}
SHAPE = Gpt2Shape(vocabulary=9, positions=80, depth=2, heads=2, width=16, dropout=0.0)


def ids(length=39, rows=3, seed=0):
    return torch.randint(8, (rows, length), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", ON_TOKENS)
class TestEveryNetwork:
    @pytest.mark.parametrize("readout", CHOICES["readout"])
    def test_it_is_causal_and_gives_logits_at_every_position(self, name, readout):
        plan = plan_of(SETTINGS | {"network": name, "readout": readout})
        network = network_of(plan).eval()
        inputs = ids()
        logits = network(inputs)
        assert logits.shape == (3, 39, plan.vocabulary if readout == "linear" else 16)
        other = inputs.clone()
        other[:, 20:] = (other[:, 20:] + 1) % 8
        assert torch.allclose(network(other)[:, :20], logits[:, :20], atol=1e-5)
        assert not torch.allclose(network(other)[:, 20:], logits[:, 20:], atol=1e-3)

    def test_weights_depend_on_the_seed_alone(self, name):
        settings = SETTINGS | {"network": name, "readout": "linear"}
        torch.manual_seed(1)
        one = network_of(plan_of(settings)).state_dict()
        torch.manual_seed(2)
        again, other = (network_of(plan_of(settings | {"seed": seed})).state_dict() for seed in (0, 1))
        assert all(torch.equal(one[key], again[key]) for key in one)
        assert any(not torch.equal(one[key], other[key]) for key in one)

    def test_training_steps_lower_the_loss_of_a_batch(self, name):
        plan = plan_of(SETTINGS | {"network": name, "readout": "linear", "most_hops": 0, "steps": 60, "lr": 1e-2})
        training = Training(plan, torch.device("cpu"))
        for _ in range(40):
            training.step()
        assert training.losses[-1] < 0.9 * training.losses[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt2", 2 * 2 * 16 * 39),  # depth · (key and value) · width · tokens
        ("longformer", 2 * 2 * 16 * 6),  # 5 tokens before this one and the first
        ("performer", 2 * 2 * 8 * 9),  # depth · heads · features · (head width + 1)
        ("rnn", 2 * 16),
        ("gru", 2 * 16),
        ("lstm", 2 * 2 * 16),
        ("mamba", 2 * 32 * (4 + 3)),  # depth · channels · (state + convolution)
    ],
)
def test_state_is_what_the_architecture_carries(name, words):
    network = network_of(plan_of(SETTINGS | {"network": name}))
    parameters = sum(p.numel() for p in network.parameters())
    assert network.size(39) == NetworkSize(parameters, state_words=words, words_on_edge=0)
    assert (network.state_words(78) > words) == (name == "gpt2")


def test_performer_equals_its_pattern_whatever_the_length():
    """Chunks with a carried state against the matrix of all weights."""
    network = Performer(SHAPE, features=8, generator=torch.Generator().manual_seed(0)).double().eval()
    for length in (1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3):
        inputs = ids(length)
        by_pattern, cache = network.run_with_cache(inputs)
        assert torch.allclose(network(inputs), by_pattern, atol=1e-10)
        assert torch.allclose(cache.patterns[0].sum(-1), torch.ones(3, 2, length, dtype=torch.float64))


def test_performer_with_many_features_comes_near_softmax_attention():
    generator = torch.Generator().manual_seed(0)
    network = Performer(SHAPE, features=2**15, generator=generator).eval()
    attention = network.layers[0].attn
    query, key = (torch.randn((1, 2, 12, 8), generator=generator) * 0.4 for _ in range(2))
    exact = Gpt2(SHAPE).layers[0].attn.pattern(query, key)
    assert (attention.pattern(query, key) - exact).abs().max() < 0.02
    assert (exact[0, 0, -1] - 1 / 12).abs().max() > 0.02  # it is not just uniform


def test_directions_of_a_block_are_at_right_angles_and_as_long_as_normal_vectors():
    directions = orthogonal_directions(3, 100, 8, torch.Generator().manual_seed(0))
    assert directions.shape == (3, 100, 8)
    block = directions[0, :8]
    products = block @ block.T
    assert torch.allclose(products, products.diagonal().diag(), atol=1e-4)
    assert abs(directions.square().sum(-1).mean() - 8) < 0.5


def test_longformer_reads_its_window_and_the_first_token():
    network = Longformer(SHAPE, window=3, generator=torch.Generator().manual_seed(0)).eval()
    _, cache = network.run_with_cache(ids(10))
    read = cache.patterns[0][0, 0] > 0
    assert [row.nonzero().flatten().tolist() for row in read] == [
        sorted({0, *range(max(0, i - 2), i + 1)}) for i in range(10)
    ]
    assert torch.allclose(network(ids(10)), network.run_with_cache(ids(10))[0], atol=1e-5)


def test_a_window_over_everything_is_gpt2():
    one = Longformer(SHAPE, window=80, generator=torch.Generator().manual_seed(0)).eval()
    two = Gpt2(SHAPE, torch.Generator().manual_seed(0)).eval()
    assert torch.allclose(one(ids()), two(ids()), atol=1e-5)


def test_an_unknown_recurrent_network_is_refused():
    with pytest.raises(UsageError, match=r"there is no recurrent network 'lstn'\. Did you mean 'lstm'"):
        Recurrent(SHAPE, "lstn")


class Thinker(torch.nn.Module):
    """Says after every token the token before it: so its thoughts depend on its thoughts."""

    shape = Gpt2Shape(vocabulary=30, positions=40, depth=1, heads=1, width=30)

    def __init__(self):
        super().__init__()
        self.letters = torch.nn.Parameter(torch.eye(30))

    def forward(self, inputs):
        return self.letters[inputs.roll(1, dims=1)]


def test_a_network_that_is_evaluated_thinks_its_thoughts_itself():
    sampler = KHopThoughts(n=6, most_hops=3, letters=3)
    inputs = sampler.batch(4, seed=0, step=0).inputs
    found = Trained(Path("run"), sampler, Thinker()).answers(inputs)
    last, question = inputs[:, 6], inputs[:, 7]  # the thoughts are: last letter, "?", last letter
    assert torch.equal(found[:, 7:], torch.stack([last, question, last, question], dim=1))


def test_the_scan_of_mamba_is_the_loop_over_its_tokens(monkeypatch):
    pytest.importorskip("mambapy")
    network = Mamba(SHAPE, 4, torch.Generator().manual_seed(0))
    scanned = network(ids())
    for layer in network.layers.layers:
        layer.mixer.use_mambapy = False
    looped = network(ids())
    assert not torch.equal(scanned, looped), "the same code ran twice"
    torch.testing.assert_close(scanned, looped)
