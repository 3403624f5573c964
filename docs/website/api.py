"""The pages of the API: one a room, with all that its doors offer, from the docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import logdepth
from website.docstrings import as_rst, inline
from website.public import Name, constant, doors_of, offered, rooms

SHORT = 80
"""Letters of a constant that are shown."""


def api_pages() -> dict[str, str]:
    """Name of a page -> its text."""
    return {"api/index.rst": overview(), **{f"api/{room}.rst": page_of(room) for room in rooms()}}


def overview() -> str:
    """What most users need, and all rooms."""
    names = [name for name in offered() if name.module == "logdepth"]
    return "\n".join(
        [
            *heading("API", "="),
            "What most users need is in the package itself: ``from logdepth import Table``.",
            "",
            *summary(names),
            "",
            "All else is in rooms. A room offers what is on its page, and nothing more: other names may change.",
            "",
            *(line for room in rooms() for line in summary_of_room(room)),
            "",
            ".. toctree::",
            "   :hidden:",
            "",
            *(f"   {room}" for room in rooms()),
            "",
        ]
    )


def summary_of_room(room: str) -> list[str]:
    doc = inspect.getdoc(import_module(f"logdepth.{room}")) or ""
    return [f":doc:`{room} <{room}>`", f"   {first_sentence(doc, finder(f'logdepth.{room}'))}"]


def page_of(room: str) -> str:
    """The room's docstring, and for each of its doors a table of its names and what each of them is."""
    return "\n".join([*heading(f"logdepth.{room}", "="), *(line for door in doors_of(room) for line in section(door))])


def section(door: str) -> Iterator[str]:
    """One door."""
    if door.count(".") > 1:
        yield from heading(door, "-")
    yield from (f".. automodule:: {door}", "")
    names = [name for name in offered() if name.module == door]
    yield from summary(names)
    yield ""
    for name in names:
        if name.home == name.full:
            yield from entry(name)


def heading(title: str, line: str) -> list[str]:
    return [title, line * len(title), ""]


def summary(names: list[Name]) -> list[str]:
    """A table: names with links, and the first sentence of each."""
    lines = [".. list-table::", "   :widths: auto", "   :class: names", ""]
    for name in names:
        said = first_sentence(doc_of(name), finder(name.module))
        lines += [rf"   * - :py:obj:`{name.name} <{name.home}>`", f"     - {said}"]
    return lines if names else []


def doc_of(name: Name) -> str:
    if is_constant(name.value):
        return constant(name.module, name.name).doc
    return inspect.getdoc(name.value) or "" if name.value.__doc__ else ""


def first_sentence(doc: str, find: Callable[[str], str | None]) -> str:
    """The first sentence of a docstring, which may run over lines."""
    first = " ".join(doc.split("\n\n")[0].split())
    end = first.find(". ")
    return inline(first if end < 0 else first[: end + 1], find).strip()


def is_constant(value: Any) -> bool:
    return not (isinstance(value, type) or inspect.isroutine(value))


def entry(name: Name) -> Iterator[str]:
    """One name in full."""
    if is_constant(name.value):
        yield from described_constant(name)
        return
    if not isinstance(name.value, type):
        yield from (f".. autofunction:: {name.full}", "")
        return
    kind = "exception" if issubclass(name.value, BaseException) else "class"
    members = ", ".join(members_of(name.value))
    yield f".. auto{kind}:: {name.full}"
    if any(is_worth_naming(base) for base in name.value.__bases__):
        yield "   :show-inheritance:"
    if members:
        yield f"   :members: {members}"
    yield ""


def is_worth_naming(base: type) -> bool:
    """Whether a reader can look a base class up: ours with a page, and those of others but the plainest."""
    if base.__module__.startswith("logdepth"):
        return (base.__module__, base.__qualname__) in pages_of_classes()
    return base.__module__ not in ("builtins", "abc", "typing") or issubclass(base, BaseException)


def described_constant(name: Name) -> Iterator[str]:
    found = constant(name.module, name.name)
    yield f".. py:data:: {name.name}"
    if found.type:
        yield f"   :type: {found.type}"
    if found.value and len(found.value) <= SHORT:
        yield f"   :value: {found.value}"
    yield ""
    yield from (f"   {line}" for line in as_rst(found.doc, (), finder(name.module)))
    yield ""


@cache
def homes_by_name() -> dict[str, tuple[str, ...]]:
    """Name, or Class.member -> the full names under which something so called is documented."""
    found: dict[str, set[str]] = {}
    for name in offered():
        found.setdefault(name.name, set()).add(name.home)
        for member in members_of(name.value):
            found.setdefault(f"{name.name}.{member}", set()).add(f"{name.home}.{member}")
    return {name: tuple(sorted(homes)) for name, homes in found.items()}


def members_of(value: Any) -> list[str]:
    """The documented members of a class."""
    if not isinstance(value, type):
        return []
    return [name for name in dir(value) if not name.startswith("_") and is_documented(value, name)]


def is_documented(owner: type, name: str) -> bool:
    """Whether the page of a class has this member: it has a docstring, and comes from a class without a page."""
    home = next((base for base in owner.__mro__ if name in vars(base)), None)
    if home is None or not home.__module__.startswith("logdepth"):
        return False
    member = vars(home)[name]
    member = getattr(member, "__func__", getattr(member, "fget", getattr(member, "func", member)))
    if not (inspect.isroutine(member) and member.__doc__):
        return False
    return home is owner or (home.__module__, home.__qualname__) not in pages_of_classes()


@cache
def pages_of_classes() -> frozenset[tuple[str, str]]:
    """The classes that are documented."""
    return frozenset(
        (each.value.__module__, each.value.__qualname__) for each in offered() if isinstance(each.value, type)
    )


@cache
def finder(module: str, owner: str = "") -> Callable[[str], str | None]:
    """From a name in a docstring to what is documented under it: of the same class, the same room, or the only one."""
    room = ".".join(module.split(".")[:2])
    main = {name: home for name in logdepth.__all__ for home in homes_by_name()[name][:1]}

    def find(name: str) -> str | None:
        for called in (f"{owner}.{name}" if owner else name, name):
            homes = homes_by_name().get(called, ())
            near = [home for home in homes if home.startswith(f"{room}.")]
            for candidates in (near, homes):
                if len(candidates) == 1:
                    return candidates[0]
        return main.get(name)

    return find
