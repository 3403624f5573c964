"""The programs of docs/gallery.md, as they stand there, on all small inputs, large random ones, and hard ones."""

from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import pytest
from page_examples import examples

from logdepth.artefacts import compile_program
from logdepth.programs import interpret

PAGE = Path(__file__).parents[1] / "docs" / "gallery.md"


@pytest.fixture(scope="module")
def page():
    """What the code of the page defines, without its last block, which test_docs runs."""
    names = {"__name__": "gallery"}
    for example in examples(PAGE)[:-1]:
        exec(compile(example.code, str(PAGE), "exec"), names)
    return names


def judge(program, exactly, tables):
    """The model and the interpreter say on every table what plain Python says."""
    model = compile_program(program)
    by_rows = {}
    for table in tables:
        columns = {name: np.asarray(values) for name, values in table.items()}
        by_rows.setdefault(len(next(iter(columns.values()))), []).append(columns)
    judged = 0
    for group in by_rows.values():
        for first in range(0, len(group), 256):
            chunk = group[first : first + 256]
            answers = model.run({name: np.stack([columns[name] for columns in chunk]) for name in chunk[0]})
            for place, columns in enumerate(chunk):
                for name, expected in exactly(**columns).items():
                    assert np.array_equal(answers[name][place], expected), (program.name, columns, answers[name][place])
                judged += 1
        for name, expected in exactly(**group[0]).items():
            assert np.array_equal(interpret(program, group[0])[name], expected)
    return judged


def sequences(name, low, high, rows):
    """All columns of 1..rows numbers in low..high."""
    return [{name: values} for length in range(1, rows + 1) for values in product(range(low, high + 1), repeat=length)]


def random_sequences(name, low, high, rows, many=60):
    rng = np.random.default_rng(1)
    return [{name: rng.integers(low, high + 1, rng.integers(1, rows + 1))} for _ in range(many)]


def test_every_program_has_at_most_twelve_lines():
    programs = 0
    for example in examples(PAGE):
        for function in example.code.split("\n\n\n"):
            if "table.program()" in function:
                lines = [line for line in function.splitlines() if line.strip() and '"""' not in line]
                programs += 1
                assert len(lines) <= 12 and lines[0].startswith("def "), function
    assert programs == 8


def test_dyck_2(page):
    assert judge(page["dyck_2"](6), page["dyck_2_exactly"], sequences("token", 1, 4, 5)) == 4 + 16 + 64 + 256 + 1024
    texts = ["(" * 32 + ")" * 32, "([" * 16 + "])" * 16, "()" * 32, "(" * 64, ")" * 64, "[" * 32 + ")" * 32]
    texts += ["(" * 31 + "[" + ")" * 32, ")(" * 32, "(" * 20 + ")" * 21 + "()" * 10, "([)]" * 16, "[]" * 31 + ")("]
    hard = [{"token": ["()[]".index(bracket) + 1 for bracket in text]} for text in texts]
    rng = np.random.default_rng(2)
    balanced = [page["draw_brackets"](rng) for _ in range(100)]
    judge(page["dyck_2"](64), page["dyck_2_exactly"], [*hard, *balanced, *random_sequences("token", 1, 4, 64)])


def test_most_frequent_token(page):
    assert judge(page["most_frequent"](5, "abc"), page["most_frequent_exactly"], sequences("token", 1, 3, 5)) == 363
    letters = page["string"].ascii_lowercase
    hard = [
        [1] * 100,
        [*range(1, 27)],
        [26] * 50 + [1] * 50,
        [1] * 49 + [26] * 51,
        [2, 1] * 50,
        [*range(26, 0, -1)] * 3,
    ]
    tables = [{"token": token} for token in hard] + random_sequences("token", 1, 26, 100)
    judge(page["most_frequent"](100, letters), page["most_frequent_exactly"], tables)


def test_reverse(page):
    letters = page["string"].ascii_lowercase
    tables = [{"token": np.arange(rows) % 26 + 1} for rows in range(1, 101)] + random_sequences("token", 1, 26, 100)
    judge(page["reverse"](100, letters), page["reverse_exactly"], tables)


