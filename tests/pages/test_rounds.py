"""Pages of rounds: what is drawn is what the engine counted, and beside it what attention did, counted by itself."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch

from logdepth import RawProtocol, Table, compile_program, compile_task, make_task
from logdepth.arrows.mpc_to_transformer.routers import ROUTERS
from logdepth.arrows.transformer_to_mpc import layers_of, sizes
from logdepth.arrows.transformer_to_mpc.plan import least_memory
from logdepth.artefacts import compile_protocol, prepare
from logdepth.learn.samplers import KHop, generator_of
from logdepth.learn.trained.models import Trained
from logdepth.learn.trained.simulate import prepare_trained
from logdepth.mpc import Packets, Protocol, Recorder, Records, run_locally
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.pages import make_page, make_protocol_page, write_report, write_rounds
from logdepth.pages.rounds import coarser, rounds_data, rounds_page
from logdepth.pages.simulated import beside as beside_simulation
from logdepth.pages.simulated import shares
from logdepth.solutions.graphs.cycle_protocol import cycle_protocol
from logdepth.traces import SimulationWatch, trace_of_run, trace_protocol
from logdepth.verification.traffic import PATTERNS, packets_of, relay

HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)> & "\u2028 {{data}}'
COUNTED = ("held", "sent", "received", "total", "packets")


def matrix(cells, bins):
    """A heat map, (bins, bins), of the page's [place, value, …]."""
    flat = np.zeros(bins * bins)
    flat[cells[::2]] = cells[1::2]
    return flat.reshape(bins, bins)


def maps(drawn):
    """The heat map of every round."""
    heat = drawn["heat"]
    return [matrix(cells, len(heat["starts"]) - 1) for cells in heat["cells"]]


def beside(drawn):
    """The picture beside the heat map of every round, and what is said of it."""
    found, bins = drawn["beside"], len(drawn["beside"]["starts"]) - 1
    return [(matrix(found["cells"][at], bins), found["says"][at]) for at in found["of"]]


def check_traffic(drawn, run, memory):
    """The numbers that are drawn are the engine's."""
    for name in COUNTED:
        assert drawn[name] == [getattr(traffic, name) for traffic in run.traffic]
    assert [drawn["routines"][i] for i in drawn["routine"]] == [traffic.routine for traffic in run.traffic]
    assert drawn["memory"] == memory
    assert [heat.sum() for heat in maps(drawn)] == drawn["total"]


def watched_run(task, memory=None, dtype="float64"):
    model = compile_task(task, dtype)
    instance = task.sample(np.random.default_rng(0), size=task.largest)
    prepared = prepare(model, instance, memory)
    watched = SimulationWatch(prepared.protocol, prepared.trees, dtype)
    done = prepared.run(watched.watch)
    return model, instance, done, watched.trace(done.run)


# --- a page of any protocol ---


def ring(machines, rounds, name="ring"):
    def step(number):
        def tell(memory, mail):
            owner = memory["x"].owner
            packets = Packets(owner, (owner + number + 1) % machines, {"x": owner})
            return memory, {"x": packets} if number < rounds else {}

        return tell

    protocol = Protocol(name, machines, 4, [step(number) for number in range(rounds + 1)])
    return protocol, {"x": Records(np.arange(machines), {"x": np.arange(machines)})}


def test_the_page_of_a_protocol_draws_its_traffic_and_loads_nothing(tmp_path, self_contained, data_of):
    protocol, memory = ring(100, 5)
    recorder = Recorder(protocol)
    run = run_locally(protocol, memory, recorder.watch)
    path = write_rounds(tmp_path / "r.html", trace_of_run(protocol, run, recorder), claimed={"rounds": 5}, correct=True)
    html = path.read_text("utf-8")
    self_contained(html)
    check_traffic(data_of(html)["rounds"], run, 4)
    for text in ("ring", "≤ 5 <b", "500", "Right."):
        assert text in html


def test_a_run_that_was_not_watched_has_no_heat_map(self_contained, data_of):
    protocol, memory = ring(5, 2)
    run = run_locally(protocol, memory)
    html = rounds_page(trace_of_run(protocol, run), correct=False)
    self_contained(html)
    assert data_of(html)["rounds"]["heat"] is None
    assert "Wrong." in html


def test_a_run_of_no_rounds_has_a_page(self_contained, data_of):
    protocol, memory = ring(5, 0)
    html = rounds_page(trace_protocol(protocol, memory))
    self_contained(html)
    assert data_of(html)["rounds"]["total"] == []


def test_hostile_names_stay_text(self_contained, data_of, elements_of):
    protocol, memory = ring(5, 1, HOSTILE)
    html = rounds_page(trace_protocol(protocol, memory), lead=HOSTILE, parameters={HOSTILE: HOSTILE})
    assert "img" not in dict(elements_of(html).tags)
    assert [tag for tag, _ in elements_of(html).tags].count("script") == 2
    assert data_of(html)["rounds"]["routines"] == [HOSTILE.replace("\u2028", "\\u2028")]


