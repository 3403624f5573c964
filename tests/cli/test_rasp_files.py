"""`logdepth compile FILE.rasp`, and what else takes such a file."""

import json

import pytest

from logdepth.cli import main

HIST = "hist = selector_width(select(tokens, tokens, ==));\n"
MAJORITY = "a := #[j <= i] Q_a; b := #[j <= i] Q_b; majority := b < a;\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hist.rasp").write_text(HIST)
    (tmp_path / "majority.txt").write_text(MAJORITY)
    (tmp_path / "text").write_text("abba")
    return tmp_path


def run(capsys, *words):
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_rasp_is_compiled_run_verified_and_run_on_machines(folder, capsys):
    made = ("compile", "hist.rasp", "--n", "6", "--letters", "ab", "--samples", "20", "--out", "hist")
    status, said = run(capsys, *made)
    assert status == 0 and said["verified"]["judge"] == "oracle" and said["measured"]["layers"] == 1
    assert run(capsys, "run", "hist", "text")[1]["answer"] == {"hist": [2, 2, 2, 2]}
    assert run(capsys, "verify", "hist", "hist.rasp", "--samples", "10")[0] == 0
    status, said = run(capsys, "mpc", "hist.rasp", "text", "--n", "6", "--letters", "ab")
    assert status == 0 and said["answer"] == {"hist": [2, 2, 2, 2]}


