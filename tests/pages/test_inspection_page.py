"""The page of an inspection: one file that loads nothing, with every head and every hop on it."""

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.inspection import inspect
from logdepth.learn.samplers import KHop
from logdepth.learn.trained.models import CompiledHops, Trained
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.pages.inspection import READABLE, inspection_page
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


def test_the_page_shows_every_head_against_every_hop(trained):
    page = inspection_page(trained)
    for layer in (1, 2):
        for head in (1, 2, 3):
            assert f"layer {layer}, head {head}" in page
    assert page.count("of the attention") == 6 * (2 + 4)  # first token, previous, find^0 to find^3
    assert page.count("data:image/png;base64,") == 2 * 6  # for every k, and the attention
    assert "asked another k" in page


def rows_of(page, heading):
    """Of the table under this heading: what each row is called, and its cells, class, title and text of each."""
    [section] = [part for part in page.split("<section") if heading in part]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', section, re.DOTALL)
    cell = re.compile(r'<td class="([^"]*)" style="[^"]*" title="([^"]*)">(.*?)</td>')
    return {name: cell.findall(cells) for name, cells in rows}


def name_of(head):
    return f"layer {head.layer}, head {head.number}"


def test_the_cells_of_the_table_are_those_of_the_inspection(trained):
    rows = rows_of(inspection_page(trained), "Which head does which hop")
    assert list(rows) == [name_of(head) for head in trained.heads]
    values, shares = trained.alignments[2].alignment, trained.alignments[2].share
    for index, cells in enumerate(rows.values()):
        assert [title for _, title, _ in cells] == [
            f"{target}: alignment {values[index, at]:.3f}; {shares[index, at]:.1%} of the attention"
            for at, target in enumerate(trained.targets)
        ]
        assert [shown for *_, shown in cells] == [f"{value:.2f}".removeprefix("0") for value in values[index]]
        framed = [at for at, (look, *_) in enumerate(cells) if "best" in look.split()]
        assert framed == ([values[index].argmax()] if values[index].max() >= READABLE else [])


def test_only_what_a_head_reads_is_framed_and_told(trained):
    """Heads that read the previous token are told as such, and nothing is framed where nothing can be seen."""
    values = trained.alignments[2].alignment.copy()
    values[0], values[1] = READABLE / 2, 0.3
    values[0, 3] = READABLE * 0.9
    values[1, trained.targets.index("previous")] = 0.99
    found = replace(trained, alignments={**trained.alignments, 2: replace(trained.alignments[2], alignment=values)})
    page = inspection_page(found)
    looks = [[look for look, *_ in cells] for cells in rows_of(page, "Which head does which hop").values()]
    assert not any("best" in look for look in looks[0])
    assert [at for at, look in enumerate(looks[1]) if "best" in look] == [1]
    assert re.search(r"There are heads in layer 1 for .*the previous token \(0\.99\)", page)
    by_k = list(rows_of(page, "asked another k").values())
    assert [by_k[head][2][2] for head in (0, 1)] == ["–", "prev."]


def test_how_many_more_errors_there_are_is_told_with_its_interval(trained):
    page = inspection_page(trained)
    shown = re.findall(r'<td class="more([^"]*)" title="([^"]*)">([^<]*)</td>', page)
    more = [trained.more[head] for head in trained.heads]
    assert [(unsure != "", title, cell) for unsure, title, cell in shown] == [
        (
            one.low <= 0 <= one.high,
            f"{one.value:+.4f}, 95% interval {one.low:+.4f} to {one.high:+.4f}",
            f"{one.value:+.3f} ± {(one.high - one.low) / 2:.3f}",
        )
        for one in more
    ]
    ends = np.array(re.findall(r'<path class="ends" d="M([\d.]+) 8H([\d.]+)"', page), float)
    largest = max([trained.error.value, *(rate.value for rate in trained.without.values())])
    expected = [[trained.error.value + one.low, trained.error.value + one.high] for one in more]
    assert np.allclose(ends, np.clip(120 / largest * np.array(expected), 0, 125), atol=0.06)


