"""The whole way of a user's own Python file through the verbs: its answers are those of plain Python everywhere."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logdepth import UsageError
from logdepth.artefacts import read_own_file
from logdepth.cli.own_files import model_and_task
from logdepth.programs import ProgramTask

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Own:
    """A file, a table for it as columns, and the answers by plain Python; as people write and read them."""

    source: str
    table: dict[str, list[Any]]
    answers: Callable[..., dict[str, list[Any]]]
    text: str | None = None  # the same table as plain text


def letters_after(token):
    """After the last earlier occurrence of mine: which letter?"""
    found = []
    for i, letter in enumerate(token):
        before = [j for j in range(1, i + 1) if token[j - 1] == letter]
        found.append(token[before[-1]] if before else None)
    return {"next letter": found}


def sums(amount, paid):
    def total(i, flag):
        return sum(a for a, p in zip(amount[: i + 1], paid[: i + 1], strict=True) if p == flag)

    rows = range(len(amount))
    return {"paid so far": [total(i, 1) for i in rows], "open so far": [total(i, 0) for i in rows]}


def roots(parent):
    def root(i):
        return i if parent[i - 1] == i else root(parent[i - 1])

    return {"root": [root(i) for i in range(1, len(parent) + 1)]}


OWN = {
    "causal, of letters": Own(
        """
from logdepth import Table

table = Table("induction", rows=20, causal=True)
token = table.input("token", letters="abcdr")
answer = table.last(key=table.previous(token), query=token, values=token)
table.output("next letter", answer)
program = table.program()
""",
        {"token": list("abracadabra")},
        letters_after,
        "abracadabra\n",
    ),
    "not causal, with an oracle": Own(
        """
from logdepth import Table

print("the file speaks")
histogram = Table("histogram", rows=12)
token = histogram.input("token", high=9)
histogram.output("count", histogram.count(query=token, key=token))


def oracle(columns):
    token = columns["token"].tolist()
    return [token.count(each) for each in token]
""",
        {"token": [3, 1, 3, 3, 9]},
        lambda token: {"count": [token.count(each) for each in token]},
        "3 1, 3 3\n9",
    ),
    "two inputs and outputs": Own(
        """
from logdepth import Table

table = Table("[bold]books[/] & sums", rows=8, causal=True)
amount, paid = table.input("amount", high=9), table.input("paid", high=1)
one = table.map(lambda p: 1 - p, paid, high=1)
table.output("paid so far", table.sum(amount, where=paid, name="paid so far"))
table.output("open so far", table.sum(amount, where=one, name="open so far"))
""",
        {"amount": [5, 0, 9, 2], "paid": [1, 1, 0, 1]},
        sums,
    ),
    "a loop, and tables of its own": Own(
        """
import numpy as np

from logdepth import Table

table = Table("roots", rows=16)
parent = table.input("parent", high=16)
table.output("root", table.repeat(4, lambda p: table.pull(p, p), parent, high=16, name="ancestor"))


def sample(rng):
    rows = np.arange(1, rng.integers(1, 17) + 1)
    return {"parent": np.maximum(1, rows - rng.integers(0, 3, len(rows)))}
""",
        {"parent": [1, 1, 2, 4, 3, 5]},
        roots,
        "1 1 2 4 3 5",
    ),
    "a protocol": Own(
        """
from logdepth import RawProtocol


def pass_on(machine, state, inbox):
    return state, [(machine % 4 + 1, state["x"])]


def keep(machine, state, inbox):
    return {"x": inbox[0][1]}, []


