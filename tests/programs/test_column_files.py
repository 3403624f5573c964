"""A user's file as the input columns of a program: what is read, and that everything else is one clear error."""

import gzip
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth import Table, UsageError
from logdepth.programs.column_files import read_columns


def program(**inputs):
    table = Table("mine", rows=6)
    columns = [
        table.input(name, letters=of) if isinstance(of, str) else table.input(name, of) for name, of in inputs.items()
    ]
    table.output("same", columns[0])
    return table.program()


ONE, TWO, LETTERS = program(token=9), program(a=9, b=1), program(letter="ab c\n")
MIXED = program(letter="xy3,", number=12)


@pytest.fixture
def read(tmp_path):
    def write_and_read(program, name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return {name: values.tolist() for name, values in read_columns(program, path).items()}

    return write_and_read


TABLE = {"a": [3, 0, 9], "b": [1, 0, 0]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "a,b\n3,1\n0,0\n9,0\n"),
        ("t.csv", "b,a\n1,3\n0,0\n0,9"),
        ("t.csv", '"b";"a"\r\n1;3\r\n0;"0"\r\n0; 9\r\n'),
        ("t.tsv", "\ufeffa\tb\n3\t1\n0\t0\n9\t0\n\n"),
        ("t.txt", "a, b\n3, 1\n0, 0\n9, 0\n"),
        ("t.csv.gz", gzip.compress(b"a,b\n3,1\n0,0\n9,0\n", mtime=0)),
        ("t.json", '{"b": [1, 0, 0], "a": [3, 0, 9]}'),
        ("t", '[{"a": 3, "b": 1}, {"b": 0, "a": 0}, {"a": 9, "b": 0}]'),
    ],
)
def test_a_table_is_read_from_csv_and_json_alike(read, name, content):
    assert read(TWO, name, content) == TABLE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.txt", "3 0, 9\n"),
        ("n.txt", "# mine\n3\n0\n9\n"),
        ("n.csv", "token\n3\n0\n9\n"),
        ("n.txt", '"token"\n3\n0\n9\n'),
        ("n.json", "[3, 0, 9]"),
        ("n.json", '{"token": [3, 0, 9]}'),
        ("n.json", '[{"token": 3}, {"token": 0}, {"token": 9}]'),
    ],
)
def test_a_single_column_may_be_numbers_alone(read, name, content):
    assert read(ONE, name, content) == {"token": [3, 0, 9]}


@pytest.mark.parametrize(
    ("name", "content", "numbers"),
    [
        ("t.txt", "ab ca", [1, 2, 3, 4, 1]),
        ("t.txt", "a\nb\n", [1, 5, 2, 5]),
        ("t.md", "[", None),
        ("t.json", '"ab c"', [1, 2, 3, 4]),
        ("t.json", '["a", "c", 0, 2]', [1, 4, 0, 2]),
        ("t.csv", "letter\na\nc\n", [1, 4]),
        ("t.csv", 'letter\n" "\n"\n"\n', [3, 5]),
    ],
)
def test_letters_are_read_as_their_numbers(read, name, content, numbers):
    if numbers is None:
        with pytest.raises(UsageError, match=r"holds letters of .*got \"\[\" at .*line 1, column 1"):
            read(LETTERS, name, content)
    else:
        assert read(LETTERS, name, content) == {"letter": numbers}


def test_a_digit_is_a_letter_where_the_column_has_letters(read):
    assert read(MIXED, "t.csv", 'number,letter\n12,y\n0," 3"\n3,","\n') == {"letter": [2, 3, 4], "number": [12, 0, 3]}


