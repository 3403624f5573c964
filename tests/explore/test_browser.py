"""The page of `logdepth explore` in a browser: it checks itself, large runs leave it alive, and it loads nothing."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_trained_explorer import network

from logdepth import compile_task, make_task
from logdepth.explore import make_explorer, make_trained_explorer
from logdepth.explore.reference import reference

OPEN = 'const page = JSON.parse(document.getElementById("data").textContent);'


def opened(browser: Any, path: Path) -> str:
    """What the page says that it checked."""
    browser.open(path)
    browser.wait("(document.querySelector('.checked')?.textContent || '').includes('reference inputs')")
    return browser.text(".checked")


@pytest.mark.parametrize(
    ("name", "size", "dtype"),
    [
        ("k-hop", {"n": 40, "k": 5}, "float32"),
        ("components", {"n": 7}, "float32"),
        ("prefix-sum", {"n": 40, "high": 9}, "float64"),
    ],
)
def test_the_browser_computes_what_the_library_computes(browser, tmp_path, name, size, dtype):
    task = make_task(name, size)
    model = compile_task(task, dtype=dtype)
    said = opened(browser, make_explorer(model).write(tmp_path / "page.html"))
    assert "numbers equal the library’s" in said and "Do not trust" not in said
    rng = np.random.default_rng(3)
    drawn = [task.sample(rng, task.families[number % len(task.families)]) for number in range(30)]
    given = [reference(model, task.typed(instance), task.encode(instance)) for instance in drawn]
    found = browser.ask(
        f"(async () => {{ {OPEN} const {{ subject }} = await $subject.openSubject(page);"
        f" return {json.dumps(given)}.map(one => subject.compare(one)); }})()"
    )
    assert not sum(one["wrong"] for one in found) and sum(one["numbers"] for one in found) > 100
    assert all(one["integers"] == one["streams"] for one in found)
    if name != "prefix-sum":  # heads that only read rows
        assert all(one["bits"] == one["streams"] for one in found)


def test_a_large_run_leaves_the_page_alive_and_a_later_one_overtakes_it(browser, tmp_path):
    task = make_task("k-hop", n=700, k=16)
    model = compile_task(task)
    opened(browser, make_explorer(model).write(tmp_path / "page.html"))
    texts = [task.typed(task.sample(np.random.default_rng(seed), "random", 700)) for seed in range(3)]
    found = browser.ask(
        f"(async () => {{ {OPEN} const texts = {json.dumps(texts)}, explorer = await $explorer.open(page);"
        " const runs = await Promise.all(texts.map(text => explorer.run(text, { most: 9 })));"
        " const { subject } = await $subject.openSubject(page), here = subject.run(texts[2], { most: 9 });"
        " return { scores: explorer.size(texts[2]).scores, workers: runs.map(run => run && run.worker),"
        " same: JSON.stringify(runs[2].data) === JSON.stringify(here.data) }; })()"
    )
    assert found == {"scores": pytest.approx(6 * 701**2 / 2), "workers": [None, None, True], "same": True}


def test_the_page_of_a_trained_network_checks_itself_and_draws_its_heads(browser, tmp_path):
    said = opened(browser, make_trained_explorer(network(), "2 abcabcab").write(tmp_path / "page.html"))
    assert "answers equal the library’s; no logit" in said
    browser.wait("document.querySelector('.figures').innerText.includes('head 2.1: ')")
    shown = browser.text("#explorer")
    assert "alignment 0." in shown and "the token that asks k = 2" in shown
    assert "First the k that is asked, 0 to 3" in shown and "of 8" in browser.text(".verdict-line")


def test_a_page_that_differs_from_the_library_says_so(browser, tmp_path):
    model = compile_task(make_task("sort", n=6, high=9))
    wrong = model.transformer.readouts["answer"]
    page = make_explorer(model)
    wrong[:] *= 2  # the library itself, after the page was made
    other = make_explorer(model)
    weights, checks = packed(other), packed(page)
    mixed = page.html.replace(checks, repack(checks, weights))
    said = opened(browser, page.__class__(page.title, mixed).write(tmp_path / "page.html"))
    assert "differ from the library’s. Do not trust" in said


def packed(page: Any) -> str:
    start = page.html.index('"packed":"') + len('"packed":"')
    return page.html[start : page.html.index('"', start)]


def repack(one: str, other: str) -> str:
    """The contents of one with the weights of another."""
    parts = [gzip.decompress(b64decode(text)) for text in (one, other)]
    ends = [8 + int.from_bytes(part[:8], "little") for part in parts]
    return b64encode(gzip.compress(parts[0][: ends[0]] + parts[1][ends[1] :])).decode()
