"""Samplers: answers are the exact ones, distributions the stated ones, and a batch depends on seed and step alone."""

from collections import Counter
from itertools import combinations_with_replacement, pairwise, permutations, product
from pathlib import Path
from runpy import run_path

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from logdepth.learn.plans.build import network_of
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.samplers import (
    NOT_ASKED,
    SAMPLERS,
    AcausalKHop,
    Connectivity,
    Cycles,
    InductionHeads,
    KHop,
    KHopThoughts,
    Questions,
    Recall,
    ThreeSum,
    TwoSum,
    generator_of,
    make_sampler,
)
from logdepth.learn.samplers.graphs import GraphSampler
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task

UNLIKELY = 1e-6  # the seeds are fixed, so these tests never fail by chance


def uniform(drawn, possible):
    """Whether all that is possible is drawn, nothing else, and about equally often."""
    counts = Counter(drawn)
    assert counts.keys() <= set(possible)
    return chisquare([counts[value] for value in possible]).pvalue > UNLIKELY


@pytest.mark.parametrize("name", SAMPLERS)
class TestEverySampler:
    def test_a_batch_depends_on_seed_and_step_alone(self, name):
        sampler = make_sampler(name)
        one, again = sampler.batch(8, seed=3, step=5), sampler.batch(8, seed=3, step=5)
        assert all(torch.equal(vars(one)[part], vars(again)[part]) for part in vars(one))
        for seed, step in ((3, 6), (4, 5), (5, 3)):
            assert not torch.equal(sampler.batch(8, seed, step).inputs, one.inputs)

    def test_shapes_ids_and_groups_are_those_that_it_states(self, name):
        sampler = make_sampler(name)
        batch = sampler.batch(64, seed=0, step=0)
        assert batch.inputs.shape == batch.targets.shape == batch.answered.shape == (64, sampler.length)
        assert batch.inputs.min() >= 0 and batch.inputs.max() < sampler.vocabulary == len(set(sampler.tokens))
        asked = batch.targets[batch.targets != NOT_ASKED]
        assert asked.min() >= 0 and asked.max() < sampler.vocabulary
        assert batch.answered.any(dim=1).float().mean() > 0.5
        assert (batch.targets[batch.answered] != NOT_ASKED).all()
        assert set(batch.group.tolist()) <= set(sampler.groups)

    def test_one_group_can_be_asked_for(self, name):
        sampler = make_sampler(name)
        for group in (sampler.groups[0], sampler.groups[-1]):
            assert (sampler.draw(5, generator_of(0, 0), group).group == group).all()
        with pytest.raises(UsageError, match=f"{name} has .* from .*; got {sampler.groups.stop}"):
            sampler.draw(5, generator_of(0, 0), sampler.groups.stop)

    def test_parameters_come_back(self, name):
        sampler = make_sampler(name)
        assert make_sampler(name, sampler.parameters) == sampler


@pytest.mark.parametrize(
    "sampler", [KHop(), KHop(n=40, most_hops=5, letters=7, repeats=1), KHop(n=3, most_hops=2), AcausalKHop(n=50)]
)
def test_answers_to_k_hop_are_the_exact_ones(sampler):
    batch = sampler.batch(100, seed=1, step=2)
    first = len(sampler.groups)
    for inputs, targets, answered, k in zip(batch.inputs, batch.targets, batch.answered, batch.group, strict=True):
        assert inputs[0] == k and targets[0] == sampler.vocabulary - 1
        task = make_task(sampler.name, {"n": sampler.n, "k": int(k), "alphabet": sampler.letters})
        exact = task.solve(inputs[1:].numpy() - first + 1)
        expected = np.where(exact > 0, exact - 1, sampler.letters) + first
        assert np.array_equal(targets[1:], expected)
        assert np.array_equal(answered[1:], exact > 0) and not answered[0]


@pytest.mark.parametrize("kind", [KHop, AcausalKHop])
def test_answers_to_k_hop_are_exact_on_all_short_sequences(kind):
    sampler = kind(n=8, most_hops=4, letters=3, repeats=1)
    letters = torch.tensor(list(product(range(3), repeat=6)))
    for k in sampler.groups:
        found = sampler.ask(letters, torch.full((len(letters),), k)).targets[:, 1:] - len(sampler.groups)
        task = make_task(sampler.name, {"n": 6, "k": k, "alphabet": 3})
        exact = np.stack([task.solve(row) for row in letters.numpy() + 1])
        assert np.array_equal(found, np.where(exact > 0, exact - 1, 3))


