"""Questions of GraphQA: exact answers, the benchmark's distribution, and batches of like length."""

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.stats import chisquare, kstest

from logdepth.learn.plans.presets import plan_of
from logdepth.learn.plans.recipes import CHOICES
from logdepth.learn.samplers import NOT_ASKED, generator_of, make_sampler
from logdepth.learn.samplers.graph_answers import QUESTIONS
from logdepth.learn.training.batches import POOLED, Batches, length_of
from logdepth.learn.training.train import Training
from logdepth.networks import GRAPH_LAYERS
from logdepth.numerics.errors import UsageError
from logdepth.tasks import GRAPHQA

FAMILIES = [*GRAPHQA, "paths", "cycles", "cliques-bridge"]
UNLIKELY = 1e-6


def sampler_of(question="connectivity", **settings):
    return make_sampler("graph-questions", {"question": question} | settings)


def networkx_answer(question, words):
    """From the words of a sequence, by networkx."""
    graph = nx.empty_graph(int(words[0].split()[0]))
    graph.add_edges_from(tuple(map(int, word.split("-"))) for word in words if "-" in word)
    first, second = ([int(word.split()[1]) for word in words if word.startswith(start)] for start in ("from ", "to "))
    match question:
        case "connectivity":
            return "yes" if nx.has_path(graph, first[0], second[0]) else "no"
        case "shortest-path":
            joined = nx.has_path(graph, first[0], second[0])
            return str(nx.shortest_path_length(graph, first[0], second[0])) if joined else "no path"
        case "node-degree":
            return str(graph.degree[first[0]])
        case "cycle-check":
            return "no" if nx.is_forest(graph) else "yes"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_networkx(question, family):
    sampler = sampler_of(question, family=family)
    batch, tokens = sampler.batch(40, seed=1, step=2), sampler.tokens
    for row, target, answered, group in zip(*vars(batch).values(), strict=True):
        words = [tokens[i] for i in row]
        place = words.index("?")
        assert answered.nonzero().tolist() == [[place]]
        assert tokens[target[place]] == networkx_answer(question, words)
        assert set(words[place + 1 :]) <= {"_"}
        assert 5 * group <= int(words[0].split()[0]) <= 5 * group + 4
    assert (batch.targets != NOT_ASKED).sum(1).eq(1).all() and batch.targets.max() < sampler.classes


def test_graphs_are_drawn_as_graphqa_draws_them():
    sampler = sampler_of()
    graphs = sampler.layout.read(sampler.batch(6000, seed=0, step=0).inputs)
    sizes = np.bincount(graphs.vertices, minlength=20)[5:]
    assert chisquare(sizes).pvalue > UNLIKELY
    density = graphs.adjacency.sum((1, 2)) / (graphs.vertices * (graphs.vertices - 1))
    assert kstest(density[graphs.vertices == 19], "uniform").pvalue > UNLIKELY
    assert (graphs.first != graphs.second).all()
    assert chisquare(np.bincount(graphs.second[graphs.vertices == 7])).pvalue > UNLIKELY


@pytest.mark.parametrize(
    ("question", "rule", "least", "most"),
    [
        ("connectivity", "both degrees > 0", 0.965, 0.983),
        ("shortest-path", "1, 2 by a common neighbour, else 3", 0.945, 0.970),
        ("cycle-check", "has a triangle", 0.955, 0.978),
        ("cycle-check", "edges ≥ vertices", 0.942, 0.967),
        ("node-degree", "the mean degree", 0.3, 0.42),
    ],
)
def test_rules_without_learning_come_near(question, rule, least, most):
    """On random graphs; and they fail on some family that needs depth, at least half of the way to a coin."""
    sampler = sampler_of(question)

    def right(drawn):
        batch = drawn.batch(4000 if drawn.family == "er" else 300, seed=3, step=0)
        wrong = (sampler.rules[rule](batch.inputs) != batch.targets) & batch.answered
        return 1 - wrong.any(1).float().mean().item()

    assert least < right(sampler) < most
    assert question == "node-degree" or min(map(right, sampler.harder.values())) < 0.75


