"""The explorer: one page that runs a model in the browser, on inputs of its reader, without server or network.

What runs there are the ES modules of `engine/`; what draws are those of `pages`. `pages.bundle` joins them when a page
is written: nothing is built beforehand, and a user needs no node. `engine/explorer.js` says what the page's own scripts
have of the engine (`open`, then `run`), and what inputs look like; `tasks.forms` is the same in Python.
"""

from logdepth.explore.contents import contents_of, pack, weights_of
from logdepth.explore.page import Explorer, make_explorer, make_trained_explorer
from logdepth.explore.trained import contents_of_trained, weights_of_trained

__all__ = [
    "Explorer",
    "contents_of",
    "contents_of_trained",
    "make_explorer",
    "make_trained_explorer",
    "pack",
    "weights_of",
    "weights_of_trained",
]
