"""The page is one file that loads nothing, and shows the run as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

from logdepth import Column, Table
from logdepth.artefacts import Model, compile_program, compile_protocol, compile_task, read_model, write_model
from logdepth.numerics.errors import UsageError
from logdepth.numerics.letters import is_control
from logdepth.pages import in_a_frame, make_protocol_page, page, write_report
from logdepth.pages.drawing import FOLLOWING, layout
from logdepth.pages.labels import GROUPS_SHOWN, first_of
from logdepth.pages.program import lines_of, program_text
from logdepth.pages.run import record
from logdepth.pages.steps import Segment, layer_numbers, segments
from logdepth.pages.window import tokens_to_show
from logdepth.programs import Repeat
from logdepth.solutions import program_for
from logdepth.tasks import TASKS, Graph
from logdepth.traces import trace_model, trace_transformer
from logdepth.traces.inputs import SAMPLES, choose_input, telling_sample
from logdepth.verification.sizes import largest_size
from logdepth.verification.traffic import relay

SMALL: dict[str, dict[str, Any]] = {name: dict(task.small) for name, task in TASKS.items()}


@cache
def model_of(name: str) -> Model:
    return compile_task(TASKS[name].from_parameters(SMALL[name]))


@cache
def written(name: str, tmp: Path) -> str:
    return write_report(model_of(name), tmp / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.mark.parametrize("name", SMALL)
def test_the_page_loads_nothing_and_is_small(name: str, folder: Path, self_contained) -> None:
    html = written(name, folder)
    self_contained(html)
    assert len(html.encode()) < page.LARGEST_FILE


@pytest.mark.parametrize("name", SMALL)
def test_the_page_says_what_the_model_is(name: str, folder: Path) -> None:
    model, text = model_of(name), unescape(written(name, folder))
    size = model.measured
    for block in model.transformer.blocks:
        for label in block.attention.labels if block.attention else ():
            assert label in text
    for value in (size.layers, size.width, size.blocks, size.parameters):
        assert f"{value:,}" in text
    for value in model.claimed.values():
        assert f"≤ {value:,}" in text
    assert "Not verified yet." in text


@pytest.mark.parametrize("name", SMALL)
def test_the_embedded_run_is_the_run_of_the_model(name: str, folder: Path, data_of) -> None:
    """Patterns exactly, residual columns as integers, answers as decoded: from the page's JSON alone."""
    model, data = model_of(name), data_of(written(name, folder))
    given = choose_input(model, None, "")
    outputs, run = model.transformer.run_with_cache(model.task.encode(given.instance))
    shown = data["shown"]
    assert len(shown) <= 65 and shown[0] == 0
    stream = np.array(data["start"]["values"])
    assert np.array_equal(stream, run.embedding[shown].T.round())
    for step, pattern, residual, names in zip(data["steps"], run.patterns, run.residuals, run.columns, strict=True):
        for column, values in step["values"].items():
            stream[int(column)] = values
        assert np.array_equal(stream, residual[shown].T.round())
        assert data["blocks"][step["block"]]["names"] == list(names)
        if pattern is None:
            assert not step["heads"]
            continue
        for head, weights in zip(step["heads"], pattern.numpy(), strict=True):
            assert head["hard"] == weights.argmax(-1).tolist()
            assert head["exact"] == sum(np.count_nonzero(row) == 1 for row in weights)
            for query in shown:
                assert np.array_equal(row_of(head, query, weights.shape[1], weights.dtype), weights[query])
    right = model.task.decode(outputs, given.instance) == model.task.solve(given.instance)
    assert data["answer"]["right"] == right.sum() == data["answer"]["entries"]
    assert data["answer"]["model"] == data["answer"]["exact"]


def row_of(head: dict[str, Any], query: int, keys: int, dtype: Any) -> np.ndarray:
    row = np.zeros(keys, dtype)
    groups = head["spread"].get(str(query), [[1, [head["hard"][query]] * 2]])
    for weight, runs in groups:
        for first, last in zip(runs[::2], runs[1::2], strict=True):
            row[first : last + 1] = weight
    return row


def test_hops_of_the_page_are_the_hops_of_the_definition(folder: Path, data_of) -> None:
    model, data = model_of("k-hop"), data_of(written("k-hop", folder))
    chain, labels, answer = data["chain"], data["labels"], data["answer"]
    assert chain["times"] == 5
    assert chain["powers"] == [[], [1], [1, 2], [2, 3], [4, 5]]
    for token, exact in zip(answer["tokens"], answer["exact"], strict=True):
        at = token
        for _ in range(chain["times"]):
            at = chain["pointer"][at] if at else 0
        assert (labels[at] if at else "∅") == exact
    assert model.measured.layers == len(chain["powers"])


