"""T2: the protocol gives the transformer's answers, in the claimed rounds, on the claimed machines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.arrows.transformer_to_mpc import (
    TOKENS,
    AttentionLayer,
    Trees,
    embed_rows,
    layers_of,
    sizes,
    token_records,
    transformer_to_mpc,
)
from logdepth.arrows.transformer_to_mpc.plan import least_memory, our_protocol
from logdepth.artefacts import compile_task
from logdepth.artefacts.simulate import WORDS_AT_ONCE, check_fits, simulate
from logdepth.mpc import BudgetExceeded, Protocol, run_locally
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task
from logdepth.transformer import in_float64

AGREEMENT = 1e-9  # T2 in float64: sums of softmax weights are merged in another order

SMALL = {"n": 6}
LESS = {
    "2-sum": {"modulus": 9},
    "sort": {"high": 9},
    "acausal-k-hop": {"alphabet": "4"},
    "spanning-forest": {"weights": 5},
}


@pytest.fixture(scope="module")
def compiled():
    """The small model of a task, compiled once."""
    models = {}

    def model(name):
        if name not in models:
            models[name] = compile_task(make_task(name, SMALL | LESS.get(name, {})))
        return models[name]

    return model


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_protocol_answers_exactly_within_its_claim(compiled, name):
    model = compiled(name)
    task = model.task
    instance = task.sample(np.random.default_rng(0), size=task.largest)
    least = least_memory(*sizes(layers_of(model.transformer)))
    for memory in (least, None, 10_000):
        done = simulate(model, instance, memory)
        assert np.array_equal(done.answer, task.solve(instance))
        assert done.run.rounds <= done.claimed.sizes["rounds"]
        assert done.protocol.machines <= done.claimed.sizes["machines"]
        assert max(done.run.most_sent, done.run.most_received) <= done.protocol.memory
        assert done.protocol.memory == done.claimed.sizes["memory_words"] == (memory or done.protocol.memory)
    with pytest.raises(UsageError, match=f"at least {least} words .* got {least - 1}. Raise memory"):
        simulate(model, instance, least - 1)


@pytest.mark.parametrize("name", ["components", "k-hop", "sort"])
def test_the_tokens_are_those_of_the_transformer(compiled, name):
    model = compiled(name)
    columns = model.task.encode(model.task.sample(np.random.default_rng(1), size=model.task.largest))
    tokens, layers = embed_rows(model.transformer, columns), layers_of(model.transformer)
    run = run_locally(transformer_to_mpc(layers, len(tokens), model.transformer.causal, 300), token_records(tokens))
    _, cache = in_float64(model.transformer).run_with_cache(columns)
    assert np.abs(run.memory[TOKENS]["x"] - cache.residuals[-1].numpy()).max() <= AGREEMENT


def test_without_attention_there_are_no_rounds():
    model = compile_task(make_task("k-hop", {"n": 5, "k": 0}))
    instance = model.task.sample(np.random.default_rng(0))
    done = simulate(model, instance)
    assert np.array_equal(done.answer, model.task.solve(instance))
    assert done.run.rounds == done.claimed.sizes["rounds"] == done.run.total == 0


# --- any softmax attention ---


def random_layer(rng, width, heads, key_width, value_width, scale=3.0):
    query, key = rng.normal(size=(2, heads, width, key_width)) * scale
    value, output = rng.normal(size=(heads, width, value_width)), rng.normal(size=(heads, value_width, width)) / width
    return AttentionLayer(
        width,
        heads,
        key_width,
        value_width,
        lambda x: tuple(np.einsum("nw,hwd->nhd", x, w) for w in (query, key, value)),
        lambda x, mixed: np.tanh(x + np.einsum("nhe,hew->nw", mixed, output)),
    )


def attended(layer, x, causal):
    """The layer by plain softmax."""
    query, key, value = layer.project(x)
    scores = np.einsum("ihd,jhd->hij", query, key)
    if causal:
        scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return layer.absorb(x, np.einsum("hij,jhe->ihe", weights, value))


@given(
    st.integers(0, 10**6),
    st.integers(1, 20),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=3),
    st.integers(0, 60),
    st.sampled_from([0.1, 3.0, 100.0]),
)
def test_any_transformer_is_simulated_within_its_claim(seed, tokens, causal, shapes, spare, scale):
    rng = np.random.default_rng(seed)
    layers = [random_layer(rng, 5, *shape, scale) for shape in shapes]
    x = expected = rng.normal(size=(tokens, 5))
    for layer in layers:
        expected = attended(layer, expected, causal)
    memory = least_memory(*sizes(layers)) + spare
    machines = set()

    def watch(number, rounds, mail):
        for packets in mail.values():
            machines.update(packets.source.tolist(), packets.destination.tolist())

    run = run_locally(transformer_to_mpc(layers, tokens, causal, memory), token_records(x), watch)
    width, projected = sizes(layers)
    claim = our_protocol(layers=len(layers), width=width, projected=projected, tokens=tokens, memory=memory).sizes
    assert np.allclose(run.memory[TOKENS]["x"], expected, rtol=0, atol=AGREEMENT)
    assert run.rounds == claim["rounds"]
    assert len(machines) <= claim["machines"]
    assert causal or len(machines) == claim["machines"]  # all that are claimed do take part
    assert max(run.most_sent, run.most_received) <= memory


def test_huge_scores_do_not_overflow():
    rng = np.random.default_rng(0)
    layer, x = random_layer(rng, 4, 2, 3, 2, scale=1e4), rng.normal(size=(9, 4))
    run = run_locally(transformer_to_mpc([layer], 9, True, 100), token_records(x))
    assert np.allclose(run.memory[TOKENS]["x"], attended(layer, x, True), rtol=0, atol=AGREEMENT)


def test_nothing_is_sent_to_a_leaf_behind_the_mask():
    rng = np.random.default_rng(0)
    layer, x = random_layer(rng, 3, 1, 2, 2), rng.normal(size=(11, 3))
    protocol = transformer_to_mpc([layer], 11, True, least_memory(3, layer.projected))
    first_leaf = protocol.machines - 11**2
    leaves = set()
    run_locally(
        protocol,
        token_records(x),
        lambda number, rounds, mail: [leaves.update(packets.destination.tolist()) for packets in mail.values()],
    )
    seen = {divmod(leaf - first_leaf, 11) for leaf in leaves if leaf >= first_leaf}
    assert seen == {(i, j) for i in range(11) for j in range(i + 1)}


def test_the_protocol_is_local():
    rng = np.random.default_rng(0)
    layers = [random_layer(rng, 4, 2, 2, 3), random_layer(rng, 4, 1, 3, 2)]
    x = rng.normal(size=(13, 4))
    protocol = transformer_to_mpc(layers, 13, True, 80)
    whole, *parts = [run_locally(protocol, token_records(x), blocks=blocks) for blocks in (1, 2, 5, 13)]
    for part in parts:
        assert part.traffic == whole.traffic
        assert np.allclose(part.memory[TOKENS]["x"], whole.memory[TOKENS]["x"], rtol=0, atol=AGREEMENT)


def test_the_least_memory_is_the_least():
    """With one word less, the same protocol breaks its budget."""
    rng = np.random.default_rng(0)
    for layer in (random_layer(rng, 2, 2, 3, 2), random_layer(rng, 40, 1, 1, 1)):
        least = least_memory(layer.width, layer.projected)
        protocol = transformer_to_mpc([layer], 9, False, least)
        x = rng.normal(size=(9, layer.width))
        run_locally(protocol, token_records(x))
        with pytest.raises(BudgetExceeded):
            run_locally(Protocol("less", protocol.machines, least - 1, protocol.parts), token_records(x))


@pytest.mark.parametrize(("tokens", "fan_out", "depth"), [(1, 2, 1), (2, 2, 1), (3, 2, 2), (64, 8, 2), (65, 8, 3)])
def test_every_machine_has_one_number(tokens, fan_out, depth):
    trees = Trees(tokens, fan_out, causal=False)
    assert trees.depth == depth
    numbers = [trees.machine(0, np.arange(tokens), 0, np.zeros(tokens, dtype=int))]
    for level in range(1, depth + 1):
        token, place = (a.ravel() for a in np.indices((tokens, trees.breadth(level))))
        numbers += [trees.machine(tree, token, level, place) for tree in ((0, 1) if level < depth else (0,))]
    assert sorted(np.concatenate(numbers).tolist()) == list(range(trees.machines))


def test_no_tokens_are_refused():
    with pytest.raises(UsageError, match="at least 1 token"):
        transformer_to_mpc([], 0, True, 10)


def test_more_tokens_than_one_process_holds_are_refused():
    most = int((WORDS_AT_ONCE / 20) ** 0.5)
    check_fits(most, 16)
    with pytest.raises(UsageError, match=f"Give an input of at most {most - 1:,} rows"):
        check_fits(most + 1, 16)