def test_too_much_heat_is_drawn_coarser_and_its_sums_stay():
    protocol, memory = ring(150, 5)
    recorder = Recorder(protocol, {"a": 99, "b": 1, "c": 50})
    run = run_locally(protocol, memory, recorder.watch)
    trace = trace_of_run(protocol, run, recorder)
    fine, coarse = (rounds_data(trace, largest=most) for most in (10**6, 500))
    assert len(coarse["heat"]["starts"]) < len(fine["heat"]["starts"])
    assert [count for _, count in coarse["heat"]["groups"]][1] == 1
    check_traffic(fine, run, 4)
    check_traffic(coarse, run, 4)
    words, starts, bins = coarser(recorder.words, recorder.starts, recorder.bins)
    assert sum(bins) == len(starts) - 1 == len(words[0])
    assert {0, 99, 100, 150} <= set(starts.tolist())


# --- T2: a model as a protocol ---

SIMULATED = {
    "k-hop": {"n": 12, "k": 4},
    "sort": {"n": 9, "high": 20},
    "prefix-sum": {"n": 10, "high": 9},
    "components": {"n": 6},
}


@pytest.mark.parametrize("memory", [None, 10**5, "least"])
@pytest.mark.parametrize("name", SIMULATED)
def test_the_weights_that_the_machines_find_are_the_attention_of_the_model(name, memory):
    task = make_task(name, SIMULATED[name])
    if memory == "least":
        layers = layers_of(compile_task(task, "float64").transformer)
        memory = least_memory(*sizes(layers))
    model, instance, done, trace = watched_run(task, memory)
    _, cache = model.run_with_cache(task.encode(instance))
    patterns = [pattern.numpy() for pattern in cache.patterns if pattern is not None]
    assert len(patterns) == len(trace.attention) == model.measured.layers
    for pattern, weights in zip(patterns, trace.attention, strict=True):
        assert np.allclose(weights, pattern, rtol=1e-9, atol=1e-300)
    picture = beside_simulation(trace)
    per_layer = done.run.rounds // model.measured.layers
    assert list(picture.layer) == [1 + number // per_layer for number in range(done.run.rounds)]
    drawn = rounds_data(trace.mpc, picture)
    check_traffic(drawn, done.run, done.protocol.memory)
    assert drawn["heat"]["groups"][0][0] == "tokens"


def test_the_weights_of_a_trained_network_are_its_attention():
    sampler = KHop(n=20, most_hops=4, letters=3)
    shape = Gpt2Shape(vocabulary=sampler.vocabulary, positions=20, depth=2, heads=2, width=12)
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    for weight in network.parameters():
        weight.data *= 20  # so that heads look somewhere
    model = Trained(Path("net"), sampler, network.eval())
    prepared = prepare_trained(model)
    watched = SimulationWatch(prepared.protocol, prepared.trees, None)
    (found,) = prepared.run(watch=watched.watch)
    trace = watched.trace(found.outcome.run)
    _, cache = network.double().run_with_cache(sampler.draw(1, generator_of(0, 0)).inputs)
    assert len(cache.patterns) == len(trace.attention)
    for pattern, weights in zip(cache.patterns, trace.attention, strict=True):
        assert np.allclose(weights, pattern[0].detach().numpy(), rtol=1e-9, atol=1e-300)
    drawn = rounds_data(trace.mpc, beside_simulation(trace))
    check_traffic(drawn, found.outcome.run, prepared.protocol.memory)


def test_shares_are_relative_to_the_greatest_weight_of_a_real_row():
    weights = np.array([[[1, 0, 0, 0], [0.5, 0.25, 0.25, 0], [1, 0, 0, 0], [0.9, 0.08, 0.02, 1e-9]]])
    assert np.array_equal(shares(weights), [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 1, pytest.approx(0.25), 0]])


def test_a_model_s_page_shows_the_run_on_machines_beside_its_attention(data_of):
    model = compile_task(make_task("k-hop", {"n": 20, "k": 4}))
    drawn = data_of(make_page(model))["rounds"]
    assert drawn["routines"] == [f"layer {number}" for number in range(1, model.measured.layers + 1)]
    assert [heat.sum() for heat in maps(drawn)] == drawn["total"]
    assert max(drawn["sent"] + drawn["received"]) <= drawn["memory"]
    (picture, says), *_ = beside(drawn)
    assert np.array_equal(picture[2:, 1:-1] == 1, np.eye(19, dtype=bool))  # layer 1: everybody reads the one before
    assert "Of 231 pairs that the mask leaves open, 19" in says


def test_a_run_too_large_to_simulate_unasked_is_left_out(monkeypatch, data_of):
    monkeypatch.setattr("logdepth.traces.simulation.WORDS_FOR_A_LOOK", 1000)
    html = make_page(compile_task(make_task("k-hop", {"n": 20, "k": 4})))
    assert data_of(html)["rounds"] is None
    assert "The same run on machines" not in html


# --- T1: a raw protocol and its model ---


