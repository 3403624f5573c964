"""Build the site: `python docs/website/build.py [FOLDER]`, by default into build/site. Any warning is an error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `website`

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def build(folder: Path, workers: str = "auto") -> int:
    """Write the site into a folder, and its source beside it; the exit status."""
    from sphinx.cmd.build import main as sphinx

    from website.stage import LIVE, stage

    source, trees = folder.parent / f"{folder.name}-source", folder.parent / f"{folder.name}-trees"
    stage(source)
    options = ["-b", "html", "-c", str(HERE), "-d", str(trees), "-j", workers, "-W", "--keep-going", "-q"]
    options += ["-D", f"html_extra_path={source / LIVE}"]
    return sphinx([*options, str(source), str(folder)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build/site")
    folder = parser.parse_args().folder.resolve()
    try:
        status = build(folder)
    except ModuleNotFoundError as error:
        print(f"the site needs {error.name}. Install what builds it: pip install '.[dev]'", file=sys.stderr)
        return 2
    if status == 0:
        print(f"the site: {folder / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