protocol = RawProtocol("ring", 4, 1, {"x": 9}, {"w": 9}, [pass_on, keep])
""",
        {"x": [4, 0, 9, 2]},
        lambda x: {"x": [x[-1], *x[:-1]]},
        "4 0 9 2",
    ),
}


@pytest.fixture(params=OWN)
def own(request):
    return OWN[request.param]


@pytest.fixture
def file(own, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(own.source)
    return path


@pytest.fixture
def folder(logdepth, file, tmp_path):
    """The folder of its model, which holds the program and executes nothing."""
    assert logdepth("compile", file, "--no-verify", "--out", tmp_path / "written").status == 0
    file.write_text("raise AssertionError('a folder needs no file')")
    return tmp_path / "written"


@pytest.fixture
def inputs(own, tmp_path):
    """The table in every form."""
    rows = list(zip(*own.table.values(), strict=True))
    text = io.StringIO()
    csv.writer(text).writerows([own.table.keys(), *rows])
    forms = {
        "t.csv": text.getvalue(),
        "t.json": json.dumps(own.table),
        "rows.json": json.dumps([dict(zip(own.table, row, strict=True)) for row in rows]),
        **({} if own.text is None else {"t.txt": own.text}),
    }
    for name, content in forms.items():
        (tmp_path / name).write_text(content)
    return [tmp_path / name for name in forms]


LEAVES = """
from logdepth import Table

