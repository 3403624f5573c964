"""Sends and questions to known homes: equal to plain Python for every skew, 2 and 4 rounds, within every budget."""

import numpy as np
import pytest

from logdepth.mpc import Protocol, Records, run_locally
from logdepth.mpc.primitives import Scan, ask_home, send_home
from logdepth.mpc.primitives.costs import Homes

KEYS = {
    "random": lambda rng, n, keys, each: rng.integers(0, keys, n),
    "all one key": lambda rng, n, keys, each: np.full(n, keys - 1),
    "one home": lambda rng, n, keys, each: rng.integers(0, min(keys, each), n),
    "one group": lambda rng, n, keys, each: np.arange(n) % max(1, keys // 3),
    "each another": lambda rng, n, keys, each: np.arange(n) % keys,
}
SIZES = [(1, 5, 3), (2, 3, 7), (5, 4, 20), (16, 3, 48), (23, 2, 300), (23, 6, 5)]  # machines, records each, keys


def run_of(routine, machines, memory, kinds):
    runs = [run_locally(Protocol("p", machines, memory, (routine,)), kinds, blocks=b, digests=True) for b in (1, 2, 5)]
    assert all([r.digest for r in run.traffic] == [r.digest for r in runs[0].traffic] for run in runs)
    return runs[0]


@pytest.mark.parametrize("drawn", KEYS)
@pytest.mark.parametrize(("machines", "each", "keys"), SIZES)
def test_what_is_sent_meets_at_home(machines, each, keys, drawn):
    rng = np.random.default_rng(0)
    n = machines * each
    key = KEYS[drawn](rng, n, keys, -(-keys // machines))
    sent = Records(np.arange(n) // each, {"key": key, "a": rng.integers(0, 9, n), "p": rng.permutation(n)})
    for scan, of in (
        (Scan("sum", ("a",), ("x",)), lambda mine: sent["a"][mine].sum()),
        (Scan("max", ("a",), ("x",)), lambda mine: sent["a"][mine].max()),
        (Scan("first", ("a",), ("x",), priority="p"), lambda mine: sent["a"][mine][sent["p"][mine].argmin()]),
    ):
        memory = Homes(machines, each, keys).to_send(max(3, scan.words))
        run = run_of(send_home("x", "table", scan, keys=keys, machines=machines), machines, memory, {"x": sent})
        table = run.memory["table"]
        assert table["key"].tolist() == sorted(set(key.tolist())) and run.rounds == 2
        assert np.array_equal(table.owner, table["key"] // -(-keys // machines))
        assert table["x"].tolist() == [of(key == k) for k in table["key"]]
        assert run.memory.keys() == {"table"}


@pytest.mark.parametrize("drawn", KEYS)
@pytest.mark.parametrize(("machines", "each", "keys"), SIZES)
def test_every_question_is_answered_from_home(machines, each, keys, drawn):
    rng = np.random.default_rng(1)
    n, homes = machines * each, -(-keys // machines)
    there = np.flatnonzero(rng.random(keys) < 0.8)
    table = Records(there // homes, {"key": there, "a": rng.integers(1, 9, len(there)), "b": rng.random(len(there))})
    asked = Records(np.arange(n) // each, {"key": KEYS[drawn](rng, n, keys, homes)})
    routine = ask_home("x", "table", {"a": "u", "b": "v"}, keys=keys, machines=machines)
    run = run_of(routine, machines, Homes(machines, each, keys).to_ask(2, 3), {"x": asked, "table": table})
    values = np.zeros((2, keys))
    values[:, there] = table["a"], table["b"]
    assert np.array_equal(run.memory["x"]["u"], values[0, asked["key"]])
    assert np.array_equal(run.memory["x"]["v"], values[1, asked["key"]])
    assert run.rounds == 4 and run.memory.keys() == {"x"}
