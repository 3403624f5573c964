"""The verbs on a folder of format version 1, which does not hold the program that its model was compiled from."""

from dataclasses import replace

import pytest

from logdepth import Table, compile_program, write_model


@pytest.fixture
def written(tmp_path):
    table = Table("echo", rows=5)
    table.output("answer", table.input("token", high=3))
    write_model(replace(compile_program(table.program()), origin="echo"), tmp_path / "echo")
    return tmp_path / "echo"


@pytest.mark.parametrize("words", [("verify",), ("run", "nile.txt"), ("simulate",)])
def test_without_its_program_nobody_judges_a_model(logdepth, written, words):
    verb, *rest = words
    outcome = logdepth(verb, written, *rest)
    assert outcome.status == 2 and outcome.stdout == "" and outcome.stderr.count("\n") == 1
    assert "'echo' was compiled from a program" in outcome.stderr and "Compile the program again" in outcome.stderr


def test_a_programs_model_is_exported(logdepth, written, tmp_path):
    outcome = logdepth("export", written, "--format", "transformer-lens", "--out", tmp_path / "echo.safetensors")
    assert outcome.status == 0 and (tmp_path / "echo.safetensors").exists()
