"""Modules joined into one script do what they do as modules, and their names do not meet."""

import shutil
import subprocess

import pytest

from logdepth.pages.bundle import join_modules

MODULES = {
    "inner": "const hidden = 1;\nexport const shown = hidden + 1;\nexport async function later() { return hidden; }\n",
    "middle": 'import { shown } from "./inner.js";\nconst hidden = 10;\n'
    "export class Sum { of() { return shown + hidden; } }\n",
    "outer": 'import { Sum } from "./middle.js";\nimport { shown as two, later } from "../engine/inner.js";\n'
    "export function all() { return [new Sum().of(), two]; }\nexport const one = later;\n",
}


def test_a_module_comes_once_and_after_those_that_it_imports():
    script = join_modules("outer", MODULES.__getitem__)
    places = [script.index(f"const ${name} = ") for name in ("inner", "middle", "outer")]
    assert places == sorted(places) and script.count("const $inner") == 1
    assert "import " not in script and "export " not in script


def test_modules_that_import_each_other_are_refused():
    circle = {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'}
    with pytest.raises(AssertionError, match="a -> b -> a"):
        join_modules("a", circle.__getitem__)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to run the script")
def test_a_joined_script_runs():
    script = join_modules("outer", MODULES.__getitem__) + "\nconsole.log(JSON.stringify($outer.all()));"
    ran = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[12,2]"
