"""T1: after every round, the transformer's residual stream holds what the engine's machines hold."""

import itertools

import networkx as nx
import numpy as np
import pytest
import torch

from logdepth import RawProtocol, UsageError, compile_protocol, verify_protocol
from logdepth.arrows.mpc_to_transformer import inbox_name, mixed_transformer, mpc_to_program, state_name
from logdepth.arrows.mpc_to_transformer.hashing import alone, code_columns, losses, random_columns
from logdepth.arrows.mpc_to_transformer.matchings import by_exchange
from logdepth.arrows.mpc_to_transformer.router_costs import ROUTERS as CLAIMED
from logdepth.arrows.mpc_to_transformer.router_costs import costs_of, hashing_columns
from logdepth.arrows.mpc_to_transformer.routers import ROUTERS, fixed_destinations
from logdepth.arrows.mpc_to_transformer.theorem import round_of
from logdepth.arrows.raw_protocol_to_mpc import moments, raw_protocol_to_mpc, state_records
from logdepth.artefacts import compile_program
from logdepth.mpc import BudgetExceeded, ProtocolError, run_locally
from logdepth.programs import interpret
from logdepth.solutions.graphs.cycle_protocol import cycle_protocol
from logdepth.verification.traffic import PATTERNS, deliver, packets_of, relay
from logdepth.verification.verify_protocol import differences

HIGHEST = 50
MATCHINGS = {"permutation", "full load", "duplicates", "one to many", "to myself", "silence"}  # for any size
SIZES = [(1, 1), (8, 1), (7, 2), (16, 3), (32, 4)]


