"""The page of a refutation: what differs is marked, what is equal is there with its bits, and letters are text."""

import struct
from dataclasses import replace

import numpy as np
import pytest
import torch

from logdepth import make_task
from logdepth.networks import Gpt2Shape, MessagePassing, MessagePassingShape, Recurrent
from logdepth.pages.refutation import refutation_page
from logdepth.pages.refuted import NUMBERS_SHOWN, ROWS_SHOWN, differing, numbers_of, rows
from logdepth.refuters import (
    REFUTERS,
    Carried,
    Computing,
    Search,
    TokenNetwork,
    convict,
    encoding_of,
    graph_network,
    refute,
)
from logdepth.refuters.one_pass import table_machine

ONE_PASS = REFUTERS["one-pass"]
RECALL = {"n": 17, "alphabet": "10"}


def gru(parameters, label="gru", width=8):
    task = make_task("induction-heads", parameters)
    size = len(encoding_of(task).names)
    shape = Gpt2Shape(vocabulary=size, positions=2000, depth=1, heads=1, width=width, classes=size, dropout=0.0)
    return TokenNetwork(task, Recurrent(shape, "gru", torch.Generator().manual_seed(0)), encoding_of(task), label)


def of_graphs(name, n, depth):
    task = make_task(name, {"n": n})
    shape = MessagePassingShape(vertices=n, depth=depth, width=8, classes=max(task.outputs.values()) + 1)
    return refute(graph_network(task, MessagePassing(shape, torch.Generator().manual_seed(0))))


def items(record, kind=None):
    """The texts of rows of a kind, a list for each input."""
    return [[row["text"] for row in each["rows"] if kind in (None, row["kind"])] for each in record["inputs"]]


def test_every_row_of_both_inputs_is_there_and_what_differs_is_marked(self_contained, data_of):
    found = ONE_PASS(gru(RECALL))
    page = refutation_page(found)
    self_contained(page)
    record = data_of(page)
    assert [tuple(rows) for rows in items(record)] == list(found.inputs)
    differ = [one for one, other in zip(*found.inputs, strict=True) if one != other]
    assert items(record, "differs")[0] == differ
    assert items(record, "asks") == [[rows[-1]] for rows in found.inputs]
    assert all(row["key"] == row["place"] for each in record["inputs"] for row in each["rows"])


@pytest.mark.parametrize("texts", [("abcXd", "abcYYd"), ("ab", "aab"), ("", "abc"), ("abc", "xyz"), ("abcd", "ad")])
def test_rows_of_inputs_of_different_length_are_compared_at_both_ends(texts):
    found = convict(
        Computing(make_task("prefix-sum", {"n": 4, "high": 3}), Constant()),
        [np.array([1]), np.array([1, 2])],
        "It adds nothing up.",
        refuter="mine",
    )
    one, two = (rows(replace(found, inputs=texts), number) for number in (0, 1))
    same = [
        {row.key: row.text for row in each if row.place not in differing(texts, at)}
        for at, each in enumerate((one, two))
    ]
    assert same[0] == same[1] and all(len({row.key for row in each}) == len(each) for each in (one, two))


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_the_equal_state_is_there_number_by_number_with_its_bits(bits, data_of):
    found = ONE_PASS(gru(RECALL), Search(bits=bits))
    kept = found.carried[0].numbers
    page = refutation_page(found)
    record = data_of(page)["kept"]
    assert record["same"] and record["many"] == len(kept)
    assert found.indistinguishable and "what it keeps of both is the same" in page
    for value, (shown, pattern) in zip(kept, record["numbers"], strict=True):
        assert int(shown.replace(",", "")) == value
        assert len(pattern) == bits and int(pattern, 2) - (2**bits if pattern[0] == "1" else 0) == value
    assert f"{bits * len(kept):,} bits in all" in page and "The model that keeps these rounded numbers" in page


def test_floats_are_there_with_the_bits_of_their_format(data_of):
    found = of_graphs("connectivity", 12, 2)
    numbers = data_of(refutation_page(found))["kept"]["numbers"]
    for value, (shown, pattern) in zip(found.carried[0].numbers, numbers, strict=True):
        assert float(shown) == pytest.approx(value, rel=1e-4)
        assert struct.unpack(">f", bytes.fromhex(pattern[2:]))[0] == value


