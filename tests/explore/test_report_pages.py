"""Pages of inspections, circuits and refutations in a browser: they draw their records; hands and links move them."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from logdepth import make_task
from logdepth.circuits import Circuit, CircuitBuilder
from logdepth.inspection import Inspection, inspect
from logdepth.learn.samplers import KHop
from logdepth.learn.trained.models import Trained
from logdepth.networks import Gpt2, Gpt2Shape, MessagePassing, MessagePassingShape
from logdepth.pages.circuit import circuit_page
from logdepth.pages.inspection import inspection_page
from logdepth.pages.refutation import refutation_page
from logdepth.refuters import graph_network, refute


def shown(browser, html: str, folder: Path, address: str = "", width: int = 1200) -> Path:
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    browser.open(page, address, width=width)
    return page


def address_of(browser, part: str) -> str:
    """The address, once it holds this."""
    browser.wait(f"location.hash.includes({part!r})")
    return browser.ask("location.hash")


# --- inspections ---


@pytest.fixture(scope="module")
def found() -> Inspection:
    sampler = KHop(n=14, most_hops=2, letters=3)
    generator = torch.Generator().manual_seed(0)
    network = Gpt2(Gpt2Shape(sampler.vocabulary, 14, depth=2, heads=2, width=8), generator)
    return inspect(Trained(Path("net"), sampler, network), k=2, sequences=3)


def aligned(browser) -> np.ndarray:
    """The alignments in the table, heads and targets."""
    rows = "[...document.querySelectorAll('.alignments tbody tr')]"
    cells = (
        "[...row.querySelectorAll('td[data-head]')].map(cell => Number(cell.title.match(/alignment (-?[\\d.]+)/)[1]))"
    )
    return np.array(browser.ask(f"{rows}.map(row => {cells})"))


def test_an_inspection_shows_the_k_that_is_asked_and_the_head_that_is_chosen(browser, found, tmp_path):
    page = shown(browser, inspection_page(found), tmp_path)
    assert np.allclose(aligned(browser), found.alignments[2].alignment, atol=0.0006)
    assert browser.text("tr.here").startswith("layer 2, head 1")
    browser.click(*browser.middle(".alignments tbody tr:nth-child(2) td:nth-child(3)"))
    assert browser.text(".attention .side p") == "Layer 1 of 2, head 2 of 2"
    assert browser.ask("document.querySelectorAll('.head-grid button[aria-pressed=true]').length") == 2
    slider = "document.querySelector('.asked input')"
    browser.ask(f"{slider}.value = 0, {slider}.dispatchEvent(new Event('input'))")
    assert np.allclose(aligned(browser), found.alignments[0].alignment, atol=0.0006)
    link = address_of(browser, "k=0")
    browser.open(page, link)
    assert np.allclose(aligned(browser), found.alignments[0].alignment, atol=0.0006)
    assert browser.text("tr.here").startswith("layer 1, head 2")
    browser.press("ArrowRight")
    assert browser.text(".attention .side p") == "Layer 2 of 2, head 1 of 2"


# --- circuits ---


def two_bits_added() -> Circuit:
    """Two numbers of one bit, as columns."""
    builder = CircuitBuilder(["a[1].0", "b[1].0"])
    carry = builder.conjunction([0, 1])
    total = builder.gate({0: 1, 1: 1, carry: -2}, 1)
    return builder.finish({"sum[1].0": total, "sum[1].1": carry})


NUMBERS = "[...document.querySelectorAll('.bits td')].map(cell => Number(cell.textContent))"


def test_an_input_of_a_circuit_is_changed_and_all_gates_follow(browser, tmp_path):
    page = shown(browser, circuit_page("adder", two_bits_added(), np.array([1, 1])), tmp_path)
    browser.wait("Boolean(document.querySelector('.levels svg'))")
    assert browser.ask(NUMBERS) == [1, 1, 2] and "all are what the library computed" in browser.text(
        "#circuit-figures > .caption"
    )
    assert browser.text(".levels .big") == "Its weighted sum over 3 nodes is 0, and is below 1."
    browser.click(*browser.middle(".bits td"))
    browser.click(*browser.middle(".levels .switch"))
    assert (
        browser.ask(NUMBERS) == [0, 1, 1] and browser.text("p.verified") == "With one input changed 1 of 2 gates are 1."
    )
    link = address_of(browser, "flipped=0")
    browser.open(page, f"{link}&theme=dark")
    assert browser.ask(NUMBERS) == [0, 1, 1]
    browser.press("ArrowRight")
    browser.wait("Boolean(document.querySelector('.levels .big'))")
    assert browser.text(".levels h4") == "Gate 1 = 0"


def test_the_pointer_on_a_square_shows_this_gate(browser, tmp_path):
    builder = CircuitBuilder([f"x{i}" for i in range(70)])
    nodes = [builder.gate({i: 1, i + 1: -1}, 1) for i in range(69)]
    shown(browser, circuit_page("edges", builder.finish({"last": nodes[-1]}), np.arange(70) % 2), tmp_path, width=400)
    browser.wait("Boolean(document.querySelector('.levels svg'))")
    heading = "document.querySelector('.levels h4').textContent"
    for node in (0, 100, 138):
        browser.point(1, 1)  # off the last square: what scrolls under the pointer would be shown
        browser.ask(f"location.hash = 'node={node}'")
        name = f"X{node}" if node < 70 else f"Gate {node - 69}"
        browser.wait(f"{heading}.startsWith({f'{name} = '!r})")
        x, y = browser.middle(".levels .node-ring")
        browser.ask("location.hash = 'node=1'")
        browser.wait(f"{heading}.startsWith('X1 = ')")
        browser.point(x, y)
        browser.wait(f"{heading}.startsWith({f'{name} = '!r})")


def test_an_address_that_is_changed_by_hand_is_not_written_over(browser, tmp_path):
    """Choices are written into the address up to 0.3 s later: those that wait when it is changed are not."""
    circuit = CircuitBuilder([f"x{i}" for i in range(9)]).finish({"last": 8})
    shown(browser, circuit_page("inputs", circuit, np.arange(9) % 2), tmp_path)
    heading = "document.querySelector('.levels h4').textContent"
    for node in (1, 2, 3):
        browser.ask(f"location.hash = 'node={node}'")
        browser.wait(f"{heading}.startsWith('X{node} = ')")
    browser.ask("location.hash = 'node=5', dispatchEvent(new Event('pagehide'))")  # what waits is written at once
    browser.wait(f"{heading}.startsWith('X5 = ')")


# --- refutations ---


def test_two_graphs_are_alike_as_far_as_the_network_sees(browser, tmp_path):
    task = make_task("1-vs-2-cycle", {"n": 16})
    shape = MessagePassingShape(vertices=16, depth=3, width=8, classes=max(task.outputs.values()) + 1)
    found = refute(graph_network(task, MessagePassing(shape, torch.Generator().manual_seed(0))))
    page = shown(browser, refutation_page(found), tmp_path)
    browser.wait("Boolean(document.querySelector('.drawn svg'))")
    count = "(kind => document.querySelectorAll(`.drawn ${kind}`).length)"
    assert [browser.ask(f"{count}({kind!r})") for kind in ("line", ".shared", ".own", ".dot-asked")] == [32, 12, 4, 2]
    assert browser.text(".drawn .says b") == "Within 3 edges of vertex 12 both graphs are the same."
    browser.press("ArrowRight")
    assert browser.text(".drawn .says b") == "Within 4 edges of vertex 12 both graphs differ."
    browser.click(*browser.middle(".drawn [data-vertex='9'] circle"))
    link = address_of(browser, "vertex=8")
    browser.open(page, link, width=400)
    browser.wait("Boolean(document.querySelector('.drawn svg'))")
    said = browser.text(".drawn .says")
    assert said.startswith("Within 4 edges") and re.search(r"neighbours are 10, 8 in the first graph, 10, 16 in", said)
