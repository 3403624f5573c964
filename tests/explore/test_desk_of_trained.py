"""The page of a trained network under a reader's hands: heads against hops, heads off, the compiled model beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from test_desk import address, open_page, settled
from test_trained_explorer import SAMPLER, network

from logdepth.explore import make_trained_explorer
from logdepth.inspection.alignment import align, targets

TEXT = "abcdabcabdabc"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_trained_explorer(network(), f"3 {TEXT}").write(tmp_path_factory.mktemp("trained") / "page.html")


def loaded(browser, page: Path, address: str = "") -> None:
    open_page(browser, page, address)
    browser.wait("document.querySelectorAll('.column .hops tbody tr').length > 4")


def test_the_compiled_model_stands_beside_it_and_follows_input_and_token(browser, page):
    loaded(browser, page)
    right = "document.querySelectorAll('.column')[1]"
    assert browser.ask(f"{right}.querySelector('h3').innerText") == "Compiled, for k = 3"
    assert browser.ask(f"{right}.querySelector('.verdict-line').innerText").startswith("✓ Right: 13 of 13")
    browser.write_over(".asked-number", "2")
    browser.write_over("textarea", "abcabca")
    browser.wait(f"{right}.querySelector('h3').innerText.endsWith('k = 2')")
    browser.wait(f"{right}.querySelector('.verdict-line').innerText.startsWith('✓ Right: 7 of 7')")
    browser.click(*browser.middle(".column .attention .hit", 3))
    settled(browser)
    tokens = browser.ask("[...document.querySelectorAll('.of-token output')].map(node => node.innerText.split(' ')[1])")
    assert tokens == ["3", "3"]
    browser.write_over(".asked-number", "9")
    browser.wait("document.querySelector('.wrong').innerText.includes('from 0 to 3')")
    browser.write_over(".asked-number", "0")
    browser.wait(f"{right}.hidden")


def test_heads_against_hops_are_those_of_an_inspection(browser, page):
    loaded(browser, page)
    letters = torch.tensor([["abcd".index(letter) for letter in TEXT]])
    inputs = torch.cat([torch.tensor([[3]]), letters + len(SAMPLER.groups)], dim=1)
    with torch.no_grad():
        patterns = network().network.run_with_cache(inputs)[1].patterns
    expected = align(patterns, targets(letters, SAMPLER.letters, SAMPLER.most_hops)).alignment
    shown = browser.ask(
        "[...document.querySelectorAll('.hops')[0].querySelectorAll('tbody tr')].map(row => [...row.cells].slice(1, -1)"
        ".map(cell => Number(cell.title.split('alignment ')[1])))"
    )
    assert np.abs(np.array(shown) - np.asarray(expected)).max() < 0.02  # weights below 0.005 are not on the page


def test_a_head_is_switched_off_in_the_table_and_the_address_holds_it(browser, page):
    loaded(browser, page)
    browser.click(*browser.middle(".hops .switch", 3))
    browser.wait("document.querySelector('.verdict-line').innerText.includes('one head switched off')")
    link = address(browser)
    assert "off=2.1" in link
    loaded(browser, page, link)
    assert "one head switched off" in browser.text(".verdict-line")
    assert browser.ask("document.querySelector('.hops tr.off').dataset.of") == "2.1"


def test_a_temperature_changes_probabilities_and_not_the_answer(browser, page):
    loaded(browser, page)
    table = "document.querySelector('.chances-table')"

    def seen() -> tuple[list[str], list[float]]:
        rows = browser.ask(
            f"[...{table}.querySelectorAll('tbody tr')].map(row => [...row.cells].map(one => one.textContent))"
        )
        return [row[0] for row in rows], [float(row[2].strip("<> %")) / 100 for row in rows]

    browser.ask(f"{table}.scrollIntoView()")
    settled(browser)
    names, own = seen()
    slider = "document.querySelector('.chances input')"
    browser.ask(f"{slider}.value = 40, {slider}.dispatchEvent(new Event('input'))")
    hotter, flat = seen()
    assert hotter == names and flat[0] < own[0]
    wanted = np.array(own) ** (1 / 4)
    assert np.allclose(flat, wanted / wanted.sum() * sum(flat), atol=0.02)
    link = address(browser)
    assert "temperature=4" in link
    loaded(browser, page, link)
    assert seen()[1] == flat and browser.text(".chances output") == "4"


def test_sentences_about_a_trained_network_say_what_is_read_and_no_more(browser, page):
    loaded(browser, page)
    told = browser.ask("[...document.querySelector('.walk').querySelectorAll('li')].map(one => one.textContent)")
    assert [one.split(".")[0] for one in told] == ["The input", *(f"Layer {n + 1}" for n in range(len(told) - 1))]
    assert len(told) == network().network.shape.depth + 1
    assert all("becomes" not in one and "its place." not in one[20:] for one in told[1:])
    assert "learned" in told[0] and "The model answers" in told[-1]
    notes = browser.ask(
        "[...document.querySelectorAll('.walk .caption, .follow-figure .caption')].map(one => one.textContent)"
    )
    assert not [note for note in notes[:2] if "power" in note or "takes over" in note or "left out" in note]
    assert browser.ask("document.querySelectorAll('.column')[0].querySelectorAll('.follow .later').length") == 0


@pytest.mark.parametrize("less", [False, True])
def test_what_is_read_moves_once_unless_the_reader_prefers_less_motion(browser, page, less):
    loaded(browser, page)
    preference = {"name": "prefers-reduced-motion", "value": "reduce" if less else "no-preference"}
    browser.call("Emulation.setEmulatedMedia", features=[preference])
    browser.ask("document.querySelector('.follow').scrollIntoView()")
    browser.press("ArrowLeft")
    dots = "[...document.querySelectorAll('.follow')[0].querySelectorAll('.moving')]"
    assert browser.ask(f"{dots}.length") > 0
    running = browser.ask(f"{dots}.some(dot => dot.getAnimations().length > 0)")
    opacity = browser.ask(f"{dots}.map(dot => getComputedStyle(dot).opacity)")
    assert running is not less and (not less or set(opacity) == {"0"})
    browser.press(".")
    settled(browser)
    assert browser.ask(f"{dots}.length") == 0
