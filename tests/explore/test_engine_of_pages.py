"""What the page computes is what the library computes: answers, attention, residual streams, and the data to draw.

The engine runs in Node here; `benchmarks/explorer.py` asks the same of a browser, with a thousand inputs of each task.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from engine import ask, needs_node

from logdepth import Table, compile_program, compile_task, make_task
from logdepth.artefacts import Model
from logdepth.explore import contents_of, make_explorer, pack, page, weights_of
from logdepth.numerics.errors import UsageError
from logdepth.pages.assemble import plain
from logdepth.pages.labels import Letters
from logdepth.pages.run import record, record_table
from logdepth.tasks import TASKS
from logdepth.traces import Exact, InstanceTrace, trace_transformer
from logdepth.traces.inputs import Input
from logdepth.verification.sizes import sizes_of

pytestmark = needs_node

INSTANCES = 3
RUN = "const e = await $explorer.open(page), found = []; for (const input of inputs) found.push(await e.run(input));"
RUN_ALL = (
    "const answers = {};"
    "for (const [name, {page, inputs}] of Object.entries(given)) {"
    f" {RUN} answers[name] = {{found, check: await e.check()}}; }} return answers;"
)


@cache
def subject(name: str) -> tuple[Model, list[Any]]:
    """A task's model at its largest common size, and some of its instances."""
    size = max((size for size in sizes_of(name) if set(size) == {"n"}), key=lambda size: size["n"])
    task = make_task(name, size)
    rng = np.random.default_rng(7)
    families = [task.families[place % len(task.families)] for place in range(INSTANCES)]
    return compile_task(task), [task.sample(rng, family) for family in families]


def page_of_model(model: Model) -> dict[str, str]:
    return {"packed": pack(contents_of(model), weights_of(model))}


@cache
def page_of(name: str) -> dict[str, str]:
    return page_of_model(subject(name)[0])


@cache
def runs() -> Any:
    """All tasks in one process."""
    asked = {}
    for name in TASKS:
        model, instances = subject(name)
        inputs = [model.task.typed(instance) for instance in instances]
        asked[name] = {"page": page_of(name), "inputs": inputs}
    return ask(RUN_ALL, asked)


def as_drawn(model: Model, instance: Any) -> dict[str, Any]:
    """The data that the library draws, as the page reads it."""
    task, columns = model.task, model.task.encode(instance)
    look = trace_transformer(model.transformer, columns)
    answer = task.decode(look.outputs, instance)
    trace = InstanceTrace(model, Input(instance, ""), columns, answer, task.solve(instance), look, None)
    return json.loads(json.dumps(plain(record(trace, 64))))


def without_places(data: dict[str, Any]) -> dict[str, Any]:
    """Without where vertices stand, what is written beside entries, and noise, which is compared by itself."""
    graph = data["graph"] and {key: value for key, value in data["graph"].items() if key not in ("x", "y")}
    answer = data["answer"] and {**data["answer"], "with": None}
    return {**data, "graph": graph, "answer": answer, "noise": 0}


def without_weights(data: dict[str, Any]) -> dict[str, Any]:
    """Where heads add, the last digits of a weight depend on the order of its sum: its keys are left."""
    for step in data["steps"]:
        for head in step["heads"]:
            head["spread"] = {token: [keys for _, keys in groups] for token, groups in head["spread"].items()}
    return data


@pytest.mark.parametrize("name", TASKS)
def test_the_page_computes_what_the_library_computes(name):
    model, instances = subject(name)
    for instance, found in zip(instances, runs()[name]["found"], strict=True):
        theirs, ours = as_drawn(model, instance), found["data"]
        assert found["columns"] == {key: values.tolist() for key, values in model.task.encode(instance).items()}
        assert abs(theirs["noise"] - ours["noise"]) < 1e-3
        theirs, ours = without_places(theirs), without_places(ours)
        definition = model.task.definition
        assert ours["answer"].pop("definition") == (definition and definition.text)
        if definition is None:
            assert ours["answer"].pop("exact") is None and ours["answer"].pop("right") is None
            theirs["answer"] = {key: value for key, value in theirs["answer"].items() if key not in ("exact", "right")}
        assert without_weights(ours) == without_weights(theirs)


@pytest.mark.parametrize("name", TASKS)
def test_the_check_of_the_page_finds_the_library_in_itself(name):
    check = runs()[name]["check"]
    assert check["inputs"] > 1 and check["numbers"] > 0 and not check["wrong"]
    assert check["integers"] == check["streams"] >= check["bits"] > 0