@pytest.mark.parametrize(
    ("name", "powers"), [("composition", [[1, 2], [2, 3], [4, 5]]), ("list-ranking", [[2], [4], [8], [16]])]
)
def test_pointer_tasks_say_which_power_each_layer_fetches(
    name: str, powers: list[list[int]], folder: Path, data_of
) -> None:
    assert data_of(written(name, folder))["chain"]["powers"] == powers


def test_the_last_pointers_of_the_graph_are_the_answer(folder: Path, data_of) -> None:
    """Karate club: the drawn forest grows round by round and ends with every vertex below the representative."""
    model, data = model_of("components"), data_of(written("components", folder))
    graph = data["graph"]
    assert graph["vertices"][0] == "0" and len(graph["x"]) == len(graph["y"]) == 34
    given = choose_input(model, None, "")
    assert given.name == "karate.gml"
    outputs = model.transformer.run(model.task.encode(given.instance))
    last = [values for values in graph["pointers"] if values][-1]
    assert last == outputs["representative"][:34].tolist()
    assert sum(values is not None for values in graph["pointers"]) > 2


def test_within_a_round_the_drawing_shows_what_heads_follow(folder: Path, data_of) -> None:
    data = data_of(written("components", folder))
    vertices, followed = len(data["graph"]["vertices"]), 0
    for step, pointers in zip(data["steps"], data["graph"]["pointers"], strict=True):
        for head, about in zip(step["heads"], data["blocks"][step["block"]]["heads"], strict=True):
            if about["label"] in FOLLOWING:
                followed += 1
                assert pointers == head["hard"][1 : vertices + 1]
    assert followed >= step["rounds"]


@pytest.mark.parametrize("vertices", [1, 2])
def test_the_smallest_graphs_are_drawn_within_the_frame(vertices: int) -> None:
    x, y = layout(Graph(vertices, np.zeros((0, 2), dtype=np.int64)))
    assert len(x) == len(y) == vertices
    assert all(0 <= place <= 1 for place in x + y)


def test_the_last_chosen_edges_of_the_drawing_are_the_answer(folder: Path, data_of) -> None:
    data = data_of(written("spanning-forest", folder))
    last = [values for values in data["graph"]["chosen"] if values][-1]
    assert [str(taken) for taken in last] == data["answer"]["exact"]


HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)> & "\u2028 {{data}}'


def test_hostile_labels_and_names_stay_text(tmp_path: Path, data_of, elements_of) -> None:
    graph = Graph(3, np.array([[1, 2], [2, 3]]), labels=(HOSTILE, "<b>b</b>", "c"))
    model = compile_task(TASKS["components"].from_parameters({"n": 3}))
    html = write_report(model, tmp_path / "r.html", graph, {"instances": 5, "wrong": 0}, HOSTILE).read_text("utf-8")
    elements = elements_of(html)
    assert [tag for tag, _ in elements.tags].count("script") == 2
    assert "img" not in dict(elements.tags)
    assert not [key for _, attributes in elements.tags for key in attributes if key.startswith("on")]
    assert data_of(html)["graph"]["vertices"] == [HOSTILE.replace("\u2028", "\\u2028"), "<b>b</b>", "c"]
    assert "innerHTML" not in html and "outerHTML" not in html and "insertAdjacentHTML" not in html


def test_hostile_alphabet_stays_text(tmp_path: Path, data_of, elements_of) -> None:
    model = compile_task(TASKS["k-hop"].from_parameters({"n": 8, "k": 2, "alphabet": "<script>&'\"/"}))
    html = write_report(model, tmp_path / "r.html", np.array([1, 2, 3, 4, 5, 6, 7, 1])).read_text("utf-8")
    assert [tag for tag, _ in elements_of(html).tags].count("script") == 2
    assert data_of(html)["labels"] == ["start", *"<script<"]


@pytest.mark.parametrize(
    ("verified", "says"),
    [
        (
            {"instances": 12345, "wrong": 0, "exhaustive_up_to": 7},
            "12,345 instances, among them every instance of size up to 7: 0 wrong",
        ),
        ({"instances": 10, "wrong": 3, "exhaustive_up_to": 0}, "✗ Wrong."),
    ],
)
def test_the_page_says_what_was_verified(verified: dict[str, Any], says: str, tmp_path: Path) -> None:
    html = write_report(model_of("broadcast"), tmp_path / "r.html", verified=verified).read_text("utf-8")
    assert says in html


