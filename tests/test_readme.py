"""README.md tells only what was run: its ```console blocks run here, in order, in one empty folder.

A line `$ command` is run by a shell, or if it is a `logdepth` command without pipes in this process, which has loaded
torch already; it has to succeed, and the lines below it have to come in its output, in that
order. Blanks do not count, `…` stands for lines left out, and times (`0.3 s`) may differ. What sets the project up
(make, git, pip, python -m venv) is left to the check that runs this test.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from logdepth.cli import main

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
SETS_UP = re.compile(r"(make|git|pip|cd|python3? -m (venv|pip))\b")


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Every command of the console blocks, with the output that is told of it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", "").splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            elif found:
                found[-1][1].append(line)
    return found


def told(line: str) -> str:
    """A line of output without what may differ."""
    return " ".join(re.sub(r"\d+(\.\d+)? s\b", "_ s", line).split())


def run(command: str, capfd: pytest.CaptureFixture[str]) -> str:
    """What a command prints."""
    words = shlex.split(command)
    if words[0] == "logdepth" and not set(command) & set("|<>&;$"):
        capfd.readouterr()
        status = main(words[1:])
        printed, said = capfd.readouterr()
    else:
        done = subprocess.run(command, shell=True, capture_output=True, text=True)
        status, printed, said = done.returncode, done.stdout, done.stderr
    assert status == 0, f"$ {command}\n{said}"
    return printed


@pytest.mark.slow
def test_the_readme_tells_what_its_commands_do(tmp_path, monkeypatch, capfd):
    examples = commands(README.read_text(encoding="utf-8"))
    if not examples:
        pytest.skip("README.md has no ```console block")
    for folder in ("examples", "benchmarks", "docs"):
        if (ROOT / folder).exists():
            (tmp_path / folder).symlink_to(ROOT / folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    for command, lines in examples:
        if SETS_UP.match(command):
            continue
        printed = run(command, capfd)
        output = [told(line) for line in printed.splitlines()]
        for line in filter(None, map(told, lines)):
            if line not in ("…", "..."):
                assert line in output, f"$ {command}\ndoes not say any more, or not in this place: {line}\n{printed}"
                output = output[output.index(line) + 1 :]


def test_the_house_has_every_room_and_a_room_imports_only_those_above_it():
    text = README.read_text(encoding="utf-8").partition("src/logdepth/\n")[2].partition("```")[0]
    rooms = re.findall(r"^  (\w+)/", text, flags=re.MULTILINE)
    assert sorted(rooms) == sorted(each.parent.name for each in (ROOT / "src" / "logdepth").glob("*/__init__.py"))
    layers = re.findall(r"^layers = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)[0]
    storeys = [re.findall(r"\w+", line) for line in layers.splitlines() if "__main__" not in line]
    height = {room: -number for number, names in enumerate(storeys) for room in names}
    assert [height[room] for room in rooms] == sorted(height[room] for room in rooms)


def test_commands_are_read_with_what_is_told_of_them():
    text = "x\n```console\n$ a \\\n  b\none\n$ c\n```\n```python\n$ no\n```\n"
    assert commands(text) == [("a   b", ["one"]), ("c", [])]
    assert told("built in  0.31 s") == "built in _ s"
