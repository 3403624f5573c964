"""The page of an inspection: one file that loads nothing, and its record: every head, every hop, one sequence."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.inspection import inspect
from logdepth.learn.samplers import KHop
from logdepth.learn.trained.models import CompiledHops, Trained
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.pages.inspected import NEXT_TO_ONE, SEEN
from logdepth.pages.inspection import inspection_page
from logdepth.pages.inspection_figures import alignment_figure, by_k_figure, pattern_figure
from logdepth.tasks import make_task


@pytest.fixture(scope="module")
def trained():
    sampler = KHop(n=14, most_hops=3, letters=3)
    generator = torch.Generator().manual_seed(0)
    network = Gpt2(Gpt2Shape(sampler.vocabulary, 14, depth=2, heads=3, width=12), generator)
    with torch.no_grad():
        for weight in network.parameters():  # so large that no head is like another
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    found = inspect(Trained(Path("a<b"), sampler, network), k=2, sequences=30)
    assert len({rate.wrong for rate in found.without.values()}) > 3
    return found


@pytest.fixture(scope="module")
def compiled():
    model = compile_task(make_task("k-hop", {"n": 20, "k": 4}))
    return inspect(CompiledHops(Path("hops"), KHop(n=22, most_hops=4, fewest_hops=4), model), sequences=3)


def test_the_record_has_every_head_against_every_target_for_every_k(trained, data_of):
    record = data_of(inspection_page(trained))
    assert record["asked"] == [0, 1, 2, 3] and record["targets"] == list(trained.targets)
    assert [(each["layer"], each["number"]) for each in record["heads"]] == [(h.layer, h.number) for h in trained.heads]
    for at, k in enumerate(record["asked"]):
        found = trained.alignments[k]
        drawn = [[each[kind][at] for each in record["heads"]] for kind in ("alignments", "shares")]
        assert np.allclose(drawn, [found.alignment, found.share], atol=0.0006)


def test_errors_are_there_with_their_intervals(trained, data_of):
    record = data_of(inspection_page(trained))
    assert record["error"] == trained.error.value and record["k"] == 2
    for each, head in zip(record["heads"], trained.heads, strict=True):
        without, more = trained.without[head], trained.more[head]
        assert each["without"] == [without.value, without.low, without.high]
        assert each["more"] == [more.value, more.low, more.high]


@pytest.mark.parametrize("name", ["trained", "compiled"])
def test_the_sequence_is_a_run_whose_weights_are_those_of_the_heads(name, request, data_of):
    """Read as views/run.js reads them: the run has what the explorer's runs have."""
    found = request.getfixturevalue(name)
    run = data_of(inspection_page(found))["run"]
    tokens = len(found.example.letters) + 1
    assert run["shown"] == list(range(tokens)) and len(run["labels"]) == tokens
    patterns = [head for step in run["steps"] for head in step["heads"]]
    for head, weights in zip(patterns, found.example.patterns, strict=True):
        read = np.zeros((tokens, tokens))
        for query in range(tokens):
            for weight, keys in head["spread"].get(str(query), [[1, [head["hard"][query]] * 2]]):
                for first, last in zip(keys[::2], keys[1::2], strict=True):
                    read[query, first : last + 1] = weight
        assert np.allclose(read, np.where(weights < SEEN, 0, weights), atol=1e-4)
        exact = (weights == 1).any(axis=-1)
        assert head["exact"] == exact.sum() and ((read == 1).any(axis=-1) == exact).all()
    pointer = np.array(run["chain"]["pointer"])
    wanted = found.example.targets[found.first_hop + 1]
    assert (np.where(pointer == 0, -1, pointer) == wanted).all() and run["chain"]["times"] == found.k


@pytest.mark.parametrize("name", ["trained", "compiled"])
def test_the_answers_to_the_sequence_stand_beside_the_exact_ones(name, request, data_of):
    found = request.getfixturevalue(name)
    answer = data_of(inspection_page(found))["run"]["answer"]
    letters = "".join("abcd"[letter] for letter in found.example.letters)
    exact = []
    for at in range(len(letters)):
        for _ in range(found.k):
            at = -1 if at < 0 else letters.rfind(letters[at], 0, at) + 1 or -1
        exact.append("∅" if at < 0 else letters[at])
    assert answer["exact"] == exact and answer["entries"] == len(letters) == len(answer["model"])
    assert answer["wrong"] == [at for at, letter in enumerate(exact) if answer["model"][at] != letter]
    assert answer["right"] == len(letters) - len(answer["wrong"])
    if name == "compiled":
        assert answer["right"] == answer["entries"]


def test_a_weight_that_is_nearly_1_is_not_called_1(trained, data_of):
    patterns = trained.example.patterns.copy()
    patterns[0, 3] = 0
    patterns[0, 3, 1], patterns[0, 3, 2] = 0.99999, 0.00001
    found = replace(trained, example=replace(trained.example, patterns=patterns))
    [head, *_] = data_of(inspection_page(found))["run"]["steps"][0]["heads"]
    assert head["spread"]["3"] == [[NEXT_TO_ONE, [1, 1]]] and head["exact"] == (patterns[0] == 1).any(axis=-1).sum()


def test_where_the_hop_leads_is_marked_only_for_heads_that_are_aligned_with_one(trained, data_of):
    """Heads that read the previous token are told as such, and nothing is told where nothing can be seen."""
    values = np.full_like(trained.alignments[2].alignment, 0.3)
    values[1, trained.targets.index("previous")] = 0.99
    found = replace(trained, alignments={**trained.alignments, 2: replace(trained.alignments[2], alignment=values)})
    page = inspection_page(found)
    assert re.search(r"There are heads in layer 1 for the previous token \(0\.99\)\.", page)
    heads = [head["leads"] for step in data_of(page)["run"]["steps"] for head in step["heads"]]
    assert heads[1] == [-1, -1, *range(1, len(heads[1]) - 1)] and heads.count(None) == len(heads) - 1


def test_a_compiled_model_has_one_k_and_labelled_heads_that_do_the_hops(compiled, data_of):
    page = inspection_page(compiled)
    record = data_of(page)
    assert record["asked"] == [4] and record["heads"][0]["label"] == "read token before"
    assert record["run"]["blocks"][0]["heads"][0]["label"] == "read token before"
    assert "There are heads in layer 1 for the previous token (" in page
    assert "; in layer 2 for <i>find</i> (" in page
    assert "0.0% of the answered tokens wrong" in page
    assert all(1.0 in each["shares"][0] for each in record["heads"])


def test_the_page_loads_nothing_and_names_are_escaped(trained, self_contained):
    page = inspection_page(trained)
    self_contained(page)
    assert "a<b" not in page and "a&lt;b" in page


def test_of_a_large_model_fewer_tokens_are_shown(trained, monkeypatch, data_of):
    monkeypatch.setattr("logdepth.pages.inspection.LARGEST_FILE", 1000)
    page = inspection_page(trained)
    assert len(data_of(page)["run"]["shown"]) == 11 and "Its first 10 letters are shown." in page


@pytest.mark.parametrize("figure", [alignment_figure, by_k_figure, pattern_figure])
def test_figures_are_png(figure, trained, compiled):
    assert figure(trained).startswith(b"\x89PNG")
    assert figure(compiled).startswith(b"\x89PNG")