@pytest.mark.parametrize("name", ["2-sum", "3-sum"])
def test_of_random_inputs_the_one_of_the_most_varied_answers_is_shown(name: str) -> None:
    model, rng = model_of(name), np.random.default_rng(0)
    given = telling_sample(model).instance
    drawn = [model.task.sample(rng, "random", len(given)) for _ in range(SAMPLES)]
    one_sided = [abs(model.task.solve(instance).mean() - 1 / 2) for instance in drawn]
    assert abs(model.task.solve(given).mean() - 1 / 2) == min(one_sided) < max(one_sided)


def sizes_of(html: str) -> str:
    return re.findall(r'<table class="sizes"[^>]*>.*?</table>', html, re.S)[0]


def test_a_size_beyond_its_claim_is_marked(tmp_path: Path) -> None:
    model = replace(model_of("sort"), verified={"instances": 9, "wrong": 0, "precision_bits": 7})
    kept = sizes_of(page.make_page(model))
    assert kept.count("✓") == len(model.claimed) and "✗" not in kept
    broken = replace(model, claimed=model.claimed | {"width": model.measured.width - 1})
    marked = sizes_of(write_report(broken, tmp_path / "r.html").read_text("utf-8"))
    assert marked.count("✗") == 1 and marked.count("✓") == len(model.claimed) - 1


STOPPED = {"exhaustive_up_to": 0, "planned": 440, "stopped": 10.0, "longest": 6}


def column_of(html: str, name: str) -> list[str]:
    """The cells below a quantity in the table of sizes, as text."""
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", sizes_of(html))]
    texts = [[re.sub(r"<.*?>", "", cell) for cell in row] for row in rows]
    place = texts[0].index(name)
    return [row[place] for row in texts[1:]]


@pytest.mark.parametrize("verified", [None, {"instances": 9, "wrong": 3}, {"instances": 9, "wrong": 0}])
def test_bits_that_nobody_measured_have_no_number_and_no_tick(verified: dict[str, Any] | None) -> None:
    model = model_of("sort")
    measured, claimed, *_ = column_of(page.make_page(replace(model, verified=verified)), "mantissa bits")
    assert measured == "not measured"
    assert claimed == f"≤ {model.claimed['precision_bits']}"


@pytest.mark.parametrize("name", SMALL)
def test_bits_that_were_measured_stand_before_their_claim_and_its_tick(name: str) -> None:
    model = model_of(name)
    measured, claimed, *_ = column_of(page.make_page(model, verified={"precision_bits": 6}), "mantissa bits")
    assert measured == "6" and claimed == f"≤ {model.claimed['precision_bits']} ✓"


@pytest.mark.parametrize(
    ("verified", "verdict", "not_said"),
    [
        ({"instances": 0, "wrong": 0, "exhaustive_up_to": 0}, "Not verified yet.", "✓ Verified"),
        ({"instances": 0, "wrong": 0, "exhaustive_up_to": 3, "skipped": 384}, "Not verified yet.", "✓ Verified"),
        ({"instances": 20, "wrong": 0, "exhaustive_up_to": 2, "skipped": 364}, "Hardly verified.", "✓ Verified"),
        ({"instances": 300, "wrong": 0, "exhaustive_up_to": 2, "skipped": 84}, "✓ Verified.", "Hardly"),
        ({"instances": 20, "wrong": 1, "exhaustive_up_to": 2, "skipped": 364}, "✗ Wrong.", "Hardly"),
        ({"instances": 20, "wrong": 0, "skipped": 0, **STOPPED}, "Verified in part.", "✓ Verified"),
        ({"instances": 0, "wrong": 0, "skipped": 0, **STOPPED}, "Not verified yet.", "✓ Verified"),
        ({"instances": 20, "wrong": 2, "skipped": 0, **STOPPED}, "✗ Wrong.", "Verified in part"),
    ],
)
def test_what_was_skipped_does_not_count_as_verified(verified: dict[str, Any], verdict: str, not_said: str) -> None:
    html = page.make_page(own_model(), verified=verified)
    assert verdict in html and not_said not in html
    if verified["instances"]:
        skipped = f"refuses them: {verified['skipped']} of {verified['skipped'] + verified['instances']} tables."
        assert (skipped in html) == bool(verified["skipped"])
        sentence = "Its 10 s did not suffice for the 440 tables planned, and none was longer than 6 rows."
        assert (sentence in html) == ("stopped" in verified)


