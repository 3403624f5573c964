"""Links of a page in the repository, as links of the same page on the site."""

from __future__ import annotations

import re
from collections.abc import Callable

from website.outline import name_on_site, path_of

CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?P<path>[^)#\s]+)?(?P<anchor>#[^)\s]*)?\)")
ELSEWHERE = re.compile(r"[a-z]+:")

IMAGES, EXAMPLES, LICENCE = "docs/images/", "examples/", "LICENSE"


class LeadsNowhere(ValueError):
    """A page links to something that the site does not have."""


def on_site(text: str, page: str, pages: list[str]) -> str:
    """The text of a page, its links changed; code stays as it is.

    page: its path in the repository. pages: all pages of the site, likewise. Errors: LeadsNowhere, with the link.
    """
    return outside_code(text, lambda prose: LINK.sub(lambda link: _changed(link, page, pages), prose))


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """A Markdown text with its prose changed, and its code as it was."""
    parts, at = [], 0
    for code in CODE.finditer(text):
        parts += [change(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, change(text[at:])])


def _changed(link: re.Match[str], page: str, pages: list[str]) -> str:
    path, anchor = link["path"], link["anchor"] or ""
    if path is None or ELSEWHERE.match(path):
        return link[0]
    return f"]({target_of(path_of(path, page), anchor, page, pages)})"


def target_of(path: str, anchor: str, page: str, pages: list[str]) -> str:
    """Where the site has what stands at a path of the repository."""
    if path in pages:
        return f"{name_on_site(path)}.md{anchor}"
    if path.startswith(IMAGES):
        return path.removeprefix("docs/")
    if path.startswith(EXAMPLES):
        return f"examples.md#{slug(path.removeprefix(EXAMPLES))}"
    if path == LICENCE:
        return "licence.md"
    raise LeadsNowhere(f"{page} links to {path}, and the site has no such page. Link to one, or list it.")


def slug(heading: str) -> str:
    """The anchor of a heading, as code hosts spell it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
