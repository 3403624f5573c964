"""Tasks answer for themselves: no other room asks which class a task has, or what it is called."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import logdepth
from logdepth.programs import ProgramTask
from logdepth.tasks import TASKS, Task

HOME = Path(logdepth.__file__).parent
OUTSIDE = [path for path in sorted(HOME.rglob("*.py")) if "tasks" not in path.relative_to(HOME).parts[:1]]
CLASSES = {"TASKS"} | {
    cls.__name__
    for task in (*TASKS.values(), ProgramTask)
    for cls in task.__mro__
    if issubclass(cls, Task) and cls is not Task  # whether there is a task at all may be asked
}
NAMES = set(TASKS)


def asks(tree: ast.AST, classes: set[str], names: set[str]) -> Iterator[str]:
    """The expressions that ask for the class of a task, or compare its name: with a task's name as it is written, or
    whatever the `name` of a `task` is compared with."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kind]) if mentions(kind, classes):
                yield ast.unparse(node)
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [left, *others]
                equal = any(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn | ast.Is | ast.IsNot) for op in ops)
                kinds = any(mentions(side, classes) for side in sides) and any(is_type_of(side) for side in sides)
                written = any(is_name(side) for side in sides) and any(quotes(side, names) for side in sides)
                of_task = any(is_name_of_task(side) for side in sides) and any(quotes(side, None) for side in sides)
                if equal and (kinds or written or of_task):
                    yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="get", value=ast.Dict()), args=[key, *_]) if is_name_of_task(key):
                yield ast.unparse(node)
            case ast.Subscript(value=ast.Dict(), slice=key) if is_name_of_task(key):
                yield ast.unparse(node)
            case ast.Match(subject=subject, cases=cases):
                if is_name_of_task(subject) or any(
                    isinstance(part, ast.MatchClass) and mentions(part.cls, classes)
                    for case in cases
                    for part in ast.walk(case.pattern)
                ):
                    yield f"match {ast.unparse(subject)}"


def mentions(node: ast.AST, classes: set[str]) -> bool:
    return any(getattr(part, "id", getattr(part, "attr", None)) in classes for part in ast.walk(node))


def is_type_of(node: ast.AST) -> bool:
    """type(x), x.__class__"""
    return (isinstance(node, ast.Call) and ast.unparse(node.func) == "type") or (
        isinstance(node, ast.Attribute) and node.attr == "__class__"
    )


def is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name"


def is_name_of_task(node: ast.AST) -> bool:
    return is_name(node) and ast.unparse(node.value).split(".")[-1] in ("task", "origin")  # type: ignore[attr-defined]


def quotes(node: ast.AST, names: set[str] | None) -> bool:
    """Whether it holds one of these names as text; None: any text."""
    texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    texts += [ast.unparse(part) for part in ast.walk(node) if is_name(part) and mentions(part, CLASSES)]
    return any(names is None or text in names for text in texts)


def task_classes(tree: ast.AST) -> set[str]:
    """Those of CLASSES that the names mean here: a sampler may be called as a task is."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    of_others = (
        node for node in imports if not (node.module or "").startswith(("logdepth.tasks", "logdepth.programs"))
    )
    return CLASSES - {alias.asname or alias.name for node in of_others for alias in node.names}


def test_no_room_asks_which_task_it_has() -> None:
    found = {}
    for path in OUTSIDE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found[str(path.relative_to(HOME))] = list(asks(tree, task_classes(tree), NAMES))
    assert len(found) > 100 and not {path: asked for path, asked in found.items() if asked}


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(task, TokenTask)",
        "isinstance(task, GraphTask | OneVersusTwoCycles)",
        "isinstance(model.task, (Task, tasks.SumTask))",
        "issubclass(kind, ProgramTask)",
        "isinstance(task, TASKS[task.name])",
        "type(task) is Components",
        "task.__class__ == Components",
        "task.name == '1-vs-2-cycle'",
        "model.task.name in ('k-hop', 'induction-heads')",
        "'k-hop' != what.name",
        "task.name == KHop.name",
        "{'k-hop': 2}.get(task.name)",
        "{'k-hop': 2}[model.task.name]",
        "match task.name:\n    case 'k-hop': pass",
        "match task:\n    case Components(): pass",
    ],
)
def test_the_law_sees_every_way_to_ask(code: str) -> None:
    assert list(asks(ast.parse(code), CLASSES, NAMES))


@pytest.mark.parametrize(
    "code",
    ["isinstance(model.origin, Task)", "isinstance(sampler, Sampler)", "column.name == 'parent'", "len(task.name)"],
)
def test_the_law_lets_others_be(code: str) -> None:
    assert not list(asks(ast.parse(code), CLASSES, NAMES))
