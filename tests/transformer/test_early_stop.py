"""Early stop: the same answers as all rounds, with the rounds that were needed, whatever the loop computes."""

from dataclasses import astuple, replace
from itertools import pairwise

import numpy as np
import pytest

from logdepth.artefacts import compile_program, compile_task
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table
from logdepth.tasks import Graph, make_task
from logdepth.transformer import evaluate, evaluate_counting, evaluate_until_still, find_loops

LOOPED = {
    "components": {"n": 9},
    "connectivity": {"n": 6},
    "spanning-forest": {"n": 6},
    "reachability": {"n": 6},
    "list-ranking": {"n": 9},
    "kin": {"n": 4, "k": 5},
    "shortest-path": {"n": 5, "way": "breadth-first"},
}

WAYS = ("softmax", "lookup")


@pytest.fixture(params=LOOPED, scope="module")
def model(request):
    return compile_task(make_task(request.param, LOOPED[request.param]))


def tables(model):
    """Two of every family, padded to one batch; and their lengths."""
    rng = np.random.default_rng(0)
    sizes = (model.task.largest, None)
    drawn = [model.task.encode(model.task.sample(rng, family, n)) for family in model.task.families for n in sizes]
    lengths = np.array([len(next(iter(table.values()))) for table in drawn])
    names = drawn[0]
    padded = {name: np.stack([np.pad(t[name], (0, lengths.max() - len(t[name]))) for t in drawn]) for name in names}
    return drawn, padded, lengths


def rounds_of_loops(transformer, table):
    """By the cache of all rounds: of every loop those up to the first after which the stream is what it was."""
    _, cache = transformer.run_with_cache(table)
    streams = [cache.embedding, *cache.residuals]
    for loop in find_loops(transformer.order):
        ends = [streams[loop.first + loop.period * t] for t in range(loop.times + 1)]
        still = [bool((a == b).all()) for a, b in pairwise(ends)]
        yield loop, still.index(True) + 1 if True in still else loop.times


def count_rounds(transformer, table):
    return sum(used for _, used in rounds_of_loops(transformer, table))


def steps_run(transformer, table):
    """All steps but those of rounds that are left out."""
    left_out = [range(loop.first + loop.period * used, loop.end) for loop, used in rounds_of_loops(transformer, table)]
    return [step for step in range(len(transformer.order)) if not any(step in rounds for rounds in left_out)]


def test_an_early_stop_changes_no_answer_and_counts_the_rounds_of_every_table(model):
    drawn, padded, lengths = tables(model)
    stopped = evaluate_until_still(model.transformer, padded, lengths)
    for name, values in evaluate(model.transformer, padded, lengths).items():
        assert np.array_equal(stopped.outputs[name], values)
    rounds = stopped.rounds
    assert rounds.used == tuple(count_rounds(model.transformer, table) for table in drawn)
    assert rounds.most <= rounds.of == sum(loop.times for loop in find_loops(model.transformer.order))


def test_it_is_the_same_where_rows_are_looked_up(model):
    """Every table ends by itself, and the pairs are those of the steps that it ran."""
    drawn, padded, lengths = tables(model)
    few = slice(None, None, 5)
    batch = {name: values[few] for name, values in padded.items()}
    scored, looked_up = (evaluate_until_still(model.transformer, batch, lengths[few], way) for way in WAYS)
    for name, values in scored.outputs.items():
        assert np.array_equal(looked_up.outputs[name], values)
    assert looked_up.rounds == scored.rounds
    expected = 0
    for table in drawn[few]:
        ran = steps_run(model.transformer, table)
        blocks = [block for step in ran if (block := model.transformer.steps[step].attention)]
        expected += sum(block.heads for block in blocks) * (len(next(iter(table.values()))) + 1) ** 2
    assert looked_up.pairs.touched < looked_up.pairs.all == expected <= scored.pairs.all == scored.pairs.touched


def test_heads_that_cannot_look_up_are_named_by_the_steps_that_ran():
    model = compile_task(make_task("list-ranking", n=40))
    blurred = with_queries(model.transformer, 2.0**-10)
    table = model.task.encode(model.task.sample(np.random.default_rng(0), size=40))
    full, stopped = (run(blurred, table, attention="lookup") for run in (evaluate_counting, evaluate_until_still))
    ran = steps_run(blurred, table)
    scored = [head for head in full.pairs.scored if head.step in ran]
    assert len({head.step for head in scored}) > 1
    assert sorted(map(astuple, stopped.pairs.scored)) == sorted(map(astuple, scored))