def test_an_untied_model_is_not_said_to_share_its_weights() -> None:
    tied, untied = (
        page.make_page(compile_task(TASKS[name].from_parameters(SMALL[name]), tied=tied))
        for name, tied in (("components", True), ("components", False))
    )
    for says in ("the same weights", "one set of weights"):
        assert says not in untied
    assert "the same weights" in tied


def own_model() -> Model:
    table = Table("distance", rows=8)
    number = table.input("number", high=7)
    table.output("below", table.map(lambda a: a - 1, number, high=7))
    return compile_program(table.program())


def test_wrong_answers_are_marked(tmp_path: Path, data_of) -> None:
    model = model_of("sort")
    silent = {name: torch.zeros_like(vector) for name, vector in model.transformer.readouts.items()}
    broken = replace(model, transformer=replace(model.transformer, readouts=silent))
    answer = data_of(write_report(broken, tmp_path / "r.html").read_text("utf-8"))["answer"]
    assert set(answer["model"]) == {"0"}
    assert answer["wrong"] == [place for place, exact in enumerate(answer["exact"]) if exact != "0"] != []
    assert answer["right"] == answer["entries"] - len(answer["wrong"])


def test_a_long_text_shows_a_window_and_says_so(tmp_path: Path, data_of) -> None:
    model = compile_task(TASKS["k-hop"].from_parameters({"n": 1000, "k": 3, "alphabet": "text"}))
    html = write_report(model, tmp_path / "r.html").read_text("utf-8")
    data = data_of(html)
    shown = data["shown"]
    assert shown == [0, *range(shown[1], shown[1] + 64)]
    assert "show 64 of them" in html and "sonnet18.txt" in html
    assert len(data["labels"]) > 600


def test_a_large_run_gives_way_to_a_sample_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("logdepth.traces.inputs.WEIGHTS_LOOKED_AT", 2000)
    model = model_of("sort")
    html = write_report(model, tmp_path / "r.html", np.arange(12), input_name="mine.txt").read_text("utf-8")
    assert "mine.txt has 12 rows" not in html
    monkeypatch.setattr("logdepth.traces.inputs.WEIGHTS_LOOKED_AT", 100)
    html = write_report(model, tmp_path / "r.html", np.arange(12), input_name="mine.txt").read_text("utf-8")
    assert "mine.txt has 12 rows, too many" in html and "Another input is shown." in html


def test_a_page_too_large_shows_fewer_tokens(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path, data_of
) -> None:
    model = model_of("components")
    full = len(written("components", folder).encode())
    monkeypatch.setattr(page, "LARGEST_FILE", full - 5000)
    html = write_report(model, tmp_path / "r.html").read_text("utf-8")
    assert len(html.encode()) <= full - 5000 and len(data_of(html)["shown"]) < 65


def test_an_input_that_does_not_fit_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at most 34 vertices"):
        write_report(model_of("components"), tmp_path / "r.html", Graph(35, np.zeros((0, 2), dtype=np.int64)))
    assert list(tmp_path.iterdir()) == []


def test_loops_are_found_in_the_order_of_the_blocks() -> None:
    assert segments((0, 1, 2, 1, 2, 1, 2, 3, 4)) == [Segment((0,), 1, 0), Segment((1, 2), 3, 1), Segment((3, 4), 1, 7)]
    assert segments((0, 0, 0)) == [Segment((0,), 3, 0)]
    assert segments((0, 1, 2)) == [Segment((0, 1, 2), 1, 0)]
    assert segments((0, 0, 1, 1)) == [Segment((0,), 2, 0), Segment((1,), 2, 2)]
    assert segments((5, 0, 1, 0, 2, 0, 1, 0, 2)) == [Segment((5,), 1, 0), Segment((0, 1, 0, 2), 2, 1)]


def test_layers_are_numbered_by_their_attention() -> None:
    model = model_of("sort").transformer
    numbers = layer_numbers(model)
    assert [number for number in numbers if number] == [1, 2]
    assert len(numbers) == len(model.order)


def test_the_window_is_where_rows_read_each_other() -> None:
    hard = np.zeros((1, 201), dtype=np.int64)
    hard[0, 101:140] = np.arange(100, 139)
    shown = tokens_to_show([hard, None], 201, 64, 0)
    assert shown[0] == 0 and len(shown) == 65 and shown[1] <= 100 and shown[-1] >= 139
    assert tokens_to_show([hard], 65, 64, 0).tolist() == list(range(65))


