"""Every number in the tables of docs/comparisons.md is one of results/, and none of a table is left out."""

import csv
import re
from collections import Counter
from pathlib import Path
from statistics import fmean, stdev

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "comparisons.md").read_text()
BESIDE = sorted(path.parent.name for path in (ROOT / "results").glob("*/beside.csv"))
SHOWN = re.findall(r"<!-- results: (\S+) -->", PAGE)


def section(folder):
    """What the page says between the mark of a folder and the next heading, or the next mark."""
    after = PAGE.split(f"<!-- results: {folder} -->")[1]
    return re.split(r"^#|<!-- results:", after, maxsplit=1, flags=re.MULTILINE)[0]


def tables(text):
    """Of each table, the rows as lists of cells, without the rule below its head."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    found = []
    for cells in lines:
        if cells[0] == "row" or any(cell.startswith("k = ") for cell in cells):
            found.append([])
        found[-1].append(cells)
    return found


def rows_of(folder, name):
    with (ROOT / "results" / folder / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("folder", BESIDE)
def test_rows_beside_networks_are_those_of_the_file(folder):
    rows = rows_of(folder, "beside.csv")
    questions = re.findall(r"^\*\*(\S+)\*\*$", section(folder), re.MULTILINE)
    assert questions == list(dict.fromkeys(row["question"] for row in rows))
    for question, table in zip(questions, tables(section(folder)), strict=True):
        head, *shown = table
        own = {(row["row"], row["graphs"]): row for row in rows if row["question"] == question}
        assert [cells[0] for cells in shown] == list(dict.fromkeys(name for name, _ in own))
        assert head[1:-3] == list(dict.fromkeys(graphs for _, graphs in own))
        for name, *cells, seeds, size, sent in shown:
            for graphs, cell in zip(head[1:-3], cells, strict=True):
                row = own[name, graphs]
                value, _, half = cell.partition(" ± ")
                assert float(value) == pytest.approx(100 * float(row["accuracy"]), abs=0.051)
                width = 50 * (float(row["high"]) - float(row["low"]))
                assert bool(half) == bool(row["seeds"]) and (not half or float(half) == pytest.approx(width, abs=0.051))
            sizes = [row[key] or "–" for key in ("seeds", "parameters", "words_on_edge")]
            assert [each.replace(",", "") for each in (seeds, size, sent)] == sizes


@pytest.mark.parametrize("folder", [name for name in SHOWN if (ROOT / "results" / name / "comparison.csv").exists()])
def test_errors_by_run_are_those_of_the_file(folder):
    if folder in BESIDE:
        return
    rows = rows_of(folder, "comparison.csv")
    ((head, *shown),) = tables(section(folder))
    if head[0] != "run":
        check_means(rows, head, shown)
        return
    assert [cells[0] for cells in shown] == list(dict.fromkeys(row["run"] for row in rows))
    for run, *cells in shown:
        own = {row["k"]: row for row in rows if row["run"] == run}
        assert [title.removeprefix("k = ") for title in head[1:]] == list(own)
        for cell, row in zip(cells, own.values(), strict=True):
            assert cell == "–" if not row["error"] else float(cell) == pytest.approx(float(row["error"]), abs=5.1e-4)


def check_means(rows, head, shown):
    """Of the runs that differ in their seeds alone, three of each kind."""
    settings = head[: next(place for place, title in enumerate(head) if title.startswith("k = "))]
    kinds = Counter(tuple(row[name] for name in settings) for row in rows if row["k"] == rows[0]["k"])
    assert [tuple(cells[: len(settings)]) for cells in shown] == [kind for kind, runs in kinds.items() if runs > 1]
    for cells in shown:
        mine = [row for row in rows if [row[name] for name in settings] == cells[: len(settings)]]
        for title, cell in zip(head, cells, strict=True):
            if title.startswith("k = "):
                check_mean([row for row in mine if f"k = {row['k']}" == title], cell)
        sizes = [mine[0]["parameters"], mine[0]["state_words"], str(len({row["seed"] for row in mine}))]
        assert [cell.replace(",", "") for cell in cells[-3:]] == sizes and sizes[-1] == "3"


def check_mean(rows, cell):
    value, half = map(float, cell.split(" ± "))
    found = [float(row["error"]) for row in rows]
    student = 4.30265 * stdev(found) / 3**0.5  # of three runs
    low = min(fmean(float(row["low"]) for row in rows), max(0.0, fmean(found) - student))
    high = max(fmean(float(row["high"]) for row in rows), min(1.0, fmean(found) + student))
    assert value == pytest.approx(fmean(found), abs=5.1e-4)
    assert half == pytest.approx((high - low) / 2, abs=5.1e-4)


def test_what_has_no_results_says_so():
    for folder in SHOWN:
        if not (ROOT / "results" / folder).exists():
            assert "Not run yet" in section(folder), folder
