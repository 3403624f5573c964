"""T1 with a token for every packet: exact for all legal traffic, narrow, and equal rounds share their weights."""

import itertools

import numpy as np
import pytest

from logdepth import RawProtocol, UsageError, compile_protocol, read_model, verify_protocol, write_model
from logdepth.arrows.mpc_to_transformer import mpc_to_program, places_of, state_name
from logdepth.arrows.mpc_to_transformer.router_costs import costs_of
from logdepth.arrows.mpc_to_transformer.theorem import round_of
from logdepth.programs import interpret, program_from_json
from logdepth.solutions.graphs.cycle_protocol import cycle_protocol
from logdepth.verification.traffic import PATTERNS, deliver, packets_of, relay, relays
from logdepth.verification.verify_protocol import differences

SIZES = [(8, 1), (16, 2), (64, 2), (64, 4), (64, 8)]


def every_legal_traffic(machines, slots):
    """Destinations (slots, machines) of all of it."""
    for flat in itertools.product(range(machines + 1), repeat=slots * machines):
        destinations = np.array(flat).reshape(slots, machines)
        if np.bincount(destinations.ravel(), minlength=machines + 1)[1:].max() <= slots:
            yield destinations


@pytest.mark.parametrize(("machines", "slots"), [(1, 1), (4, 1), (1, 2), (2, 2), (3, 2), (2, 3), (1, 4)])
def test_every_legal_traffic_of_few_machines_arrives(machines, slots):
    model = compile_protocol(relay(machines, slots, 9), "packets")
    words = np.arange(slots * machines).reshape(slots, machines) % 9 + 1
    traffic = [*every_legal_traffic(machines, slots)]
    tables = [packets_of(destinations, words) for destinations in traffic]
    outputs = model.run({name: np.stack([table[name] for table in tables]) for name in tables[0]})
    arrived = np.stack([outputs[f"word {slot}"] for slot in range(slots)], axis=1)
    assert np.array_equal(arrived, [deliver(destinations, words) for destinations in traffic])


@pytest.mark.parametrize(
    ("machines", "slots", "rounds"), [*((*size, r) for size in SIZES for r in (1, 4)), (256, 8, 1)]
)
def test_size_is_within_the_formula_and_not_far_below(machines, slots, rounds):
    raw = relays(machines, slots, 1000, rounds)
    model = compile_protocol(raw, "packets", "float32")
    costs, size = costs_of("packets", round_of(raw, "float32")), model.measured
    columns = costs.columns + len(raw.state) + (costs.looped if rounds > 1 else 0)
    assert size.width <= columns <= 1.25 * size.width
    assert size.heads == costs.heads and size.layers == costs.layers * rounds + costs.once
    assert model.claimed.get("blank_tokens", 0) == model.blank == machines * (slots - 1)
    assert all(claimed <= 1.25 * getattr(size, name) for name, claimed in model.claimed.items() if hasattr(size, name))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_round_of_a_loop_is_the_engines(pattern):
    machines, slots = 9, 3
    rng = np.random.default_rng(3)
    raw = relays(machines, slots, 50, rounds=4)
    model = compile_protocol(raw, "packets")
    state = packets_of(PATTERNS[pattern](machines, slots, rng), rng.integers(1, 51, (slots, machines)))
    assert differences(raw, model, state) == []
    assert len(model.transformer.order) > len(model.transformer.blocks)  # a loop


def test_rounds_that_are_alike_share_their_weights():
    few, many = (compile_protocol(relays(6, 2, 9, rounds), "packets") for rounds in (3, 12))
    assert few.measured.parameters == many.measured.parameters
    assert (few.measured.layers, many.measured.layers) == (7, 25)
    assert compile_protocol(relays(6, 2, 9, 12), "packets", tied=False).measured.parameters > many.measured.parameters


@pytest.mark.parametrize(
    ("router", "tied"), [("packets", None), ("packets", False), ("exact", True), ("matching", True)]
)
def test_a_protocol_of_many_rounds_is_the_engines_with_and_without_loops(router, tied):
    """One cycle or two, whose destinations depend on what arrives; a matching has fixed ones."""
    raw = relays(5, 2, 9, 5) if router == "matching" else cycle_protocol(9)
    model = compile_protocol(raw, router, tied=tied)
    looped = len(model.transformer.order) > len(model.transformer.blocks)
    assert looped == (tied is not False)
    rng = np.random.default_rng(0)
    states = [packets_of(PATTERNS["full load"](5, 2, rng), rng.integers(1, 10, (2, 5))) for _ in range(4)]
    if router == "matching":
        assert verify_protocol(raw, model, states=states).wrong == 0
    else:
        assert verify_protocol(raw, model, samples=6).wrong == 0


