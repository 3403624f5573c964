"""The table of contents: the list of pages in docs/README.md, in its order and under its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
LIST = "docs/README.md"

HEADING = re.compile(r"^## (.+)$")
ITEM = re.compile(r"^- \[([^\]]+)\]\(([^)]+\.md)\)")

NAMES = {
    "README.md": "index",
    LIST: "contents",
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "results/README.md": "results",
}
"""Page -> its name on the site, where this is not the name of its file."""


@dataclass(frozen=True)
class Group:
    """Pages that stand under one heading: path in the repository -> what the list calls it."""

    title: str
    pages: dict[str, str]


def read_outline(root: Path = ROOT) -> tuple[Group, ...]:
    """The groups of the list, in order."""
    groups: list[Group] = []
    for line in (root / LIST).read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(line):
            groups.append(Group(heading[1], {}))
        elif item := ITEM.match(line):
            groups[-1].pages[path_of(item[2], LIST)] = item[1]
    return tuple(groups)


def pages_of_the_site(root: Path = ROOT) -> list[str]:
    """All pages that people wrote: the front page, the list of pages, and what it lists."""
    return ["README.md", LIST, *(page for group in read_outline(root) for page in group.pages)]


def name_on_site(page: str) -> str:
    """The name of a page on the site: `docs/tutorial.md` is `tutorial`."""
    return NAMES.get(page) or PurePosixPath(page).stem


def path_of(link: str, page: str) -> str:
    """The path in the repository of what a page links to: `../b.md` on `docs/a.md` is `b.md`."""
    parts: list[str] = list(PurePosixPath(page).parent.parts)
    for part in PurePosixPath(link).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