def test_of_a_large_graph_vertices_and_edges_are_shown() -> None:
    shown = tokens_to_show([], 1 + 100 + 300, 64, 101)
    assert len(shown) == 65 and len(np.unique(shown)) == 65
    assert (shown[1:] <= 100).sum() > 30 and (shown > 100).sum() > 15


def test_the_record_is_the_same_every_time() -> None:
    model = model_of("sort")
    first, again = trace_model(model), trace_model(model)
    assert record(first, 64) == record(again, 64)


def test_a_model_writes_its_own_page(tmp_path: Path, data_of) -> None:
    model = model_of("2-sum")
    path = model.report(np.array([3, 47, 11, 5]), tmp_path / "mine.html")
    assert path == tmp_path / "mine.html"
    assert data_of(path.read_text("utf-8"))["answer"]["model"] == ["1", "1", "0", "0"]


def test_a_page_in_a_frame_is_the_page() -> None:
    html = page.make_page(model_of("2-sum"))
    frame = in_a_frame(html, HOSTILE)
    [held] = re.findall(r'^<iframe .* srcdoc="([^"]*)"></iframe>$', frame, re.S)
    assert unescape(held) == html and frame.count("<") == 2
    assert 'sandbox="allow-scripts"' in frame


# --- programs of one's own ---


def lettered() -> Model:
    """Every row gives the letter before it."""
    table = Table("letter before", rows=12, causal=True)
    letter = table.input("letter", letters="ab <")
    table.output("before", table.previous(letter))
    return compile_program(table.program())


def test_a_column_of_letters_is_shown_in_letters(data_of) -> None:
    data = data_of(page.make_page(lettered(), {"letter": "ab <a"}))
    assert data["labels"] == ["start", *"ab␣<a"]
    assert dict(data["outputs"]["rows"]) == {
        "in: letter": [*"ab␣<a"],
        "out: before": [*"∅ab␣<"],
        "exact: before": [*"∅ab␣<"],
    }
    assert data["outputs"]["right"] == data["outputs"]["entries"] == 5


def test_a_wrong_output_of_a_program_is_marked(data_of) -> None:
    model = lettered()
    silent = {name: torch.zeros_like(vector) for name, vector in model.transformer.readouts.items()}
    broken = replace(model, transformer=replace(model.transformer, readouts=silent))
    outputs = data_of(page.make_page(broken, {"letter": "ab <a"}))["outputs"]
    assert outputs["right"] == 1 and outputs["entries"] == 5
    assert outputs["wrong"] == [[1, place] for place in (1, 2, 3, 4)]


def pulling() -> Model:
    """A program with a promise: the row that is pulled exists."""
    table = Table("pull", rows=9)
    there, value = table.input("there", high=9), table.input("value", high=3)
    table.output("read", table.pull(there, value))
    return compile_program(table.program())


def test_a_table_that_the_program_refuses_is_not_called_right(data_of) -> None:
    outputs = data_of(page.make_page(pulling(), {"there": [9, 1], "value": [1, 2]}))["outputs"]
    assert outputs["right"] is None and "The program itself refuses this table" in outputs["note"]
    drawn = data_of(page.make_page(pulling()))["outputs"]  # by itself it shows one that the program takes
    assert drawn["right"] == drawn["entries"] == 9


def test_without_its_program_a_model_is_compared_with_nothing(data_of) -> None:
    outputs = data_of(page.make_page(replace(pulling(), origin="pull")))["outputs"]
    assert outputs["right"] is None and "not at hand" in outputs["note"]


def test_every_line_of_a_program_stands_beside_the_blocks_that_it_became() -> None:
    model = pulling()
    text = program_text(model.program, model.transformer)
    [(blocks, became)] = re.findall(r'<tr data-blocks="([^"]*)">.*?<td>(.*?)</td></tr>', text)
    assert blocks == "0" and re.findall(r'data-block="0" data-head="0">([^<]*)<', became) == ["layer 1"]
    assert text in page.make_page(model)


@pytest.mark.parametrize("name", SMALL)
def test_the_text_of_a_program_links_every_head_and_every_relu_layer_that_computes(name: str) -> None:
    program = program_for(TASKS[name].from_parameters(SMALL[name]))
    model = compile_program(program).transformer
    lines = lines_of(program, model)
    heads = [pair for line in lines for pair in line.heads]
    assert sorted(heads) == [
        (index, head)
        for index, block in enumerate(model.blocks)
        for head in range(0 if block.attention is None else block.attention.heads)
    ]
    computing = {index for index, block in enumerate(model.blocks) if block.mlp is not None and block.mlp.statements}
    assert {index for line in lines for index in line.relus} == computing


