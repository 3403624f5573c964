"""The explorer as a notebook's widget: Python asks and hears; the page, in Chromium, is asked and says."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import Any

import networkx
import numpy as np
import pytest
from test_desk import model_of
from test_trained_explorer import network

from logdepth.explore import make_explorer, make_trained_explorer
from logdepth.numerics.errors import UsageError

WIDGET_MISSING = r"the widget needs anywidget\. Install it: pip install 'logdepth\[notebook\]'\."


@cache
def explorer(name: str) -> Any:
    return make_explorer(model_of(name))


def widget_of(name: str) -> Any:
    pytest.importorskip("anywidget")
    return explorer(name).widget()


def says(widget: Any, **said: Any) -> None:
    """As a page that answers the latest question, unless said otherwise."""
    about = {"number": widget._asked["number"], "input": widget.input, "off": widget.off}
    widget.set_state({"_said": {**about, "answer": None, "right": None, "refused": "", **said}})


# --- Python's side ---


def test_without_anywidget_one_line_says_what_to_install_and_the_page_is_shown_as_before(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "logdepth.explore.widget", raising=False)
    with pytest.raises(UsageError, match=WIDGET_MISSING):
        explorer("k-hop").widget()
    assert explorer("k-hop")._repr_html_().startswith("<iframe")


def test_what_the_page_says_is_read_in_python():
    widget, seen = widget_of("k-hop"), []
    widget.observe(lambda change: seen.append((change["new"], widget.input, widget.off)), "answer")
    assert widget.answer is None
    says(widget, input="abca", off=[[1, 0]], answer=[0, 0, 0, 2], right=3)
    assert (widget.input, widget.off, widget.answer, widget.right) == ("abca", [[1, 0]], [0, 0, 0, 2], 3)
    assert seen == [([0, 0, 0, 2], "abca", [[1, 0]])]
    assert widget._asked["number"] == 0, "what is heard is not asked"


def test_who_observes_an_answer_may_ask_the_next_input():
    widget, waiting = widget_of("k-hop"), ["abca", "aaaa"]
    widget.observe(lambda change: change["new"] and waiting and widget.set_trait("input", waiting.pop()), "answer")
    for number, text in enumerate(("aaaa", "abca"), start=1):
        says(widget, answer=[1])
        assert widget._asked == {"number": number, "input": text, "off": []}
        assert widget.answer is None, "that of the input before it"


def test_what_python_sets_is_asked_and_an_older_word_of_the_page_does_not_undo_it():
    widget = widget_of("k-hop")
    says(widget, answer=[1])
    widget.input = "cab"
    assert widget.answer is None and widget._asked == {"number": 1, "input": "cab", "off": []}
    widget.off = [(2, 0)]
    assert widget._asked == {"number": 2, "input": "cab", "off": [[2, 0]]}
    says(widget, number=1, input="older", answer=[9])
    assert widget.input == "cab" and widget.answer is None
    says(widget, answer=[3, 0, 1])
    assert widget.answer == [3, 0, 1]
    with pytest.raises(Exception, match="read-only"):
        widget.answer = [1]


GRAPH = networkx.Graph([("a", "b"), ("c", "d")])
TYPED_GRAPH = {"vertices": ["x", "y"], "edges": [[1, 2]], "weights": None, "question": None}


@pytest.mark.parametrize(
    ("name", "given", "typed"),
    [
        ("prefix-sum", np.array([3, 1]), [3, 1]),
        ("components", TYPED_GRAPH, TYPED_GRAPH),
        ("components", GRAPH, None),
        ("own", {"price": np.array([1, 2]), "kind": np.array([0, 1])}, {"price": [1, 2], "kind": [0, 1]}),
    ],
)
def test_an_input_is_set_as_a_report_takes_it(name, given, typed):
    widget = widget_of(name)
    widget.input = given
    if typed is None:
        task = model_of(name).task
        typed = task.typed(task.instance_of(given))
    assert widget._asked["input"] == typed
    json.dumps(widget.get_state(["_asked"]))


@pytest.mark.parametrize(
    ("name", "trait", "given", "said"),
    [
        ("k-hop", "input", "abz", "'z'"),
        ("k-hop", "input", "a" * 17, "16"),
        ("prefix-sum", "input", [10], "9"),
        ("own", "input", {"price": [1]}, "kind"),
        ("k-hop", "off", [[0, 1]], r"a head is a pair \[step, head\], from \[0, 0\] to"),
        ("k-hop", "off", [[-1, 0]], "got"),
        ("k-hop", "off", [3], "got 3"),
    ],
)
def test_what_the_model_does_not_have_is_refused_and_nothing_changes(name, trait, given, said):
    widget = widget_of(name)
    before = (widget.input, widget.off, widget._asked)
    with pytest.raises(UsageError, match=said):
        setattr(widget, trait, given)
    assert (widget.input, widget.off, widget._asked) == before


# --- the page's side ---

HOST = """window.host = (() => {
  const heard = {}, model = { saved: 0, get: name => state[name], set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      state[name] = value;
      for (const act of heard[`change:${name}`] || []) act();
    }, save_changes() { model.saved++; },
    on(name, act) { (heard[name] = heard[name] || []).push(act); },
    off(name, act) { heard[name] = heard[name].filter(one => one !== act); } };
  const state = STATE;
  return { model, state };
})();
import(URL.createObjectURL(new Blob([state_esm], { type: "text/javascript" })))
  .then(found => {
    host.render = () => found.default.render({ model: host.model, el: document.body });
    host.clean = host.render();
  });"""


def hosted(browser: Any, tmp_path: Any, widget: Any) -> None:
    """A document with the widget in it, and an anywidget model that holds its state."""
    path = tmp_path / "notebook.html"
    path.write_text("<!doctype html><meta charset=utf-8><title>notebook</title>", encoding="utf-8")
    browser.open(path)
    state = {name: widget.get_state()[name] for name in ("_title", "_page", "_height", "_asked", "_said")}
    script = HOST.replace("STATE", json.dumps(state)).replace("state_esm", json.dumps(widget._esm))
    browser.ask(f"void (() => {{ {script} }})()")


def hears(browser: Any, widget: Any) -> None:
    """Python hears what the page says to its latest question."""
    browser.ask(f"host.model.set('_asked', {json.dumps(widget._asked)})")
    browser.wait(f"host.state._said.number === {widget._asked['number']}")
    widget.set_state({"_said": browser.ask("host.state._said")})


def test_the_page_answers_what_python_asks(browser, tmp_path):
    widget, model = widget_of("k-hop"), model_of("k-hop")
    hosted(browser, tmp_path, widget)
    hears(browser, widget)
    assert widget.answer == model.answer(widget.input).tolist() and widget.right == len(widget.input)
    widget.input = "abcabcabc"
    hears(browser, widget)
    whole = model.answer("abcabcabc").tolist()
    assert widget.input == "abcabcabc" and widget.answer == whole and widget.right == 9
    widget.off = [[0, 0]]
    hears(browser, widget)
    assert widget.off == [[0, 0]] and widget.answer != whole and widget.right < 9
    widget.off = []
    hears(browser, widget)
    assert widget.answer == whole


def test_frames_of_one_widget_show_the_same_and_a_closed_one_is_silent(browser, tmp_path):
    widget = widget_of("components")
    hosted(browser, tmp_path, widget)
    hears(browser, widget)
    browser.ask("void (host.second = host.render())")
    browser.wait("document.querySelectorAll('iframe').length === 2")
    widget.input = TYPED_GRAPH
    hears(browser, widget)
    assert widget.answer == [1, 1] and widget.right == 2
    browser.ask("void (host.clean(), host.second(), host.model.saved = 0)")
    browser.ask(f"host.model.set('_asked', {json.dumps({**widget._asked, 'number': 99, 'off': [[0, 0]]})})")
    assert browser.ask("new Promise(done => setTimeout(() => done(host.model.saved), 200))") == 0


def test_an_input_that_the_page_refuses_is_said_and_what_it_shows_stays(browser, tmp_path):
    pytest.importorskip("anywidget")
    widget = make_trained_explorer(network(), "2 abcabcab").widget()
    hosted(browser, tmp_path, widget)
    hears(browser, widget)
    assert len(widget.answer) == 8 and set(widget.answer) <= set("abcd∅?")
    answer = widget.answer
    widget.input = "9 abc"
    hears(browser, widget)
    assert "k from 0 to 3, not 9" in widget.refused and (widget.input, widget.answer) == ("2 abcabcab", answer)
