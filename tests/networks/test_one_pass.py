"""One-pass machines: the state that is taken out of a network is all that the network needs of what it has read."""

import pytest
import torch
from torch import nn

from logdepth.networks import Gpt2Shape, Mamba, OnePass, Recurrent, StepByStep, one_pass
from logdepth.numerics.errors import UsageError

SHAPE = Gpt2Shape(vocabulary=9, positions=80, depth=2, heads=2, width=16, dropout=0.3)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def ids(rows=4, length=12, seed=0):
    return torch.randint(9, (rows, length), generator=seeded(seed))


class OwnGru(nn.Module):
    """As users write them; its layers start from a state that it has learned."""

    def __init__(self, keeps="nothing", **options):
        super().__init__()
        self.keeps = keeps
        self.embedding = nn.Embedding(9, 6)
        self.layers = nn.GRU(6, 5, num_layers=2, batch_first=True, **options)
        self.first = nn.Parameter(torch.randn(2, 1, 5))
        self.head = nn.Linear(5, 9)
        self.seen = torch.zeros(1)

    def forward(self, ids):
        x = self.embedding(ids)
        if self.keeps == "the mean":
            x = x + x.mean(1, keepdim=True)
        if self.keeps == "calls":
            self.seen = self.seen + 1
            x = x + self.seen
        if self.keeps == "noise":
            x = x + torch.randn_like(x)
        if self.keeps == "nan":
            x = x * torch.nan
        return self.head(self.layers(x, self.first.expand(-1, len(ids), -1).contiguous())[0])


class Counter:
    """It counts tokens modulo 3, and keeps the last one."""

    def start(self, batch):
        return [torch.zeros(batch, dtype=torch.int64), (torch.zeros(batch, 1),)]

    def step(self, state, tokens):
        return [(state[0] + 1) % 3, (tokens[:, None].float(),)]

    def logits(self, state):
        return torch.cat([nn.functional.one_hot(state[0], 3), state[1][0]], dim=1)


KINDS = ["rnn", "lstm", "gru", "mamba"]


def network_of(kind):
    torch.manual_seed(0)
    if kind == "own":
        return OwnGru()
    return Mamba(SHAPE, 4, seeded()) if kind == "mamba" else Recurrent(SHAPE, kind, seeded())


@pytest.mark.parametrize("kind", [*KINDS, "own"])
def test_reading_in_pieces_is_reading_at_once_and_equals_the_network(kind):
    network = network_of(kind)
    machine = one_pass(network, 9)
    tokens = ids()
    whole, logits = machine.read(machine.start(4), tokens)
    assert torch.allclose(logits, network(tokens)[:, -1].double(), atol=1e-5)
    for cut in (1, 5, 11):
        half, _ = machine.read(machine.start(4), tokens[:, :cut])
        state, pieces = machine.read(half, tokens[:, cut:])
        assert torch.allclose(pieces, logits, atol=1e-5) and torch.allclose(state, whole, atol=1e-5)
    assert whole.shape == (4, machine.words) and machine.bits == 32 * machine.words


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_has_the_words_that_the_network_reports(kind):
    network = network_of(kind)
    assert one_pass(network, 9).words == network.state_words(40)


def test_a_machine_of_ones_own_gives_its_state_in_parts_of_any_format():
    machine = one_pass(Counter(), 9)
    assert isinstance(machine, OnePass) and isinstance(Counter(), StepByStep)
    assert (machine.words, machine.bits) == (2, 64 + 32)
    state, logits = machine.read(machine.start(4), ids())
    assert state.tolist() == [[0.0, float(row[-1])] for row in ids()]
    assert torch.equal(machine(ids()), logits)
    assert one_pass(machine, 9) is machine


@pytest.mark.parametrize(
    ("keeps", "message"),
    [
        ("the mean", "OwnGru keeps more of its tokens than the state of its recurrent layers"),
        ("calls", "it draws random numbers, or it keeps something from one call to the next"),
        ("noise", "it draws random numbers, or it keeps something from one call to the next"),
        ("nan", "OwnGru gives what is no finite number"),
    ],
)
def test_a_network_that_is_no_one_pass_machine_is_refused(keeps, message):
    with pytest.raises(UsageError, match=message):
        one_pass(OwnGru(keeps), 9)


class Unsized(Counter):
    def start(self, batch):
        return {"count": torch.zeros(batch)}


class Twice(OwnGru):
    def forward(self, ids):
        return super().forward(ids) + super().forward(ids)


class Pair(OwnGru):
    def forward(self, ids):
        return super().forward(ids), None


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Linear(3, 3), "Linear has a state of unknown size"),
        (len, "has a state of unknown size"),
        (Unsized(), "Unsized has a state of unknown size, with a dict in it"),
        (Twice(), r"runs its recurrent layers \[2\] times"),
        (Pair(), "gives a tuple, not logits"),
        (OwnGru(bidirectional=True), "bidirectional"),
    ],
    ids=["no-layers", "function", "dict", "twice", "tuple", "bidirectional"],
)
def test_what_has_a_state_of_unknown_size_is_refused(network, message):
    with pytest.raises(UsageError, match=message):
        one_pass(network, 9)


def test_a_state_that_grows_is_refused():
    class Grows(Counter):
        def step(self, state, tokens):
            return [state[0], (torch.cat([state[1][0], tokens[:, None].float()], dim=1),)]

    with pytest.raises(UsageError, match="the state of Grows changes its size"):
        one_pass(Grows(), 9)


def test_a_machine_that_mixes_its_batch_or_fails_is_refused_in_one_line():
    class Mixes(Counter):
        def step(self, state, tokens):
            seen = tokens[:, None].float()
            return [state[0], (state[1][0] + seen - seen.mean(),)]

    class Fails(Counter):
        def step(self, state, tokens):
            raise RuntimeError("no\nway")

    with pytest.raises(UsageError, match="rows of a batch do not mix"):
        one_pass(Mixes(), 9)
    with pytest.raises(UsageError, match=r"Fails fails on 9 ids below 9 \(RuntimeError: no\)"):
        one_pass(Fails(), 9)


def test_hooks_are_gone_after_a_call_and_after_an_error():
    network = OwnGru()
    machine = one_pass(network, 9)
    with pytest.raises(IndexError):
        machine(torch.full((1, 3), 99))
    assert not network.layers._forward_hooks and not network.layers._forward_pre_hooks
