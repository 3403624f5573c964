"""Machines that users write: right ones are not refuted however they are written, and bad code is one line."""

from collections import namedtuple

import pytest
import torch
from torch import nn

from logdepth import make_task
from logdepth.networks import one_pass
from logdepth.numerics.errors import UsageError
from logdepth.refuters import NotRefuted, Search, TokenNetwork, encoding_of, refute

KEYS, NAMES = 16, 18
TASK = make_task("recall", {"n": KEYS, "keys": KEYS, "values": 2})
State = namedtuple("State", "key cells")


def suspect(machine):
    return TokenNetwork(TASK, one_pass(machine, NAMES), encoding_of(TASK), "mine")


class Cells:
    """A cell for every key, so that it is right."""

    format = torch.float64

    def start(self, batch):
        return State(torch.zeros(batch, 1, dtype=self.format), torch.zeros(batch, KEYS, dtype=self.format))

    def step(self, state, tokens):
        key, cells, is_key = state[0][:, 0].long(), state[1], tokens < KEYS
        here = torch.arange(KEYS) == key[:, None]
        written = torch.where(here & ~is_key[:, None], (tokens == KEYS + 1)[:, None].to(cells.dtype), cells)
        return State(torch.where(is_key, tokens, key)[:, None].to(cells.dtype), written)

    def logits(self, state):
        value = state[1].gather(1, state[0].long())[:, 0]
        return nn.functional.one_hot(KEYS + value.long(), NAMES).float()


class InPlace(Cells):
    """It writes over the state and the tokens that it is given, and wipes the state when it has answered."""

    def step(self, state, tokens):
        for old, new in zip(state, super().step(state, tokens), strict=True):
            old.copy_(new)
        tokens.zero_()
        return state

    def logits(self, state):
        said = super().logits(state)
        state.cells.zero_()
        return said


class Rounded(Cells):
    format = torch.bfloat16


class OtherwiseInALargeBatch(Cells):
    """Its logits are nearly equal, and in a large batch the other one is the greater."""

    def logits(self, state):
        near = 1 + 1e-4 * super().logits(state)[:, KEYS:] * (1 if len(state[0]) < 40 else -1)
        return torch.cat([torch.zeros(len(near), KEYS), near], dim=1)


@pytest.mark.parametrize("kind", [Cells, InPlace, Rounded, OtherwiseInALargeBatch])
def test_a_machine_with_a_cell_for_every_key_is_not_refuted(kind, monkeypatch):
    monkeypatch.setattr("logdepth.refuters.one_pass.COMPARED", 4)
    assert isinstance(refute(suspect(kind()), Search(seconds=1.0)), NotRefuted)


class Word:
    """All bits in one whole number, the lowest at `lowest`: it is right, too."""

    def __init__(self, lowest):
        self.lowest = lowest

    def start(self, batch):
        return torch.zeros(batch, dtype=torch.int64), torch.full((batch,), 1 << (self.lowest + KEYS))

    def step(self, state, tokens):
        (key, word), is_key = state, tokens < KEYS
        bit = 1 << (key + self.lowest)
        written = torch.where(tokens == KEYS + 1, word | bit, word & ~bit)
        return torch.where(is_key, tokens, key), torch.where(is_key, word, written)

    def logits(self, state):
        key, word = state
        return nn.functional.one_hot(KEYS + (word >> (key + self.lowest) & 1), NAMES).float()


def test_a_word_is_compared_whole_or_not_at_all():
    assert isinstance(refute(suspect(Word(36)), Search(seconds=1.0)), NotRefuted)
    with pytest.raises(UsageError, match=r"a whole number from 2\^53 on"):
        suspect(Word(37))


class KeepsItself(Cells):
    """All tokens are in the machine, and none in its state."""

    def start(self, batch):
        self.read = []
        return torch.zeros(batch, 1)

    def step(self, state, tokens):
        self.read.append(tokens.clone())
        return state

    def logits(self, state):
        state = super().start(len(self.read[0]))
        for tokens in self.read:
            state = super().step(state, tokens)
        return super().logits(state)


def test_what_is_kept_beside_the_state_is_noticed():
    with pytest.raises(UsageError, match="keeps more of its tokens than its state"):
        refute(suspect(KeepsItself()))


class FailsLate(Cells):
    def step(self, state, tokens):
        if len(tokens) > 10:
            raise SystemExit(0)
        return super().step(state, tokens)


def test_code_that_fails_in_the_search_or_leaves_is_one_line():
    with pytest.raises(UsageError, match=r"mine fails on ids of shape \(512, 32\) \(SystemExit: 0\)"):
        refute(suspect(FailsLate()))


class Says(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.make = make

    def forward(self, ids):
        return self.make(ids.shape)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda shape: torch.zeros(*shape, NAMES, dtype=torch.bool), "18 values of bool for logits"),
        (lambda shape: torch.zeros(*shape, NAMES, dtype=torch.complex64), "18 values of complex64"),
        (lambda shape: torch.zeros(*shape, NAMES, device="meta"), "no values of float32"),
        (lambda shape: torch.zeros(*shape, 0), "0 values of float32"),
        (lambda shape: exit(0), "SystemExit"),
    ],
)
def test_what_has_no_highest_logit_is_one_line(make, message):
    with pytest.raises(UsageError, match=message):
        TokenNetwork(TASK, Says(make), encoding_of(TASK), "mine")


def test_a_module_may_change_the_ids_that_it_is_given():
    class Clamps(nn.Module):
        def forward(self, ids):
            return nn.functional.one_hot(ids.clamp_(0, 3), NAMES).float()

    ids = torch.full((1, 5), 9).numpy()
    TokenNetwork(TASK, Clamps(), encoding_of(TASK), "mine").logits(ids)
    assert (ids == 9).all()


def test_a_large_state_is_compared_for_fewer_first_parts(monkeypatch):
    monkeypatch.setattr("logdepth.refuters.one_pass.NUMBERS", 20 * (KEYS + 1))
    found = refute(suspect(Cells()), Search(seconds=1.0))
    assert isinstance(found, NotRefuted) and found.attempts[0].count == 20
