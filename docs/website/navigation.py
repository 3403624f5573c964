"""The contents at the side of every page, from titles alone: those of all names of the API make a build slow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from sphinx import addnodes


def use_titles_alone(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Before a page is written: what draws the contents at its side sees no more of a page than its title."""
    draw = context.get("toctree")
    if draw is None:
        return

    def draw_titles(**options: Any) -> Any:
        with only_titles(app.env):
            return draw(**options)

    context["toctree"] = draw_titles


@contextmanager
def only_titles(env: Any) -> Iterator[None]:
    """While this lasts, the contents of a page are its title, and the pages that it lists."""
    if not hasattr(env, "contents_in_titles"):
        env.contents_in_titles = {page: shortened(contents) for page, contents in env.tocs.items()}
    whole, env.tocs = env.tocs, env.contents_in_titles
    try:
        yield
    finally:
        env.tocs = whole


def shortened(contents: nodes.bullet_list) -> nodes.bullet_list:
    """The contents of a page that lists no other, cut after its title."""
    if next(contents.findall(addnodes.toctree), None) is not None or not contents.children:
        return contents
    short = contents.copy()
    title = contents[0].copy()
    title += contents[0][0].deepcopy()
    short += title
    return short