def test_the_check_finds_a_number_and_a_stream_that_differ():
    model, _ = subject("sort")
    contents = contents_of(model)
    contents["checks"][0]["outputs"][0][1][0] += 1
    contents["checks"][1]["streams"][2]["bits"] ^= 1
    contents["checks"][1]["streams"][2]["integers"] ^= 1
    page = {"packed": pack(contents, weights_of(model))}
    check = ask("return (await $explorer.open(given)).check();", page)
    assert check["wrong"] == 1 and check["integers"] == check["bits"] == check["streams"] - 1
    assert "1 of " in check["sentence"] and "Do not trust" in check["sentence"]


def test_float64_and_float32_are_computed_in_their_own_format():
    task = make_task("prefix-sum", n=30, high=9)
    instance = task.sample(np.random.default_rng(0), "random", 30)
    for dtype in ("float32", "float64"):
        model = compile_task(task, dtype=dtype)
        script = "const e = await $explorer.open(given.page); return e.run(given.input);"
        noise = ask(script, {"page": page_of_model(model), "input": task.typed(instance)})["data"]["noise"]
        low, high = {"float32": (1e-7, 1e-3), "float64": (0, 1e-9)}[dtype]
        assert low <= noise <= high and low <= as_drawn(model, instance)["noise"] <= high


@pytest.mark.parametrize("numbers", ["Float32Array", "Float64Array"])
def test_tokens_with_equal_numbers_are_found_and_no_others(numbers):
    rng = np.random.default_rng(5)
    columns = rng.integers(0, 4, (3, 200)) + rng.integers(0, 2, (3, 200)) * 2.0**-20  # some differ in low bits
    dtype = {"Float32Array": np.float32, "Float64Array": np.float64}[numbers]
    script = f"return [...$alike.firstAlike(given.columns.map(column => new {numbers}(column)), 200)];"
    seen: dict[tuple[float, ...], int] = {}
    expected = [seen.setdefault(tuple(column), token) for token, column in enumerate(columns.astype(dtype).T.tolist())]
    assert ask(script, {"columns": columns.tolist()}) == expected and 50 < len(seen) < 200


LOOK_UP = """const answers = {};
for (const [name, { page, columns }] of Object.entries(given)) {
  const { contents, tensors } = await $tensors.unpack(page.packed), found = { sure: 0, rows: 0, different: 0 };
  const model = $transformer.load(contents.subject.model, tensors);
  const { streams } = $transformer.runTransformer(model, columns);
  model.steps.forEach((block, step) => block.heads.forEach(head => {
    const looking = $heads.look(model, streams[step], head), row = new model.Numbers(looking.tokens);
    const known = $lookup.lookUp(model, streams[step], head, looking);
    for (let query = 0; query < looking.tokens; query++) {
      const seen = $heads.weigh(looking, query, row.fill(0)), key = known ? known.only(query) : -1;
      if (key >= 0 && !row.every((weight, at) => at >= seen || weight === Number(at === key))) found.different++;
      found.sure += key >= 0;
      found.rows += query > 0;
    }
  }));
  answers[name] = found;
}
return answers;"""


def test_a_row_that_is_looked_up_has_all_the_weight():
    asked = {}
    for name in ("components", "k-hop", "node-degree", "sort", "prefix-sum"):
        model, instances = subject(name)
        columns = {key: values.tolist() for key, values in model.task.encode(instances[-1]).items()}
        asked[name] = {"page": page_of_model(model), "columns": columns}
    found = ask(LOOK_UP, asked)
    assert all(each["rows"] and not each["different"] for each in found.values())
    for name in ("components", "k-hop"):  # all heads read one row: none has to be scored
        assert found[name]["sure"] == found[name]["rows"]


def test_another_format_is_refused():
    model, _ = subject("sort")
    contents = contents_of(model)
    contents["subject"]["model"]["dtype"] = "bfloat16"
    page = {"packed": pack(contents, weights_of(model))}
    said = ask("try { await $explorer.open(given); } catch (error) { return [error.name, error.message]; }", page)
    assert said[0] == "Refused" and "bfloat16" in said[1]


