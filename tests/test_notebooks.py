"""In a notebook every value is one short line, a model its claim, and a type checker reads our types."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import logdepth
from logdepth import Table, compile_program, compile_task, make_task, verify
from logdepth.programs import RawProtocol
from logdepth.solutions import program_for
from logdepth.tasks import TASKS
from logdepth.verification.sizes import small_sizes

LAST = dict(small_sizes())
LONGEST = 320


def values_of(name):
    """All that a user holds while working on a task."""
    task = make_task(name, LAST[name])
    model = compile_task(task)
    instance = task.sample(np.random.default_rng(0))
    _, cache = model.run_with_cache(task.encode(instance))
    program = program_for(task)
    yield from (task, model, model.transformer, cache, program, *program.inputs, *model.transformer.blocks)
    yield from (block.attention for block in model.transformer.blocks)
    yield from (block.mlp for block in model.transformer.blocks)
    yield from task.theory
    yield verify(model, samples=2)
    yield replace(model, verified={"instances": 12, "wrong": 0})


@pytest.mark.parametrize("name", TASKS)
def test_every_value_is_shown_in_one_short_line(name):
    for value in values_of(name):
        text = repr(value)
        assert "\n" not in text and len(text) <= LONGEST, text
        assert "tensor(" not in text and "object at 0x" not in text, text


def test_a_model_says_what_it_is_and_what_was_checked():
    model = compile_task(make_task("k-hop", n=30, k=2, alphabet="4"))
    assert repr(model).startswith("Model(k-hop: n=30, k=2, alphabet=4; 3 layers, 1 head, width ")
    assert repr(model).endswith("float32; not verified)")
    assert repr(replace(model, verified={"instances": 40, "wrong": 0})).endswith("exact on 40 instances)")
    assert repr(replace(model, verified={"instances": 40, "wrong": 3})).endswith("WRONG on 3 of 40 instances)")
    assert "not verified: 50 of 52" in repr(replace(model, verified={"instances": 2, "wrong": 0, "skipped": 50}))


def test_a_models_table_marks_what_is_within_its_claim_and_only_what_was_measured():
    model = compile_task(make_task("k-hop", n=30, k=2, alphabet="4"))
    html = model._repr_html_()
    assert html.count("✓") == sum(size in model.claimed for size in model.measured.as_json()) > 3
    assert "<td>≤ 24</td><td>–</td>" in html, "mantissa bits were claimed and not measured"
    broken = replace(model, claimed=dict(model.claimed) | {"layers": 0})._repr_html_()
    assert broken.count("✗") == 1


def test_names_of_a_users_own_are_escaped_in_the_table():
    table = Table("<script>alert(1)</script>", rows=2)
    table.output("x", table.input("x", 1))
    html = compile_program(table.program())._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html


def test_a_table_being_written_and_a_protocol_are_short_too():
    table = Table("t", rows=3)
    table.input("x", 3)
    assert repr(table) == "Table('t', rows=3, causal=False; 0 statements so far)"
    raw = RawProtocol("p", 2, 1, {"x": 1}, {"w": 1}, [lambda machine, held, inbox: (held, [])])
    assert repr(raw) == "RawProtocol('p', 2 machines, 1 slots, 0 rounds)"


def test_the_package_tells_type_checkers_of_its_types():
    assert (Path(logdepth.__file__).parent / "py.typed").is_file()


CONSUMER = """
import numpy as np
from logdepth import Model, Table, compile_program, compile_task, make_task

table = Table("echo", rows=3)
token = table.input("token", high=4)
table.output("same", token)
model: Model = compile_program(table.program())
outputs: dict[str, np.ndarray] = model.run({"token": [1, 2]})
answer: np.ndarray = compile_task(make_task("sort", n=3)).answer([2, 1])
wrong: int = model.name
model.rnu()
"""


@pytest.mark.slow
def test_a_type_checker_finds_the_errors_of_a_users_script_and_no_others(tmp_path):
    """The wheel's py.typed lets it read our types: two errors stand in the script, on its last two lines.

    It reads the rooms that the script names; all rooms take four times as long.
    """
    script = tmp_path / "consumer.py"
    script.write_text(CONSUMER)
    site = tmp_path / "site"
    site.mkdir()
    (site / "logdepth").symlink_to(Path(logdepth.__file__).parent, target_is_directory=True)
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict = True\nfollow_imports = silent\n[mypy-torch.*,logdepth.*]\nfollow_imports = skip\n"
        "[mypy-logdepth,logdepth.artefacts.*,logdepth.programs.*]\nfollow_imports = silent\n"
    )
    options = ["--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path / "cache")]
    found = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(script)],
        capture_output=True,
        text=True,
        env=os.environ | {"MYPYPATH": str(site)},
        cwd=tmp_path,
    )
    errors = [line.split(":")[1] for line in found.stdout.splitlines() if ": error:" in line]
    last = CONSUMER.count("\n")
    assert errors == [str(last - 1), str(last)], found.stdout
