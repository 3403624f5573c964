"""`examples/load_model.py` reproduces the answers with torch and safetensors alone."""

import ast
import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np

from logdepth.artefacts import compile_task, write_model
from logdepth.tasks import TASKS, make_task

EXAMPLE = Path(__file__).parents[2] / "examples" / "load_model.py"

ALL_AT_ONCE = """
import json, runpy, sys
run = runpy.run_path(sys.argv[1])["run"]
json.dump([run(folder, columns) for folder, columns in json.load(sys.stdin)], sys.stdout)
assert "logdepth" not in sys.modules and "transformers" not in sys.modules
"""


def test_it_is_short_and_needs_torch_and_safetensors_only():
    text = EXAMPLE.read_text()
    assert len(text.splitlines()) <= 60
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module.partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"torch", "safetensors"}


WAYS = [
    *((name, {"dtype": dtype}) for name in TASKS for dtype in ("float32", "float64")),
    *((name, {"positions": "formulas"}) for name in ("k-hop", "components", "language")),
]


def test_it_reproduces_the_answers_of_every_task_and_computes_positions_by_formulas(tmp_path):
    asked, expected = [], []
    rng = np.random.default_rng(0)
    for number, (name, way) in enumerate(WAYS):
        task = make_task(name, {"n": 7})
        model = compile_task(task, **way)
        write_model(model, tmp_path / str(number))
        for family in task.families:
            columns = task.encode(task.sample(rng, family))
            asked.append((str(tmp_path / str(number)), {key: column.tolist() for key, column in columns.items()}))
            expected.append({key: column.tolist() for key, column in model.transformer.run(columns).items()})
    command = [sys.executable, "-c", ALL_AT_ONCE, str(EXAMPLE)]
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == expected


def test_on_the_command_line_letters_are_text(tmp_path, monkeypatch, capsys):
    task = make_task("k-hop", {"n": 12, "k": 3, "alphabet": "acgt"})
    model = compile_task(task)
    write_model(model, tmp_path / "model")
    (tmp_path / "columns.json").write_text('{"token": "gattacagatta"}')
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), str(tmp_path / "model"), str(tmp_path / "columns.json")])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    instance = task.letters.tokens("gattacagatta", "the test")
    assert json.loads(capsys.readouterr().out) == {"answer": task.solve(instance).tolist()}
