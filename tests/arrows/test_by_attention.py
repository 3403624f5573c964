"""Any protocol of the engine runs on attention layers that are weights, with its own steps as local functions."""

import numpy as np
import pytest

from logdepth import UsageError, make_task
from logdepth.arrows.mpc_to_transformer.by_attention import run_by_attention
from logdepth.mpc import Packets, Protocol, Records, run_locally
from logdepth.protocols.three_sum import answers, dealt, three_sum
from logdepth.protocols.three_sum_layout import three_sum_layout


def exchange_of_rows(memory, mail):
    """Machine v sends one word to v + 1, and two packets of two words to v + 2 mod 6."""
    held = memory["x"]
    owner, x = held.owner, held["x"]
    pair = np.stack([x, -x], axis=1)
    b = Packets(np.repeat(owner, 2), np.repeat((owner + 2) % 6, 2), {"pair": np.repeat(pair, 2, axis=0)})
    a = Packets(owner[:-1], owner[:-1] + 1, {"x": x[:-1]})
    return {"x": Records(owner, {"x": x + owner})}, {"b": b, "a": a, "none": a.take(np.array([], dtype=int))}


def keep(memory, mail):
    return {
        "a": Records(mail["a"].destination, dict(mail["a"].fields)),
        "b": Records(mail["b"].destination, dict(mail["b"].fields)),
    }, {}


def rows():
    protocol = Protocol("rows", 6, 10, (exchange_of_rows, exchange_of_rows, keep))
    return protocol, {"x": Records(np.arange(6), {"x": np.arange(6) * 100})}


def test_the_mail_of_every_round_is_the_engines():
    protocol, memory = rows()
    direct = run_locally(protocol, memory)
    done = run_by_attention(protocol, memory, slots=3, words=2)
    assert done.unlike == 0 and done.run.traffic == direct.traffic
    assert done.layers == 4 and done.router.heads == max(3 * 2 // 2 + 3 * 2, 9)
    for kind, records in direct.memory.items():
        assert np.array_equal(done.run.memory[kind].owner, records.owner)
        assert all(np.array_equal(done.run.memory[kind][name], values) for name, values in records.fields.items())


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ({"slots": 2, "words": 2}, "sends more than 2 packets"),
        ({"slots": 3, "words": 1}, "1 words below 16777216 were"),
    ],
)
def test_a_broken_promise_is_told(promise, rule):
    with pytest.raises(UsageError, match=rule):
        run_by_attention(*rows(), **promise)


@pytest.mark.parametrize("count", [5, pytest.param(16, marks=pytest.mark.slow)])
def test_three_sum_in_a_constant_number_of_layers(count):
    modulus = count**2
    numbers = np.random.default_rng(0).integers(0, modulus, count)
    layout, protocol = three_sum_layout(count, modulus), three_sum(count, modulus)
    done = run_by_attention(protocol, dealt(numbers, layout), slots=16, words=8)
    assert done.unlike == 0 and done.layers == 2 * layout.rounds
    assert np.array_equal(answers(done.run.memory), make_task("3-sum", {"modulus": modulus}).solve(numbers))