@pytest.mark.parametrize("most", [0, 1, 5])
def test_thoughts_are_the_places_of_the_hops(most):
    sampler = KHopThoughts(n=20, most_hops=most, letters=3)
    batch = sampler.batch(100, seed=0, step=0)
    for inputs, targets, k in zip(batch.inputs, batch.targets, batch.group.tolist(), strict=True):
        words = [sampler.tokens[token] for token in inputs]
        letters = words[1:21]
        at, thoughts = 20, []
        for hop in range(1, most + 1):
            if at and hop <= k:
                earlier = [place for place in range(1, at) if letters[place - 1] == letters[at - 1]]
                at = earlier[-1] + 1 if earlier else 0
            thoughts.append(f"@{at}" if at else "no answer")
        assert words[21:] == ["?", *thoughts]
        assert (targets[:21] == NOT_ASKED).all()
        answer = letters[at - 1] if at else "no answer"
        assert [sampler.tokens[token] for token in targets[21:]] == [*thoughts, answer]
    assert batch.answered.sum() == 100 and batch.answered[:, -1].all()


@pytest.mark.parametrize("most", [0, 1, 5])
def test_a_spelled_chain_has_place_and_letter_of_every_hop_and_answers_after_the_kth(most):
    sampler = KHopThoughts(n=20, most_hops=most, letters=3, spelled=1)
    batch = sampler.batch(100, seed=0, step=0)
    for inputs, targets, answered, k in zip(*vars(batch).values(), strict=True):
        words = [sampler.tokens[token] for token in inputs]
        aims = ["" if token == NOT_ASKED else sampler.tokens[token] for token in targets]
        letters, place = words[1:21], 20

        def hop(at, letters=letters):
            earlier = [place for place in range(1, at) if letters[place - 1] == letters[at - 1]]
            return earlier[-1] + 1 if at and earlier else 0

        def name(at):
            return f"@{at}" if at else "no answer"

        chain = [letters[-1]]
        for _ in range(most):
            place = hop(place)
            chain += [name(place), letters[place - 1] if place else "no answer"]
        assert words[21:] == ["?", *chain[:-1]] and aims[21:] == chain
        assert aims[:21] == ["", *(name(hop(at)) for at in range(1, 21))]
        assert answered.nonzero().tolist() == [[21 + 2 * int(k)]] and chain[2 * int(k)] == aims[21 + 2 * int(k)]
    assert sampler.thoughts == range(22, 22 + 2 * most) and sampler.length == 22 + 2 * most


def test_tokens_that_name_a_place_begin_as_its_position():
    """With sinusoids; a trained network is another matter."""
    settings = {"task": "k-hop-thoughts", "n": 9, "most_hops": 2, "spelled": 1, "readout": "linear", "width": 16}
    for positions, equal in (("sinusoids", True), ("random", False)):
        plan = plan_of(settings | {"positions": positions})
        network, tokens = network_of(plan), plan.sampler.tokens
        for place in range(1, 10):
            vectors = network.wte.weight[tokens.index(f"@{place}")], network.wpe.weight[place]
            assert torch.equal(*vectors) == equal
    assert make_sampler("k-hop").place_tokens == {}


def test_answers_to_induction_heads_are_the_exact_ones():
    sampler = InductionHeads(n=60, letters=5)
    batch = sampler.batch(50, seed=0, step=0)
    task = make_task("induction-heads", {"n": 60, "alphabet": 5})
    for inputs, targets in zip(batch.inputs.numpy(), batch.targets.numpy(), strict=True):
        exact = task.solve(inputs + 1)
        assert np.array_equal(targets, np.where(exact > 0, exact - 1, 5))


def test_token_ids_and_layout_are_the_published_ones():
    sampler = KHop()
    assert sampler.tokens[:17] == tuple(map(str, range(17)))
    assert sampler.tokens[17:] == ("a", "b", "c", "d", "no answer", "blank")
    batch = sampler.draw(1, generator_of(0, 0), group=0)
    assert batch.inputs.shape == (1, 99)
    assert torch.equal(batch.inputs[0, 1:], batch.targets[0, 1:])  # 0 hops: the letter itself