def traffic(pattern: str, machines: int, slots: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(machines)
    destinations = PATTERNS[pattern](machines, slots, rng)
    words = rng.integers(1, HIGHEST + 1, (slots, machines))
    return destinations, packets_of(destinations, words)


def router_for(router: str, machines: int, slots: int, destinations: np.ndarray) -> RawProtocol:
    known = destinations if router == "oblivious" else None
    return relay(machines, slots, HIGHEST, known)


COMPILED = {}


def compiled(raw: RawProtocol, router: str):
    """The model of a relay whose destinations are data, once for all patterns."""
    shape = (router, raw.machines, raw.slots)
    if shape not in COMPILED:
        COMPILED[shape] = compile_protocol(raw, router, "float32")
    return COMPILED[shape]


def within_claims(model) -> bool:
    return all(getattr(model.measured, size) <= model.claimed[size] for size in ("layers", "heads", "width", "blocks"))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(("machines", "slots"), SIZES)
@pytest.mark.parametrize("router", ROUTERS)
def test_every_router_delivers_as_the_engine_and_within_its_claim(router, machines, slots, pattern):
    if slots > machines:
        pytest.skip("more packets than machines")
    if router == "matching" and pattern not in MATCHINGS:
        pytest.skip("no matching")
    if router in ("hashed", "coded") and machines * slots**3 > 200:
        pytest.skip("wide, and slow to compile")
    destinations, columns = traffic(pattern, machines, slots)
    raw = router_for(router, machines, slots, destinations)
    model = compiled(raw, router) if router != "oblivious" else compile_protocol(raw, router, "float32")
    state = {name: values for name, values in columns.items() if name in raw.state}
    assert differences(raw, model, state) == []
    assert within_claims(model)
    outputs = model.run(state)
    inbox = np.stack([outputs[f"word {k}"] for k in range(slots)])
    words = np.stack([columns[f"word {k}"] for k in range(slots)])
    assert np.array_equal(inbox, deliver(destinations, words))


def test_every_router_has_a_claim():
    assert ROUTERS.keys() == CLAIMED.keys()


@pytest.mark.parametrize("router", ["exact", "coded"])
def test_every_legal_traffic_among_three_machines_is_delivered(router):
    raw, words = relay(3, 2, 9), np.array([[1, 2, 3], [4, 5, 6]])
    every = (np.array(flat).reshape(2, 3) for flat in itertools.product(range(4), repeat=6))
    legal = [each for each in every if max((each == machine).sum() for machine in (1, 2, 3)) <= 2]
    sent = [packets_of(destinations, words) for destinations in legal]
    model = compile_protocol(raw, router)
    found = model.run({name: np.stack([columns[name] for columns in sent]) for name in sent[0]})
    inboxes = np.stack([found["word 0"], found["word 1"]], axis=1)
    assert np.array_equal(inboxes, np.stack([deliver(destinations, words) for destinations in legal]))
    for columns in sent[::50]:
        assert differences(raw, model, columns) == []


def test_a_broken_promise_of_matchings_is_told_by_the_engine_and_by_the_interpreter():
    raw = relay(4, 2, 9)
    columns = packets_of(np.array([[1, 1, 0, 0], [0, 0, 0, 0]]), np.ones((2, 4), dtype=int))
    moments(raw, columns)
    with pytest.raises(ProtocolError, match="machine 1 is sent 2 packets of place 0 in round 1"):
        moments(raw, columns, matching=True)
    with pytest.raises(UsageError, match="row 1 reads"):
        interpret(mpc_to_program(raw, "matching"), columns)


@pytest.mark.parametrize("machines", [2, 5, 12])
@pytest.mark.parametrize("slots", [1, 2, 3, 5])
def test_legal_traffic_takes_as_many_colours_as_slots(machines, slots):
    rng = np.random.default_rng(slots)
    for _ in range(20):
        destinations = PATTERNS["ragged"](machines, slots, rng)
        colours = by_exchange(destinations, slots)
        assert ((colours >= 0) == (destinations > 0)).all() and colours.max() < slots
        for k, sender in zip(*np.nonzero(destinations), strict=True):
            alike = colours == colours[k, sender]
            assert alike[:, sender].sum() == 1  # one packet of a colour out …
            assert (alike & (destinations == destinations[k, sender])).sum() == 1  # … and one in


def test_one_layer_a_round_will_do():
    """Whatever the data: a superimposed code in place of ranks."""
    raw = cycle_protocol(12)
    model = compile_protocol(raw, "coded")
    assert model.measured.layers == raw.rounds == 4 and model.measured.heads == 1
    assert verify_protocol(raw, model, 10).wrong == 0 and within_claims(model)


@pytest.mark.parametrize(("slots", "machines"), [(1, 5), (2, 3), (2, 16), (3, 9), (4, 64), (8, 64)])
def test_no_packet_of_a_superimposed_code_is_covered_by_those_that_its_receiver_hears(slots, machines):
    taken = code_columns(machines, slots).reshape(slots * machines, -1).astype(int)
    shared = taken @ taken.T
    weight = shared.diagonal().copy()
    np.fill_diagonal(shared, 0)
    assert (weight == weight[0]).all()
    assert (slots**2 - 1) * shared.max() < weight[0]  # so many others cannot cover all its columns


def test_the_columns_of_hashing_fail_about_as_rarely_as_said():
    """Half of the columns lose packets visibly, all of them hardly ever: full load of 32 machines."""
    machines, slots, columns = 32, 2, hashing_columns(2, 32)
    rng, lost = np.random.default_rng(0), {columns: 0, columns // 2: 0, columns // 4: 0}
    for seed in range(200):
        for count in lost:
            taken = alone(random_columns(machines, slots, count, seed))
            lost[count] += losses(taken, PATTERNS["full load"](machines, slots, rng)) > 0
    assert lost[columns] <= 2 < lost[columns // 2] < lost[columns // 4]


def test_a_model_of_gigabytes_is_refused():
    with pytest.raises(UsageError, match="residual columns for 8 slots on 64 machines"):
        compile_protocol(relay(64, 8, 9), "coded")


@pytest.mark.parametrize(
    ("router", "machines", "slots"),
    [("exact", 7, 2), ("exact", 64, 8), ("matching", 64, 8), ("oblivious", 16, 3), ("hashed", 16, 2), ("coded", 32, 3)],
)
def test_local_functions_may_stay_python_and_say_so(router, machines, slots):
    mixed = None
    for pattern in sorted(MATCHINGS):
        destinations, columns = traffic(pattern, machines, slots)
        raw = router_for(router, machines, slots, destinations)
        if mixed is None or router == "oblivious":  # whose weights know the destinations
            mixed = mixed_transformer(mpc_to_program(raw, router))
        state = {name: values for name, values in columns.items() if name in raw.state}
        assert differences(raw, mixed, state) == []
        assert mixed.layers <= (2 if router == "exact" else 1)
        assert "local functions are Python" in str(mixed) and "local functions are Python" in mixed.label


def test_a_mixed_transformer_has_the_layers_and_heads_of_the_one_of_weights_and_no_folder(tmp_path):
    raw = cycle_protocol(16)
    mixed, model = mixed_transformer(mpc_to_program(raw)), compile_protocol(raw)
    assert (mixed.layers, mixed.heads) == (model.measured.layers, model.measured.heads)
    assert mixed.width <= costs_of("exact", round_of(raw, "float32")).columns + 1 + len(
        raw.state
    )  # its number, its state
    assert verify_protocol(raw, mixed, 20).wrong == 0
    assert not hasattr(mixed, "transformer")  # write_model takes weights


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 16, 33, pytest.param(128, marks=pytest.mark.slow)])
def test_one_versus_two_cycles_by_doubling_every_round_equal(n):
    raw = cycle_protocol(n)
    model = compile_protocol(raw, dtype="float32")
    assert model.measured.layers == model.claimed["layers"] == 2 * raw.rounds
    assert raw.rounds == 1 + int(np.ceil(np.log2(n // 2 + 1)))
    assert within_claims(model)
    rng = np.random.default_rng(n)
    for _ in range(10):
        state = raw.draw(rng)
        graph = nx.Graph([*enumerate(state["one"], start=1), *enumerate(state["other"], start=1)])
        assert differences(raw, model, state) == []
        assert model.run(state)["cycles"][0] == nx.number_connected_components(graph)


def fold_step(machine, state, inbox):
    """A step with much of what realistic steps do: sort two words, compare, gather from a table, add, mod and div."""
    (came, a), (_, b), *_ = inbox
    low, high = torch.minimum(a, b), torch.maximum(a, b)
    table = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    x = torch.where((low < high) & (came == 1), table[low % 10] + high // 7, state["x"])
    x = (x + machine) % 50
    return {"x": x}, [(x % 8 + 1, low), (torch.where(x > 25, (x + 3) % 8 + 1, 0), table[x % 10])]


def test_realistic_local_steps_become_weights():
    def last(machine, state, inbox):
        return fold_step(machine, state, inbox)[0], []

    raw = RawProtocol("fold", 8, 5, {"x": 49}, {"w": 49}, [fold_step] * 3 + [last])
    model = compile_protocol(raw)
    verification = verify_protocol(raw, model, 200)
    assert verification.instances >= 10 and verification.wrong == 0 and verification.skipped > 0  # some is illegal
    assert within_claims(model)


def test_a_wrong_model_is_found_out():
    raw = cycle_protocol(8)
    other = cycle_protocol(8)
    steps = list(other.steps)
    steps[1] = lambda machine, state, inbox: (
        {**steps[2](machine, state, inbox)[0], "least": state["least"]},
        [(state["one"], state["other"], state["least"]), (state["other"], state["one"], state["least"])],
    )
    wrong = compile_protocol(RawProtocol(raw.name, 8, 2, raw.state, raw.words, steps, raw.sample))
    assert verify_protocol(raw, wrong, 5).wrong == 5
    named = differences(raw, wrong, raw.draw(np.random.default_rng(0)))
    assert named[0].endswith("after step 1")


def test_states_and_inboxes_stand_in_the_residual_stream_under_their_names():
    raw = cycle_protocol(6)
    _, cache = compile_protocol(raw).run_with_cache(raw.draw(np.random.default_rng(1)))
    held = {name for names in cache.columns for name in names}
    for number in range(raw.rounds + 1):
        assert {state_name(number, name) for name in raw.state} <= held
    assert inbox_name(1, 0, None) in held and inbox_name(raw.rounds, 1, None) in held


def test_the_same_protocol_runs_in_blocks_within_its_least_memory():
    raw = cycle_protocol(20)
    columns = raw.draw(np.random.default_rng(0))
    runs = [run_locally(raw_protocol_to_mpc(raw), state_records(raw, columns), blocks=b) for b in (1, 3, 7)]
    assert raw.memory == 4
    for run in runs:
        assert run.rounds == raw.rounds
        assert np.array_equal(run.memory["state"]["least"], runs[0].memory["state"]["least"])
    with pytest.raises(BudgetExceeded, match="memory is 3 words"):
        run_locally(raw_protocol_to_mpc(raw, memory=3), state_records(raw, columns))


def test_destinations_that_depend_on_data_are_not_oblivious():
    with pytest.raises(UsageError, match="destination of packet 0 depends on 'one'"):
        compile_protocol(cycle_protocol(6), "oblivious")
    raw = RawProtocol("shift", 5, 1, {"x": 9}, {"w": 9}, [lambda i, s, _: (s, [(i % 5 + 1, s["x"])]), stop])
    assert fixed_destinations(raw, 0, 1).tolist() == [[2, 3, 4, 5, 1]]


def stop(machine, state, inbox):
    return state, []


def send(*packets):
    return lambda machine, state, inbox: (state, [make(machine, state) for make in packets])


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ([lambda i, s, b: s["nope"], stop], r"step 0 raises KeyError: 'nope'"),
        ([lambda i, s, b: s, stop], r"must return \(state, packets\); it returns a dict"),
        ([lambda i, s, b: ({}, []), stop], "returns no state 'x'"),
        ([lambda i, s, b: ({**s, "y": i}, []), stop], "state 'y' that is not declared"),
        ([send(lambda i, s: (i, 1)), send(lambda i, s: (i, 1))], "step 1 is the last, and sends"),
        ([send(*[lambda i, s: (i, 1)] * 3), stop], "sends 3 packets, and machines have 2 slots"),
        ([send(lambda i, s: (i,)), stop], r"must send packets \(destination, w\); it sends 1 value"),
        (
            [send(lambda i, s: (i, s["x"] if s["x"] > 1 else 0)), stop],
            "asks a column for one truth value; .* see test_mpc",
        ),
        ([send(lambda i, s: (i, s["x"] / 2)), stop], "step 0 returns fractions"),
        ([send(lambda i, s: (i, s["x"][:2])), stop], "step 0 uses 'getitem' on a column, which is not row-wise"),
    ],
)
def test_a_step_that_cannot_be_is_one_error(steps, rule):
    with pytest.raises(UsageError, match=rule):
        RawProtocol("bad", 4, 2, {"x": 9}, {"w": 9}, steps)


@pytest.mark.parametrize(
    ("packet", "rule"),
    [
        (lambda i, s: (i + 1, 1), "the destination of packet 0 is in 0..4, but machine 4 has 5"),
        (lambda i, s: (i, s["x"] + 1), "word 'w' of packet 0 is in 0..9, but machine 1 has 10"),
        (lambda i, s: (i, s["x"] // (i - 3)), "step 0 divides by 0 at machine 3"),
        (lambda i, s: (1, 1), "machine 1 receives 4 packets in round 1; machines have 2 slots"),
    ],
)
def test_the_engine_tells_what_a_step_did_wrong(packet, rule):
    raw = RawProtocol("bad", 4, 2, {"x": 9}, {"w": 9}, [send(packet), stop])
    with pytest.raises(ProtocolError, match=rule):
        moments(raw, {"x": np.full(4, 9)})


@pytest.mark.parametrize(
    ("sample", "states", "remedy"),
    [
        (None, None, "last of 10 initial states, all of them refused. Give the protocol a `sample` that draws"),
        (
            lambda rng: {"x": [1, 2, 3, 4]},
            None,
            "last of 10 initial states, all of them refused. Let its `sample` draw",
        ),
        (None, [{"x": [1, 2, 3, 4]}], "last of 1 initial states, all of them refused. Give"),
    ],
)
@pytest.mark.parametrize(
    ("packet", "refusal"),
    [
        (lambda i, s: (1, 1), "machine 1 receives 4 packets in round 1; machines have 2 slots."),
        (lambda i, s: (i, s["x"] + 9), "after step 0, word 'w' of packet 0 is in 0..9, but machine "),
    ],
)
def test_a_protocol_whose_states_are_all_refused_is_one_error_in_its_own_words(packet, refusal, sample, states, remedy):
    raw = RawProtocol("bad", 4, 2, {"x": 9}, {"w": 9}, [send(packet), stop], sample)
    with pytest.raises(UsageError) as caught:
        verify_protocol(raw, compile_protocol(raw), states=states)
    said = str(caught.value)
    assert said.startswith(f"protocol 'bad': {refusal}") and said.count("protocol 'bad'") == 1
    assert f"That was the {remedy} legal ones, or correct the protocol." in said


def test_initial_states_outside_their_range_are_one_error():
    raw = cycle_protocol(4)
    name, high = next(iter(raw.state.items()))
    given = {column: [0, 0, 0, 0] for column in raw.state}
    for wrong in (-1, high + 1):
        with pytest.raises(UsageError) as caught:
            verify_protocol(raw, compile_protocol(raw), states=[given | {name: [0, 0, wrong, 0]}])
        rule = f"at the start, {name!r} is in 0..{high}, but machine 3 has {wrong}."
        assert (
            str(caught.value) == f"protocol {raw.name!r}: {rule} Correct the initial state, or declare a larger range."
        )
    with pytest.raises(UsageError, match="as a dict or a data frame, not a int"):
        verify_protocol(raw, compile_protocol(raw), states=[5])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"machines": 0}, "machines must be a whole number of at least 1; got 0"),
        ({"slots": 0}, "slots must be a whole number of at least 1; got 0"),
        ({"state": {}}, "state names at least one column"),
        ({"words": {"w": -1}}, "'w' has -1"),
        ({"steps": []}, "at least one function"),
    ],
)
def test_a_protocol_of_a_shape_that_cannot_be_is_refused(changes, rule):
    shape = {"name": "x", "machines": 2, "slots": 1, "state": {"x": 1}, "words": {"w": 1}, "steps": [stop]}
    with pytest.raises(UsageError, match=rule):
        RawProtocol(**(shape | changes))


def test_unknown_routers_and_other_states_are_refused():
    with pytest.raises(UsageError, match="Did you mean 'exact'"):
        compile_protocol(cycle_protocol(4), "exakt")
    with pytest.raises(UsageError, match=r"has 4 machines, but column 'x' is \(3,\)"):
        RawProtocol("x", 4, 1, {"x": 9}, {"w": 9}, [stop]).check({"x": [1, 2, 3]})


def test_a_protocol_of_no_rounds_has_no_attention():
    raw = RawProtocol("alone", 4, 1, {"x": 9}, {"w": 9}, [lambda i, s, b: ({"x": (s["x"] + i) % 10}, [])])
    model = compile_protocol(raw)
    assert model.measured.layers == 0 and verify_protocol(raw, model, 20).wrong == 0


def test_a_column_is_held_once_and_not_inside_a_repeat():
    from logdepth import Table

    table = Table("t", 4)
    x = table.input("x", 4)
    table.output("y", table.hold(table.pull(x, table.index), "first"))
    model = compile_program(table.program())
    _, cache = model.run_with_cache({"x": [2, 3, 4, 0]})
    assert cache.residual(len(cache.columns) - 1, "first").tolist() == [0, 2, 3, 4, 0]
    with pytest.raises(UsageError, match="held inside a repeat"):
        table.repeat(2, lambda s: table.hold(s, "inside"), start=x, high=4, name="s")


@pytest.mark.parametrize("router", ["exact", "matching", "hashed", "coded"])
def test_rounds_whose_destinations_are_fixed_share_layers_within_the_claim(router):
    """Every round's destinations are known at the start, so that their layers can share what they need of them."""
    machines, slots, rounds = 4, 2, 3

    def send(machine, state):
        return [((machine + k) % machines + 1, state["x"]) for k in range(slots)]

    def pass_on(machine, state, inbox):
        following = {"x": inbox[0][1]}
        return following, send(machine, following)

    def begin(machine, state, inbox):
        return state, send(machine, state)

    def end(machine, state, inbox):
        return {"x": inbox[0][1]}, []

    raw = RawProtocol("ring", machines, slots, {"x": 3}, {"x": 3}, [begin, *[pass_on] * (rounds - 1), end])
    model = compile_protocol(raw, router)
    assert within_claims(model)
    assert model.measured.layers <= rounds + 1