def test_the_best_targets_for_every_k_are_those_of_the_inspection(trained):
    rows = rows_of(inspection_page(trained), "asked another k")
    assert list(rows) == [name_of(head) for head in trained.heads]
    for index, cells in enumerate(rows.values()):
        best = [trained.alignments[k].alignment[index].argmax() for k in range(4)]
        values = [trained.alignments[k].alignment[index].max() for k in range(4)]
        assert min(values) >= READABLE
        assert [shown for *_, shown in cells] == [("first", "prev.", "0", "1", "2", "3")[at] for at in best]
        assert [title for _, title, _ in cells] == [
            f"{trained.targets[at]}: alignment {value:.3f}" for at, value in zip(best, values, strict=True)
        ]


@pytest.mark.parametrize("name", ["trained", "compiled"])
def test_bars_are_as_long_as_errors_and_the_longest_is_the_largest(name, request):
    found = request.getfixturevalue(name)
    rates = [found.without[head].value for head in found.heads]
    largest = max(0.01, found.error.value, *rates)
    page = inspection_page(found)
    drawn = re.findall(r'<rect class="value" width="([\d.]+)"', page)
    assert [float(width) for width in drawn] == pytest.approx([120 * rate / largest for rate in rates], abs=0.06)
    [with_all] = {float(place) for place in re.findall(r'<path class="all" d="M([\d.]+) ', page)}
    assert with_all == pytest.approx(120 * found.error.value / largest, abs=0.06)
    assert re.findall(r'<text x="128" y="12.5">([\d.]+)</text>', page) == [f"{rate:.3f}" for rate in rates]


def test_the_map_of_a_head_has_a_row_for_each_k_from_the_top(trained):
    page = inspection_page(trained)
    maps = re.findall(r'<img src="data:image/png;base64,([^"]*)" alt="alignment of layer (\d), head (\d)', page)
    assert [(int(layer), int(number)) for _, layer, number in maps] == [
        (head.layer, head.number) for head in trained.heads
    ]
    for index, (data, *_) in enumerate(maps):
        opacity = matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))[..., 3]
        expected = [trained.alignments[k].alignment[index, trained.first_hop :] for k in range(4)]
        assert np.allclose(opacity, expected, atol=1 / 255)


def test_a_compiled_model_has_one_k_and_labelled_heads_that_do_the_hops(compiled):
    page = inspection_page(compiled)
    assert "asked another k" not in page
    assert "read token before" in page
    assert "There are heads in layer 1 for the previous token (" in page
    assert "; in layer 2 for <i>find</i> (" in page
    assert "0.0% of the answered tokens wrong" in page
    assert "100.0% of the attention" in page


def test_the_page_loads_nothing_and_names_are_escaped(trained):
    page = inspection_page(trained)
    assert "a<b" not in page
    assert "a&lt;b" in page
    assert not re.search(r"https?://|<script|<link|url\(", page)
    assert not re.search(r"\{\{\w+\}\}", page)


@pytest.mark.parametrize("figure", [alignment_figure, by_k_figure, pattern_figure])
def test_figures_are_png(figure, trained, compiled):
    assert figure(trained).startswith(b"\x89PNG")
    assert figure(compiled).startswith(b"\x89PNG")


def test_of_many_heads_those_of_further_layers_are_folded():
    sampler = KHop(n=8, most_hops=2, letters=3)
    network = Gpt2(Gpt2Shape(sampler.vocabulary, 8, depth=7, heads=8, width=8), torch.Generator().manual_seed(0))
    page = inspection_page(inspect(Trained(Path("net"), sampler, network), k=2, sequences=2))
    open_ = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert page.count('<tr><th scope="row">') == 2 * 7 * 8 and page.count("<img") == 2 * 7 * 8
    assert open_.count('<tr><th scope="row">') == 2 * 48 and open_.count("<img") == 2 * 24
    assert page.count("<summary>layer 7</summary>") == 2 and page.count("<summary>layers 4 to 7</summary>") == 2


def test_too_many_pictures_are_left_out_and_the_page_says_so(trained, monkeypatch):
    monkeypatch.setattr("logdepth.pages.inspection.LARGEST_PICTURES", 1000)
    page = inspection_page(trained)
    assert page.count("<img") == 2 * 3 and page.count("would make this page too large") == 2