def test_the_published_distribution_is_uniform_over_k_and_over_sequences_without_equal_neighbours():
    sampler = KHop(n=6, most_hops=2, letters=3)
    inputs = sampler.batch(20_000, seed=0, step=0).inputs
    counts = Counter(tuple(row) for row in inputs.tolist())
    possible = [
        (k, *(letter + 3 for letter in letters))
        for k in range(3)
        for letters in product(range(3), repeat=4)
        if all(left != right for left, right in pairwise(letters))
    ]
    assert len(possible) == 3 * 3 * 2**3 and counts.keys() <= set(possible)
    assert chisquare([counts[row] for row in possible]).pvalue > UNLIKELY


def test_with_repeats_all_sequences_are_equally_likely():
    inputs = KHop(n=5, most_hops=0, letters=4, repeats=1).batch(20_000, seed=0, step=0).inputs
    counts = Counter(tuple(row) for row in inputs[:, 1:].tolist())
    assert len(counts) == 4**3
    assert chisquare(list(counts.values())).pvalue > UNLIKELY


def test_consecutive_steps_and_seeds_are_independent():
    sampler = KHop(n=3, most_hops=0, letters=2)  # one letter: one bit a sequence
    for steps in ([(0, step) for step in range(4096)], [(seed, 0) for seed in range(4096)]):
        bits = np.array([sampler.batch(1, seed, step).inputs[0, 1].item() - 1 for seed, step in steps])
        triples = bits[:-2] * 4 + bits[1:-1] * 2 + bits[2:]
        assert chisquare(np.bincount(triples[::3], minlength=8)).pvalue > UNLIKELY


def test_recall_answers_with_the_value_of_the_key():
    sampler = Recall(pairs=5, queries=7, keys=9, values=4)
    batch = sampler.batch(200, seed=0, step=0)
    for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
        held = dict(zip(inputs[0:10:2], inputs[1:10:2], strict=True))
        assert len(held) == 5
        assert targets == [NOT_ASKED] * 10 + [held[key] for key in inputs[10:]]
    keys = np.bincount(batch.inputs[:, 0:10:2].flatten(), minlength=9)
    assert chisquare(keys).pvalue > UNLIKELY


def test_recall_asks_for_all_pairs_alike_and_independently():
    inputs = Recall(pairs=4, queries=3, keys=6).batch(4000, seed=0, step=0).inputs
    pair = (inputs[:, None, 8:] == inputs[:, 0:8:2, None]).long().argmax(1)  # (B, queries), which pair is asked
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert uniform((pair[:, one] * 4 + pair[:, other]).tolist(), range(16))


@pytest.mark.parametrize("modulus", [0, 1, 10])
def test_two_sum_answers_as_the_task_does(modulus):
    sampler = TwoSum(n=12, modulus=modulus)
    batch = sampler.batch(200, seed=0, step=0)
    task = make_task("2-sum", {"n": 12, "modulus": sampler.m})
    for inputs, targets in zip(batch.inputs.numpy(), batch.targets.numpy(), strict=True):
        assert np.array_equal(inputs[:12], inputs[12:])
        assert np.array_equal(targets[12:] - sampler.m, task.solve(inputs[:12]))
    if modulus == 0:
        assert 0.4 < (batch.targets[:, 12:] == sampler.m + 1).float().mean() < 0.6


def test_three_sum_answers_as_trying_all_triples_does():
    sampler = ThreeSum(n=8)
    batch = sampler.batch(50, seed=0, step=0)
    for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
        numbers = inputs[:8]
        pairs = [x + y for x, y in combinations_with_replacement(numbers, 2)]
        assert targets[8:] == [sampler.m + any((x + pair) % sampler.m == 0 for pair in pairs) for x in numbers]
    assert 0.3 < (batch.targets[:, 8:] == sampler.m + 1).float().mean() < 0.7


GRAPHS = [
    Cycles(n=6),
    Cycles(n=14),
    Connectivity(n=8),
    Connectivity(n=8, chords=4, reach=2),
    Connectivity(n=15, chords=1),
    Connectivity(n=27, chords=23, reach=100),
]


