"""The verbs on a folder that holds a program's model."""

import pytest

from logdepth import Table, compile_program, write_model


@pytest.fixture
def written(tmp_path):
    table = Table("echo", rows=5)
    table.output("answer", table.input("token", high=3))
    write_model(compile_program(table.program()), tmp_path / "echo")
    return tmp_path / "echo"


@pytest.mark.parametrize("words", [("verify",), ("run", "nile.txt")])
def test_a_programs_model_has_no_task_to_judge_it(logdepth, written, words):
    verb, *rest = words
    outcome = logdepth(verb, written, *rest)
    assert outcome.status == 2 and outcome.stdout == "" and outcome.stderr.count("\n") == 1
    assert "'echo' was compiled from a program" in outcome.stderr and "verify_program(program, model)" in outcome.stderr


def test_a_programs_model_is_exported(logdepth, written, tmp_path):
    outcome = logdepth("export", written, "--format", "transformer-lens", "--out", tmp_path / "echo.safetensors")
    assert outcome.status == 0 and (tmp_path / "echo.safetensors").exists()
