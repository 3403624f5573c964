"""`logdepth evaluate --study`: every checkpoint of a folder."""

from pathlib import Path
from time import perf_counter

from logdepth.cli.printing import note, print_json, progress_bar, say
from logdepth.cli.wording import message_of
from logdepth.numerics.errors import UsageError

FOLDER = Path("k-hop-table")


def evaluate_study(
    checkpoints: Path, out: Path, sequences: int | None, seed: int, device: str, *, as_json: bool
) -> int:
    """Measure all checkpoints of a study with dropout and without, side by side, beside its own figures.

    sequences: for each k, without dropout.
    """
    from logdepth.learn.devices import device_called
    from logdepth.learn.evaluation.study import as_csv, as_text, block, checkpoints_in, figure, published_errors, row_of
    from logdepth.numerics.files import check_writable, write_file

    started = perf_counter()
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, and the table is a folder. Choose another --out.")
    check_writable(out / "table.txt")
    device_called(device)
    paths, cells = checkpoints_in(checkpoints), published_errors(checkpoints)
    rows, failed = [], []
    for number, path in enumerate(paths):
        try:
            with progress_bar(f"{path.name} ({number + 1} of {len(paths)})") as progress:
                rows.append(row_of(path, cells, sequences, seed, progress, device))
        except UsageError as error:  # the rest goes on
            said = message_of(error)
            message = said if str(path) in said else f"{path}: {said}"
            failed.append({"checkpoint": str(path), "message": message})
            note(f"logdepth: {message}", at_once=True)
            continue
        if not as_json:
            say(block(rows[-1]))
    if not rows:
        raise UsageError(f"none of the {len(paths)} checkpoints in {checkpoints} could be evaluated.")
    result = {
        "checkpoints": [row.as_json() for row in rows],
        "failed": failed,
        "folder": str(out),
        "seconds": perf_counter() - started,
    }
    write_file(out / "table.txt", as_text(rows).encode())
    write_file(out / "table.csv", as_csv(rows).encode())
    write_file(out / "table.json", as_json_file(result))
    for kind in ("png", "svg"):
        write_file(out / f"table.{kind}", figure(rows, kind))
    if as_json:
        print_json(result)
    else:
        say(f"written to {out}; look at {out / 'table.png'}")
    return 2 if failed else 0


def as_json_file(result: dict[str, object]) -> bytes:
    import json

    return (json.dumps(result, indent=2, allow_nan=False) + "\n").encode()