table = Table("leaves its range", rows=8)
x = table.input("x", high=5)
table.output("less", table.map(lambda x: x - 4, x, high=5))
"""


def test_a_program_that_refuses_most_tables_is_not_called_verified(logdepth, tmp_path):
    (tmp_path / "mine.py").write_text(LEAVES)
    for verb in ("compile", "verify"):
        outcome = logdepth(verb, tmp_path / "mine.py", "--samples", 40)
        said = outcome.stdout + outcome.stderr
        assert outcome.status == 1
        assert "were skipped, as they are refused, the first because column" in " ".join(said.split())
        assert "row 1 has -4" in said and "(the map in mine.py line 6)" in " ".join(said.split())
        assert "NOT VERIFIED" in said and "exact" not in said
    outcome = logdepth("verify", tmp_path / "mine.py", "--samples", 40, "--json")
    assert outcome.status == 1 and not outcome.json["verified"]["verified"] and outcome.json["verified"]["wrong"] == 0


def test_a_file_is_compiled_verified_and_written_with_its_page(logdepth, own, file, tmp_path):
    outcome = logdepth("compile", file, "--samples", 20, "--out", tmp_path / "model", "--json")
    assert outcome.status == 0, outcome
    assert outcome.json["verified"]["instances"] >= 20 and outcome.json["verified"]["wrong"] == 0
    assert outcome.json["task"] is None and outcome.json["file"] == str(file)
    assert ("the file speaks" in outcome.stderr) is ("the file speaks" in own.source)
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"model.json", "model.safetensors", "report.html"}
    with_sample = "def sample" in own.source
    assert outcome.json["verified"]["skipped"] == 0 or not with_sample
    if "RawProtocol" not in own.source:
        assert outcome.json["verified"]["judge"] == ("oracle" if "def oracle" in own.source else "program")
    again = logdepth("verify", tmp_path / "model", file, "--samples", 5, "--json")
    assert again.status == 0 and again.json["verified"]["wrong"] == 0


def test_what_is_verified_is_said_to_people(logdepth, file):
    outcome = logdepth("verify", file, "--samples", 5)
    assert outcome.status == 0 and "exact on " in outcome.stdout


def test_run_reads_every_form_and_answers_as_plain_python_does(logdepth, own, file, inputs):
    expected = own.answers(**own.table)
    for path in inputs:
        outcome = logdepth("run", file, path, "--json")
        assert outcome.status == 0 and outcome.json["correct"] is True, outcome
        assert outcome.json["answer"] == expected
        assert outcome.json["task"] is None and outcome.json["input"] == str(path)


def test_run_writes_answer_and_page(logdepth, own, file, inputs, tmp_path):
    page, answer = tmp_path / "page.html", tmp_path / "answer.csv"
    outcome = logdepth("run", file, inputs[0], "--report", page, "--out", answer, "--json")
    assert outcome.status == 0, outcome
    with answer.open(newline="") as lines:
        rows = list(csv.reader(lines))
    expected = own.answers(**own.table)
    written = [[None if cell == "" else cell for cell in row[-len(expected) :]] for row in rows[1:]]
    assert written == [[None if c is None else str(c) for c in row] for row in zip(*expected.values(), strict=True)]
    assert ("oracle gives" in page.read_text()) is ("def oracle" in own.source)


def test_people_see_inputs_beside_answers(logdepth, own, file, inputs):
    outcome = logdepth("run", file, inputs[0])
    assert outcome.status == 0 and "equal to the exact answer" in outcome.stdout
    for name, entries in (own.table | own.answers(**own.table)).items():
        assert name in outcome.stdout
        assert all(isinstance(entry, str | None) or str(entry) in outcome.stdout for entry in entries)


def test_machines_give_the_same_answer_within_their_claim(logdepth, own, file, inputs):
    outcome = logdepth("mpc", file, inputs[0], "--json")
    assert outcome.status == 0 and outcome.json["answer_correct"] is True, outcome
    assert outcome.json["answer"] == own.answers(**own.table)
    assert outcome.json["rounds"] == outcome.json["claimed"]["rounds"]
    assert outcome.json["max_sent_words"] <= outcome.json["memory_words"]


def test_a_protocol_runs_in_its_own_rounds_and_its_program_in_more(logdepth, tmp_path):
    own = OWN["a protocol"]
    (tmp_path / "mine.py").write_text(own.source)
    (tmp_path / "t.txt").write_text(own.text)
    mine = logdepth("mpc", tmp_path / "mine.py", tmp_path / "t.txt", "--json").json
    assert (mine["rounds"], mine["machines"], mine["total_words"]) == (1, 4, 4) and mine["protocol"] == "ring"
    by_program = logdepth("mpc", tmp_path / "mine.py", tmp_path / "t.txt", "--program", "--json").json
    assert by_program["rounds"] > 1 and by_program["answer"] == mine["answer"] == own.answers(**own.table)
    (tmp_path / "short.txt").write_text("1 2 3")
    outcome = logdepth("mpc", tmp_path / "mine.py", tmp_path / "short.txt")
    assert outcome.status == 2 and "has 4 machines" in outcome.stderr


def test_the_transformer_on_machines_gives_the_same_answer(logdepth, file, inputs, tmp_path):
    outcome = logdepth("simulate", file, inputs[0], "--report", tmp_path / "page.html", "--json")
    assert outcome.status == 0 and outcome.json["answer_correct"] is True, outcome
    assert (tmp_path / "page.html").exists()


def test_without_an_input_one_is_drawn_that_the_program_takes(logdepth, file):
    for verb in ("mpc", "simulate"):
        outcome = logdepth(verb, file, "--seed", 3, "--json")
        assert outcome.status == 0 and outcome.json["answer_correct"] is True, outcome


def test_the_folder_alone_is_judged_and_answers_as_the_file_does(logdepth, own, folder, inputs):
    judged = logdepth("verify", folder, "--samples", 20, "--json")
    assert judged.status == 0 and judged.json["verified"]["wrong"] == 0
    assert judged.json["verified"]["judge"] == "program"
    expected = own.answers(**own.table)
    for path in inputs:
        outcome = logdepth("run", folder, path, "--json")
        assert outcome.status == 0 and outcome.json["correct"] is True and outcome.json["answer"] == expected
    machines = logdepth("mpc", folder, inputs[0], "--json")
    assert machines.status == 0 and machines.json["answer_correct"] is True and machines.json["answer"] == expected
    for words in (["simulate", folder, inputs[0]], ["inspect", folder, "--sequences", 3, "--out", folder.parent / "i"]):
        assert logdepth(*words, "--json").status == 0
    assert logdepth("export", folder, "--format", "onnx", "--out", folder.parent / "x.onnx").status == 0


@pytest.mark.parametrize("form", ["onnx", "transformer-lens"])
def test_a_file_is_exported(logdepth, file, tmp_path, form):
    assert logdepth("export", file, "--format", form, "--out", tmp_path / "exported").status == 0
    assert (tmp_path / "exported").stat().st_size


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("own_program.py", "1 2 1 1", {"before": [0, 0, 1, 2], "next": [0, 0, 2, 1]}),
        ("own_text.py", "()(())(\n", {"balanced": [0, 1, 0, 0, 0, 1, 0]}),
    ],
)
def test_the_examples_are_compiled_verified_and_run(logdepth, tmp_path, name, text, answer):
    outcome = logdepth("compile", EXAMPLES / name, "--samples", 20, "--out", tmp_path / "model", "--json")
    assert outcome.status == 0 and outcome.stderr == "" and outcome.json["verified"]["wrong"] == 0
    (tmp_path / "t.txt").write_text(text)
    outcome = logdepth("run", EXAMPLES / name, tmp_path / "t.txt", "--json")
    assert outcome.status == 0 and outcome.json["answer"] == answer
    _, task = model_and_task(EXAMPLES / name)
    for seed in range(100):  # its oracle agrees with its program, 0 among the inputs too
        table = ProgramTask(task.program).sample(np.random.default_rng(seed), size=1 + seed % 9)
        assert np.array_equal(task.solve(table), ProgramTask(task.program).solve(table))


def test_inspection_says_where_heads_look_and_what_fails_without_them(logdepth, file, own, tmp_path):
    outcome = logdepth("inspect", file, "--out", tmp_path / "found", "--sequences", 8, "--json")
    assert outcome.status == 0 and outcome.json["wrong"] == 0 and outcome.json["tables"] == 8
    for head in outcome.json["heads"]:
        shares = [head[place] for place in ("start_token", "own_row", "rows_before", "rows_after")]
        assert sum(shares) == pytest.approx(1) and min(shares) >= 0
        assert head["rows_after"] == 0 or "causal=True" not in own.source
        assert head["compiled_to"] and 0 <= head["wrong_without"] <= 1
    assert max(head["wrong_without"] for head in outcome.json["heads"]) > 0.1
    assert {path.name for path in (tmp_path / "found").iterdir()} == {
        "report.html",
        "inspection.csv",
        "inspection.json",
    }
    held = json.loads((tmp_path / "found" / "inspection.json").read_text())
    assert held["heads"] == outcome.json["heads"]
    shown = logdepth("inspect", file, "--out", tmp_path / "found", "--sequences", 2)
    assert shown.status == 0 and "wrong without" in shown.stdout


# --- oracles ---

WRONG_ORACLE = OWN["not causal, with an oracle"].source.replace("token.count(each)", "token.count(each) + (each == 3)")


def test_where_the_oracle_disagrees_the_answer_is_not_the_exact_one(logdepth, tmp_path):
    (tmp_path / "mine.py").write_text(WRONG_ORACLE)
    (tmp_path / "threes.txt").write_text("1 3 3")
    (tmp_path / "others.txt").write_text("1 2 2")
    wrong = logdepth("run", tmp_path / "mine.py", tmp_path / "threes.txt")
    assert wrong.status == 1 and "NOT the exact answer" in wrong.stdout and "exact count" in wrong.stdout
    assert logdepth("run", tmp_path / "mine.py", tmp_path / "others.txt").status == 0
    outcome = logdepth("compile", tmp_path / "mine.py", "--samples", 5, "--out", tmp_path / "model", "--json")
    assert outcome.status == 1 and outcome.json["verified"]["wrong"] > 0 and not (tmp_path / "model").exists()
    assert outcome.json["verified"]["judge"] == "oracle"
    shown = logdepth("verify", tmp_path / "mine.py", "--samples", 5).stdout
    assert "WRONG on" in shown and f"the oracle in {tmp_path / 'mine.py'}" in shown.replace("\n", "")
    assert "the first wrong table" in shown and "exact count" in shown and "its oracle differ" in shown


def test_a_wrong_verification_shows_a_wrong_table_and_who_differs(logdepth, tmp_path):
    (tmp_path / "mine.py").write_text(WRONG_ORACLE)
    first = logdepth("verify", tmp_path / "mine.py", "--samples", 5, "--json").json["verified"]["first_wrong"]
    tokens = first["input"]["token"]
    assert first["answer"] == {"count": [tokens.count(each) for each in tokens]} and first["as_the_program_says"]
    assert first["exact"] == {"count": [tokens.count(each) + (each == 3) for each in tokens]}

    source = OWN["not causal, with an oracle"].source
    (tmp_path / "right.py").write_text(source)
    (tmp_path / "other.py").write_text(
        source.replace("key=token)", "key=token, where=token < 9)").split("def oracle")[0]
    )
    assert logdepth("compile", tmp_path / "other.py", "--samples", 5, "--out", tmp_path / "other").status == 0
    found = logdepth("verify", tmp_path / "other", tmp_path / "right.py", "--samples", 5, "--json")
    assert found.status == 1 and not found.json["verified"]["first_wrong"]["as_the_program_says"]
    assert found.json["verified"]["first_wrong"]["input"] == {"token": [9]}
    shown = logdepth("verify", tmp_path / "other", tmp_path / "right.py", "--samples", 5).stdout
    assert "does not give what the program says" in shown


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("return [1]", "must return 3 rows of 'count'"),
        ("return None", "it has .None."),
        ("return {'counts': columns['token']}", r"takes the columns \['count'\]"),
        ("return [0.5] * 3", "row 1 has .0.5."),
        ("raise ValueError('no\\nluck')", r"mine\.py, line \d+: oracle fails: ValueError: no\."),
        ("raise SystemExit(3)", r"oracle fails: SystemExit: 3\."),
    ],
)
def test_an_oracle_that_gives_no_answer_is_one_error(refused, tmp_path, body, rule):
    source = OWN["not causal, with an oracle"].source.replace("print", "str")
    (tmp_path / "mine.py").write_text(source[: source.index("def oracle")] + f"def oracle(columns):\n    {body}\n")
    (tmp_path / "t.txt").write_text("1 3 3")
    assert_matches(rule, refused("run", tmp_path / "mine.py", tmp_path / "t.txt"))


def test_an_oracle_cannot_change_the_table(logdepth, tmp_path):
    source = OWN["not causal, with an oracle"].source
    changed = source.replace("    return", "    columns['token'][:] = 7\n    return")
    (tmp_path / "mine.py").write_text(changed)
    (tmp_path / "t.txt").write_text("1 3 3")
    assert logdepth("run", tmp_path / "mine.py", tmp_path / "t.txt").status == 0


# --- files that define too little or too much ---

TABLE = "from logdepth import Table\n{0} = Table('{0}', rows=3)\n{0}.output('y', {0}.input('x', high=2))\n"

BAD = {
    "nothing": ("x = 1", "must define one Program, Table or RawProtocol at module level; it defines none"),
    "two": (TABLE.format("a") + TABLE.format("b"), r"it defines 2: a, b\. Choose one, as in .*mine\.py:a"),
    "no Python": ("x = 1\n1 +", r"mine\.py, line 2: it is no Python"),
    "zero byte": ("x = '\0'", "it is no Python|cannot be executed"),
    "raises": ("\n\nraise ValueError('no\\nluck')", r"mine\.py, line 3: it cannot be executed: ValueError: no\."),
    "raises in a function": ("def f():\n    1 / 0\n\n\nf()", r"mine\.py, line 2: .*ZeroDivisionError"),
    "leaves": ("import sys\nsys.exit('bye')", r"mine\.py, line 2: it cannot be executed: SystemExit: bye\."),
    "raises what is no Exception": ("class Odd(BaseException): pass\n\n\nraise Odd", r"line 4: .*Odd: no message"),
    "imports what is not there": ("import nowhere_to_be_found", r"line 1: .*ModuleNotFoundError"),
    "breaks a rule": ("from logdepth import Table\nTable('x', rows=0)", r"mine\.py, line 2: .*at least one row"),
    "an unfinished table": ("from logdepth import Table\nt = Table('x', rows=3)", r"mine\.py: .*has no input"),
    "an oracle that is none": (TABLE.format("a") + "oracle = 3", "'oracle' must be a function; it is a int"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("verb", ["compile", "verify", "mpc"])
def test_a_file_that_defines_no_single_program_is_one_error(refused, tmp_path, case, verb):
    source, rule = BAD[case]
    (tmp_path / "mine.py").write_text(source)
    assert_matches(rule, refused(verb, tmp_path / "mine.py"))


def test_one_of_several_is_chosen_by_its_name(logdepth, refused, tmp_path):
    (tmp_path / "mine.py").write_text(TABLE.format("a") + TABLE.format("b") + "again = b\n")
    for name in "ab":
        outcome = logdepth("compile", f"{tmp_path / 'mine.py'}:{name}", "--samples", 3, "--json")
        assert outcome.status == 0 and outcome.json["program"] == name
    assert_matches("no program or protocol 'c'. Known: a, again, b", refused("compile", f"{tmp_path / 'mine.py'}:c"))


def test_a_program_may_have_the_name_of_a_task(logdepth, tmp_path):
    source = (
        "from logdepth import Table\nt = Table('components', rows=3)\nx = t.input('x', high=2)\n"
        "t.output('y', t.count(query=x, key=x))\n"
    )
    (tmp_path / "mine.py").write_text(source)
    (tmp_path / "t.txt").write_text("2 0 2")
    for verb in ("run", "mpc"):
        outcome = logdepth(verb, tmp_path / "mine.py", tmp_path / "t.txt", "--json")
        assert outcome.status == 0 and outcome.json["answer"] == {"y": [2, 1, 2]}, outcome


def test_neighbours_are_imported_and_nothing_is_left_beside_the_file(tmp_path):
    (tmp_path / "part.py").write_text("ROWS = 7\n")
    (tmp_path / "mine.py").write_text(TABLE.format("a").replace("Table\n", "Table\nfrom part import ROWS\n", 1))
    assert read_own_file(tmp_path / "mine.py").made.rows == 3
    assert not list(tmp_path.glob("**/mine*.pyc"))


def test_functions_of_a_file_travel_to_other_processes_whole(tmp_path):
    """A worker of Ray has no module of the file's name to look them up in."""
    cloudpickle = pytest.importorskip("ray.cloudpickle")
    (tmp_path / "mine.py").write_text(OWN["a protocol"].source)
    steps = cloudpickle.dumps(read_own_file(tmp_path / "mine.py").made.steps)
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)[0](4, {'x': 7}, ()))"
    done = subprocess.run([sys.executable, "-c", code], input=steps, capture_output=True, check=False)
    assert done.stdout == b"({'x': 7}, [(1, 7)])\n", done.stderr


