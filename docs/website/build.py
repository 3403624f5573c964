"""Build the site: `python docs/website/build.py [FOLDER]`, by default into build/site. Any warning is an error."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `website`

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

MARK = ".site-of-logdepth"
"""A file in every site, which says that all of its folder may be written anew."""


def build(folder: Path, workers: str = "auto") -> int:
    """Write the site into a folder, whole and from nothing, and its source beside it; the exit status."""
    from sphinx.cmd.build import main as sphinx

    from website.stage import LIVE, stage

    clear(folder)
    source, trees = folder.parent / f"{folder.name}-source", folder.parent / f"{folder.name}-trees"
    stage(source)
    options = ["-b", "html", "-c", str(HERE), "-d", str(trees), "-j", workers, "-W", "--keep-going", "-q", "-E"]
    options += ["-D", f"html_extra_path={source / LIVE}"]
    return sphinx([*options, str(source), str(folder)])


def clear(folder: Path) -> None:
    """Make an empty folder of that of an earlier site. SystemExit if it holds anything else."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            sys.exit(f"{folder} holds what is no site of ours. Choose another folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def main() -> int:
    from website.links import LeadsNowhere

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build/site")
    folder = parser.parse_args().folder.resolve()
    try:
        status = build(folder)
    except ModuleNotFoundError as error:
        print(f"the site needs {error.name}. Install what builds it: pip install '.[dev]'", file=sys.stderr)
        return 2
    except LeadsNowhere as error:
        print(error, file=sys.stderr)
        return 1
    if status == 0:
        print(f"the site: {folder / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