def test_control_characters_and_marks_of_direction_are_shown_and_not_obeyed(data_of) -> None:
    bad = "\x1b[31m\u202eevil\u2066\x00\r\n"
    graph = Graph(2, np.array([[1, 2]]), labels=(bad, "b"))
    model = compile_task(TASKS["components"].from_parameters({"n": 2}))
    html = page.make_page(model, graph, input_name=bad)
    table = Table(bad, rows=3)
    table.output(bad, table.input(f"in {bad}", high=2))
    own = page.make_page(compile_program(table.program()))
    for text in (html, own):
        assert not {letter for letter in text if letter not in "\n" and is_control(letter)}
    assert r"\x1b[31m\u202eevil\u2066\x00\r\n" in data_of(html)["graph"]["vertices"]
    assert r"\u202eevil" in unescape(own)


# --- how large a page may be ---

LONG: dict[str, dict[str, Any]] = {
    "k-hop": {"n": 1100, "k": 1000},
    "acausal-k-hop": {"n": 100, "k": 100},
    "composition": {"n": 100, "k": 1000},
    "node-count": {"n": 100},
}
"""Many rounds, and many rows. All others: at most 1,100 rows."""


def unfolded(html: str) -> tuple[int, int]:
    """Blocks that stand on the page outside of <details>, and most heads that one of them shows."""
    strip = re.findall(r'aria-label="The blocks of the transformer[^>]*>(.*?)<p class="caption">', html, re.S)[0]
    open_ = re.sub(r"<details.*?</details>", "", strip, flags=re.S)
    cards = re.findall(r"<button.*?</button>", open_, re.S)
    return len(cards), max(card.count('class="head"') for card in cards)


LOOPING = [
    name
    for name, parameters in SMALL.items()
    if any(isinstance(one, Repeat) for one in program_for(TASKS[name].from_parameters(parameters)).statements)
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "tied"), [*((name, True) for name in SMALL), *((name, False) for name in LOOPING)])
def test_a_page_is_never_too_large(name: str, tied: bool) -> None:
    """On an input as large as the model takes; what cannot be drawn on one screen is folded."""
    task = TASKS[name].from_parameters(LONG.get(name) or largest_size(name, rows=1100, most=100))
    model = compile_task(task, tied=tied)
    html = page.make_page(model, task.sample(np.random.default_rng(0), None, task.largest))
    assert len(html.encode()) <= 2_000_000
    cards, heads = unfolded(html)
    assert cards <= 40 and heads <= 12


def rounds_shown(html: str) -> list[str]:
    return re.findall(r'<p class="times">× (\d+)<span>([^<]*)</span>', html)


def test_rounds_with_weights_of_their_own_fold_into_one_as_tied_ones_do() -> None:
    pages = {
        tied: page.make_page(compile_task(TASKS["components"].from_parameters({"n": 34}), tied=tied))
        for tied in (True, False)
    }
    assert rounds_shown(pages[True]) == [("5", "rounds, the same weights")]
    [(times, words)] = rounds_shown(pages[False])
    assert int(times) == 5 and words == "rounds, each with weights of its own"
    assert "ReLU <b>78–82</b>" in pages[False]


def test_a_tied_loop_is_one_whatever_stands_around_it() -> None:
    """Blocks of ReLU alone look alike, and belong to the loop all the same, or do not."""
    table = Table("loop", rows=9, causal=True)
    bit = table.input("bit", high=1)
    more = table.map(
        lambda a, b: (a >= b).long(), table.prefix_sum(bit), table.sum(table.map(lambda x: 1 - x, bit, high=1)), high=1
    )

    def halve(state: Column) -> Column:
        there = table.pull(table.map(lambda i, s: torch.clamp(i - s - 1, 0, 9), table.index, state, high=9), state)
        return table.map(lambda a, b: torch.minimum(a, b), there, state, high=1)

    table.output("state", table.repeat(4, halve, more, high=1, name="state"))
    html = page.make_page(compile_program(table.program()))
    assert rounds_shown(html) == [("4", "rounds, the same weights")]


def unrolled(rounds: int, name: str) -> Model:
    """A program whose rounds a loop in Python writes out; `name` of what a round reads."""
    table = Table("unrolled", rows=6)
    value = table.input("value", high=5)
    for number in range(rounds):
        there = table.map(lambda i, v: (i + v) % 6, table.index, value, high=5)
        value = table.pull(there, value, name=name.format(number))
    table.output("last", value)
    return compile_program(table.program())


