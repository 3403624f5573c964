"""Traces are the runs: nothing is left out, nothing added, and all of it is JSON."""

import json

import numpy as np
import pytest

from logdepth import Table, compile_task, make_task
from logdepth.mpc import Packets, Protocol, Recorder, Records, run_locally
from logdepth.programs import Repeat, in_order, interpret
from logdepth.solutions import program_for
from logdepth.tasks import TASKS
from logdepth.traces import trace_model, trace_of_run, trace_program, trace_protocol
from logdepth.verification.sizes import small_sizes

SIZES = dict(small_sizes())


@pytest.mark.parametrize("name", TASKS)
def test_a_program_s_trace_has_every_statement_as_often_as_it_is_carried_out(name):
    task = make_task(name, SIZES[name])
    program, columns = program_for(task), task.encode(task.sample(np.random.default_rng(2)))
    trace = trace_program(program, columns)
    meant = interpret(program, columns)
    assert all(np.array_equal(trace.outputs[key], values) for key, values in meant.items())
    turns = {number: [s.turn for s in trace.steps if s.number == number] for number in {s.number for s in trace.steps}}
    assert turns.keys() == set(range(1, len(in_order(program.statements)) + 1))
    for number, statement in enumerate(in_order(program.statements), start=1):
        assert turns[number] == list(range(len(turns[number])))
        if statement in program.statements:
            assert len(turns[number]) == (statement.times + 1 if isinstance(statement, Repeat) else 1)


def test_a_loop_s_state_is_seen_before_every_turn_and_after_the_last():
    table = Table("powers", rows=3)
    x = table.input("x", high=2)
    table.output("y", table.repeat(3, lambda now: table.map(lambda v: 2 * v, now, high=16), x, high=16, name="now"))
    steps = trace_program(table.program(), {"x": [0, 1, 2]}).steps
    states = [next(iter(step.columns.values())).tolist() for step in steps if isinstance(step.statement, Repeat)]
    assert states == [[0, 1, 2], [0, 2, 4], [0, 4, 8], [0, 8, 16]]
    assert [step.number for step in steps] == [1, 2, 1, 2, 1, 2, 1]


def ring(machines, rounds):
    def step(number):
        def tell(memory, mail):
            owner = memory["x"].owner
            packets = Packets(owner, (owner + number + 1) % machines, {"x": owner})
            return memory, {"x": packets} if number < rounds else {}

        return tell

    protocol = Protocol("ring", machines, 4, [step(number) for number in range(rounds + 1)])
    return protocol, {"x": Records(np.arange(machines), {"x": np.arange(machines)})}


def test_the_rounds_of_a_trace_are_those_of_the_engine():
    protocol, memory = ring(6, 4)
    run, trace = run_locally(protocol, memory), trace_protocol(protocol, memory)
    assert (trace.name, trace.machines, trace.memory, trace.watched) == ("ring", 6, 4, True)
    assert (trace.most_sent, trace.most_received, trace.total) == (run.most_sent, run.most_received, run.total)
    for number, (each, cost) in enumerate(zip(trace.rounds, run.traffic, strict=True), start=1):
        assert each.number == number
        for name in ("routine", "held", "sent", "received", "total", "packets"):
            assert getattr(each, name) == getattr(cost, name)
        assert np.array_equal(each.words, np.roll(np.eye(6, dtype=int), number, axis=0))
    told = json.loads(json.dumps(trace.as_json()))
    assert [each["words"] for each in told["rounds"]] == [each.words.tolist() for each in trace.rounds]
    assert told["groups"] == {"machines": 6} and told["starts"] == list(range(7))


def test_rounds_that_were_not_watched_are_there_without_their_words():
    """A run that goes on from a checkpoint is watched in its last rounds; one on Ray in none."""
    protocol, memory = ring(6, 4)
    run, recorder = run_locally(protocol, memory), Recorder(protocol)
    run_locally(protocol, memory, recorder.watch)
    recorder.words = recorder.words[3:]
    assert [each.words is None for each in trace_of_run(protocol, run, recorder).rounds] == [True, True, True, False]
    unwatched = trace_of_run(protocol, run)
    assert not unwatched.watched and all(each.words is None for each in unwatched.rounds)
    assert unwatched.total == run.total


def test_machines_and_transformer_look_at_the_same_keys():
    """k-hop in float64: heads that select, so that every row but the start token has one key of greatest weight."""
    trace = trace_model(compile_task(make_task("k-hop", n=16, k=4), "float64"))
    keys = [found for found in trace.transformer.keys if found is not None]
    told = json.loads(json.dumps(trace.simulation.as_json()))
    assert [np.array(layer).tolist() for layer in told["keys"]] == [found.tolist() for found in keys]
    assert len(told["mpc"]["rounds"]) == len(keys) * told["rounds_each"]
    assert np.array_equal(trace.answer, trace.exact)
