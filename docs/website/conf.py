"""Settings of Sphinx for the site. `website.build` calls it; nothing here needs a network."""

import logging
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `website`

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import find_pending_xref_condition

import logdepth
from website.api import finder
from website.docstrings import as_rst
from website.navigation import use_titles_alone
from website.outside import address_of

project = "logdepth"
copyright = "the authors of logdepth"
version = release = logdepth.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.githubpages"]
root_doc = "index"
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns: list[str] = []

myst_heading_anchors = 4  # spelt as on code hosts
smartquotes = False  # a command keeps its two hyphens

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_inherit_docstrings = False
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_type_aliases = {"ArrayLike": "ArrayLike"}
python_use_unqualified_type_names = True
maximum_signature_line_length = 120
toc_object_entries_show_parents = "hide"
add_module_names = False

html_theme = "furo"
html_title = "logdepth"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "default"  # enough contrast on every token (WCAG AA)
pygments_dark_style = "monokai"


def rewrite_docstring(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """From the grammar of our docstrings to that of Sphinx."""
    parts = name.split(".")
    owner = parts[-1] if what in ("class", "exception") else parts[-2]
    lines[:] = as_rst("\n".join(lines), fields_of(value, what), finder(name, owner if what != "module" else ""))


def name_array_like(
    app: Any, what: str, name: str, value: Any, options: Any, arguments: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """A union of many types keeps its one name, and autodoc shows that in a wrapping of its own."""
    return tuple(
        each and each.replace("TypeAliasForwardRef('ArrayLike')", "ArrayLike") for each in (arguments, returned)
    )


def fields_of(value: Any, what: str) -> set[str]:
    """The names that may begin a field in its docstring."""
    if what == "module":
        return set()
    if isinstance(value, type):
        taken = {name for base in value.__mro__ for name in vars(base).get("__annotations__", {})}
        return taken | parameters_of(value.__init__)
    return parameters_of(getattr(value, "fget", value))


def parameters_of(function: Any) -> set[str]:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return set()
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return set(code.co_varnames[:count]) - {"self", "cls"}


def settle_foreign_types(app: Any, doctree: nodes.document) -> None:
    """Types of Python, NumPy and PyTorch become links to their pages, or words; to look for ours is then quick."""
    for node in list(doctree.findall(addnodes.pending_xref)):
        if node.get("refdomain") == "py" and not node["reftarget"].startswith("logdepth."):
            address = address_of(node["reftarget"])
            shown = condition_of(node)
            node.replace_self(shown if address is None else nodes.reference("", "", *shown, refuri=address))


def condition_of(node: addnodes.pending_xref) -> list[nodes.Node]:
    """What is shown of a type: its short name, where there are two."""
    short = find_pending_xref_condition(node, "resolved")
    return list(node.children if short is None else short.children)


def setup(app: Any) -> None:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    app.connect("autodoc-process-docstring", rewrite_docstring)
    app.connect("autodoc-process-signature", name_array_like)
    app.connect("doctree-read", settle_foreign_types)
    app.connect("html-page-context", use_titles_alone, priority=100)