def test_a_loop_in_python_folds_and_blocks_that_differ_do_so_beyond_what_can_be_seen(data_of) -> None:
    alike = page.make_page(unrolled(50, "value"))
    assert unfolded(alike)[0] < 10 and int(rounds_shown(alike)[0][0]) > 40
    different = page.make_page(unrolled(50, "value {}"))
    cards, _ = unfolded(different)
    more = re.findall(r"<summary>(\d+) more blocks</summary>", different)
    assert 10 <= cards <= 40 and cards + int(more[0]) == len(data_of(different)["blocks"])
    assert {step["card"] for step in data_of(alike)["steps"]} == {
        int(card) for card in re.findall(r'class="card[^"]*" data-card="(\d+)"', alike)
    }


def test_of_many_heads_in_a_block_some_are_shown_and_the_others_counted() -> None:
    raw = relay(16, 6, 9)
    html = make_protocol_page(raw, compile_protocol(raw))
    assert unfolded(html)[1] == 12 and re.search(r"and \d+ more heads", html)


# --- answers in the user's words ---


def test_components_are_shown_as_groups_of_ids(data_of) -> None:
    graph = Graph(6, np.array([[1, 4], [4, 6], [2, 3]]), labels=("ann", "bob", "cat", "dan", "eve", "fay"))
    groups = data_of(page.make_page(model_of("components"), graph))["answer"]["groups"]
    assert groups == {"count": 3, "groups": [[3, ["ann", "dan", "fay"]], [2, ["bob", "cat"]], [1, ["eve"]]]}


@pytest.mark.parametrize("family", TASKS["components"].families)
def test_the_groups_are_those_that_networkx_finds(family: str) -> None:
    model = model_of("components")
    for seed in range(5):
        graph = model.task.sample(np.random.default_rng(seed), family)
        drawn = nx.Graph()
        drawn.add_nodes_from(range(1, graph.vertices + 1))
        drawn.add_edges_from(graph.edges.tolist())
        expected = [sorted(str(vertex) for vertex in group) for group in nx.connected_components(drawn)]
        found = first_of(model.task.details(model.answer(graph), graph)["groups"])
        assert found["count"] == len(expected)
        sizes = sorted(map(len, expected), reverse=True)
        assert [size for size, _ in found["groups"]] == sizes[:GROUPS_SHOWN]
        assert all(sorted(members) in expected for _, members in found["groups"])


@pytest.mark.parametrize("name", ["2-sum", "3-sum"])
def test_numbers_are_shown_with_those_that_make_them_up(name: str, data_of) -> None:
    model = model_of(name)
    for family in model.task.families:
        numbers = model.task.sample(np.random.default_rng(1), family, model.task.largest)
        answer = data_of(page.make_page(model, numbers))["answer"]
        for number, given, yes in zip(numbers.tolist(), answer["with"], answer["exact"], strict=True):
            others = [] if given == "–" else [int(other) for other in given.split(" + ")]
            assert bool(others) == (yes == "1")
            assert set(others) <= set(numbers.tolist()) and len(others) in (0, 1 if name == "2-sum" else 2)
            assert not others or (number + sum(others)) % model.task.modulus == 0


def test_what_was_dropped_from_a_file_stands_on_its_page(tmp_path: Path) -> None:
    (tmp_path / "loops.txt").write_text("a b\nb c\nb b\nb a\n")
    model = model_of("components")
    graph = model.task.read(tmp_path / "loops.txt")
    notes = model.task.notes(graph)
    text = unescape(page.make_page(model, graph, input_name="loops.txt"))
    assert notes and all(f"Note: {note}" in text for note in notes)


def test_an_oracle_of_one_s_own_says_what_is_exact(data_of) -> None:
    def oracle(columns: dict[str, np.ndarray]) -> np.ndarray:
        return columns["value"] * 0 + 1

    outputs = data_of(page.make_page(pulling(), {"there": [2, 1], "value": [1, 2]}, oracle=oracle))["outputs"]
    assert dict(outputs["rows"])["exact: read"] == [1, 1] and dict(outputs["rows"])["out: read"] == [2, 1]
    assert outputs["right"] == 1 and outputs["wrong"] == [[2, 0]] and "oracle" in outputs["note"]