@pytest.mark.parametrize("window", [1, 2, 3, 4, 5, 7, 8, 10])
def test_sliding_maximum(page, window):
    def exactly(value):
        return page["sliding_maximum_exactly"](value, window)

    judge(page["sliding_maximum"](6, window, 2), exactly, sequences("value", 0, 2, 5))
    hard = [np.arange(100), 99 - np.arange(100), np.eye(100, dtype=int)[50] * 99, np.full(100, 99), np.arange(100) % 11]
    tables = [{"value": value} for value in hard] + random_sequences("value", 0, 99, 100)
    judge(page["sliding_maximum"](100, window, 99), exactly, tables)


def test_automaton(page):
    rng = np.random.default_rng(3)
    steps = {
        "modulo 5": page["remainder"],
        "random": rng.integers(1, 6, (5, 6)),
        "permutations": np.stack([rng.permutation(5) + 1 for _ in range(6)], axis=1),
        "constant": np.tile(np.arange(1, 6), (5, 1)),
        "identity": np.tile(np.arange(1, 6)[:, None], (1, 3)),
    }
    for step in steps.values():

        def exactly(letter, step=step):
            return page["automaton_exactly"](letter, step)

        letters = len(step[0])
        judge(page["automaton"](6, step), exactly, sequences("letter", 0, letters - 1, 3))
        judge(page["automaton"](33, step), exactly, random_sequences("letter", 0, letters - 1, 33))


def path(order, heaviest):
    """Vertices in this order, one after the other, the edges in the opposite order, and one heavy way round."""
    edges = [*[(a, b, 1) for a, b in pairwise(order)][::-1], (order[0], order[-1], heaviest)]
    return dict(zip(["u", "v", "weight"], map(np.array, zip(*edges, strict=True)), strict=True))


def test_bellman_ford(page):
    def exactly(u, v, weight):
        return page["bellman_ford_exactly"](u, v, weight, 3, 2)

    edges = [(0, 0, 0), *product((1, 2, 3), (1, 2, 3), (1, 2))]
    graphs = [dict(zip(("u", "v", "weight"), np.array(rows).T, strict=True)) for rows in product(edges, repeat=3)]
    judge(page["bellman_ford"](3, 3, 2), exactly, graphs[::3])
    rng = np.random.default_rng(4)
    paths = [path([1, *rng.permutation(9) + 2], 9) for _ in range(10)] + [path([*range(10, 0, -1)], 9)]
    sparse = [page["draw"](rng, 12, u=(1, 10), v=(1, 10), weight=(0, 9)) for _ in range(40)]
    drawn = [page["draw_edges"](rng) for _ in range(40)]
    judge(page["bellman_ford"](10, 40, 9), page["bellman_ford_exactly"], [*paths, *sparse, *drawn])


def graph_columns(edges, rows):
    u, v = np.array([*edges, *[(0, 0)] * (rows - len(edges))]).T
    return {"u": u, "v": v}


def test_triangles(page):
    pairs = [*combinations(range(1, 6), 2)]
    graphs = [[pair for bit, pair in enumerate(pairs) if code >> bit & 1] for code in range(2**10)]
    tables = [graph_columns(edges, 10) for edges in graphs]
    assert judge(page["triangles"](5, 10), page["triangles_exactly"], tables) == 1024
    complete = [*combinations(range(1, 11), 2)]
    bipartite = [(a, b) for a, b in complete if a <= 5 < b]
    wheel = [(1, b) for b in range(2, 11)] + [(a, a + 1) for a in range(2, 10)] + [(2, 10)]
    hard = [graph_columns(edges, max(1, len(edges))) for edges in (complete, complete[::-1], bipartite, wheel, [])]
    rng = np.random.default_rng(5)
    judge(page["triangles"](10, 45), page["triangles_exactly"], hard + [page["draw_graph"](rng) for _ in range(100)])


def number_columns(a, b, rows):
    return {"a": [a >> place & 1 for place in range(rows)], "b": [b >> place & 1 for place in range(rows)]}


def test_binary_addition(page):
    small = [number_columns(a, b, 6) for a, b in product(range(32), repeat=2)]
    assert judge(page["addition"](5), page["addition_exactly"], small) == 1024
    most = 2**64 - 1
    hard = [
        (most, 1),
        (most, most),
        (0, 0),
        (most, 0),
        (most // 3, most // 3 * 2),
        (2**63, 2**63),
        (most // 3, most // 3),
    ]
    rng = np.random.default_rng(6)
    tables = [number_columns(a, b, 65) for a, b in hard] + [page["draw_bits"](rng) for _ in range(200)]
    judge(page["addition"](64), page["addition_exactly"], tables)
