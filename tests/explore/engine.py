"""The engine of the explorer in Node: the script that ships, with questions for it on standard input."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from logdepth.pages import join_modules

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node, which runs the page's JavaScript")


def ask(script: str, given: Any, *more: str) -> Any:
    """What the body of an async function returns. It sees all modules of the engine, and `more`, as $name, and what it
    is given as `given`."""
    program = (
        "\n".join(['"use strict";', *map(join_modules, ("serve", "explorer", *more))]).replace("const $", "var $")
        + "\nconst given = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        + f"(async () => {{ {script} }})().then(found => process.stdout.write(JSON.stringify(found)));"
    )
    with tempfile.TemporaryDirectory() as folder:  # the script is longer than an argument may be
        path = Path(folder) / "asked.js"
        path.write_text(program, encoding="utf-8")
        ran = subprocess.run(["node", path], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert not ran.returncode, ran.stderr[-2000:]
    return json.loads(ran.stdout)
