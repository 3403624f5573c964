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
        (["run", "hist.rasp", "text"], "logdepth compile hist.rasp"),
        (["inspect", "hist.rasp"], "logdepth compile hist.rasp"),
        (["simulate", "hist.rasp", "text"], "logdepth compile hist.rasp"),
        (["export", "hist.rasp", "--format", "onnx", "--out", "x"], "logdepth compile hist.rasp"),
        (["verify", "hist.rasp"], "logdepth compile hist.rasp"),
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
    (folder / "share.rasp").write_text('share = aggregate(select(indices, indices, <=), indicator(tokens == "a"));')
    assert main(["compile", "share.rasp", "--n", "5", "--letters", "ab", "--samples", "5"]) == 0
    assert "output share: the value is share / share denominator." in capsys.readouterr().err
