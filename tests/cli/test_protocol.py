"""`logdepth compile FILE.py` and `logdepth verify DIR FILE.py` of a protocol."""

import re
from pathlib import Path

import pytest

from logdepth import read_model
from logdepth.artefacts import read_own_file

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_protocol.py"

ONE = """
from logdepth import RawProtocol

def send(machine, state, inbox):
    return state, [{packet}]

def keep(machine, state, inbox):
    return {{"x": inbox[0][1]}}, []

protocol = RawProtocol("mine", {machines}, 1, {{"x": {high}}}, {{"w": {high}}}, [send, keep])
"""


@pytest.fixture
def file(tmp_path):
    def write(text=None, packet="(machine % 4 + 1, state['x'])", machines=4, high=9):
        path = tmp_path / "mine.py"
        path.write_text(ONE.format(packet=packet, machines=machines, high=high) if text is None else text)
        return path

    return write


@pytest.mark.parametrize("router", ["exact", "oblivious", "matching"])
def test_a_protocol_is_compiled_verified_and_written(logdepth, file, tmp_path, router):
    out = tmp_path / "model"
    outcome = logdepth("compile", file(), "--router", router, "--out", out, "--samples", 30, "--json")
    assert outcome.status == 0
    result = outcome.json
    assert result["protocol"] == "mine" and result["router"] == router and result["local"] == "ReLU weights"
    assert result["parameters"] == {"machines": 4, "slots": 1, "rounds": 1}
    assert result["verified"]["instances"] == 30 and result["verified"]["wrong"] == 0
    assert result["claimed"].keys() == {*result["measured"], "precision_bits"}
    assert all(result["measured"][name] <= most for name, most in result["claimed"].items())
    assert result["measured"]["layers"] == (2 if router == "exact" else 1)
    assert read_model(out).run({"x": [1, 2, 3, 4]})["x"].tolist() == [4, 1, 2, 3]
    again = logdepth("verify", out, file(), "--samples", 3, "--json")
    assert again.status == 0 and again.json["verified"]["instances"] == 3


def test_local_functions_may_stay_python_and_are_labelled(logdepth, file, tmp_path):
    outcome = logdepth("compile", file(), "--local", "functions", "--samples", 5, "--json")
    assert outcome.status == 0 and outcome.json["verified"]["instances"] == 5 and outcome.json["folder"] is None
    assert "local functions are Python" in outcome.json["local"]
    assert outcome.json["claimed"] == {"layers": 2, "heads": 2} and outcome.json["measured"]["layers"] == 2
    shown = logdepth("compile", file(), "--local", "functions", "--samples", 5)
    assert "local functions are Python" in shown.stdout and "exact on 5 instances, after every round" in shown.stdout
    refused = ["compile", file(), "--local", "functions", "--out", tmp_path / "model"]
    one_error(logdepth(*refused), "a folder holds weights")
    one_error(logdepth("compile", file(), "--local", "python"), "weights or functions, not 'python'")
    one_error(logdepth("compile", "k-hop", "--local", "functions"), "--local belongs to a FILE.py")


def test_the_shipped_example_is_exact(logdepth, tmp_path):
    outcome = logdepth("compile", EXAMPLE, "--samples", 3, "--out", tmp_path / "model")
    assert outcome.status == 0 and "exact on 3 instances, after every round" in outcome.stdout
    raw = read_own_file(EXAMPLE).made
    assert raw.rounds == 6 and (tmp_path / "model" / "model.json").exists()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("x = 1", "must define one Program, Table or RawProtocol at module level; it defines none"),
        (
            ONE.format(packet="", machines=4, high=9) + "other = RawProtocol('b', 1, 1, {'x': 1}, {'w': 1}, [keep])",
            "2: ",
        ),
        ("1 +", "line 1: it is no Python"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "line 1: it cannot be executed: SystemExit: 3"),
        (
            "from logdepth import RawProtocol\np = RawProtocol('x', 0, 1, {'x': 1}, {'w': 1}, [])",
            "must be a whole number",
        ),
    ],
)
def test_a_file_that_defines_no_single_protocol_is_one_error(logdepth, file, text, rule):
    one_error(logdepth("compile", file(text)), rule)


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        ({"packet": "(machine, state['y'])"}, "step 0 raises KeyError: 'y'"),
        ({"packet": "(machine, exit(3))"}, "step 0 raises SystemExit: 3."),
        ({"packet": "(machine, state['x'] / 2)"}, "fractions|must be integers"),
        ({"packet": "(machine + 1, 0)"}, "destination of packet 0 is in 0..4, but machine 4 has 5"),
        ({"packet": "(1, 0)"}, "machine 1 receives 4 packets in round 1; machines have 1 slots"),
        ({"packet": "(machine, 0), (machine, 0)"}, "sends 2 packets, and machines have 1 slots"),
        ({"packet": "(machine, state['x'])", "high": 2**22}, "Choose a smaller range for it"),
        (
            {"packet": "(machine, state['x'])", "machines": "'4'"},
            "machines must be a whole number of at least 1; got '4'",
        ),
    ],
)
def test_a_protocol_that_breaks_a_rule_is_one_error_and_nothing_is_written(logdepth, file, tmp_path, shape, rule):
    one_error(logdepth("compile", file(**shape), "--out", tmp_path / "model"), rule)
    assert not (tmp_path / "model").exists()


def test_options_that_do_not_fit_are_one_error(logdepth, file, tmp_path):
    one_error(logdepth("compile", tmp_path / "nope.py"), "there is no file")
    one_error(logdepth("compile", "k-hop", file()), "takes one task")
    one_error(logdepth("compile", file(), "--untied"), "--untied is for rounds that share")
    one_error(logdepth("compile", "k-hop", "--router", "exact"), "--router belongs to a FILE.py")
    one_error(logdepth("compile", file(), "--router", "hased"), "there is no router 'hased'")
    depends = file(packet="(state['x'] % 4 + 1, 0)")
    one_error(logdepth("compile", depends, "--router", "oblivious"), "depends on 'x'")


def test_a_model_of_another_protocol_is_not_judged(logdepth, file, tmp_path):
    assert logdepth("compile", file(), "--out", tmp_path / "model", "--no-verify").status == 0
    one_error(logdepth("verify", tmp_path / "model", EXAMPLE), "is not the one of protocol")
    assert logdepth("verify", tmp_path / "model", "--samples", 20).status == 0  # the folder holds its program


def test_a_model_that_differs_is_wrong(logdepth, file, tmp_path):
    assert logdepth("compile", file(), "--out", tmp_path / "model", "--no-verify").status == 0
    outcome = logdepth(
        "verify", tmp_path / "model", file(packet="(5 - machine, state['x'])"), "--samples", 20, "--json"
    )
    assert outcome.status == 1 and outcome.json["verified"]["wrong"] > 0


def one_error(outcome, rule):
    assert outcome.status == 2 and outcome.stdout == "" and outcome.stderr.count("\n") == 1, outcome
    assert re.search(rule, outcome.stderr), outcome.stderr
