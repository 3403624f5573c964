"""Docstrings of the library, in their own small grammar, become reStructuredText that docutils takes without a word."""

import ast
import inspect
from pathlib import Path

import pytest

pytest.importorskip("docutils", reason="the site is built with the extra: pip install '.[docs]'")

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import roles

import logdepth
from logdepth.programs import Table
from website.docstrings import as_rst
from website.public import rooms

SILENT = {"report_level": 1, "halt_level": 1, "syntax_highlight": "none"}


def read(text: str, fields: tuple[str, ...] = (), find=lambda name: None) -> nodes.document:
    roles.register_local_role("py:obj", roles.GenericRole("py:obj", nodes.emphasis))
    return publish_doctree("\n".join(as_rst(text, fields, find)), settings_overrides=SILENT)


def test_the_names_of_parameters_begin_fields_also_within_a_line():
    tree = read(
        "Runs it.\n\nrows, memory: sizes. seed: of what is drawn,\n    and kept.\nErrors: none.",
        ("rows", "memory", "seed"),
    )
    names = [field.astext() for field in tree.findall(nodes.field_name)]
    assert names == ["rows, memory", "seed", "Errors"]
    assert [body.astext() for body in tree.findall(nodes.field_body)] == [
        "sizes.",
        "of what is drawn, and kept.",
        "none.",
    ]


def test_other_words_before_a_colon_begin_none():
    assert not list(read("Cost: one layer. rows: many.", ()).findall(nodes.field))
    assert not list(read("It takes rows: as many as there are.", ("rows",)).findall(nodes.field))


@pytest.mark.parametrize(
    "text", ["a *star, x_ and |bar| \\n <here> `code` and ``more`` `", "e4 wins: a_b__ [1]_ .. x::"]
)
def test_nothing_but_backticks_is_markup(text: str):
    shown = read(text).astext().split()
    assert shown == text.replace("``", "`").replace("`code`", "code").replace("`more`", "more").split()


def test_code_lists_and_columns_stay_what_they_are():
    tree = read("It does.\n\n    x = f(1)\n\n    y = *x\n\n- one\n- two\n  lines\n\nA:  b   c    d\nE:  f   g    h")
    blocks = [block.astext() for block in tree.findall(nodes.literal_block)]
    assert blocks == ["x = f(1)\n\ny = *x", "A:  b   c    d\nE:  f   g    h"]
    assert [item.astext() for item in tree.findall(nodes.list_item)] == ["one", "two lines"]


def test_a_name_in_backticks_is_a_link_where_there_is_one():
    tree = read("See `Table`, `Table.input()`, `x = 1`.", find={"Table": "p.Table", "Table.input": "p.Table.input"}.get)
    assert [link.astext() for link in tree.findall(nodes.emphasis)] == [
        "Table <p.Table>",
        "Table.input() <p.Table.input>",
    ]
    assert [code.astext() for code in tree.findall(nodes.literal)] == ["x = 1"]


def test_the_docstring_of_table_keeps_its_code_and_its_columns():
    tree = read(inspect.getdoc(Table) or "", ("rows", "causal", "name"))
    first, second = (block.astext() for block in tree.findall(nodes.literal_block))
    assert first.startswith("table = Table(") and "Rows read one:" in second


@pytest.mark.parametrize("room", rooms())
def test_every_docstring_is_taken_without_a_word(room: str):
    """The arguments of a function stand for the names that begin fields."""
    lines: list[str] = []
    for file in sorted((Path(logdepth.__file__).parent / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (doc := ast.get_docstring(node)):
                fields = tuple(each.arg for each in node.args.args) if isinstance(node, ast.FunctionDef) else ()
                lines += [*as_rst(doc, fields), "", "The next one:", ""]
    publish_doctree("\n".join(lines), settings_overrides=SILENT)