def test_what_a_file_does_to_its_surroundings_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = [*sys.path]
    (tmp_path / "mine.py").write_text(TABLE.format("a") + "import os, sys\nos.chdir('/')\nsys.path.clear()\n")
    assert read_own_file("mine.py").made.name == "a"
    assert Path.cwd() == tmp_path and sys.path == path


def test_a_file_is_read_anew_every_time(tmp_path):
    for rows in (3, 4):  # the same length, within one tick of the clock
        (tmp_path / "mine.py").write_text(TABLE.format("a").replace("rows=3", f"rows={rows}"))
        assert read_own_file(tmp_path / "mine.py").made.rows == rows


def test_what_only_a_script_does_is_not_done(tmp_path):
    (tmp_path / "mine.py").write_text(TABLE.format("a") + "if __name__ == '__main__':\n    raise ValueError\n")
    assert read_own_file(tmp_path / "mine.py").made.name == "a"


def test_a_sample_that_draws_nothing_useful_is_one_error(tmp_path):
    (tmp_path / "mine.py").write_text(TABLE.format("a") + "def sample(rng):\n    return {'x': [9]}\n")
    task = read_own_file(tmp_path / "mine.py").task
    with pytest.raises(UsageError, match=r"refuses 100 random tables, the last because column 'x' holds 0\.\.2"):
        task.sample(np.random.default_rng(0))