def test_a_head_that_is_ablated_adds_nothing():
    model, [instance, *_] = subject("k-hop")
    script = """const e = await $explorer.open(given.page), run = ablate => e.run(given.input, { ablate });
    return [await run([]), await run([[0, 0]])];"""
    whole, ablated = ask(script, {"page": page_of_model(model), "input": model.task.typed(instance)})
    assert whole["data"]["steps"][0]["heads"] == ablated["data"]["steps"][0]["heads"], "it still looks"
    written = model.transformer.steps[0].attention.output[0].any(dim=0).nonzero().ravel().tolist()
    assert any(str(column) in whole["data"]["steps"][0]["values"] for column in written)
    assert ablated["data"]["answer"]["right"] < whole["data"]["answer"]["right"] == len(instance)


def program_of_letters():
    table = Table("vowels", rows=9)
    letter = table.input("letter", letters="aeiou<")
    mark = table.input("mark", high=3)
    table.output("again", table.count(query=letter, key=letter, high=9, name="equal"))
    table.output("echo", table.map(lambda a, b: (a + b) % 7, letter, mark, high=6, letters="aeiou<"))
    return compile_program(table.program())


def test_a_program_of_ones_own_runs_on_its_columns():
    model = program_of_letters()
    table = {"letter": np.array([1, 6, 2, 1]), "mark": np.array([0, 3, 1, 1])}
    given = {"page": page_of_model(model), "inputs": [{name: v.tolist() for name, v in table.items()}]}
    [found] = ask(f"const {{page, inputs}} = given; {RUN} return found;", given)
    program = model.program
    look = trace_transformer(model.transformer, table)
    letters = Letters(program.input_letters, program.output_letters)
    theirs = record_table(table, look, "row", 64, Exact({}, ""), letters)
    theirs = json.loads(json.dumps(plain(theirs))) | {"noise": 0}
    ours = found["data"] | {"noise": 0}
    assert ours["outputs"].pop("note") and theirs["outputs"].pop("note") == ""
    assert without_weights(ours) == without_weights(theirs)


def test_a_program_of_ones_own_is_compared_with_itself_on_the_reference_inputs():
    model = program_of_letters()
    contents = contents_of(model)
    script = "return (await $explorer.open(given)).check();"
    check = ask(script, {"packed": pack(contents, weights_of(model))})
    assert check["meant"] * 2 == check["numbers"] > 100 and not check["wrong"]
    assert f", {check['meant']} of them what the program itself gives;" in check["sentence"]
    contents["checks"][0]["meant"][0][1][0] += 1
    assert ask(script, {"packed": pack(contents, weights_of(model))})["wrong"] == 1


def test_names_and_letters_of_any_kind_are_data():
    table = Table("</script><script>alert(1)</script>", rows=6)
    first, second = table.input("__proto__", high=4), table.input("constructor", letters="<\u202e\n😀")
    third = table.input("0", high=3)
    table.output("toString", table.count(query=first, key=third, high=6, name="<b>\u202e"))
    table.output("hasOwnProperty", table.map(lambda x, y: (x + y) % 5, first, second, high=4))
    model = compile_program(table.program())
    rows = {"__proto__": [4, 3, 1, 0], "constructor": [1, 2, 3, 4], "0": [3, 3, 2, 1]}
    contents = contents_of(model, {name: np.array(values) for name, values in rows.items()}, "<i>")
    assert contents["examples"] == [{"name": "<i>", "input": rows}]
    script = """const e = await $explorer.open(given.page);
    return [await e.run((await $tensors.unpack(given.page.packed)).contents.examples[0].input), await e.check()];"""
    page = {"packed": pack(contents, weights_of(model))}
    found, check = ask(script, {"page": page})
    outputs = model.transformer.run({name: np.array(values) for name, values in rows.items()})
    spelt = dict(found["data"]["outputs"]["rows"])
    assert {name: spelt[f"out: {name}"] for name in outputs} == {n: v.tolist() for n, v in outputs.items()}
    assert spelt["in: constructor"] == ["<", "\\u202e", "↵", "😀"] and not check["wrong"]
    html = make_explorer(model).html
    assert html.count("<script") == 2 and "alert(1)</script" not in html


def test_names_of_vertices_are_shown_without_what_acts_on_text():
    model, _ = subject("components")
    graph = {"vertices": ["a\u202e", "b\n", "<c>"], "edges": [[1, 2]], "weights": None, "question": None}
    script = "return (await $explorer.open(given.page)).run(given.graph);"
    data = ask(script, {"page": page_of_model(model), "graph": graph})["data"]
    assert data["graph"]["vertices"] == ["a\\u202e", "b\\n", "<c>"]
    assert data["labels"] == ["start", "a\\u202e", "b\\n", "<c>", "a\\u202e–b\\n"]
    assert data["answer"]["groups"]["groups"] == [[2, ["a\\u202e", "b\\n"]], [1, ["<c>"]]]
    assert data["answer"]["model"] == data["answer"]["exact"] == ["a\\u202e", "a\\u202e", "<c>"]


