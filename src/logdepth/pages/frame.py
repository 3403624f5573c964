"""A page inside another document: a notebook, a web site."""

from __future__ import annotations

from html import escape


def in_a_frame(html: str, title: str, height: int = 800) -> str:
    """An <iframe> that holds a whole page and loads nothing: its styles and scripts stay within it.

    The frame is a sandbox with an origin of its own, so that the page's scripts cannot reach the document around it.
    height: in pixels.
    """
    return (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts" loading="lazy"'
        f' style="width:100%;height:{int(height)}px;border:0" srcdoc="{escape(html)}"></iframe>'
    )
