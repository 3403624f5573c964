"""Rooms are entered by their doors: what another room uses of one is in an `__all__`, and all that is there is used."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import networkx as nx
import pytest

import logdepth

PACKAGE = Path(logdepth.__file__).parent
HOME = PACKAGE.parent.parent  # of tests, docs, examples and benchmarks

DOORS = {
    "theory": "acausal_k_hop automata blackboard_simulates_networks constant_rounds graphs induction_heads k_hop"
    " list_ranking local_messages logarithm mpc_simulates_transformers one_layer one_versus_two_cycles"
    " padding_and_looping scalable_mpc sequential_composition"
    " sequential_models sources sparse_averaging threshold_circuits transformers_simulate_mpc two_sum",
    "gadgets": "last relu heads relations",
    "mpc": "primitives.costs",
    "arrows": "registry",
    "pages": "circuit inspection inspection_figures refutation",
}
"""Submodules that are doors beside their room's own, besides those that a door names in its `__all__`. Of `theory`,
each file is a theorem by name. Those of `gadgets` and `primitives.costs` hold short names that read with theirs
(`relu.where`). `arrows.registry` needs every arrow, an arrow only its own; `pages.inspection` loads what a training
needs."""


FOR_USERS = {
    "logdepth.programs": {"Quotient", "read_fractions"},
    "logdepth.tasks": {"Facts"},
    "logdepth.tasks.prompts": {"NAMES", "Fact", "KinPrompt", "PROFESSION", "Phrasing", "read_kin"},
    "logdepth.rasp": {"from_tracr"},
    "logdepth.reductions": {"Cost", "Examined", "Promise", "register_reduction"},
    "logdepth.refuters": {
        "AveragingHead",
        "Bottleneck",
        "Carried",
        "Encoding",
        "Suspect",
        "TokenNetwork",
        "as_json",
        "encoding_of",
        "of_json",
        "read_certificate",
        "register_bottleneck",
        "write_certificate",
    },
    "logdepth.transformer": {"Evaluated", "ScoredHead"},
    "logdepth.verification": {"FloatBits"},
    "logdepth.exports": {"Rotated"},
    "logdepth.inspection": {"Wiring"},
    "logdepth.proofs": {"Definition", "Proof", "register_definition"},
    "logdepth.messages": {"Board", "BoardRun", "CongestRun", "FLOATS", "Field", "Turn", "Wake", "Written"},
    "logdepth.traces": {
        "Aligned",
        "Alignment",
        "Choices",
        "GivenTable",
        "MachinesTrace",
        "ProgramTrace",
        "Residual",
        "RoundTrace",
        "RowsTrace",
        "StatementTrace",
        "trace_simulation",
    },
}
"""Names that a door offers to users alone: parts of what its functions return, and ways to call them."""


class Import(NamedTuple):
    by: str  # the module that imports, or the file outside of the package
    module: str
    name: str


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = ("logdepth", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"} - {"logdepth"}


def names_of(package: str) -> tuple[str, ...]:
    return tuple(getattr(import_module(package), "__all__", ()))


def is_module(package: str, name: str) -> bool:
    """Whether a name of a door is a file or a package below it, and nothing that the door defines or imports."""
    full = f"{package}.{name}"
    return full in MODULES and isinstance(getattr(import_module(package), name, import_module(full)), ModuleType)


NAMED = {f"{package}.{name}" for package in PACKAGES for name in names_of(package) if is_module(package, name)}
SUBMODULE_DOORS = {f"logdepth.{room}.{name}" for room, names in DOORS.items() for name in names.split()} | NAMED


def room(module: str) -> str:
    return f"{module}.".split(".")[1]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements in a module, a function, a class, a branch or a loop; expressions hold none."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield child
            yield from statements(child)


def imports(by: str, text: str) -> list[Import]:
    """What a source imports from the package, wherever it does."""
    return [
        Import(by, node.module, alias.name)
        for node in statements(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("logdepth")
        for alias in node.names
    ]


def door_breaches(found: list[Import]) -> list[Import]:
    """Imports of another room that go through none of its doors, or take what its door does not offer."""
    return [
        each
        for each in found
        if room(each.module) not in ("", room(each.by))
        and each.by != "logdepth"
        and each.module not in SUBMODULE_DOORS
        and (each.module not in PACKAGES or each.name not in offered(each.module))
    ]


def offered(package: str) -> set[str]:
    """The names in a package's `__all__`, and its modules that are doors themselves."""
    inner = (door.rsplit(".", 1) for door in SUBMODULE_DOORS | PACKAGES)
    return {*names_of(package), *(name for parent, name in inner if parent == package)}


