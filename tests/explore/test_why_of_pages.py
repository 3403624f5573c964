"""Why a row is read: the numbers of the page are those of the weights; walks in sentences, and figures alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from engine import ask, needs_node
from test_desk import address, model_of, open_page, says, settled
from test_trained_explorer import SAMPLER, network, page_of

from logdepth.explore import contents_of, make_explorer, make_trained_explorer, pack, weights_of
from logdepth.learn.samplers import generator_of
from logdepth.numerics.errors import UsageError
from logdepth.pages import VIEWS
from logdepth.traces import trace_transformer

WHY, SUM = ".figures .why", ".figures .sum"
PRODUCTS = """const e = await $explorer.open(given.page), found = [];
await e.run(given.input, { ablate: given.ablate });
for (const place of given.places) found.push(await e.product(place));
return found;"""


@needs_node
@pytest.mark.parametrize("name", ["k-hop", "components", "prefix-sum"])
def test_scores_are_the_products_of_queries_and_keys(name):
    model = model_of(name)
    task, transformer = model.task, model.transformer
    instance = task.sample(np.random.default_rng(4), size=task.largest)
    trace = trace_transformer(transformer, task.encode(instance))
    steps = [step for step, block in enumerate(transformer.steps) if block.attention is not None]
    tokens = trace.streams[0].shape[0]
    places = [
        {"step": step, "head": head, "query": query, "key": query // 2}
        for step in steps
        for head in range(transformer.steps[step].attention.heads)
        for query in (0, 1, tokens - 1)
    ]
    page = {"packed": pack(contents_of(model), weights_of(model))}
    given = {"page": page, "input": task.typed(instance), "ablate": [], "places": places}
    for place, found in zip(places, ask(PRODUCTS, given), strict=True):
        attention, x = transformer.steps[place["step"]].attention, torch.as_tensor(trace.streams[place["step"]])
        queries, keys = x @ attention.query[place["head"]], x @ attention.key[place["head"]]
        seen = place["query"] + 1 if transformer.causal else tokens
        scores = (queries @ keys.T)[place["query"], :seen]
        assert np.allclose(found["scores"], scores, rtol=1e-6)
        assert np.allclose(found["weights"], torch.softmax(scores, 0), atol=1e-6)
        products = np.multiply(found["query"], found["key"])
        assert sum(products) == pytest.approx(found["scores"][place["key"]], rel=1e-6)
        for (asks, holds), query, key in zip(found["terms"], found["query"], found["key"], strict=True):
            assert sum(x[place["query"], c].item() * w for c, w in asks) == pytest.approx(query, rel=1e-6)
            assert sum(x[place["key"], c].item() * w for c, w in holds) == pytest.approx(key, rel=1e-6)


@needs_node
def test_a_weight_that_is_rounded_to_1_leaves_others_that_are_not_0():
    """As the start token's, where a head adds up: the others, of e to the power of -32, are what is added."""
    script = "return given.map(weights => $why.sentence({ nameOf: String }, 0, 0, 1, [32, 0], weights));"
    summing, reading = ask(script, [[1, 1.266e-14], [1, 0]], "why")
    assert summing.endswith("the weight here is rounded to 1, and the next weight is 1.266e−14.")
    assert reading.endswith("e⁻³² is 0 in this format, so that all the weight, exactly 1, lies here.")


SUMS = """const e = await $explorer.open(given.page), found = [];
await e.run(given.input, { ablate: given.ablate });
for (const place of given.places) found.push(await e.sum(place));
return found;"""


def added(found: dict) -> float:
    heads = sum(one["value"] * one["weight"] for one in found["heads"])
    return found["before"] + heads + sum(max(0.0, one["inner"]) * one["weight"] for one in found["units"])


