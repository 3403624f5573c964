"""A graph of a million edges: drawing it, and reading it from the files that people publish; time and peak memory."""

import argparse
import gzip
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, rmat_graph, star_graph
from logdepth.tasks.inputs.graph_files import read_graph


def write(folder: Path, edges: np.ndarray, vertices: int) -> list[Path]:
    """The same graph in several formats."""
    tabs = b"# FromNodeId\tToNodeId\n" + "".join(f"{u}\t{v}\n" for u, v in edges.tolist()).encode()
    back = "".join(f"{v}\t{u}\n" for u, v in edges.tolist()).encode()
    words = "".join(f"v{u} v{v}\n" for u, v in edges.tolist()).encode()
    matrix = f"%%MatrixMarket matrix coordinate pattern symmetric\n{vertices} {vertices} {len(edges)}\n"
    lower = "".join(f"{v} {u}\n" for u, v in np.sort(edges, axis=1).tolist())
    contents = {
        "numbers.txt": tabs,
        "numbers.txt.gz": gzip.compress(tabs, 6),
        "both-directions.txt": tabs + back,
        "words.txt": words,
        "matrix.mtx.gz": gzip.compress((matrix + lower).encode(), 6),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def peak() -> float:
    """The most memory that this process has held, in MiB, as Linux says."""
    (line,) = re.findall(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), flags=re.MULTILINE)
    return int(line) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=10**6)
    parser.add_argument("--read", type=Path, help="read this file only")
    options = parser.parse_args()
    start = perf_counter()
    if options.read:
        graph = read_graph(options.read, owner="the benchmark")
        seconds = perf_counter() - start
        print(f"{options.read.name:20} {graph.vertices:8} {len(graph.edges):8} {seconds:6.2f} s {peak():6.0f} MiB")
        return
    edges, rng = options.edges, np.random.default_rng(0)
    for name, draw in {
        "cycle": lambda: cycle_graph(rng, edges),
        "star": lambda: star_graph(rng, edges),
        "G(n, m)": lambda: random_graph_of(rng, edges // 5, edges),
        "R-MAT": lambda: rmat_graph(rng, max(4, (edges // 4).bit_length()), edges),
    }.items():
        start = perf_counter()
        graph = draw()
        degree = np.bincount(graph.edges.ravel()).max()
        print(f"{name:20} {graph.vertices:8} {len(graph.edges):8} {perf_counter() - start:6.2f} s, degrees to {degree}")
    with TemporaryDirectory() as folder:
        for path in write(Path(folder), graph.edges, graph.vertices):
            subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
