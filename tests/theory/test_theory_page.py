"""docs/theory.md says what the software says. (Its code runs in tests/test_docs.py.)"""

import re
from pathlib import Path

import pytest

from logdepth.theory import k_hop, sequential_models, transformers_simulate_mpc

PAGE = (Path(__file__).parents[2] / "docs" / "theory.md").read_text()


def test_every_theorem_on_the_page_has_its_file():
    files = [name for heading in re.findall(r"^### T.* · (.*)$", PAGE, re.MULTILINE) for name in heading.split(", ")]
    assert len(files) == 13
    for name in files:
        assert __import__(f"logdepth.theory.{name.strip('`')}")


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("s = 2 words on q = 16 machines take 1,065 slots", transformers_simulate_mpc.hashing_slots(2, 16)),
        (
            "which is 195 bits for A = 4 and k = 16",
            sequential_models.recurrent_over_small_alphabet(16, 4).sizes["bits"],
        ),
        ("with k = 16 and n = 100, n/k⁶ is 0.000006", round(sequential_models.chasing_threshold(100, 16), 6)),
    ],
)
def test_numbers_in_sentences(sentence, number):
    assert sentence in PAGE
    assert f"{number:,}" in sentence or f"{number:.6f}" in sentence


def test_the_table_of_layers():
    names, layers = (
        [cell.strip() for cell in re.search(rf"^\| {row} \|(.*)\|$", PAGE, re.MULTILINE)[1].split("|")]
        for row in ("k", "layers")
    )
    for name, count in zip(names, layers, strict=True):
        for k in name.split("–"):
            assert k_hop.hop_layers(int(k)) == int(count)