def with_queries(transformer, factor):
    """Scores so small that no gap shows which row is read."""
    blocks = [
        replace(block, attention=replace(block.attention, query=block.attention.query * factor))
        if block.attention
        else block
        for block in transformer.blocks
    ]
    return replace(transformer, blocks=tuple(blocks))


def test_rounds_that_are_left_out_score_no_pairs():
    model = compile_task(make_task("components", n=16, edges=15))
    heads_of_a_round = 8
    for family, rounds in (("stars", 2), ("ruler-path", 4)):
        table = model.task.encode(model.task.sample(np.random.default_rng(0), family, 16))
        tokens = len(table["u"]) + 1
        stopped = evaluate_until_still(model.transformer, table)
        assert (stopped.rounds.most, stopped.pairs.all) == (rounds, rounds * heads_of_a_round * tokens**2)


def test_padding_does_not_keep_a_table_moving(model):
    """Whatever stands beyond its rows."""
    _, padded, lengths = tables(model)
    rng = np.random.default_rng(1)
    beyond = np.arange(lengths.max()) >= lengths[:, None]
    filled = {
        name: np.where(beyond, rng.integers(0, model.task.inputs[name] + 1, values.shape), values)
        for name, values in padded.items()
    }
    rounds = evaluate_until_still(model.transformer, padded, lengths).rounds
    assert evaluate_until_still(model.transformer, filled, lengths).rounds == rounds


@pytest.mark.parametrize("family", ["ruler-path", "binomial-tree"])
def test_the_worst_families_use_every_round(family):
    model = compile_task(make_task("components", n=16, edges=15))
    graph = model.task.sample(np.random.default_rng(0), family, 16)
    answer, rounds = model.answer_until_still(graph)
    assert np.array_equal(answer, model.task.solve(graph))
    assert (rounds.most, rounds.of, str(rounds)) == (4, 4, "4 of 4")


def test_a_graph_without_edges_is_at_rest_from_the_beginning():
    model = compile_task(make_task("components", n=16))
    answer, rounds = model.answer_until_still(Graph(2, np.zeros((0, 2), dtype=np.int64)))
    assert answer.tolist() == [1, 2]
    assert rounds.used == (1,)


def test_a_program_of_ones_own_stops_when_its_loop_is_at_rest():
    """Row i holds the largest number of the i before it, one further each round."""
    table = Table("largest", rows=12, causal=True)
    number = table.input("number", high=9)
    body = lambda x: table.maximum(x, table.shift(x, 1))  # noqa: E731
    table.output("largest", table.repeat(11, body, number, high=9, name="largest"))
    model = compile_program(table)
    for numbers, used in (([3] * 12, 1), ([9, *[0] * 11], 11), ([0, 9, 0, 0, 5], 4)):
        outputs, rounds = model.run_until_still(numbers)
        assert np.array_equal(outputs["largest"], np.maximum.accumulate(numbers))
        assert (rounds.used, rounds.of) == ((used,), 11)


@pytest.mark.parametrize("tied", [True, False])
def test_a_model_without_a_loop_is_refused(tied):
    model = compile_task(make_task("k-hop" if tied else "components", n=9), tied=tied)
    with pytest.raises(UsageError, match="no blocks of this model run twice in a row"):
        model.answer_until_still(model.task.sample(np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("order", "loops"),
    [
        ((), []),
        ((0, 1, 2), []),
        ((0, 0), [(0, 1, 2)]),
        ((0, 1, 2, 1, 2, 1, 2, 3), [(1, 2, 3)]),
        ((0, 0, 0, 1, 2, 3, 2, 3), [(0, 1, 3), (4, 2, 2)]),
        ((0, 1, 0), []),
        ((1, 2, 1, 3, 1, 3), [(2, 2, 2)]),
    ],
)
def test_loops_are_what_an_order_repeats_at_once(order, loops):
    assert [(loop.first, loop.period, loop.times) for loop in find_loops(order)] == loops