@pytest.mark.parametrize("name", ["k-hop", "components", "prefix-sum", "sort"])
def test_a_look_in_parts_sees_what_the_whole_patterns_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(name)
    columns = model.task.encode(model.task.sample(np.random.default_rng(3), None, model.task.largest))
    outputs, cache = model.run_with_cache(columns)
    monkeypatch.setattr("logdepth.traces.transformer.WEIGHTS_AT_ONCE", 100)
    look = trace_transformer(model.transformer, columns)
    assert all(np.array_equal(look.outputs[key], values) for key, values in outputs.items())
    assert np.array_equal(look.streams[0], cache.embedding)
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(look.streams[1:], cache.residuals, strict=True))
    some = np.array([0, 1, 2, 4, len(cache.embedding) - 1])
    for number, (pattern, choices) in enumerate(zip(cache.patterns, look.choices, strict=True)):
        assert (pattern is None) == (choices is None)
        if pattern is not None:
            assert np.array_equal(choices.keys, pattern.numpy().argmax(-1))
            assert np.array_equal(choices.certain, (pattern.numpy() > 0).sum(-1).__eq__(1).sum(-1))
            assert np.array_equal(look.weights(number, some), pattern.numpy()[:, some])


def test_a_given_input_is_shown_though_its_weights_are_too_many_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logdepth.traces.inputs.WEIGHTS_HELD", 10)
    html = page.make_page(model_of("sort"), np.arange(12), input_name="mine.txt")
    assert "The input is mine.txt: 12 rows" in html


@pytest.mark.parametrize("name", SMALL)
def test_a_task_s_model_also_takes_its_columns(name: str, data_of) -> None:
    model = model_of(name)
    columns = model.task.encode(model.task.sample(np.random.default_rng(5)))
    outputs = data_of(page.make_page(model, columns))["outputs"]
    assert outputs["right"] == outputs["entries"] > 0
    for key, values in model.run(columns).items():
        assert dict(outputs["rows"])[f"out: {key}"][:5] == values[:5].tolist()


@pytest.mark.parametrize("columns", [5, "ab", [1, 2], {}, {"there": [1]}, {"there": 1, "value": 1}, {"there": [[1]]}])
def test_what_is_no_table_of_a_program_is_one_clear_error(columns: Any) -> None:
    with pytest.raises(UsageError, match=r"^[^\n]*$"):
        page.make_page(pulling(), columns)


@pytest.mark.parametrize(
    ("name", "given", "labels"),
    [
        ("k-hop", "abca", ["start", *"abca"]),
        ("2-sum", [3, 47, 11], ["start", "3", "47", "11"]),
        ("components", nx.Graph([("ann", "bob"), ("cat", "bob")]), ["start", "ann", "bob", "cat", "ann–bob"]),
        ("components", [("x", "y")], ["start", "x", "y", "x–y"]),
    ],
)
def test_a_page_takes_inputs_as_people_have_them(name: str, given: Any, labels: list[str], data_of) -> None:
    data = data_of(page.make_page(model_of(name), given))
    assert data["labels"][: len(labels)] == labels
    assert data["answer"]["right"] == data["answer"]["entries"]


def test_a_program_of_one_column_takes_the_bare_text(data_of) -> None:
    assert data_of(page.make_page(lettered(), "ab"))["labels"] == ["start", "a", "b"]


def test_the_page_of_a_folder_is_that_of_the_model_that_was_written(tmp_path: Path) -> None:
    model = lettered()
    write_model(model, tmp_path / "model")
    assert page.make_page(read_model(tmp_path / "model"), "ab a") == page.make_page(model, "ab a")


@pytest.mark.parametrize(("name", "arcs"), [("1-vs-2-cycle", True), ("reachability", True), ("components", False)])
def test_arcs_are_drawn_as_arcs_and_edges_as_edges(name: str, arcs: bool, folder: Path, data_of) -> None:
    """The drawing and the labels of its rows say the same."""
    data = data_of(written(name, folder))
    graph = data["graph"]
    assert graph["directed"] is arcs
    edges = data["labels"][graph["first_edge"] :]
    assert len(edges) == len(graph["edges"])
    for label, (u, v) in zip(edges, graph["edges"], strict=True):
        assert label.removesuffix("?") == f"{graph['vertices'][u - 1]}{'→' if arcs else '–'}{graph['vertices'][v - 1]}"


def test_the_answers_of_a_forest_belong_to_its_edges_also_when_they_are_as_many_as_vertices(data_of) -> None:
    graph = Graph(4, np.array([[1, 2], [2, 3], [3, 1], [3, 4]]), weights=np.array([1, 2, 3, 4]))
    answer = data_of(page.make_page(model_of("spanning-forest"), graph))["answer"]
    assert answer["tokens"] == [5, 6, 7, 8] and answer["exact"] == ["1", "1", "0", "1"]
