"""JavaScript modules in one script: joined when a page is written, so that nothing built can be out of date.

A module imports by lines `import { name, other } from "./module.js";` and exports what it declares:
`export function`, `export const`, `export class`. Each becomes a function that is called once and returns what it
exports, so that names in two modules do not meet. In Node the same files are modules as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]*?)(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
FOLDERS = ("pages/views", "explore/engine")
"""Where modules lie; no two of them have one name."""


def join_modules(entry: str, read: Callable[[str], str] | None = None) -> str:
    """A script that declares `$module` for the module `entry` and all that it imports, the imported ones first.

    read: from the name of a module to its text; None reads the library's own.
    """
    return "\n".join(modules(entry, read or module_text).values())


def join_with_worker(entry: str, served: str) -> str:
    """`join_modules`, with the modules of `served` in a function `engine` that returns them: a worker runs its text."""
    inner = modules(served, module_text)
    outer = {name: text for name, text in modules(entry, module_text).items() if name not in inner}
    names = ", ".join(f"${name}" for name in inner)
    engine = "\n".join(["function engine() {", *inner.values(), f"return {{ {names} }};", "}"])
    return "\n".join([engine, f"const {{ {names} }} = engine();", *outer.values(), "$worker.workFrom(engine);"])


def modules(entry: str, read: Callable[[str], str]) -> dict[str, str]:
    """Name -> its function, the imported ones first."""
    done: dict[str, str] = {}
    add_module(entry, read, done, ())
    return done


def add_module(name: str, read: Callable[[str], str], done: dict[str, str], above: tuple[str, ...]) -> None:
    assert name not in above, f"modules import each other in a circle: {' -> '.join((*above, name))}"
    if name in done:
        return
    text = read(name)
    for _, _, imported in IMPORT.findall(text):
        add_module(imported, read, done, (*above, name))
    done[name] = as_function(name, text)


def as_function(name: str, text: str) -> str:
    """One module. Whatever `import` or `export` is left in it, the browser refuses."""
    exported = ", ".join(EXPORT.findall(text))
    body = EXPORT.sub(
        "", IMPORT.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = ${found[3]};\n", text)
    )
    return f"const ${name} = (() => {{\n{body.strip()}\nreturn {{ {exported} }};\n}})();"


def module_text(name: str) -> str:
    """The text of one of the library's modules."""
    places = [files("logdepth").joinpath(f"{folder}/{name}.js") for folder in FOLDERS]
    (place,) = [place for place in places if place.is_file()]
    return place.read_text(encoding="utf-8")
