"""The page of a refutation: what differs is marked, what is equal is there with its bits, and letters are text."""

import re
import struct
from html import unescape

import numpy as np
import pytest
import torch

from logdepth import make_task
from logdepth.networks import Gpt2Shape, MessagePassing, MessagePassingShape, Recurrent
from logdepth.pages.refutation import NUMBERS_SHOWN, ROWS_SHOWN, numbers, refutation_page
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


def items(page, kind):
    """The texts of list items of a class, a list for each list of tokens."""
    lists = re.findall(r'<ol class="tokens">(.*?)</ol>', page)
    return [[unescape(text) for text in re.findall(rf'<li class="{kind}">(.*?)</li>', each)] for each in lists]


def cells(page):
    """The numbers that are kept, as text, and their bits."""
    return re.findall(r"<li>([^<]+)<small>([^<]+)</small></li>", page)


def test_every_row_of_both_inputs_is_there_and_what_differs_is_marked(self_contained):
    found = ONE_PASS(gru(RECALL))
    page = refutation_page(found)
    self_contained(page)
    shown = [re.findall(r"<li[^>]*>(.*?)</li>", each) for each in re.findall(r'<ol class="tokens">(.*?)</ol>', page)]
    assert [tuple(rows) for rows in shown] == list(found.inputs)
    differ = [one for one, other in zip(*found.inputs, strict=True) if one != other]
    assert items(page, "differs")[0] == differ
    assert items(page, "asks") == [[rows[-1]] for rows in found.inputs]


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_the_equal_state_is_there_number_by_number_with_its_bits(bits):
    found = ONE_PASS(gru(RECALL), Search(bits=bits))
    kept = found.carried[0].numbers
    page = refutation_page(found)
    assert found.indistinguishable and "what it keeps of both is the same" in page
    for value, (shown, pattern) in zip(kept, cells(page), strict=True):
        assert int(shown.replace(",", "")) == value
        assert len(pattern) == bits and int(pattern, 2) - (2**bits if pattern[0] == "1" else 0) == value
    assert f"{bits * len(kept):,} bits in all" in page and "The model that keeps these rounded numbers" in page


def test_floats_are_there_with_the_bits_of_their_format():
    found = of_graphs("connectivity", 12, 2)
    for value, (shown, pattern) in zip(found.carried[0].numbers, cells(refutation_page(found)), strict=True):
        assert float(shown) == pytest.approx(value, rel=1e-4)
        assert struct.unpack(">f", bytes.fromhex(pattern[2:]))[0] == value


def test_two_cycles_are_drawn_with_the_path_that_they_share(self_contained):
    found = of_graphs("1-vs-2-cycle", 16, 3)
    page = refutation_page(found)
    self_contained(page)
    one, two = re.findall(r"<svg.*?</svg>", page)
    for picture in (one, two):
        assert picture.count('class="edge shared"') == 7 and picture.count('class="edge own"') == 2
        assert picture.count("<line") == 16 and picture.count('class="dot-asked"') == 1
    places = [set(re.findall(r'<circle class="dot-\w+" cx="([\d.]+)" cy="([\d.]+)"', each)) for each in (one, two)]
    assert [len(each) for each in places] == [16, 16]  # no vertex hides another
    assert "two different ones are right" in page


def test_a_cycle_and_a_path_are_drawn():
    page = refutation_page(of_graphs("cycle-check", 9, 3))
    one, two = re.findall(r"<svg.*?</svg>", page)
    assert (one.count("<line"), two.count("<line")) == (9, 8)
    assert (one.count('class="edge own"'), two.count('class="edge own"')) == (1, 0)
    assert "yes" in page and "no" in page


def test_a_model_that_is_not_refuted_has_a_page_with_bits_against_bits_and_what_was_tried(self_contained):
    found = of_graphs("connectivity", 11, 2)
    page = refutation_page(found)
    assert "Not refuted." in page and found.attempts[0].what in page and "Bits against bits" not in page
    spared = ONE_PASS(table_machine(8, 8))
    page = refutation_page(spared)
    self_contained(page)
    assert "Bits against bits" in page and "16 bits" in page and "8 bits" in page
    assert all(f"{attempt.count:,}" in page for attempt in spared.attempts)


HOSTILE = "<&>\"'{}ab"


def test_hostile_letters_and_names_are_text(self_contained):
    label = "<script>alert(1)</script>\u2028\x1b"
    page = refutation_page(ONE_PASS(gru({"n": 15, "alphabet": HOSTILE}, label)))
    self_contained(page)
    assert page.count("<script") == 2 and "alert(1)</script>" not in page.replace("&lt;/script&gt;", "")
    assert "\x1b" not in page and "\u2028" not in page
    assert {text for rows in items(page, "same") for text in rows} <= set(HOSTILE)


class Constant:
    def run(self, columns):
        return {"answer": np.zeros(len(columns["value"]), dtype=np.int64)}


def test_a_long_input_is_cut_to_what_matters():
    task = make_task("prefix-sum", {"n": 900, "high": 3})
    other = np.ones(900, dtype=np.int64)
    other[[300, 700]] = 2
    instances = [np.ones(900, dtype=np.int64), other]
    page = refutation_page(
        convict(Computing(task, Constant()), instances, "It adds nothing up.", refuter="mine", entry=-1)
    )
    one, two = re.findall(r'<ol class="tokens">(.*?)</ol>', page)
    for rows in (one, two):
        shown, left_out = rows.count("<li"), [int(count) for count in re.findall(r"… (\d+) more …", rows)]
        assert shown < ROWS_SHOWN and rows.count('class="asks"') == 1
        assert shown - len(left_out) + sum(left_out) == 900
    assert [items(page, "differs")[number] for number in (0, 1)] == [["1", "1"], ["2", "2"]]


def test_many_numbers_are_cut_and_the_page_says_how_many_are_left():
    found = ONE_PASS(gru(RECALL, width=200), Search(bits=1))
    page = refutation_page(found)
    assert len(cells(page)) == NUMBERS_SHOWN
    assert "72 more are in the counterexample’s file" in page


def test_a_model_that_is_just_wrong_has_a_page_of_one_input_and_whole_answers():
    task = make_task("prefix-sum", {"n": 4, "high": 3})
    found = convict(Computing(task, Constant()), [np.array([1, 2])], "It adds nothing up.", refuter="mine")
    page = refutation_page(found)
    assert "One input" in page and "1 3" in page and "0 0" in page and "What it keeps" not in page


def test_carried_numbers_of_other_formats_have_their_bits():
    assert cells(numbers(Carried((1.0,), 64))) == [("1", "0x3ff0000000000000")]
    assert cells(numbers(Carried((-1, 5), 4))) == [("-1", "1111"), ("5", "0101")]
