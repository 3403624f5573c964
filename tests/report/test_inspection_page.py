"""The page of an inspection: one file that loads nothing, with every head and every hop on it."""

import re
from pathlib import Path

import pytest
import torch

from logdepth.inspection.inspect import inspect
from logdepth.learn.samplers import KHop
from logdepth.learn.trained import CompiledHops, Trained
from logdepth.models import compile_task
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.report.inspection import alignment_figure, inspection_page, pattern_figure
from logdepth.tasks import make_task


@pytest.fixture(scope="module")
def trained():
    sampler = KHop(n=14, most_hops=3, letters=3)
    network = Gpt2(Gpt2Shape(sampler.vocabulary, 14, depth=2, heads=3, width=12), torch.Generator().manual_seed(0))
    return inspect(Trained(Path("a<b"), sampler, network), k=2, sequences=3)


@pytest.fixture(scope="module")
def compiled():
    model = compile_task(make_task("k-hop", {"n": 20, "k": 4}))
    return inspect(CompiledHops(Path("hops"), KHop(n=22, most_hops=4, fewest_hops=4), model), sequences=3)


def test_the_page_shows_every_head_against_every_hop(trained):
    page = inspection_page(trained)
    for layer in (1, 2):
        for head in (1, 2, 3):
            assert f"layer {layer}, head {head}" in page
    assert page.count("of the attention") == 6 * (2 + 4)  # first token, previous, find^0 to find^3
    assert page.count(' best"') + page.count('"best"') == 6  # a best hop for each head
    assert page.count('title="alignment') == 6 * 4  # the best hop for every k
    assert page.count("data:image/png;base64,") == 2 * 6  # for every k, and the attention
    assert "asked another k" in page


@pytest.mark.parametrize("name", ["trained", "compiled"])
def test_bars_are_as_long_as_errors_and_the_longest_is_the_largest(name, request):
    found = request.getfixturevalue(name)
    rates = [rate.value for rate in found.without.values()]
    largest = max(0.01, found.error.value, *rates)
    drawn = re.findall(r'<rect class="value" width="([\d.]+)"', inspection_page(found))
    assert [float(width) for width in drawn] == pytest.approx([120 * rate / largest for rate in rates], abs=0.06)


def test_a_compiled_model_has_one_k_and_labelled_heads_that_do_the_hops(compiled):
    page = inspection_page(compiled)
    assert "asked another k" not in page
    assert "read token before" in page
    assert "There are heads in layer 2 for <i>find</i>" in page
    assert "0.0% of the answered tokens wrong" in page
    assert "100.0% of the attention" in page


def test_the_page_loads_nothing_and_names_are_escaped(trained):
    page = inspection_page(trained)
    assert "a<b" not in page
    assert "a&lt;b" in page
    assert not re.search(r"https?://|<script|<link|url\(", page)
    assert not re.search(r"\{\{\w+\}\}", page)


@pytest.mark.parametrize("figure", [alignment_figure, pattern_figure])
def test_figures_are_png(figure, trained, compiled):
    assert figure(trained).startswith(b"\x89PNG")
    assert figure(compiled).startswith(b"\x89PNG")