def test_a_model_too_large_for_a_page_is_refused(monkeypatch):
    monkeypatch.setattr(page, "LARGEST", 1000)
    with pytest.raises(UsageError, match=r"would have [\d,]+ bytes, and at most 1,000 are taken"):
        make_explorer(subject("sort")[0])


FACTS = {"names": ["<b>", "John"], "relations": ["mother"], "facts": [[1, 1, 2]], "question": [1, 1, 1, 1, 1]}
REFUSED = [
    ("k-hop", "", "At least one letter"),
    ("k-hop", "abcdx", "letter ‘x’ at position 5"),
    ("k-hop", "ab\u202e", "letter ‘\\u202e’"),
    ("k-hop", "a" * 10, "at most 9 letters; here are 10"),
    ("sort", [1, 2.5], "number 2 is 2.5"),
    ("sort", [-1], "from 0 to 65535"),
    ("sort", "12", "no list"),
    ("composition", [1, 3], "from 1 to 2"),
    ("recall", [1, 65], "odd number"),
    ("recall", [1, 2, 3], "from 65 to 66"),
    ("list-ranking", [2, 1, 0], "circle"),
    ("list-ranking", [3, 3, 0], "after both row 1 and row 2"),
    ("sparse-averaging", {"value": [1]}, "no list"),
    ("components", {"vertices": ["a", "a"], "edges": []}, "one name"),
    ("components", {"vertices": ["<b>", "b"], "edges": [[1, 1]]}, "from <b> to itself"),
    ("components", {"vertices": ["a", "b"], "edges": [[1, 2], [2, 1]]}, "twice"),
    ("components", {"vertices": ["a", "b"], "edges": [[1, 3]]}, "two vertices of the graph"),
    ("components", {"vertices": list("abcdefghij"), "edges": []}, "at most 9 vertices"),
    ("components", {"vertices": [], "edges": []}, "at least one vertex"),
    ("components", {"vertices": ["a", "b"], "edges": [], "x": ["q", 1], "y": [0, 0]}, "a number for each"),
    ("components", {"vertices": ["a", "b"], "edges": [], "x": [0, 1], "y": [None, {}]}, "a number for each"),
    ("components", {"vertices": ["a", "b"], "edges": [], "x": "ab", "y": "cd"}, "a number for each"),
    ("components", [], "no graph"),
    ("kin", [], "no facts"),
    ("kin", {**FACTS, "question": [1, 1]}, "follows 4 relations; the question asks for 1"),
    ("kin", {**FACTS, "question": [3, 1, 1, 1, 1]}, "names a start"),
    ("kin", {**FACTS, "facts": [[1, 1, 2], [1, 1, 1]]}, "say what the mother of <b> is"),
    ("kin", {**FACTS, "facts": [[1, 2, 2]]}, "a subject, a relation and an object"),
    ("kin", {**FACTS, "names": [str(name) for name in range(20)]}, "at most 9 names"),
    ("spanning-forest", {"vertices": ["a", "b"], "edges": [[1, 2]], "weights": None}, "needs a weight"),
    ("reachability", {"vertices": ["a", "b"], "edges": [], "question": None}, "question"),
    ("1-vs-2-cycle", {"vertices": ["a", "b", "c"], "edges": [[1, 2]]}, "has 1"),
]


@cache
def refusals() -> list[str]:
    pages = {name: page_of(name) for name, _, _ in REFUSED}
    script = """const found = [];
    for (const [name, input] of given.asked) found.push((await $explorer.open(given.pages[name])).refusal(input));
    return found;"""
    return ask(script, {"pages": pages, "asked": [[name, given] for name, given, _ in REFUSED]})


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_an_input_that_is_none_of_the_models_is_refused_in_a_sentence(place):
    said = REFUSED[place][2]
    assert said in refusals()[place]


def test_positions_by_formulas_are_those_of_the_library():
    asked = {}
    for name, parameters in (("k-hop", {"n": 40, "k": 3}), ("components", {"n": 6}), ("language", {"n": 9})):
        model = compile_task(make_task(name, parameters), positions="formulas")
        asked[name] = {"page": page_of_model(model), "inputs": []}
    for found in ask(RUN_ALL, asked).values():
        check = found["check"]
        assert check["inputs"] > 1 and not check["wrong"]
        assert check["integers"] == check["streams"] > 0