def carried():
    """Every router with every pattern that it takes; those by propagation, which take seconds, with two of them."""
    for router in ROUTERS:
        for pattern, draw in PATTERNS.items():
            destinations = draw(7, 2, np.random.default_rng(1))
            kinds = [kind[kind > 0] for kind in destinations]
            if router == "matching" and any(len(np.unique(kind)) < len(kind) for kind in kinds):
                continue
            if router not in ("hashed", "coded") or pattern in ("ragged", "silence"):
                yield pytest.param(router, destinations, id=f"{router}-{pattern}")


@pytest.mark.parametrize(("router", "destinations"), list(carried()))
def test_attention_brings_what_the_engine_carries(router, destinations, data_of):
    raw = relay(7, 2, 50, destinations if router == "oblivious" else None)
    state = packets_of(destinations, np.random.default_rng(2).integers(1, 51, (2, 7)))
    state = {name: values for name, values in state.items() if name in raw.state}
    html = make_protocol_page(raw, compile_protocol(raw, router, "float32"), state)
    drawn = data_of(html)["rounds"]
    ((picture, says),), (heat,) = beside(drawn), maps(drawn)
    expected = np.zeros((7, 7))
    for kind in destinations:
        np.add.at(expected, (kind[kind > 0] - 1, np.flatnonzero(kind)), 1)
    assert np.array_equal(heat, expected)  # a packet has one word
    assert np.array_equal(picture, np.minimum(expected, 1) if router in ("coded", "hashed") else expected)
    assert "same" in says or not expected.any()


@pytest.mark.parametrize("n", [5, 90])
def test_every_round_of_a_protocol_of_more_machines_than_bins(n, data_of, self_contained):
    raw = cycle_protocol(n)
    html = make_protocol_page(raw, compile_protocol(raw))
    self_contained(html)
    data = data_of(html)
    assert data["outputs"]["right"] == data["outputs"]["entries"] == n * len(raw.state)
    drawn = data["rounds"]
    assert len(drawn["total"]) == raw.rounds
    for heat, (picture, says) in zip(maps(drawn), beside(drawn), strict=True):
        assert np.array_equal(heat, picture) and says.startswith("The same: ")
    assert drawn["layer"] == [2 * number for number in range(1, raw.rounds + 1)]


def test_a_difference_is_told(data_of):
    """A model of another protocol: in its second round, everybody tells only one of its two."""
    raw = cycle_protocol(8)
    steps = list(raw.steps)

    def tell_one(machine, state, inbox):
        following, packets = raw.steps[1](machine, state, inbox)
        return following, packets[:1]

    steps[1] = tell_one
    other = RawProtocol(raw.name, 8, 2, raw.state, raw.words, steps, raw.sample)
    drawn = data_of(make_protocol_page(raw, compile_protocol(other)))["rounds"]
    says = [sentence for _, sentence in beside(drawn)]
    assert says[0].startswith("The same") and says[1].startswith("Attention and traffic differ")


def test_a_protocol_without_legal_states_gets_the_page_of_a_program(data_of):
    raw = replace(relay(6, 1, 9), sample=lambda rng: packets_of(np.ones((1, 6), dtype=int), np.ones((1, 6), dtype=int)))
    data = data_of(make_protocol_page(raw, compile_protocol(raw)))
    assert data["rounds"] is None and data["outputs"]["right"] is None


def test_a_model_too_large_to_look_inside_gets_the_page_of_its_rounds(monkeypatch, data_of):
    raw = cycle_protocol(8)
    model = compile_protocol(raw)
    monkeypatch.setattr("logdepth.traces.inputs.WEIGHTS_HELD", 100)
    html = make_protocol_page(raw, model)
    assert "too large" in html and data_of(html).keys() == {"rounds"}


# --- models of one's own programs ---


def own_model():
    table = Table("induction head", rows=40, causal=True)
    token = table.input("token", high=26)
    row_before = table.map(lambda i: i - 1, table.index, high=39)
    before = table.pull(row_before, token)
    table.output("answer", table.last(key=before, query=token, values=token))
    return compile_program(table.program())


def test_a_program_of_one_s_own_has_a_page(tmp_path, self_contained, data_of):
    model = own_model()
    html = write_report(model, tmp_path / "r.html").read_text("utf-8")
    self_contained(html)
    assert "What theory says" not in html and "logdepth verify" in html
    assert "any table of up to 40 rows with the column token (0 to 26), and gives the column answer" in unescape(html)
    rows = dict(data_of(html)["outputs"]["rows"])
    assert rows["out: answer"] == model.run({"token": rows["in: token"]})["answer"].tolist()
    assert len(rows["in: token"]) == 32 and max(rows["in: token"]) <= 26


def test_a_program_s_page_shows_the_table_that_it_is_given(tmp_path, data_of):
    html = write_report(own_model(), tmp_path / "r.html", {"token": [3, 1, 4, 1, 5, 9, 3, 1]}).read_text("utf-8")
    assert "the given table: 8 rows" in html
    assert dict(data_of(html)["outputs"]["rows"])["out: answer"] == [0, 0, 0, 4, 0, 0, 1, 5]
