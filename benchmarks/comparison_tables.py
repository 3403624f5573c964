"""The tables of docs/comparisons.md, from the files of results/: python benchmarks/comparison_tables.py graphqa …"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from logdepth.learn.evaluation.rates import Rate, mean_of

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
        yield "| row | " + " | ".join(columns) + " | seeds | parameters | numbers over an edge |"
        yield "|---" * (len(columns) + 4) + "|"
        for name in dict.fromkeys(row["row"] for row in mine):
            cells = {row["graphs"]: row for row in mine if row["row"] == name}
            one = next(iter(cells.values()))
            found = " | ".join(cell(cells[column]) for column in columns)
            sizes = " | ".join(
                f"{int(one[key]):,}" if one[key] else "–" for key in ("seeds", "parameters", "words_on_edge")
            )
            yield f"| {name} | {found} | {sizes} |"


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


def means(folder: str) -> Iterator[str]:
    """A row for each kind of run that has several seeds: mean errors for every k, with half of the interval."""
    rows = read(RESULTS / folder / "comparison.csv")
    settings = [name for name in list(rows[0])[1:] if name not in SIZES and name not in FOUND]
    ks = list(dict.fromkeys(row["k"] for row in rows))
    yield "\n| " + " | ".join([*settings, *(f"k = {k}" for k in ks), *SIZES.values(), "seeds"]) + " |"
    yield "|---" * (len(settings) + len(ks) + len(SIZES) + 1) + "|"
    for kind in dict.fromkeys(tuple(row[name] for name in settings) for row in rows):
        mine = [row for row in rows if tuple(row[name] for name in settings) == kind]
        seeds = len({row["seed"] for row in mine})
        if seeds > 1:
            found = [mean_cell([row for row in mine if row["k"] == k]) for k in ks]
            sizes = [f"{int(mine[0][name]):,}" for name in SIZES]
            yield "| " + " | ".join([*kind, *found, *sizes, str(seeds)]) + " |"


SIZES = {"parameters": "parameters", "state_words": "words of state"}
FOUND = ("seed", "k", "answered", "error", "low", "high", "steps_until_solved")


def mean_cell(rows: list[dict[str, str]]) -> str:
    """The mean error of runs, and half of its interval."""
    mean = mean_of([rate(row) for row in rows])
    return f"{mean.value:.3f} ± {(mean.high - mean.low) / 2:.3f}".replace("0.", ".")


def rate(row: dict[str, str]) -> Rate:
    counted, error = int(row["answered"]), float(row["error"])
    return Rate(round(error * counted), counted, float(row["low"]), float(row["high"]))


def tables(folder: str) -> Iterator[str]:
    if (RESULTS / folder / "beside.csv").exists():
        return beside(folder)
    rows = read(RESULTS / folder / "comparison.csv")
    alike = len({row["seed"] for row in rows}) == len({row["run"] for row in rows})
    return errors(folder) if alike else means(folder)


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        print("\n".join(tables(folder)))