@cache
def all_imports() -> list[Import]:
    """Of the package."""
    return [each for name, path in MODULES.items() for each in imports(name, path.read_text(encoding="utf-8"))]


def test_a_room_is_entered_by_its_doors_alone():
    assert not door_breaches(all_imports())


def test_an_import_past_a_door_is_found():
    past = "from logdepth.programs.statements import Map\nfrom logdepth.programs import Map, LARGEST\n"
    assert [each.name for each in door_breaches(imports("logdepth.pages.page", past))] == ["Map", "LARGEST"]
    assert not door_breaches(imports("logdepth.programs.table", past))


def test_the_package_itself_is_above_its_rooms():
    assert not [each for each in all_imports() if each.module == "logdepth" and f"logdepth.{each.name}" not in PACKAGES]


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_door_offers_what_there_is_and_what_others_use(package):
    door, names = import_module(package), names_of(package)
    assert len(set(names)) == len(names)
    assert all(hasattr(door, name) or is_module(package, name) for name in names)
    used = uses()[package] | set(logdepth.__all__) | FOR_USERS.get(package, set())
    assert not set(names) - used


def test_every_room_has_a_door():
    rooms = [package for package in PACKAGES if package.count(".") == 1]
    assert not [package for package in rooms if not names_of(package)]


def test_the_submodule_doors_are_modules_that_others_use():
    assert set(MODULES) >= SUBMODULE_DOORS
    assert not [door for door in SUBMODULE_DOORS if not uses()[door]]


@cache
def uses() -> dict[str, set[str]]:
    """Door -> the names that other rooms, tests, pages, examples and benchmarks take from there."""
    found = defaultdict(set)
    outside = [path for kind in ("tests", "docs", "examples", "benchmarks") for path in (HOME / kind).rglob("*.py")]
    everywhere = all_imports() + [each for path in outside for each in imports("", path.read_text(encoding="utf-8"))]
    pages = [*(HOME / "docs").rglob("*.md"), HOME / "README.md"]
    everywhere += [each for page in pages for each in imports("", written_imports(page.read_text(encoding="utf-8")))]
    for each in everywhere:
        if each.by != each.module and not each.by.startswith(f"{each.module}."):
            found[each.module].add(each.name)
            parts = each.module.split(".")
            for place in range(2, len(parts)):  # by way of a file: of its folder, too
                found[".".join(parts[:place])].add(parts[place])
            found[f"{each.module}.{each.name}"].add(each.name)  # a module imported by name
    return found


def written_imports(page: str) -> str:
    """The lines of a page that import from the package."""
    return "\n".join(
        line.strip() for line in page.splitlines() if re.fullmatch(r" *from logdepth\S* import [\w, ]+", line)
    )


def circles() -> list[list[str]]:
    """Modules of one room that import each other, in whatever order and wherever in their text."""
    graph = defaultdict(set)
    for each in all_imports():
        target = f"{each.module}.{each.name}" if f"{each.module}.{each.name}" in MODULES else each.module
        if target in MODULES and target != each.by:
            graph[each.by].add(target)
    parts = nx.strongly_connected_components(nx.DiGraph({name: list(targets) for name, targets in graph.items()}))
    return [sorted(part) for part in parts if len(part) > 1]


def test_no_modules_import_each_other_in_a_circle():
    assert not circles()