BAD = {
    "unknown column": (
        TWO,
        "t.csv",
        "a,bb\n1,1\n",
        "line 1: program 'mine' has no input column 'bb'. Did you mean 'b'",
    ),
    "missing column": (TWO, "t.csv", "a\n1\n", "line 1: column 'b' is missing. Give CSV whose first line is a,b"),
    "missing in json": (TWO, "t.json", '{"a": [1]}', "column 'b' is missing"),
    "missing in a row": (TWO, "t.json", '[{"a": 1, "b": 1}, {"a": 2}]', "row 2: column 'b' is missing"),
    "repeated column": (TWO, "t.csv", "a,b,a\n1,1,2\n", "column 'a' is there twice"),
    "repeated in json": (TWO, "t.json", '{"a": [1], "b": [1], "a": [2]}', "says two things of 'a'"),
    "no header": (TWO, "t.csv", "1,1\n2,0\n", "has no input column '1'"),
    "short line": (TWO, "t.csv", "a,b\n1,1\n2\n", "line 3 has 1 entry, and its first line names 2 columns"),
    "long line": (TWO, "t.csv", "a,b\n1,1,1\n", "line 2 has 3 entries"),
    "line in between": (TWO, "t.csv", "a,b\n1,1\n\n2,1\n", "line 3 has 1 entry"),
    "lengths": (TWO, "t.json", '{"a": [1, 2], "b": [1]}', "'a' has 2, 'b' has 1"),
    "above": (TWO, "t.csv", "a,b\n1,1\n2,7\n", "column 'b' holds numbers from 0 to 1; got 7 at"),
    "where above": (TWO, "t.csv", "a,b\n1,1\n2,7\n", "line 3, row 2"),
    "below": (ONE, "t.txt", "3 -1", "holds numbers from 0 to 9; got -1"),
    "huge": (ONE, "t.json", "[1e400]", "no finite number"),
    "huge digits": (ONE, "t.txt", "9" * 5000, "holds whole numbers from 0 to 9"),
    "huge json": (ONE, "t.json", f"[{'9' * 5000}]", "it is not JSON"),
    "fraction": (ONE, "t.json", "[1, 2.0]", "got 2.0 at"),
    "where fraction": (ONE, "t.json", "[1, 2.0]", "row 2"),
    "fraction in csv": (TWO, "t.csv", "a,b\n1.0,1\n", 'got "1.0" at'),
    "boolean": (ONE, "t.json", "[true]", "got true at"),
    "boolean in csv": (TWO, "t.csv", "a,b\n1,True\n", 'got "True"'),
    "null": (ONE, "t.json", "[null]", "got null"),
    "nan": (ONE, "t.json", "[NaN]", "no finite number"),
    "text": (ONE, "t.json", '["1a"]', 'got "1a"'),
    "empty cell": (TWO, "t.csv", "a,b\n1,\n", 'got "" at'),
    "nested": (ONE, "t.json", "[[1]]", "got [1]"),
    "deep": (ONE, "t.json", "[" * 100_000, "too many brackets"),
    "empty list": (ONE, "t.json", "[]", "holds no row"),
    "empty columns": (TWO, "t.json", '{"a": [], "b": []}', "holds no row"),
    "only a header": (TWO, "t.csv", "a,b\n", "holds no row"),
    "blank": (TWO, "t.csv", "  \n", "holds no entry"),
    "no text": (LETTERS, "t.txt", "", "is empty"),
    "mixed rows": (TWO, "t.json", '[{"a": 1, "b": 1}, 3]', "neither an object of lists nor a list of rows"),
    "a number": (ONE, "t.json", "3", "neither an object of lists nor a list of rows"),
    "a column that is no list": (TWO, "t.json", '{"a": 3, "b": [1]}', "column 'a' is not a list"),
    "no json": (TWO, "t.json", "{a: 1}", "it is not JSON"),
    "too many rows": (ONE, "t.txt", "1 " * 7, "takes at most 6 rows; "),
    "too many in csv": (TWO, "t.csv", "a,b\n" + "1,1\n" * 7, "holds 7. Shorten it"),
    "too many in json": (ONE, "t.json", json.dumps([1] * 7), "holds 7"),
    "too many letters": (LETTERS, "t.txt", "a" * 7, "holds 7"),
    "unknown letter": (LETTERS, "t.txt", "a\nz", 'got "z" at'),
    "where it is": (LETTERS, "t.txt", "a\nz", "line 2, column 1"),
    "two letters": (LETTERS, "t.csv", "letter\nab\n", 'got "ab"'),
    "a letter's number": (LETTERS, "t.json", "[6]", "from 0 to 5; got 6"),
    "an open quote": (TWO, "t.csv", 'a,b\n1,"1\n', "is not CSV"),
    "binary": (ONE, "t.txt", b"1\0", "is binary"),
    "no text at all": (ONE, "t.txt", b"\xff1", "not UTF-8"),
    "half a letter": (ONE, "t.txt", b"\xff\xfe1", "begins as UTF-16 text but is none"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_table_of_the_program_is_one_error(read, case):
    program, name, content, rule = BAD[case]
    with pytest.raises(UsageError, match=re.escape(rule)) as caught:
        read(program, name, content)
    assert "\n" not in str(caught.value)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1)), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_what_is_written_is_read_again(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("tables")
    columns = {"a": [a for a, _ in rows], "b": [b for _, b in rows]}
    (folder / "t.csv").write_text("\n".join(delimiter.join(map(str, row)) for row in [("a", "b"), *rows]))
    (folder / "o.json").write_text(json.dumps(columns))
    (folder / "r.json").write_text(json.dumps([{"a": a, "b": b} for a, b in rows]))
    for name in ("t.csv", "o.json", "r.json"):
        found = read_columns(TWO, folder / name)
        assert all(np.array_equal(found[column], columns[column]) for column in "ab")
