"""The API of the site: all that doors offer, each thing documented in one place."""

from collections import Counter

import pytest

import logdepth
from website.api import api_pages, finder, first_sentence
from website.public import constant, names_in, offered, rooms


def test_every_name_of_every_door_is_on_the_page_of_its_room():
    pages = api_pages()
    for room in rooms():
        for name in names_in(f"logdepth.{room}"):
            assert f"`{name} <logdepth." in pages[f"api/{room}.rst"], f"{room}.{name}"


def test_what_is_documented_is_documented_once():
    homes = Counter(name.home for name in offered() if name.home == name.full)
    assert [home for home, times in homes.items() if times > 1] == []
    documented = set(homes)
    assert [name.full for name in offered() if name.home not in documented] == []


@pytest.mark.parametrize("name", logdepth.__all__)
def test_what_the_package_offers_is_documented_in_a_room(name: str):
    (found,) = (each for each in offered() if each.full == f"logdepth.{name}")
    assert found.home.count(".") > 1


def test_a_name_is_looked_for_in_its_class_then_in_its_room_then_in_the_package():
    assert finder("logdepth.programs.Table", "Table")("input") == "logdepth.programs.Table.input"
    assert finder("logdepth.artefacts.Model", "Model")("Table") == "logdepth.programs.Table"
    assert finder("logdepth.refuters.check")("Example") == "logdepth.refuters.Example"
    assert finder("logdepth.arrows.Arrow")("Example") == "logdepth.arrows.Example"
    assert finder("logdepth.tasks")("no such name") is None


def test_a_constant_is_described_by_its_docstring_or_by_what_stands_behind_it():
    assert constant("logdepth.exports", "EXPORTS").doc.startswith("Format ->")
    assert constant("logdepth.tasks", "TASKS").value.startswith("{")


def test_the_first_sentence_ends_at_its_stop():
    assert first_sentence("Runs a\ntable. And more.\n\nx: it.", lambda name: None) == "Runs a table."
