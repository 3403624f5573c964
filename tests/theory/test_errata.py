"""Errors in the sources, each with a counterexample that runs. The page of theory lists them."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from logdepth.arrows.registry import ARROWS
from logdepth.learn.samplers import KHop as KHopSampler
from logdepth.learn.trained.models import Trained
from logdepth.messages import chase_by_steps, reached, run_on_blackboard
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.programs import cut_loops
from logdepth.reductions import find_reduction
from logdepth.solutions import program_for
from logdepth.tasks import Graph, make_task, pointer_chasing
from logdepth.tasks.sequences.k_hop import find, hop
from logdepth.theory import blackboard_simulates_networks, sequential_models
from logdepth.verification import compare_examples

PAGE = (Path(__file__).parents[2] / "docs" / "theory.md").read_text()


# --- Theorem 4.2 of 2402.09268: its induction step ---


def follow_printed_step(tokens, k):
    """hop_k as the printed step would have it: layer ℓ + 1 goes on by find^(2^(ℓ-2)) if bit ℓ - 1 of k is 1."""
    step = np.concatenate([[0], find(tokens)])
    at = step if k & 1 else np.arange(len(step))
    for layer in range(2, k.bit_length() + 1):
        if k >> (layer - 1) & 1:
            onward = np.arange(len(step))
            for _ in range(2 ** (layer - 2)):
                onward = step[onward]
            at = onward[at]
    return np.concatenate([[0], tokens])[at[1:]]


def test_the_printed_step_of_theorem_4_2_is_wrong_at_three_hops():
    tokens = np.array([1, 2, 1, 2, 1])  # ababa
    assert hop(tokens, 3)[-1] == 2
    assert follow_printed_step(tokens, 3)[-1] == hop(tokens, 2)[-1] == 1


@pytest.mark.parametrize("k", range(1, 12))
def test_the_printed_step_ends_after_half_of_the_hops(k):
    rng = np.random.default_rng(k)
    for _ in range(20):
        tokens = rng.integers(1, 4, 40)
        assert np.array_equal(follow_printed_step(tokens, k), hop(tokens, (k + 1) // 2))


# --- Corollary 4.3: the last line of its proof ---


def test_the_proof_of_corollary_4_3_ends_with_the_wrong_graph():
    """Two triangles lead back to vertex 1, and one cycle of six leads to the vertex opposite: not to 1, as printed."""
    reduction = find_reduction("1-vs-2-cycle", "k-hop")
    triangles = Graph(6, np.array([(1, 2), (2, 3), (3, 1), (4, 5), (5, 6), (6, 4)]))
    hexagon = Graph(6, np.array([(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 1)]))
    ends = [hop(*reduction.ask(graph), 6)[-1] for graph in (triangles, hexagon)]
    assert ends == [1, 4]


# --- Corollary 5.6: the number of thoughts ---


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_corollary_5_6_gives_k_minus_1_thoughts(k):
    """t thoughts are t + 1 rounds, and k rounds of ⌈log q⌉ bits suffice: the proof does not exclude k - 1 thoughts."""
    claim = blackboard_simulates_networks.chain_of_thought(
        players=k, thoughts=k - 1, heads=1, value_width=4, precision=32
    )
    instance = pointer_chasing(np.random.default_rng(k), k, 9)
    run = run_on_blackboard(chase_by_steps(k, 9), instance.parts)
    assert reached(run.answer) == instance.class_of(int(instance.task.solve(instance.tokens)[-1]))
    assert run.rounds == claim.sizes["rounds"] == k
    assert sequential_models.chain_of_thought(10**9, k, 10**9).sizes == {"tokens": k - 1}


def test_a_network_with_thoughts_takes_one_round_more_than_thoughts():
    arrow = ARROWS["thoughts-to-blackboard"]
    thoughts = [example.source.thoughts for example in arrow.examples()]
    assert [compared.measured["rounds"] for compared in compare_examples(arrow)] == [each + 1 for each in thoughts]


# --- The published table: dropout ---


def test_with_dropout_a_model_has_no_answers_of_its_own():
    """The published evaluation left dropout on: the same model gives two answers to the same question."""
    sampler = KHopSampler(n=20, most_hops=2, letters=4)
    shape = Gpt2Shape(vocabulary=sampler.vocabulary, positions=sampler.length, depth=2, heads=2, width=16, dropout=0.1)
    model = Trained(Path("run"), sampler, Gpt2(shape, torch.Generator().manual_seed(0)))
    inputs = sampler.draw(8, torch.Generator().manual_seed(1)).inputs
    torch.manual_seed(0)
    assert not torch.equal(model.answers(inputs, dropout=True), model.answers(inputs, dropout=True))
    assert torch.equal(model.answers(inputs), model.answers(inputs))


# --- and what is tight ---


@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_a_ruler_path_needs_every_round_of_star_hooking(n):
    """Edge (i, i + 1) is the more urgent the fewer times 2 divides i: ⌊log n⌋ rounds do, and one fewer does not."""
    order = sorted(range(1, n), key=lambda i: -((i & -i).bit_length()))  # the last row wins
    graph = Graph(n, np.array([(i, i + 1) for i in order]))
    task = make_task("components", n=n, edges=n)
    program, exact = program_for(task), task.solve(graph)

    def answer(rounds):
        return task.decode(cut_loops(program, rounds).run(task.encode(graph)), graph)

    assert np.array_equal(answer(n.bit_length() - 1), exact)
    assert not np.array_equal(answer(n.bit_length() - 2), exact)


def test_the_page_names_every_erratum():
    section = PAGE.partition("## Errata in the sources")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!\[?-|where)(.*?) \|", section, re.MULTILINE)
    assert len(rows) == 4
    for name in ("Theorem 4.2", "Corollary 4.3", "Corollary 5.6", "table"):
        assert any(name in row for row in rows), name
