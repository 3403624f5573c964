"""Compiled models as ground truth: their wiring says what depends on what, which ablation confirms, in any basis."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from logdepth import Table, compile_program
from logdepth.artefacts import compile_task
from logdepth.exports import export, ground_truth, lens_input, load_transformer_lens, permute, rotate
from logdepth.exports import rotation as rotations
from logdepth.exports import transformer_lens as lens
from logdepth.inspection import wiring_of, without
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.rasp import read_rasp
from logdepth.tasks import make_task
from logdepth.transformer import EXACT, project

PAPER = (Path(__file__).parents[2] / "examples" / "paper.rasp").read_text()


def two_outputs():
    """Counts of equal letters, and the letter in the row before: two circuits that share no head."""
    table = Table("two", rows=6, causal=True)
    letter = table.input("letter", letters="abc")
    table.output("equal", table.count(query=letter, key=letter))
    table.output("before", table.shift(letter, 1))
    return compile_program(table.program())


@pytest.fixture(scope="module")
def reverse():
    return compile_program(read_rasp(PAPER, "abcd", 6, "reverse"))


@pytest.fixture(scope="module")
def dyck():
    return compile_program(read_rasp(PAPER, "()", 8, "dyck1_ptf"))


@pytest.fixture(scope="module")
def ranking():
    return compile_task(make_task("list-ranking", {"n": 6}))  # a loop with tied blocks


def tables_of(model, count=20):
    rng = np.random.default_rng(0)
    return [model.task.encode(model.task.sample(rng)) for _ in range(count)]


def inputs_of_heads(transformer, table):
    """(step, head) -> its queries, keys and values."""
    _, cache = transformer.run_with_cache(table)
    before = [cache.embedding, *cache.residuals]
    return {
        (step, head): [
            project(before[step][None], getattr(block.attention, name), EXACT)[0, head]
            for name in ("query", "key", "value")
        ]
        for step, block in enumerate(transformer.steps)
        if block.attention is not None
        for head in range(block.attention.heads)
    }


@pytest.mark.parametrize("model", ["reverse", "dyck", "ranking"])
def test_a_head_changes_the_inputs_of_no_head_to_which_no_edges_lead(model, request):
    model = request.getfixturevalue(model)
    transformer, wiring = model.transformer, wiring_of(model.transformer)
    graph = nx.DiGraph((edge.writer, edge.reader) for edge in wiring.edges)
    heads = {(part.step, part.head): part for part in graph if part.kind == "head"}
    reached = 0
    for at, part in heads.items():
        cut = without(transformer, *at)
        later = nx.descendants(graph, part)
        for table in tables_of(model, 6):
            whole, left = inputs_of_heads(transformer, table), inputs_of_heads(cut, table)
            for other, reader in heads.items():
                if other > at and reader not in later:
                    assert all(map(torch.equal, whole[other], left[other])), (at, other)
                reached += reader in later and not all(map(torch.equal, whole[other], left[other]))
    assert reached > 0 or len(heads) == 1


def test_heads_outside_a_circuit_change_nothing_and_heads_inside_do():
    model = two_outputs()
    found = ground_truth(model)
    heads = set(found["ablation"]["changed"])
    assert len(heads) == 2
    for output, nodes in found["circuits"].items():
        for head in heads:
            assert (found["ablation"]["changed"][head][output] > 0) == (head in nodes), (output, head)


def test_every_head_of_reverse_matters(reverse):
    changed = ground_truth(reverse)["ablation"]["changed"]
    assert set(changed) == {"a0.h0", "a1.h0"} and all(each["reverse"] > 0 for each in changed.values())


def test_the_document_names_statements_heads_and_edges(reverse):
    found = ground_truth(reverse, tables=3)
    assert "a0.h0->a1.h0<q>" in {edge["name"] for edge in found["edges"]}
    assert [s["nodes"] for s in found["statements"] if s["kind"] == "select"] == [["a0.h0"], ["a1.h0"]]
    assert found["circuits"] == {"reverse": ["input", "a0.h0", "a1.h0", "logits"]}
    [query] = [edge["columns"] for edge in found["edges"] if edge["name"] == "a0.h0->a1.h0<q>"]
    assert query == ["length"]


def test_columns_that_are_used_again_give_edges_that_cancel(dyck):
    wiring = wiring_of(dyck.transformer)
    assert wiring.cancelling
    assert not {
        (e.writer, e.reader, e.input, c) for e in wiring.edges for c in e.columns if e.writer.kind == "head"
    } & {(e.writer, e.reader, e.input, c) for e in wiring.cancelling for c in e.columns if e.writer.kind == "head"}


def test_transformer_lens_has_the_hooks_and_zeroing_a_head_there_does_what_the_document_says(reverse, tmp_path):
    export(reverse, "transformer-lens", tmp_path / "model.safetensors")
    bridge = load_transformer_lens(tmp_path / "model.safetensors")
    table = tables_of(reverse, 1)[0]
    tokens = lens_input(reverse.transformer, table)
    for node in ground_truth(reverse, tables=1)["nodes"]:
        assert set(node["hooks"]) <= set(bridge.hook_dict)
        if "head" in node:
            step, head = int(node["node"][1:].split(".")[0]), node["head"]

            def zero(z, hook, head=head):
                z[:, :, head] = 0
                return z

            output = bridge.run_with_hooks(tokens, fwd_hooks=[(node["hooks"][0], zero)])
            theirs = lens.lens_answers(reverse.transformer, output)["reverse"][0]
            assert np.array_equal(theirs, without(reverse.transformer, step, head).run(table)["reverse"])


# --- other bases ---


@pytest.mark.parametrize("seed", [0, 1])
def test_a_permuted_model_is_the_same_to_the_last_bit(dyck, seed):
    turned = permute(dyck, seed)
    assert turned.off == 0
    assert np.array_equal(np.abs(turned.basis).sum(0), np.ones(dyck.transformer.width))


def test_a_rotated_model_gives_the_same_answers_and_mixes_all_columns(dyck):
    turned = rotate(dyck, seed=3)
    assert 0 < turned.off < 1e-9
    assert np.allclose(turned.basis @ turned.basis.T, np.eye(len(turned.basis)), atol=1e-12)
    assert (turned.model.transformer.readouts["dyck1_ptf"].abs() > 1e-6).all()
    for table in tables_of(dyck):
        assert np.array_equal(turned.model.run(table)["dyck1_ptf"], dyck.run(table)["dyck1_ptf"])


def test_a_rotation_that_is_off_is_refused(dyck, monkeypatch):
    monkeypatch.setattr(rotations, "MOST_OFF", 0.0)
    with pytest.raises(CapacityExceeded, match="in this basis a readout is off by"):
        rotate(dyck, seed=3)


def test_the_basis_stands_in_the_document_and_the_rotated_model_opens_in_transformer_lens(reverse, tmp_path):
    turned = export(reverse, "ground-truth", tmp_path / "truth.json", rotate_by=5)
    assert np.array_equal(json.loads((tmp_path / "truth.json").read_text())["basis"], turned.basis)
    export(reverse, "transformer-lens", tmp_path / "model.safetensors", rotate_by=5)
    bridge = load_transformer_lens(tmp_path / "model.safetensors")
    table = tables_of(reverse, 1)[0]
    output = bridge(lens_input(turned.model.transformer, table))
    theirs = lens.lens_answers(turned.model.transformer, output)["reverse"][0]
    assert np.array_equal(theirs, reverse.run(table)["reverse"])
    with pytest.raises(UsageError, match="rotated or permuted, and not both"):
        export(reverse, "onnx", tmp_path / "model.onnx", rotate_by=1, permute_by=1)