@pytest.mark.parametrize(("name", "n", "depth"), [("1-vs-2-cycle", 16, 3), ("cycle-check", 9, 3)])
def test_two_graphs_are_records_of_all_edges_and_no_vertex_hides_another(self_contained, data_of, name, n, depth):
    found = of_graphs(name, n, depth)
    page = refutation_page(found)
    self_contained(page)
    for drawn, graph in zip(data_of(page)["inputs"], found.instances, strict=True):
        assert drawn["rows"] == [] and drawn["graph"]["edges"] == graph.edges.tolist()
        assert drawn["graph"]["labels"] == list(graph.labels) and drawn["graph"]["asked"] == found.bottleneck.vertex
        places = np.array(drawn["graph"]["places"])
        apart = np.hypot(*(places[:, None, :2] - places[None, :, :2]).transpose(2, 0, 1))
        assert len(places) == n and apart[~np.eye(n, dtype=bool)].min() > 27  # two discs
        assert (
            (places >= 0).all()
            and (places[:, ::2] <= 540).all()
            and (places[:, 1::2] <= drawn["graph"]["height"]).all()
        )
    assert "two different ones are right" in page


def test_a_model_that_is_not_refuted_has_a_page_with_bits_against_bits_and_what_was_tried(self_contained, data_of):
    found = of_graphs("connectivity", 11, 2)
    page = refutation_page(found)
    assert "Not refuted." in page and found.attempts[0].what in page and "bits-figures" not in page.split("<script")[0]
    spared = ONE_PASS(table_machine(8, 8))
    page = refutation_page(spared)
    self_contained(page)
    assert "Bits against bits" in page and data_of(page)["bits"] == {
        "carried": spared.carried_bits,
        "needed": spared.needed_bits,
    }
    assert all(f"{attempt.count:,}" in page for attempt in spared.attempts)


HOSTILE = "<&>\"'{}ab"


def test_hostile_letters_and_names_are_text(self_contained, data_of):
    label = "<script>alert(1)</script>\u2028\x1b"
    page = refutation_page(ONE_PASS(gru({"n": 15, "alphabet": HOSTILE}, label)))
    self_contained(page)
    assert page.count("<script") == 2 and "alert(1)</script>" not in page.replace("&lt;/script&gt;", "")
    assert "\x1b" not in page and "\u2028" not in page
    assert {text for rows in items(data_of(page), "same") for text in rows} <= set(HOSTILE)


class Constant:
    def run(self, columns):
        return {"answer": np.zeros(len(columns["value"]), dtype=np.int64)}


def test_a_long_input_is_cut_to_what_matters(data_of):
    task = make_task("prefix-sum", {"n": 900, "high": 3})
    other = np.ones(900, dtype=np.int64)
    other[[300, 700]] = 2
    instances = [np.ones(900, dtype=np.int64), other]
    record = data_of(
        refutation_page(
            convict(Computing(task, Constant()), instances, "It adds nothing up.", refuter="mine", entry=-1)
        )
    )
    for each in record["inputs"]:
        assert len(each["rows"]) < ROWS_SHOWN and each["length"] == 900
        assert [row["place"] for row in each["rows"] if row["kind"] == "asks"] == [899]
    assert items(record, "differs") == [["1", "1"], ["2", "2"]]


def test_many_numbers_are_cut_and_the_record_says_how_many_there_are(data_of):
    found = ONE_PASS(gru(RECALL, width=200), Search(bits=1))
    kept = data_of(refutation_page(found))["kept"]
    assert len(kept["numbers"]) == NUMBERS_SHOWN and kept["many"] == 200


def test_a_model_that_is_just_wrong_has_a_page_of_one_input_and_whole_answers(data_of):
    task = make_task("prefix-sum", {"n": 4, "high": 3})
    found = convict(Computing(task, Constant()), [np.array([1, 2])], "It adds nothing up.", refuter="mine")
    page = refutation_page(found)
    assert "One input" in page and "1 3" in page and "0 0" in page and "What it keeps" not in page
    assert data_of(page)["kept"] is None and items(data_of(page)) == [list(found.inputs[0])]


def test_carried_numbers_of_other_formats_have_their_bits():
    assert numbers_of(Carried((1.0,), 64)) == [("1", "0x3ff0000000000000")]
    assert numbers_of(Carried((-1, 5), 4)) == [("-1", "1111"), ("5", "0101")]
