"""Real inputs that come with the library.

- sonnet18.txt: Shakespeare, Sonnet 18 (1609)
- nile.txt: yearly flow of the Nile at Aswan (Cobb, Biometrika 65, 1978; public domain)
- karate.gml (Zachary, 1977), les_miserables.gml (Knuth, 1993), florentine_families.gml (Breiger and Pattison, 1986):
  social networks as networkx holds them, the first two with weights
- florentine_question.edges: the last one as an edge list that asks about two families
- tudors.edges: parents and children of the house of Tudor, as directed edges, and a question of descent
"""

from pathlib import Path

DATA = Path(__file__).with_name("data")


def shipped_files() -> list[Path]:
    """Every input that comes with the library."""
    return sorted(DATA.iterdir())


def shipped_file(name: str) -> Path:
    """The path of the shipped input with this file name."""
    path = DATA / name
    assert path.is_file(), f"{name} is not shipped"
    return path