def test_a_program_that_takes_hardly_any_random_table_is_still_compiled(logdepth, tmp_path):
    """No table of 30 rows can be drawn: the verdict counts that, and no mantissa bits are measured."""
    made = 'table = Table("hard", rows=30)\na, b = table.input("a", 30), table.input("b", 30)\n'
    told = 'table.output("o", table.pull(a + b, a))\n'
    (tmp_path / "hard.py").write_text("from logdepth import Table\n" + made + told)
    outcome = logdepth("compile", tmp_path / "hard.py", "--samples", 20, "--json")
    assert outcome.status == 1 and outcome.json["verified"]["skipped"] > 20
    assert outcome.json["measured"]["precision_bits"] is None


# --- words that do not fit ---


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["compile", "FILE", "--n", "3"], "takes no parameters, and --n is no option"),
        (["compile", "FILE", "--router", "exact"], "--router belongs to a FILE.py that defines a RawProtocol"),
        (["compile", "FILE", "--local", "functions"], "--local belongs to a FILE.py"),
        (["compile", "FILE", "FILE"], "compile takes one task"),
        (["compile", "nope.py"], "there is no file nope.py"),
        (
            ["compile", "mine.txt"],
            "mine.txt is a file and names no task. A Python file with a program of your own has a",
        ),
        (["mpc", "mine.txt"], "mine.txt is a file and names no task"),
        (["mpc", "FILE", "--n", "3"], "takes no parameters, and --n is no option"),
        (["mpc", "nope.py"], "there is no file nope.py"),
        (["verify", "FILE", "FILE"], "verify takes DIR, FILE.py, or DIR and FILE.py"),
        (["verify", "DIR", "other"], "verify takes DIR, FILE.py, or DIR and FILE.py"),
        (["run", "FILE", "nope.csv"], "nope.csv does not exist"),
        (["run", "FILE", "FILE"], "takes at most 3 rows"),
    ],
)
def test_words_that_do_not_fit_are_one_error(refused, tmp_path, monkeypatch, words, rule):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(TABLE.format("a"))
    (tmp_path / "mine.txt").write_text("1 2")
    assert_matches(rule, refused(*[{"FILE": "mine.py"}.get(word, word) for word in words]))


@pytest.mark.parametrize(
    ("option", "why"), [(["--k", "2"], "a program is asked no k"), (["--device", "cpu"], "computes on the CPU")]
)
def test_options_that_say_nothing_of_a_program_are_noted(logdepth, tmp_path, monkeypatch, option, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(TABLE.format("a"))
    outcome = logdepth("inspect", "mine.py", "--sequences", 2, *option)
    assert outcome.status == 0
    assert f"{option[0]} changes nothing: " in outcome.stderr and why in outcome.stderr


def test_a_model_of_another_program_is_not_judged(logdepth, refused, tmp_path):
    (tmp_path / "mine.py").write_text(TABLE.format("a"))
    (tmp_path / "other.py").write_text(TABLE.format("a").replace("high=2", "high=3"))
    assert logdepth("compile", tmp_path / "mine.py", "--no-verify", "--out", tmp_path / "model").status == 0
    assert_matches("does not have the rows and columns", refused("verify", tmp_path / "model", tmp_path / "other.py"))


def assert_matches(rule, line):
    assert re.search(rule, line), line