@pytest.mark.parametrize("family", ["er", "paths"])
@pytest.mark.parametrize("question", ["connectivity", "shortest-path"])
def test_what_four_layers_see_is_right_up_to_four_edges_and_nothing_beyond(question, family):
    sampler = sampler_of(question, family=family)
    (rule,) = [rule for name, rule in sampler.rules.items() if "4" in name]
    batch, tokens = sampler.batch(60, seed=2, step=0), sampler.tokens
    nothing, seen = {"connectivity": "no", "shortest-path": "no path"}[question], set()
    for row, found in zip(batch.inputs, rule(batch.inputs), strict=True):
        words = [tokens[i] for i in row]
        steps = networkx_answer("shortest-path", words)
        near = steps != "no path" and int(steps) <= 4
        assert tokens[found[words.index("?")]] == (networkx_answer(question, words) if near else nothing)
        seen.add(steps)
    assert family == "er" or {"4", "5"} <= seen


# --- batches ---

SMALL = {
    "task": "graph-questions",
    "readout": "linear",
    "depth": 2,
    "heads": 2,
    "width": 16,
    "dropout": 0.0,
    "batch": 16,
    "warmup": 2,
    "steps": 60,
    "lr": 1e-2,
}


def plan(**changes):
    return plan_of(SMALL | changes)


def test_a_training_set_is_gone_through_in_rounds_of_batches_of_like_length():
    batches = Batches(plan(samples=100), torch.device("cpu"))
    every = batches.sampler.batch(100, batches.seed, 2**32 - 2)
    whole, longest = every.inputs.tolist(), int(length_of(every).max())
    for turn in range(2):
        drawn = [batches.batch(turn * 7 + step) for step in range(7)]
        rows = [tuple(row) for batch in drawn for row in batch.inputs.tolist()]
        seen = [sum(tuple(row[: len(each)]) == each for each in rows) for row in whole]
        assert min(seen) == 1
        spread = [int(length_of(batch).max() - length_of(batch).min()) for batch in drawn]
        assert np.median(spread) < 0.25 * longest
    again = Batches(plan(samples=100), torch.device("cpu")).batch(9)
    assert torch.equal(again.inputs, batches.batch(9).inputs)


def test_fresh_batches_are_of_like_length_and_depend_on_seed_and_step_alone():
    one, again, other = (Batches(plan(seed=seed), torch.device("cpu")) for seed in (0, 0, 1))
    steps = [one.batch(step) for step in range(POOLED)]
    assert torch.equal(again.batch(5).inputs, steps[5].inputs) and torch.equal(one.batch(5).inputs, steps[5].inputs)
    assert sorted(torch.cat([length_of(b) for b in steps]).tolist()) == sorted(length_of(one.pool).tolist())
    assert not torch.equal(one.batch(POOLED).inputs[:, 0], steps[0].inputs[:, 0])
    assert other.batch(5).inputs.shape != steps[5].inputs.shape or not torch.equal(
        other.batch(5).inputs, steps[5].inputs
    )


def test_batches_of_other_tasks_are_what_they_were():
    small = plan_of({"n": 12, "most_hops": 3, "batch": 5, "seed": 4})
    batch, before = Batches(small, torch.device("cpu")).batch(7), small.sampler.batch(5, Batches(small, "cpu").seed, 7)
    assert all(torch.equal(vars(batch)[part], vars(before)[part]) for part in vars(batch))


@pytest.mark.parametrize("network", ["gpt2", "gru", *GRAPH_LAYERS])
def test_what_comes_after_the_question_changes_no_answer_and_training_lowers_the_loss(network):
    small = {"samples": 16, "buckets": 1, "question": "cycle-check"}
    training = Training(plan(network=network, **small), torch.device("cpu"))
    batch = training.plan.sampler.draw(9, generator_of(1, 1))
    with torch.no_grad():
        whole, cut = (training.network(each.inputs)[each.answered] for each in (batch, batch.trim()))
    assert torch.allclose(whole, cut, atol=1e-5)
    for _ in range(30):
        training.step()
    assert np.mean([float(x) for x in training.losses[-8:]]) < 0.8 * float(training.losses[0])


def test_networks_on_graphs_need_graphs_and_unknown_questions_are_refused():
    for network in GRAPH_LAYERS:
        assert network in CHOICES["network"]
        with pytest.raises(UsageError, match=f"{network} is a network on graphs, and a sequence of k-hop spells none"):
            plan_of({"network": network})
    with pytest.raises(UsageError, match=r"there is no question 'connectivty'\. Did you mean 'connectivity'"):
        sampler_of("connectivty")
    with pytest.raises(UsageError, match="there is no family 'pats'"):
        sampler_of(family="pats")
