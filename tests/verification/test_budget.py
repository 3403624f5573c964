"""Verification within a time: it ends in time, says so, and more time judges the same instances and more. The clock is
ours: it goes on by one second each time that somebody looks at it, or by what a batch is said to take."""

from collections.abc import Callable
from math import inf

import numpy as np
import pytest

from logdepth import Program, Table, compile_program
from logdepth.artefacts import compile_protocol, compile_task
from logdepth.cli.checking import Extent, check
from logdepth.numerics.errors import UsageError
from logdepth.programs import RawProtocol
from logdepth.tasks import make_task
from logdepth.verification import (
    OutOfTime,
    fewest_mantissa_bits,
    precision,
    telling_instances,
    verify,
    verify_program,
    verify_protocol,
)
from logdepth.verification import budget as budgets
from logdepth.verification.batches import cost
from logdepth.verification.budget import Budget


class Clock:
    """Seconds that pass only when they are told to, and `tick` of them at each look."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Callable[[float], Clock]:
    def start(tick: float) -> Clock:
        made = Clock(tick)
        monkeypatch.setattr(budgets, "perf_counter", made)
        return made

    return start


@pytest.fixture
def judged(monkeypatch):
    """What the model was asked, in order."""
    asked = []
    task = type(make_task("sort"))
    solve = task.solve

    def spy(self, instance):
        asked.append(tuple(np.asarray(instance).tolist()))
        return solve(self, instance)

    monkeypatch.setattr(task, "solve", spy)
    return asked


def test_without_a_time_and_without_a_number_of_samples_a_verification_takes_ten_seconds(clock):
    model = compile_task(make_task("sort", {"n": 6, "high": 2}))
    clock(1)
    found = verify(model, seconds=None)
    assert inf == budgets.SECONDS, "tests set no limit unless they ask for one: see conftest.py"
    assert found.stopped is None and found.instances == found.planned


def test_a_verification_that_is_stopped_says_so(clock, monkeypatch):
    monkeypatch.setattr(budgets, "SECONDS", 10.0)
    model = compile_task(make_task("sort", {"n": 6, "high": 2}))
    clock(1)
    found = verify(model)
    assert found.stopped == 10.0
    assert 0 < found.instances < found.planned
    assert found.as_json().items() >= {"planned": found.planned, "stopped": 10.0, "longest": found.longest}.items()
    assert verify(model, samples=50).stopped is None, "who asks for a number gets it"
    assert verify(model, exhaustive=True).stopped is None
    assert verify(model, samples=50, seconds=10).stopped == 10


def test_more_time_judges_the_same_instances_and_more(clock, judged):
    model = compile_task(make_task("sort", {"n": 7, "high": 2}))
    before: list[tuple[int, ...]] = []
    for seconds in (2, 5, 10, 20, 40, 80, inf):
        clock(1)
        judged.clear()
        found = verify(model, seconds=seconds)
        assert len(judged) == found.instances
        assert judged[: len(before)] == before
        before = list(judged)
        sizes = [len(instance) for instance in judged]
        assert all(sizes.count(size) >= 3**size for size in range(1, found.exhaustive_up_to + 1))
        assert found.longest == max(sizes, default=0)
    assert found.instances == found.planned


def test_large_instances_are_judged_early(clock, judged):
    """A third of the way through the samples, a third of all the largest ones are judged."""
    model = compile_task(make_task("sort", {"n": 40, "high": 60}))
    verify(model)
    largest = [len(instance) == 40 for instance in judged]
    small = len(judged) - 400
    assert sum(largest[small : small + 134]) >= sum(largest) / 3 - 5


def test_a_batch_that_would_take_as_long_again_is_not_begun(clock):
    made = clock(0)
    budget = Budget(10)
    assert budget.begin(1e8)
    made.now += 4  # a slow machine: 2.5e7 scores a second, and what it has shown is not below what is taken for granted
    budget.end()
    assert budget.begin(1.5e9)
    made.now += 3  # 5e8 scores a second
    budget.end()
    assert budget.begin(5e9)
    assert not budget.begin(8e9)
    assert budget.stopped
    assert not budget.begin(0), "stopped is stopped"


def test_a_time_that_is_none_is_refused():
    for seconds in (0, -1, float("nan")):
        with pytest.raises(UsageError, match="above 0 s"):
            verify(compile_task(make_task("sort", {"n": 5})), seconds=seconds)


def test_programs_are_verified_within_a_time_too(clock, monkeypatch):
    table = Table("last", rows=9)
    token = table.input("token", high=3)
    table.output("same", table.last(key=token, query=token, values=table.index))
    program = table.program()
    model = compile_program(program)
    seen: list[list[int]] = []
    original = Program.run

    def spy(program, table):
        seen.append(np.asarray(table["token"]).tolist())
        return original(program, table)

    monkeypatch.setattr(Program, "run", spy)
    before: list[list[int]] = []
    for seconds in (5, 200, 500, 1000, inf):
        clock(1)
        seen.clear()
        found = verify_program(program, model, seconds=seconds)
        assert seen[: len(before)] == before
        assert found.instances <= len(seen)
        assert (found.stopped is None) == (found.instances == found.planned)
        before = list(seen)
    clock(1)
    assert verify_program(program, model, samples=5).stopped is None


def test_mantissa_bits_that_cannot_be_counted_in_time_are_not_counted(clock):
    model = compile_task(make_task("sort", {"n": 6, "high": 2}))
    instances = telling_instances(model)
    clock(1)
    with pytest.raises(OutOfTime):
        fewest_mantissa_bits(model, instances, seconds=5)
    assert fewest_mantissa_bits(model, instances, seconds=10_000) == fewest_mantissa_bits(model, instances)


def test_mantissa_bits_do_not_depend_on_how_busy_the_machine_is(clock, monkeypatch):
    """A verification that had no time for all it planned still counts the bits: their limit is of work, not of time."""
    monkeypatch.setattr(budgets, "SECONDS", 3.0)
    model = compile_task(make_task("sort", {"n": 6, "high": 2}))
    clock(1)
    verified = check(model, Extent()).verified
    assert verified["stopped"] == 3.0
    assert verified["precision_bits"] == fewest_mantissa_bits(model, telling_instances(model))
    clock(1)
    assert "precision_bits" not in check(model, Extent(seconds=4.0)).verified, "who gives a time gets no more"


def test_instances_that_cost_too_much_are_left_out_by_count(monkeypatch):
    model = compile_task(make_task("sort", {"n": 6, "high": 2}))
    instances = telling_instances(model)
    assert len(instances[0]) == 6, "a largest one comes first"
    largest = cost(model.transformer, 7)
    monkeypatch.setattr(precision, "MOST_SCORES", largest)
    assert [each.tolist() for each in telling_instances(model)] == [instances[0].tolist()]
    monkeypatch.setattr(precision, "MOST_SCORES", largest - 1)
    assert telling_instances(model) == []
    assert "precision_bits" not in check(model, Extent()).verified
    with pytest.raises(UsageError, match="on one instance or more"):
        fewest_mantissa_bits(model, [])


def test_bits_are_counted_on_columns_where_all_answers_are_the_same():
    """The output is 0 on every table, with one bit too; but the count that it comes from may be 100: seven bits."""
    table = Table("trivial", rows=100, causal=True)
    count = table.count(where=table.input("token", high=1))
    table.output("never", table.map(lambda n, i: n == 2 * i, count, table.index, high=1))
    model = compile_program(table.program())
    tables = telling_instances(model)
    assert not any(model.run(each)["never"].any() for each in tables)
    assert 7 <= fewest_mantissa_bits(model, tables) <= 24


def test_protocols_are_verified_within_a_time_too(clock):
    def send(machine, state, inbox):
        return state, [(5 - machine, state["x"])]

    def keep(machine, state, inbox):
        return {"x": inbox[0][1]}, []

    raw = RawProtocol("swap", machines=4, slots=1, state={"x": 3}, words={"x": 3}, steps=[send, keep])
    model = compile_protocol(raw, "exact")
    found = []
    for seconds in (3, 6, inf):
        clock(1)
        found.append(verify_protocol(raw, model, seconds=seconds))
    assert [it.stopped for it in found] == [3, 6, None]
    assert found[0].instances < found[1].instances < found[2].instances == found[2].planned
    assert not any(it.wrong for it in found)
