"""What a keystroke costs the page: how often it is laid out, and how often its address is written."""

from pathlib import Path

import pytest
from test_desk import model_of, open_page, settled

from logdepth.explore import make_explorer

MARKED = "document.querySelector('.stream').parentNode"


@pytest.fixture
def opened(browser, tmp_path: Path):
    open_page(
        browser, make_explorer(model_of("k-hop")).write(tmp_path / "page.html"), "#input=abcabcabcabcabca", width=420
    )
    settled(browser)
    browser.wait("Boolean(document.querySelector('.drawn'))")
    return browser


SLIDER = "document.querySelector('.of-token input')"
SLIDE = f"(at => {{ {SLIDER}.value = at; {SLIDER}.dispatchEvent(new Event('input')); }})"


def layouts(browser) -> int:
    metrics = browser.call("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "LayoutCount")


def layouts_at_rest(browser) -> int:
    """How often the page has been laid out, once figures that came into sight are drawn."""
    before, now = -1, layouts(browser)
    while now != before:
        settled(browser), settled(browser)
        before, now = now, layouts(browser)
    return now


def test_all_figures_are_laid_out_together(opened):
    opened.call("Emulation.setDeviceMetricsOverride", width=420, height=5000, deviceScaleFactor=1, mobile=True)
    opened.call("Performance.enable")
    before = layouts_at_rest(opened)
    opened.ask(f"{SLIDE}(3), {MARKED}.offsetWidth")
    assert 1 <= layouts(opened) - before <= 2  # one for all figures, and at most one for the frame after it
    assert opened.text(".of-token output").startswith("token 4")


def test_many_changes_are_written_into_the_address_together(opened):
    opened.ask(
        "void (window.written = 0, history.replaceState = new Proxy(history.replaceState,"
        " { apply(target, self, given) { window.written++; return target.apply(self, given); } }))"
    )
    opened.ask(f"{list(range(16))}.forEach({SLIDE})")
    opened.wait("location.hash.includes('token=16')")
    assert opened.ask("window.written") <= 2


def test_the_chosen_column_comes_into_sight_with_its_figure(opened):
    seen = (
        "(frame => { frame.scrollIntoView({ block: 'center' }); const box = frame.getBoundingClientRect();"
        " const { left, right } = frame.querySelector('th.here').getBoundingClientRect();"
        f" return left >= box.left && right <= box.right && frame.scrollLeft; }})({MARKED})"
    )
    opened.ask(f"{SLIDE}(0)")
    opened.wait(f"{seen} === 0")
    opened.ask("scrollTo(0, 0)")
    settled(opened)
    opened.ask(f"{SLIDE}(15)")
    opened.wait(f"{seen} > 0")
    place = opened.ask(f"{MARKED}.scrollLeft = 30, {MARKED}.scrollLeft")
    opened.ask("scrollTo(0, 0)")
    settled(opened)
    assert opened.ask(f"{MARKED}.scrollLeft") == place > 0  # where the reader left it


def test_what_a_keystroke_does_not_change_is_not_drawn_again(browser, tmp_path):
    open_page(browser, make_explorer(model_of("components")).write(tmp_path / "page.html"), width=900)
    browser.write_over("textarea", "1 2\n2 3\n3 4")
    settled(browser)
    drawn = "[...document.querySelectorAll('.graph-canvas .edge, .graph .edge, .stream td')]"
    edges = "document.querySelectorAll('.graph-canvas .edge, .graph .edge').length"
    assert browser.ask(edges) == 6
    browser.ask(f"{drawn}.forEach(node => {{ node.old = true; }})")
    browser.write_over("textarea", "1 2\n2 3\n1 4")
    browser.wait("[...document.querySelectorAll('.graph title')].some(one => one.textContent === 'edge 1–4')")
    assert browser.ask(edges) == 6
    fresh = browser.ask(f"{drawn}.filter(node => !node.old).map(node => node.getAttribute('class').split(' ')[0])")
    assert fresh == ["edge", "edge"]  # one on the canvas, and one in the figure