@pytest.mark.parametrize("sampler", GRAPHS)
def test_graphs_are_simple_and_answered_as_networkx_does(sampler):
    batch = sampler.batch(200, seed=0, step=0)
    for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
        graph = nx.Graph(zip(inputs[0:-1:2], inputs[1:-1:2], strict=True))
        assert graph.number_of_nodes() == sampler.n == inputs[-1]
        assert graph.number_of_edges() == sampler.edge_count == len(inputs) // 2  # so no edge comes twice
        assert nx.number_of_selfloops(graph) == 0
        parts = nx.number_connected_components(graph)
        assert targets == [NOT_ASKED] * (2 * sampler.edge_count) + [sampler.n + parts]
    assert 0.4 < (batch.targets[:, -1] == sampler.n + 1).float().mean() < 0.6


@pytest.mark.parametrize("sampler", GRAPHS)
def test_classes_differ_in_the_two_edges_that_close_the_rings_and_not_in_degrees(sampler):
    rows = torch.zeros(200, dtype=torch.bool)
    one, two = (sampler.edges(parted, generator_of(0, 0)) for parted in (rows, ~rows))
    assert ((one != two).any(2).sum(1) == 2).all()
    for joined, parted in zip(one, two, strict=True):
        assert torch.equal(joined.flatten().bincount(), parted.flatten().bincount())


def test_sizes_of_rings_are_spread():
    batch = Connectivity(n=24).batch(8000, seed=0, step=0)
    sizes = []
    for inputs in batch.inputs[batch.targets[:, -1] == 26].tolist():
        graph = nx.Graph(zip(inputs[0:-1:2], inputs[1:-1:2], strict=True))
        sizes.append(min(map(len, nx.connected_components(graph))))
    expected = np.array([2, 2, 2, 2, 1]) / 9 * len(sizes)  # 8 and 16, …, 11 and 13, and 12 twice
    assert chisquare(np.bincount(sizes, minlength=13)[8:], expected).pvalue > UNLIKELY


class Spider(GraphSampler):
    """A known graph without symmetry: legs of 1, 2 and 3 edges at vertex 0."""

    name = "spider"
    answers = ("one", "two")
    known = ((0, 1), (0, 2), (2, 3), (0, 4), (4, 5), (5, 6))
    edge_count = len(known)

    def edges(self, parted, generator):
        return torch.tensor(self.known).expand(len(parted), -1, -1)


def test_names_of_vertices_and_places_and_directions_of_edges_are_random():
    sampler = Spider(n=7)
    names, places, turns = [], [], []
    for inputs in sampler.batch(3000, seed=0, step=0).inputs.tolist():
        listed = list(zip(inputs[0:-1:2], inputs[1:-1:2], strict=True))
        (name,) = nx.isomorphism.GraphMatcher(nx.Graph(sampler.known), nx.Graph(listed)).isomorphisms_iter()
        known = [(name[one], name[other]) for one, other in sampler.known]
        names.append((name[0], name[3]))
        places.append(tuple(i for edge in known[1:3] for i in range(6) if set(listed[i]) == set(edge)))
        turns.append((known[0] in listed, known[5] in listed))
    assert uniform(names, list(permutations(range(7), 2)))
    assert uniform(places, list(permutations(range(6), 2)))
    assert uniform(turns, list(product((False, True), repeat=2)))


@pytest.mark.parametrize(
    "sampler", [Questions(), Questions(people=2, relations=1, most_steps=1), Questions(most_steps=6)]
)
def test_questions_in_words_are_answered_by_reading_the_facts(sampler):
    batch = sampler.batch(300, seed=0, step=0)
    for inputs, targets, steps in zip(batch.inputs, batch.targets, batch.group, strict=True):
        facts, asked = read(sampler, inputs)
        held = {(relation, person): other for relation, person, other in facts}
        people, relations = ({fact[i] for fact in facts} for i in (1, 0))
        assert (len(people), len(relations)) == (sampler.people, sampler.relations + 1)
        assert len(facts) == len(held) == len(people) * len(relations)  # everything is told, and once
        assert all(person != other for (_, person), other in held.items())
        person, *relations = asked
        assert len(relations) == steps - 1
        for relation in relations:
            person = held[relation, person]
        assert sampler.tokens[targets[-1]] == held["profession", person]
        assert (targets[:-1] == NOT_ASKED).all()