@needs_node
@pytest.mark.parametrize("name", ["k-hop", "components", "prefix-sum"])
def test_what_heads_and_units_add_is_the_number_of_the_stream(name):
    model = model_of(name)
    task, transformer = model.task, model.transformer
    instance = task.sample(np.random.default_rng(4), size=task.largest)
    trace = trace_transformer(transformer, task.encode(instance))
    columns, tokens = range(transformer.width), trace.streams[0].shape[0]
    steps = range(len(transformer.steps))
    places = [{"step": s, "token": t, "column": c} for s in steps for t in (0, tokens - 1) for c in columns]
    page = {"packed": pack(contents_of(model), weights_of(model))}
    answers = ask(SUMS, {"page": page, "input": task.typed(instance), "ablate": [], "places": places})
    units = 0
    for place, found in zip(places, answers, strict=True):
        step, token, column = place["step"], place["token"], found["column"]
        before, after = trace.streams[step], trace.streams[step + 1]
        assert found["after"] == pytest.approx(after[token, column], abs=1e-4)
        assert found["before"] == pytest.approx(before[token, column], abs=1e-4)
        assert added(found) == pytest.approx(found["after"], rel=1e-5, abs=1e-3)
        changed = {at for at in columns if before[token, at] != after[token, at]}
        written = [at for at, _ in found["columns"]]
        assert changed <= set(written) and (place["column"] == column or place["column"] not in written)
        for one in found["heads"]:
            if one["key"] is not None:
                value = sum(before[one["key"], at] * weight for at, weight in one["made"])
                assert value == pytest.approx(one["value"], rel=1e-5)
        units += len(found["units"])
    assert (units > 0) == any(block.mlp is not None for block in transformer.steps)


@needs_node
def test_a_head_that_is_off_adds_nothing_to_a_sum():
    model = model_of("k-hop")
    page = {"packed": pack(contents_of(model), weights_of(model))}
    column = int(model.transformer.steps[0].attention.output[0].any(dim=0).nonzero()[0])
    given = {"page": page, "input": "abcabcabc", "places": [{"step": 0, "token": 9, "column": column}]}
    [[whole], [without]] = (ask(SUMS, {**given, "ablate": ablate}) for ablate in ([], [[0, 0]]))
    assert any(one["value"] for one in whole["heads"]) and not any(one["value"] for one in without["heads"])


@needs_node
def test_of_a_trained_network_scores_give_the_attention_of_the_library():
    model = network()
    ids = SAMPLER.draw(1, generator_of(5, 5), group=3).inputs
    patterns = model.network.run_with_cache(ids)[1].patterns
    text = "3 " + "".join("abcd"[number - 4] for number in ids[0, 1:].tolist())
    places = [{"step": 1, "head": 0, "query": 12, "key": 5}, {"step": 0, "head": 1, "query": 3, "key": 3}]
    for place, found in zip(
        places, ask(PRODUCTS, {"page": page_of(model), "input": text, "ablate": [], "places": places}), strict=True
    ):
        expected = patterns[place["step"]][0, place["head"], place["query"], : place["query"] + 1].detach()
        assert np.allclose(found["weights"], expected, atol=1e-5) and found["terms"] is None
        product = np.dot(found["query"], found["key"]) * found["scale"]
        assert product == pytest.approx(found["scores"][place["key"]], rel=1e-4, abs=1e-5)


@needs_node
def test_logits_and_probabilities_are_those_of_the_network():
    model = network()
    ids = SAMPLER.draw(1, generator_of(5, 5), group=3).inputs
    logits = model.network(ids)[0, 1:].detach()
    text = "3 " + "".join("abcd"[number - 4] for number in ids[0, 1:].tolist())
    script = """const e = await $explorer.open(given.page), { answer } = (await e.run(given.input)).data;
    return [answer, answer.logits.map(one => $odds.probabilities(one))];"""
    answer, chances = ask(script, {"page": page_of(model), "input": text}, "odds")
    assert np.allclose(answer["logits"], logits, atol=1e-4)
    assert np.allclose(chances, torch.softmax(logits, -1), atol=1e-4)
    assert answer["classes"][:8] == ["k=0", "k=1", "k=2", "k=3", *"abcd"]
    greatest = [answer["classes"][np.argmax(row)] for row in answer["logits"]]
    assert all(name == model or model == "?" for name, model in zip(greatest, answer["model"], strict=True))
    assert answer["classes"][8:] == ["∅", "class 9", "class 10", "class 11"] and len(set(greatest)) > 1


