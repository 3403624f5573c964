"""The source of the site: a folder with the pages of docs/, their links changed, and those that are generated."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from website.api import api_pages
from website.commands import commands_page
from website.examples import examples_page
from website.explorers import explorers, explorers_page
from website.links import LICENCE, on_site
from website.markdown import document, fenced
from website.outline import LIST, ROOT, name_on_site, pages_of_the_site, read_outline
from website.tasks import task_pages
from website.theorems import theorems_page

LIVE = "live"
"""The folder of the source with files that the site has as they are."""

REFERENCE = {
    "Explorers": "explorers",
    "Theorems": "theorems",
    "Tasks": "tasks/index",
    "Commands": "commands",
    "API": "api/index",
    "Examples": "examples",
}
"""The generated pages, in the order of the table of contents."""

WAYS_IN = (
    "[Tutorial](tutorial.md) · [Gallery](gallery.md) · [Explorers](explorers.md) · [Theorems](theorems.md) ·"
    " [Tasks](tasks/index.md) · [Commands](commands.md) · [API](api/index.rst) · [Beside Tracr](tracr-rasp-alta.md)"
)

OUTSIDE_THE_CONTENTS = "---\norphan: true\n---\n\n"


def stage(folder: Path) -> None:
    """Write the source into a folder of its own, which is emptied first; files that did not change keep their times."""
    pages = {**written_pages(), **generated_pages()}
    for name, text in pages.items():
        write_if_new(folder / name, text)
    for name, text in explorers().items():
        write_if_new(folder / LIVE / name, text)
    for path in folder.rglob("*.*"):
        if path.suffix in (".md", ".rst") and str(path.relative_to(folder)) not in pages:
            path.unlink()
    shutil.copytree(ROOT / "docs/images", folder / "images", dirs_exist_ok=True)


def write_if_new(path: Path, text: str) -> None:
    """Sphinx reads again what has another time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def written_pages() -> dict[str, str]:
    """Name on the site -> text, of the pages that people wrote."""
    known = pages_of_the_site()
    texts = {page: on_site((ROOT / page).read_text(encoding="utf-8"), page, known) for page in known}
    texts["README.md"] = front_page(texts["README.md"])
    texts[LIST] = OUTSIDE_THE_CONTENTS + texts[LIST]
    return {f"{name_on_site(page)}.md": keep_intervals_whole(text) for page, text in texts.items()}


def keep_intervals_whole(text: str) -> str:
    """In tables a number and what may be added or taken away stand on one line."""
    lines = [line.replace(" ± ", "\u00a0±\u00a0") if line.startswith("|") else line for line in text.split("\n")]
    return "\n".join(lines)


def generated_pages() -> dict[str, str]:
    return {
        "theorems.md": theorems_page(),
        "explorers.md": explorers_page(),
        "commands.md": commands_page(),
        "examples.md": examples_page(),
        "licence.md": document(OUTSIDE_THE_CONTENTS, "# Licence", fenced((ROOT / LICENCE).read_text())),
        **task_pages(),
        **api_pages(),
    }


def front_page(readme: str) -> str:
    """The README, with the ways in before its first picture, and the table of contents."""
    before, picture, after = readme.partition("\n![")
    return f"{before}\n{WAYS_IN}\n{picture}{after}\n{contents()}"


def contents() -> str:
    """The toctrees: the groups of docs/README.md, and the generated pages before the last of them."""
    *groups, last = [
        (group.title, {title: name_on_site(page) for page, title in group.pages.items()}) for group in read_outline()
    ]
    return "\n".join(toctree(title, names) for title, names in (*groups, ("To look up", REFERENCE), last))


def toctree(caption: str, pages: Mapping[str, str]) -> str:
    listed = "\n".join(f"{title} <{name}>" for title, name in pages.items())
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"
