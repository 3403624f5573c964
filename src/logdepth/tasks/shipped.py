"""Real inputs that come with the library."""

from pathlib import Path

DATA = Path(__file__).with_name("data")


def shipped_files() -> list[Path]:
    """Every input that comes with the library."""
    return sorted(path for path in DATA.iterdir() if path.suffix in {".txt", ".gml", ".edges"})


def shipped_file(name: str) -> Path:
    """The path of the shipped input with this file name."""
    return DATA / name