def test_a_loop_that_is_wrong_in_a_later_round_is_found_out():
    raw, wrong = cycle_protocol(8), cycle_protocol(8)
    steps = list(wrong.steps)

    def forget(machine, state, inbox):
        following, packets = raw.steps[1](machine, state, inbox)
        return {**following, "least": machine * 0}, packets

    steps[1:-1] = [forget] * (len(steps) - 2)
    model = compile_protocol(RawProtocol(raw.name, 8, 2, raw.state, raw.words, steps, raw.sample), "packets")
    named = differences(raw, model, raw.draw(np.random.default_rng(0)))
    assert "least after step 1" in named and "least after step 2" in named


def test_a_model_knows_its_own_protocol():
    model = compile_protocol(relays(4, 2, 9, 4), "packets")
    for other in (relays(4, 2, 9, 3), relays(4, 2, 9, 5), relays(5, 2, 9, 4)):
        with pytest.raises(UsageError, match="is not the one of protocol"):
            verify_protocol(other, model, 1)
    assert state_name(2, "word 0") in places_of(relays(4, 2, 9, 4), model.transformer)


def test_equal_steps_are_one_loop_and_others_are_not():
    def step(change):
        return lambda machine, state, inbox: ({"x": (state["x"] + change) % 10}, [(machine, state["x"])])

    def end(machine, state, inbox):
        return state, []

    def blocks_of(*changes):
        raw = RawProtocol("add", 4, 2, {"x": 9}, {"w": 9}, [*map(step, changes), end])
        model = compile_protocol(raw, "packets")
        assert verify_protocol(raw, model, 5).wrong == 0
        return len(model.transformer.order) - len(model.transformer.blocks)

    assert blocks_of(1, 2, 1, 2) == 0
    assert 0 < blocks_of(1, 1, 2, 3) < blocks_of(1, 1, 1, 1)
    assert blocks_of(1, 1, 2, 2) > 0  # two loops


def test_illegal_traffic_is_refused_by_the_interpreter_and_by_the_engine():
    raw = relay(4, 2, 9)
    columns = packets_of(np.array([[1, 1, 1, 0], [0, 0, 0, 0]]), np.ones((2, 4), dtype=int))
    with pytest.raises(UsageError, match=r"column 'place' holds 0\.\.1, but row 3 has 2"):
        interpret(mpc_to_program(raw, "packets"), columns)
    with pytest.raises(UsageError, match="machine 1 is sent 3 packets in round 1; an inbox has 2"):
        verify_protocol(raw, compile_protocol(raw, "packets"), states=[columns])


def test_blank_tokens_may_be_left_out_and_no_others():
    raw = cycle_protocol(5)
    model = compile_protocol(raw, "packets")
    state = raw.draw(np.random.default_rng(0))
    short = {name: values[:4] for name, values in state.items()}
    expected = raw.run(state)
    for run in (model.run, model.program.run):
        for columns in (state, model.pad(state)):
            outputs = run(columns)
            assert all(np.array_equal(outputs[name][:5], expected[name]) for name in expected)
            assert all(len(values) == len(columns[name]) for name, values in outputs.items())
        with pytest.raises(UsageError, match="takes columns of 5 rows"):
            run(short)
    assert np.array_equal(model.answer(state), [*expected.values()])
    noise = {name: np.concatenate([values, values[:5]]) for name, values in state.items()}
    assert np.array_equal(model.run(noise)["cycles"][:5], expected["cycles"])  # blank tokens are not read


def test_a_written_model_keeps_its_blank_tokens(tmp_path):
    raw = cycle_protocol(6)
    model = compile_protocol(raw, "packets")
    write_model(model, tmp_path / "cycles")
    again = read_model(tmp_path / "cycles")
    assert again.blank == 6 and again.claimed["blank_tokens"] == 6
    assert verify_protocol(raw, again, 5).wrong == 0


def test_what_cannot_add_blank_tokens_says_so():
    raw = cycle_protocol(5)
    model = compile_protocol(raw, "packets")
    with pytest.raises(UsageError, match="has 5 blank tokens, and the explorer runs a table as it is typed"):
        model.explore()
    document = mpc_to_program(raw, "packets").as_json()
    assert document["blank"] == 5 and "blank" not in mpc_to_program(raw).as_json()
    with pytest.raises(UsageError, match="has 10 rows, and 10 of them are blank"):
        program_from_json({**document, "blank": 10})


def test_a_protocol_without_rounds_has_no_blank_tokens():
    raw = RawProtocol("alone", 4, 3, {"x": 9}, {"w": 9}, [lambda i, s, b: ({"x": (s["x"] + i) % 10}, [])])
    model = compile_protocol(raw, "packets")
    assert model.measured.layers == 0 and model.blank == 0 and verify_protocol(raw, model, 5).wrong == 0
