"""The tables of docs/comparisons.md, from the files of results/: python benchmarks/comparison_tables.py graphqa …"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def beside(folder: str) -> Iterator[str]:
    """A table for each question: how often rules, networks and the compiled model are right, in %."""
    rows = read(RESULTS / folder / "beside.csv")
    for question in dict.fromkeys(row["question"] for row in rows):
        mine = [row for row in rows if row["question"] == question]
        columns = list(dict.fromkeys(row["graphs"] for row in mine))
        yield f"\n**{question}**\n"
        yield "| row | " + " | ".join(columns) + " | seeds | parameters |"
        yield "|---" * (len(columns) + 3) + "|"
        for name in dict.fromkeys(row["row"] for row in mine):
            cells = {row["graphs"]: row for row in mine if row["row"] == name}
            one = next(iter(cells.values()))
            found = " | ".join(cell(cells[column]) for column in columns)
            size = f"{int(one['parameters']):,}" if one["parameters"] else "–"
            yield f"| {name} | {found} | {one['seeds'] or '–'} | {size} |"


def cell(row: dict[str, str]) -> str:
    """Accuracy in %, with half of its interval where it is a mean over seeds."""
    half = f" ± {50 * (float(row['high']) - float(row['low'])):.1f}" if row["seeds"] else ""
    return f"{100 * float(row['accuracy']):.1f}{half}"


def errors(folder: str) -> Iterator[str]:
    """A row for each run: its error for every k."""
    rows = read(RESULTS / folder / "comparison.csv")
    ks = list(dict.fromkeys(row["k"] for row in rows))
    yield "\n| run | " + " | ".join(f"k = {k}" for k in ks) + " |"
    yield "|---" * (1 + len(ks)) + "|"
    for run in dict.fromkeys(row["run"] for row in rows):
        mine = {row["k"]: row for row in rows if row["run"] == run}
        found = [f"{float(mine[k]['error']):.3f}".removeprefix("0") if mine[k]["error"] else "–" for k in ks]
        yield "| " + " | ".join([run, *found]) + " |"


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        made = beside(folder) if (RESULTS / folder / "beside.csv").exists() else errors(folder)
        print("\n".join(made))