def read(sampler, inputs):
    """The facts (relation, person, who or what) in order, and the person and the relations that are asked."""
    *facts, question = " ".join(sampler.tokens[token] for token in inputs).split(" . ")
    told = []
    for fact in facts:
        the, relation, of, person, is_, other = fact.split()
        assert (the, of, is_) == ("The", "of", "is")
        told.append((relation, person, other))
    words = question.replace("_ ", "").removesuffix(" ?").split()
    assert words[:5] == ["What", "is", "the", "profession", "of"]
    assert set(words[6::2]) <= {"'s"}
    return told, [words[5], *words[7::2]]


def test_what_is_told_and_asked_is_random():
    sampler = Questions(people=3, relations=2, most_steps=3)
    places, others, questions = [], [], []
    for inputs in sampler.draw(3000, generator_of(0, 0), group=3).inputs:
        facts, asked = read(sampler, inputs)
        order = [fact[:2] for fact in facts]
        places.append((order.index(("mother", "John")), order.index(("profession", "Mary"))))
        held = dict(zip(order, facts, strict=True))
        others.append((held["mother", "John"][2], held["father", "John"][2]))
        questions.append(tuple(asked))
    assert uniform(places, list(permutations(range(9), 2)))
    assert uniform(others, list(product(("Helen", "Mary"), repeat=2)))
    assert uniform(questions, list(product(("John", "Helen", "Mary"), ("mother", "father"), ("mother", "father"))))


class TestShortcuts:
    """Simple rules are hardly better than guessing; half of each sample is for fitting them, the other half counts."""

    rules = run_path(str(Path(__file__).parents[2] / "benchmarks" / "shortcuts.py"))

    @pytest.mark.parametrize("sampler", [Cycles(n=16), Connectivity()])
    def test_what_is_nearby_in_a_graph_says_nothing(self, sampler):
        shares = self.rules["graph_shares"](sampler, 4000, 2000)
        algorithms = {"a vertex reaches all it can in 3"}  # all of a ring of 32 / 3 vertices: half of the task
        if isinstance(sampler, Cycles):
            algorithms.add("length of the shortest cycle")  # n or n / 2: the task itself
        assert len(shares) == 12
        assert all(0.45 < share < 0.55 for rule, share in shares.items() if rule not in algorithms), shares

    def test_the_rules_find_what_is_there(self):
        for n, short in ((6, "triangles"), (8, "4-cycles")):  # two of them, or one long cycle
            shares = self.rules["graph_shares"](Cycles(n=n), 400, 400)
            right = {f"number of {short}", "length of the shortest cycle", "all of these counts, logistic"}
            assert right <= {rule for rule, share in shares.items() if share == 1}
            assert shares["largest degree"] < 0.6

    def test_questions_need_the_names_of_relations(self):
        columns = self.rules["question_shares"](Questions(), 4000)
        for steps, shares in enumerate(columns, 1):
            ceiling = {1: 1, 2: 0.55, 3: 0.4, 4: 0.35}[steps]  # one of three relations is right by chance
            assert all(share <= ceiling for share in shares.values()), (steps, shares)

    @pytest.mark.parametrize("sampler", [TwoSum(), ThreeSum()])
    def test_sums_need_all_numbers(self, sampler):
        shares = self.rules["sum_shares"](sampler, 8000)
        assert all(share < 0.6 for share in shares.values()), shares


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("k-hops", {}, "there is no sampler 'k-hops'. Did you mean 'k-hop'?"),
        ("k-hop", {"lettres": 4}, "k-hop has no parameter 'lettres'. Did you mean 'letters'?"),
        ("k-hop", {"letters": "1"}, "letters must be a whole number from 2 to 1024; got '1'"),
        ("k-hop", {"fewest_hops": 3, "most_hops": 2}, "fewest_hops must be at most most_hops 2; got 3"),
        ("recall", {"pairs": 65}, "pairs must be at most keys 64, for keys differ; got 65"),
        ("1-vs-2-cycle", {"n": 7}, "n must be even, for two cycles of n / 2; got 7. Take 8."),
        ("connectivity", {"n": 16, "chords": 13}, "chords must be at most n - 4 = 12; got 13"),
    ],
)
def test_refusals(name, parameters, message):
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        make_sampler(name, parameters)