@pytest.mark.parametrize("verb", ["run", "mpc", "simulate"])
def test_an_input_settles_letters_and_length(folder, capsys, verb):
    assert main([verb, "hist.rasp", "text", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out).get("answer", {"hist": [2, 2, 2, 2]}) == {"hist": [2, 2, 2, 2]}
    assert "text settles --n 4 --letters ab." in said.err


@pytest.mark.parametrize(
    ("name", "table", "settled"),
    [
        ("t.csv", "tokens\na\nb\na\n", "t.csv settles --n 3 --letters ab."),
        ("t.tsv", "tokens\n3\n0\n3\n", "t.tsv settles --n 3 --numbers 3."),
        ("t.json", '["b", "a", "b"]', "t.json settles --n 3 --letters ab."),
        ("t.json", '{"tokens": [0, 7, 0]}', "t.json settles --n 3 --numbers 7."),
    ],
)
def test_a_table_settles_letters_or_numbers_and_length(folder, capsys, name, table, settled):
    (folder / name).write_text(table)
    assert main(["run", "hist.rasp", name, "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["answer"] == {"hist": [2, 1, 2]}
    assert settled in said.err
    assert main(["run", "hist.rasp", name, "--n", "2"]) == 2
    assert "holds 3 tokens, and --n is 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tokens", "settled", "answer"),
    [("1 0 1", "--n 3 --numbers 1.", [1, 1, 0]), ("101", "--letters 01. Numbers stand apart, as in 1 0 2.", [0, 0, 0])],
)
def test_an_input_of_numbers_that_stand_apart_settles_numbers(folder, capsys, tokens, settled, answer):
    (folder / "parity.raspl").write_text("def parity(x):\n    return tok_map(cumsum(x == 1), lambda n: n % 2)\n")
    (folder / "text").write_text(tokens)
    assert main(["run", "parity.raspl", "text", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["answer"] == {"parity": answer}
    assert settled in said.err


def test_digits_that_are_letters_are_noted_as_they_equal_no_number(folder, capsys):
    (folder / "ones.raspl").write_text("def ones(x):\n    return x == 1\n")
    for words in (["compile", "ones.raspl", "--n", "3", "--no-verify"], ["verify", "ones.raspl", "--n", "3"]):
        assert main([*words, "--letters", "01"]) == 0
        said = " ".join(capsys.readouterr().err.split())
        assert said.count("--letters 01 are texts, and equal no number, as in x == 1. For numbers: --numbers 1.") == 1
    assert main([*words, "--letters", "ab"]) == 0
    assert "are texts" not in capsys.readouterr().err


def test_a_file_is_compiled_for_verbs_that_take_a_model(folder, capsys):
    options = ("hist.rasp", "--n", "5", "--letters", "ab")
    status, said = run(capsys, "verify", *options, "--samples", "5")
    assert status == 0 and said["verified"]["judge"] == "oracle"
    assert run(capsys, "inspect", *options, "--out", "inspected")[1]["program"] == "hist"
    assert run(capsys, "export", *options, "--format", "ground-truth", "--out", "truth.json")[0] == 0
    assert list(json.loads((folder / "truth.json").read_text())["circuits"]) == ["hist"]


def test_a_dialect_is_named_before_the_file(folder, capsys):
    status, said = run(capsys, "compile", "crasp", "majority.txt", "--n", "40", "--samples", "10")
    assert status == 0 and said["measured"]["layers"] == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["compile", "hist.rasp", "--letters", "ab"], "Give it: --n 50"),
        (["compile", "hist.rasp", "--n", "6"], "--letters"),
        (["compile", "hist.rasp", "--n", "0", "--letters", "ab"], "1..100000"),
        (["compile", "hist.rasp", "--n", "6", "--letter", "ab"], "Did you mean '--letters'?"),
        (["compile", "hist.rasp", "--n", "6", "--letters", "ab", "--sop", "his"], "Did you mean 'hist'?"),
        (["compile", "none.rasp", "--n", "6", "--letters", "ab"], "none.rasp"),
        (["inspect", "hist.rasp"], "Give it: --n 50"),
        (["verify", "hist.rasp", "--n", "6"], "--letters"),
        (["run", "hist.rasp", "none"], "none"),
        (["run", "hist.rasp", "text", "--n", "3"], "text holds 4 tokens, and --n is 3. Shorten it, or give --n 4."),
        (["run", "hist.rasp", "text", "--letters", "ac"], 'got "b"'),
        (["run", "text", "text", "--n", "3"], "--n is for a file with RASP, or for a task, and text is none"),
        (["evaluate", "hist.rasp"], "takes a trained network"),
        (["blackboard", "hist.rasp"], "takes a trained network"),
        (["refute", "hist.rasp"], "takes a trained network"),
    ],
)
def test_bad_use_is_one_line(folder, capsys, words, why):
    status, said = run(capsys, *words)
    assert status == 2 and why in said["error"] and "\n" not in said["error"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("d - 1", [-1, -1, -1, -1]), ("(d - 1) / 2", ["-1/2"] * 4), ('tokens if d > 0 else "none"', ["none"] * 4)],
)
def test_a_folder_gives_the_values_themselves(folder, capsys, text, answer):
    d = 'd = selector_width(select(tokens, "a", ==)) - selector_width(select(tokens, "b", ==));'
    (folder / "own.rasp").write_text(f"{d} own = {text};")
    assert main(["compile", "own.rasp", "--n", "5", "--letters", "ab", "--samples", "5", "--out", "own"]) == 0
    assert "the value is" not in capsys.readouterr().err
    assert run(capsys, "run", "own", "text")[1]["answer"] == {"own": answer}


def test_fractions_are_told_as_two_columns(folder, capsys):
    (folder / "lack.rasp").write_text('lack = aggregate(select(indices, indices, <=), indicator(tokens == "a") - 1);')
    assert main(["compile", "lack.rasp", "--n", "5", "--letters", "ab", "--samples", "5", "--out", "lack"]) == 0
    assert "output lack: the value is lack / lack denominator." in capsys.readouterr().err
    (folder / "abb").write_text("abb")
    answer = run(capsys, "run", "lack", "abb", "--report", "page.html")[1]["answer"]
    assert answer == {"lack": [0, -1, -2], "lack denominator": [1, 2, 3]}
    assert "The value of lack is lack / lack denominator." in (folder / "page.html").read_text()


def test_rasp_that_has_a_value_on_short_texts_alone_is_said_to_be_tried_on_those(folder, capsys):
    (folder / "earlier.rasp").write_text("earlier = aggregate(select(indices, indices, <), tokens);")
    for words, told in ((["earlier.rasp", "--letters", "ab"], True), (["hist.rasp", "--letters", "ab"], False)):
        assert main(["compile", *words, "--n", "6", "--samples", "30"]) == 0
        assert ("all of at most 2 of 6 rows" in capsys.readouterr().out) is told
