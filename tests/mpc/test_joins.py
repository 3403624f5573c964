"""Joins, agreement and copies: equal to plain Python for every skew, within every budget, in the promised rounds."""

import numpy as np
import pytest

from logdepth.mpc import Loop, Packets, Protocol, Records, Routine, local, run_locally
from logdepth.mpc.primitives import agree, broadcast, chain, distinct, pull, push
from logdepth.mpc.primitives import costs as bounds
from logdepth.numerics.errors import UsageError

ASKED = {
    "random": lambda rng, n, keys: rng.integers(0, keys, n),
    "all one key": lambda rng, n, keys: np.full(n, keys // 2),
    "nobody has it": lambda rng, n, keys: np.full(n, keys),
    "each another": lambda rng, n, keys: np.arange(n) % keys,
    "half one key": lambda rng, n, keys: np.where(np.arange(n) % 2, 3 % keys, rng.integers(0, keys, n)),
}
SIZES = [(1, 4, 5), (2, 7, 3), (6, 40, 9), (25, 100, 40)]  # machines, askers, keys


def evenly(n, machines):
    return np.sort(np.arange(n) % machines)


def run_of(routine, machines, memory, kinds, blocks=(1, 2, 5)):
    """The run, the same in any number of blocks."""
    runs = [run_locally(Protocol("p", machines, memory, (routine,)), kinds, blocks=b, digests=True) for b in blocks]
    for run in runs:
        assert [round_.digest for round_ in run.traffic] == [round_.digest for round_ in runs[0].traffic]
        assert run.rounds == routine.rounds
        assert run.memory.keys() == kinds.keys()
    return runs[0]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(("machines", "n", "keys"), SIZES)
def test_every_asking_record_reads_the_record_with_its_key(asked, machines, n, keys):
    rng = np.random.default_rng(0)
    holders = rng.permutation(keys)[: keys - keys // 4]
    table = Records(evenly(len(holders), machines), {"id": holders, "a": holders * 2, "b": rng.random(len(holders))})
    asking = Records(np.sort(rng.integers(0, machines, n)), {"key": ASKED[asked](rng, n, keys), "z": np.arange(n)})
    per_machine = -(-(n + len(holders)) // machines)
    spare = max(bounds.least_spare(machines), bounds.least_on_tree(machines, bounds.words_of_ends(1, 3)))
    for words in (spare, 500):
        routine = pull(
            "asking", "table", {"key": keys}, {"a": "x", "b": "y"}, at=["id"], found="found", missing=-5,
            machines=machines, per_machine=per_machine, spare=words,
        )  # fmt: skip
        claim = bounds.joining(machines, words, [keys], offered=2, state=3)
        most = np.bincount(asking.owner, minlength=machines).max()
        held = 2 * most + 3 * -(-len(holders) // machines)
        memory = held + max(claim.words * max(per_machine, most + -(-len(holders) // machines)) + words, 4 * most)
        run = run_of(routine, machines, int(memory), {"asking": asking, "table": table})
        assert run.rounds == claim.rounds
        known = dict(zip(holders.tolist(), zip(table["a"], table["b"], strict=True), strict=True))
        found = run.memory["asking"]
        assert np.array_equal(found["z"], asking["z"]) and np.array_equal(found.owner, asking.owner)
        for key, *answer in zip(*(found[name] for name in ("key", "x", "y", "found")), strict=True):
            assert tuple(answer) == ((*known[key], 1) if key in known else (-5, -5, 0))
        assert found["x"].dtype.kind == "i" and found["y"].dtype.kind == "f"
        assert run.memory["table"].fields.keys() == table.fields.keys()


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(("machines", "n", "keys"), SIZES)
def test_every_receiver_gets_what_its_senders_add_up_to(asked, machines, n, keys):
    rng = np.random.default_rng(1)
    receivers = Records(evenly(keys, machines), {"id": rng.permutation(keys)})
    sent = Records(
        np.sort(rng.integers(0, machines, n)), {"to": ASKED[asked](rng, n, keys), "v": rng.integers(0, 9, n)}
    )
    reduce = {
        "sum": ("sum", "v"),
        "min": ("min", "v"),
        "max": ("max", "v"),
        "first": ("first", "v"),
        "last": ("last", "v"),
    }
    for words in (400, 2000):
        routine = push(
            "sent", "receivers", {"to": keys}, reduce, at=["id"], found="any", missing=-1,
            machines=machines, per_machine=-(-(n + keys) // machines), spare=words,
        )  # fmt: skip
        run = run_of(routine, machines, 4000, {"sent": sent, "receivers": receivers})
        found = run.memory["receivers"]
        for place, key in enumerate(found["id"]):
            values = sent["v"][sent["to"] == key].tolist()
            expected = [sum(values)] + (
                [min(values), max(values), values[0], values[-1], 1] if values else [-1] * 4 + [0]
            )
            assert [found[name][place] for name in (*reduce, "any")] == expected


@pytest.mark.parametrize(("machines", "n", "keys"), SIZES)
def test_duplicates_go_and_the_first_stays(machines, n, keys):
    rng = np.random.default_rng(2)
    for drawn in ASKED.values():
        fields = {"u": drawn(rng, n, keys), "v": rng.integers(0, 2, n), "number": np.arange(n)}
        records = Records(np.sort(rng.integers(0, machines, n)), fields)
        routine = distinct("x", {"u": keys, "v": 1}, machines=machines, per_machine=-(-n // machines), spare=200)
        found = run_of(routine, machines, 1000, {"x": records}).memory["x"]
        first = {}
        for u, v, number in zip(*fields.values(), strict=True):
            first.setdefault((u, v), number)
        assert found["number"].tolist() == [first[pair] for pair in sorted(first)]


@pytest.mark.parametrize("machines", [1, 2, 3, 17, 100])
def test_everybody_is_told_what_all_add_up_to(machines):
    rng = np.random.default_rng(3)
    for n in (1, 5, 60):
        records = Records(np.sort(rng.integers(0, machines, n)), {"v": rng.integers(0, 9, n), "w": rng.random(n) < 0.1})
        reduce = {"go_on": ("or", "w"), "sum": ("sum", "v"), "least": ("min", "v"), "most": ("max", "v")}
        for spare in (bounds.least_on_tree(machines, 4), 500):
            routine = agree("x", "told", reduce, machines=machines, spare=spare)
            assert routine.rounds == 2 * bounds.reduction_levels(machines, spare, 4)
            memory = 4 + max(spare, 2 * int(np.bincount(records.owner).max()))
            run = run_locally(Protocol("p", machines, memory, (routine,)), {"x": records})
            told = run.memory["told"]
            assert np.array_equal(told.owner, np.arange(machines))
            v = records["v"]
            for name, value in zip(reduce, (records["w"].any(), v.sum(), v.min(), v.max()), strict=True):
                assert (told[name] == value).all()
            assert run.most_received <= spare and run.most_sent <= spare


@pytest.mark.parametrize("machines", [1, 2, 3, 17, 100])
def test_everybody_gets_a_copy_of_few_records_in_their_order(machines):
    records = Records(
        np.array([machines - 1, machines // 2, machines // 2]), {"a": np.arange(3), "b": np.arange(3) / 2}
    )
    for spare in (bounds.least_on_tree(machines, 6), 2000):
        routine = broadcast("x", "copy", words=6, machines=machines, spare=spare)
        run = run_locally(Protocol("p", machines, spare + 12, (routine,)), {"x": records}, blocks=2)
        levels = bounds.reduction_levels(machines, spare, 6)
        assert run.rounds == routine.rounds == levels + (machines > 1)
        copy, settled = run.memory["copy"], records.settle()
        assert np.array_equal(copy.owner, np.repeat(np.arange(machines), 3))
        assert np.array_equal(copy["a"], np.tile(settled["a"], machines))
        assert run.most_sent <= max(spare, 4)


def test_a_loop_ends_by_what_the_machines_agree_on():
    """Records count down, each from another number; all stop when the last one has."""

    def step(memory):
        left = np.maximum(memory["x"]["left"] - 1, 0)
        return {"x": Records(memory["x"].owner, {"left": left, "some": left > 0})}

    body = (local("count", step), agree("x", "verdict", {"go_on": ("or", "some")}, machines=30, spare=20))
    start = {"x": Records(np.arange(0, 30, 3), {"left": np.arange(10), "some": np.ones(10)})}
    run = run_locally(Protocol("p", 30, 30, (Loop(body, "verdict", most=20),)), start, blocks=3)
    assert run.rounds == 9 * body[1].rounds and not run.memory["x"]["left"].any()


def test_a_chain_is_its_parts_and_adds_their_rounds():
    def send(memory, mail):
        x = memory["x"]
        return {"x": x.take(np.arange(0))}, {"x": Packets(x.owner, (x.owner + 1) % 4, x.fields)}

    def keep(memory, mail):
        return {"x": Records(mail["x"].destination, mail["x"].fields)}, {}

    on = Routine("on", (send, keep))
    both = chain("both", on, lambda memory: {"x": Records(memory["x"].owner, {"v": memory["x"]["v"] + 1})}, on)
    assert both.rounds == 2
    run = run_locally(Protocol("p", 4, 4, (both,)), {"x": Records(np.arange(4), {"v": np.arange(4)})}, blocks=2)
    assert run.memory["x"]["v"].tolist() == [3, 4, 1, 2]


def test_joins_that_make_no_sense_are_refused():
    sizes = {"machines": 4, "per_machine": 2, "spare": 200}
    with pytest.raises(UsageError, match="a key of 1 fields cannot match one of 2"):
        pull("x", "y", {"a": 3}, {"b": "c"}, at=["d", "e"], **sizes)
    with pytest.raises(UsageError, match="a key of 1 fields cannot match one of 2"):
        push("x", "y", {"a": 3}, {"c": ("min", "b")}, at=["d", "e"], **sizes)
    with pytest.raises(UsageError, match="reduce fields by one of or, sum, min, max"):
        agree("x", "y", {"a": ("and", "b")}, machines=4, spare=200)
