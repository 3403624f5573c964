"""A document is read as a value of its form, or its departure is told with its place, its value and what is right."""

import json
import re
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from logdepth.numerics.documents import Count, Departure, conform, parse_json


class Part(Struct, forbid_unknown_fields=True):
    words: list[str]
    size: Count


class Whole(Struct, forbid_unknown_fields=True):
    version: Literal[1]
    parts: list[Part]
    sizes: dict[str, dict[str, Count]]
    rate: Annotated[float, Meta(ge=0)] = 0.5
    said: int | str | None = None
    name: Annotated[str, Meta(min_length=2)] = "ab"

    def __post_init__(self):
        if self.name == "no":
            raise ValueError("No is no name")


WHOLE = {"version": 1, "parts": [{"words": ["a"], "size": 1}], "sizes": {"x": {"y": 1, "z": 2}}}


def departure(document):
    with pytest.raises(Departure) as found:
        conform(document, Whole)
    return str(found.value)


def test_what_is_of_its_form_is_read():
    whole = conform(WHOLE | {"rate": 1, "said": "yes"}, Whole)
    assert whole.parts[0].words == ["a"] and whole.rate == 1.0 and whole.said == "yes"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": 2}, "version is 2, which is none of the values that are read here"),
        ({"colour": 1}, "colour is unknown"),
        ({"parts": {}}, "parts is an object; it must be a list"),
        ({"parts": [{"words": []}]}, "parts[0].size is missing"),
        ({"parts": [{"words": [], "size": 1, "x": 2}]}, "parts[0].x is unknown"),
        ({"parts": [{"words": ["a", None], "size": 1}]}, "parts[0].words[1] is null; it must be text"),
        (
            {"sizes": {"x": {"y": 1}, "q r": {"y": 1, "z.z": -1, "w": 1}}},
            "sizes.q r.z.z is -1; it must be a whole number of at least 0",
        ),
        (
            {"sizes": {"x": {"y": 2**60}}},
            "sizes.x.y is 1152921504606846976; it must be a whole number of at most 9007199254740992",
        ),
        ({"sizes": {"x": {"y": True}}}, "sizes.x.y is true; it must be a whole number"),
        ({"sizes": {"x": 1}}, "sizes.x is 1; it must be an object"),
        ({"rate": -0.5}, "rate is -0.5; it must be a number of at least 0.0"),
        ({"said": [1]}, "said is a list of 1; it must be a whole number or text or null"),
        ({"name": ""}, 'name is ""; it must be text of a length of at least 2'),
        ({"name": "no"}, "it is an object: no is no name"),
    ],
)
def test_a_departure_says_where_what_and_what_would_be_right(changes, words):
    assert departure(WHOLE | changes) == words


def test_a_document_of_another_kind_departs_as_a_whole():
    assert departure([]) == "it is a list of 0; it must be an object"
    assert departure({}) == "version is missing"


def test_the_key_is_found_among_very_many():
    sizes = {"x": {str(i): i for i in range(50_000)} | {"here": "text"}}
    assert departure(WHOLE | {"sizes": sizes}).startswith('sizes.x.here is "text"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not JSON"),
        (b"\xff{}", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 10**6, "too many brackets"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "1e999"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a": 1, "a": 2}', "two things of 'a'"),
    ],
)
def test_what_is_no_json_of_finite_numbers_is_refused(text, words):
    with pytest.raises(Departure, match=re.escape(words)):
        parse_json(text)


def test_json_is_read_as_the_standard_library_reads_it():
    value = {"a": [1, 2.5, 1e-300, 10**30, None, True, "ß\n"], "b": {}}
    assert parse_json(json.dumps(value)) == value