@needs_node
def test_the_products_are_those_of_the_run_at_hand():
    model = model_of("k-hop")
    page = {"packed": pack(contents_of(model), weights_of(model))}
    place = {"step": len(model.transformer.steps) - 1, "head": 0, "query": 9, "key": 3}
    given = {"page": page, "input": "abcabcabc", "places": [place]}
    [whole], [ablated] = (ask(PRODUCTS, {**given, "ablate": ablate}) for ablate in ([], [[0, 0]]))
    assert whole["scores"] != ablated["scores"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("why") / "page.html"
    return make_explorer(model_of("k-hop")).write(file)


def content(browser, selector: str) -> str:
    """Also of what is out of sight, which the browser does not lay out."""
    return browser.ask(f"document.querySelector({selector!r}).textContent")


def test_a_number_is_followed_into_heads_and_units(browser, page):
    open_page(browser, page, "#input=abcabcabcabc&token=12&block=2&column=0")
    browser.wait(f"Boolean(document.querySelector('{SUM} .total'))")
    assert "what was there before" in content(browser, SUM)
    browser.click(*browser.middle(".stream th[data-column]", 3))
    browser.wait("location.hash.includes('column=3')")
    browser.click(*browser.middle(f"{SUM} button[data-column]", 1))
    column = browser.ask(f"document.querySelectorAll('{SUM} button[data-column]')[1].dataset.column")
    pressed = f"document.querySelector('{SUM} [aria-pressed=true]').dataset.column"
    browser.wait(f"location.hash.includes('column={column}') && {pressed} === '{column}'")
    row = f"document.querySelector('.stream th[data-column=\"{column}\"]').parentNode"
    held = browser.ask(f"{row}.querySelector('td.here').textContent")
    assert held.replace("·", "0") == content(browser, f"{SUM} .total .product")


def test_a_click_on_a_cell_asks_why_its_row_has_this_weight(browser, page):
    open_page(browser, page, "#input=abcabcabca&block=4&token=9")
    browser.wait(f"Boolean(document.querySelector('{WHY} .total'))")
    assert "exactly 1" in content(browser, f"{WHY} .side") and "asks" in content(browser, f"{WHY} thead")
    score = content(browser, f"{WHY} .total .product")
    best = content(browser, f"{WHY} .rivals tr.here button")
    browser.ask(f"[...document.querySelectorAll('{WHY} .rivals button')].find(b => b.ariaPressed !== 'true').click()")
    browser.wait(f"document.querySelector('{WHY} .side').textContent.includes('less than')")
    other = content(browser, f"{WHY} .rivals tr.here button")
    assert other != best and content(browser, f"{WHY} .total .product") != score
    link = address(browser)
    open_page(browser, page, link)
    browser.wait(f"document.querySelector('{WHY} .rivals tr.here button')?.textContent === {other!r}")
    x, y = browser.middle(".figures .attention svg")
    browser.click(x - 60, y + 20)  # below the diagonal: a row that reads an earlier token
    browser.wait("/key=\\d+/.test(location.hash)")
    browser.ask("document.querySelector('.of-token input').dispatchEvent(new Event('input'))")
    settled(browser)
    browser.wait(f"Boolean(document.querySelector('{WHY} .total'))")


def test_a_walk_in_sentences_moves_the_cursor_and_follows_it(browser, page):
    open_page(browser, page, "#input=abcabcabca&block=0&token=9")
    here = "document.querySelector('.walk li.here').textContent"
    browser.wait(f"{here}.startsWith('The input.')")
    browser.ask("document.querySelectorAll('.walk .tools button')[1].click()")
    browser.wait(f"{here}.startsWith('Layer 1.')")
    assert "reads token 8" in browser.ask(here) and "becomes" in browser.ask(here)
    assert "table." in content(browser, ".walk li.here code")
    assert "block=1" in address(browser)
    browser.ask("[...document.querySelectorAll('.walk li button')].at(-1).click()")
    browser.wait(f"{here}.includes('The model answers')")
    assert "this is the exact answer" in browser.ask(here)
    browser.ask("document.querySelector('.controls input').value = 0")
    browser.ask("document.querySelector('.controls input').dispatchEvent(new Event('input'))")
    browser.wait(f"{here}.startsWith('The input.')")


@pytest.mark.parametrize("view", ["heads", "sum", "program", "residual"])
def test_one_figure_stands_alone_under_the_input(browser, tmp_path, view):
    explorer = make_explorer(model_of("k-hop"), "abcabca", view=view)
    assert explorer.height == 620 and "<h1" not in explorer.html
    browser.open(explorer.write(tmp_path / "page.html"))
    browser.wait("Boolean(document.querySelector('.figures figure'))")
    says(browser, "✓ Right: 7 of 7")
    settled(browser)
    assert browser.ask("document.querySelectorAll('.figures figure').length") == 1
    browser.write_over("textarea", "abca")
    says(browser, "✓ Right: 4 of 4")


def test_views_have_names_and_others_are_refused(browser, page):
    open_page(browser, page)
    assert tuple(browser.ask("Object.keys($lookinside.FIGURES)")) == VIEWS
    with pytest.raises(UsageError, match=r"no view 'head'. Did you mean 'heads'"):
        model_of("k-hop").explore(view="head")
    alone, whole = (make_trained_explorer(network(), view=view).html for view in ("hops", None))
    assert len(alone) < len(whole)
