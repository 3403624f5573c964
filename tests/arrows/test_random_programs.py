"""Any program that can be written becomes a transformer that agrees with it, or is refused for its size."""

from collections import Counter

import numpy as np
import pytest
from arrows.telling_all import tell_all
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import FLOAT32, FLOAT64, Format
from logdepth.programs import interpret
from logdepth.transformer import evaluate
from logdepth.verification.strategies import drafts, tables

WAYS = [(FLOAT32, True), (FLOAT32, False), (FLOAT64, True)]


def of_seed(examples, number=1):
    """Examples from one seed, whatever the source of a test is; programs are slow to draw, and that is fine."""

    def wrap(law):
        return seed(number)(settings(max_examples=examples, suppress_health_check=list(HealthCheck))(law))

    return wrap


def draw_tables(data, program, count=3):
    """Tables, and what the program says of each."""
    drawn = [data.draw(tables(program)) for _ in range(count)]
    return drawn, [interpret(program, table) for table in drawn]


def agree(program, number_format, tied, given_tables, expected):
    """The tables one by one, their inside too, and as one padded batch."""
    model = program_to_transformer(program, number_format, tied)
    for table, outputs in zip(given_tables, expected, strict=True):
        answers, cache = model.run_with_cache(table)
        for name, values in outputs.items():
            assert np.array_equal(answers[name], values), (name, answers[name], values)
        for names, residual in zip(cache.columns, cache.residuals, strict=True):
            for column, name in enumerate(names):
                assert name == "start" or residual[0, column] == 0, f"the start token holds {name!r}"
                assert name or not residual[:, column].any(), "an unnamed column holds something"
    lengths = np.array([len(next(iter(table.values()))) for table in given_tables])
    padded = {
        name: np.stack([np.pad(table[name], (0, lengths.max() - len(table[name]))) for table in given_tables])
        for name in model.embeddings
    }
    answers = evaluate(model, padded, lengths)
    for place, outputs in enumerate(expected):
        for name, values in outputs.items():
            assert np.array_equal(answers[name][place, : lengths[place]], values)
    return model


def small_programs_agree(examples, number):
    """Half of the programs keep all that they compute, so that they are deep; of the others passes take away what
    no output needs. Each on three tables, compiled in three ways."""
    layers = Counter()

    @of_seed(examples, number)
    @given(st.data(), st.booleans())
    def law(data, whole):
        draft = data.draw(drafts())
        note(draft.source)
        program = tell_all(draft.program()) if whole else draft.program()
        told = draw_tables(data, program)
        for number_format, tied in WAYS:
            model = agree(program, number_format, tied, *told)
        layers[sum(block.attention is not None for block in model.steps)] += 1

    law()
    assert sum(count for depth, count in layers.items() if depth >= 2) > examples / 4, "most draws say too little"


def test_small_random_programs_agree():
    small_programs_agree(60, number=1)


@pytest.mark.slow
def test_more_small_random_programs_agree():
    small_programs_agree(60, number=2)


def few_bits_agree(examples, number):
    """A format of a few bits: what is not refused is right in simulated arithmetic of so many bits."""
    verdicts = Counter()

    @of_seed(examples, number)
    @given(st.data(), st.permutations([6, 7, 8, 9, 10, 12]))
    def law(data, formats):
        draft = data.draw(drafts())
        note(draft.source)
        program = draft.program()
        told, expected = draw_tables(data, program)
        for bits in formats[:3]:
            try:
                model = program_to_transformer(program, Format("float32", bits, FLOAT32.gap))
            except CapacityExceeded:
                verdicts["refused"] += 1
                continue
            verdicts["right"] += 1
            for table, outputs in zip(told, expected, strict=True):
                answers = evaluate(model, table, mantissa_bits=bits)
                for name, values in outputs.items():
                    assert np.array_equal(answers[name], values), (name, answers[name], values)

    law()
    assert verdicts["right"] > examples and verdicts["refused"]


def test_in_few_bits_random_programs_are_refused_or_agree():
    few_bits_agree(40, number=1)


@pytest.mark.slow
def test_in_few_bits_more_random_programs_are_refused_or_agree():
    few_bits_agree(80, number=2)


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "largest"), [(14, 24), (5, 3), (6, 2000), (3, 300)])
def test_random_programs_of_other_sizes_agree_or_are_refused(rows, largest):
    @of_seed(40)
    @given(st.data(), st.booleans())
    def law(data, whole):
        draft = data.draw(drafts(rows=rows, largest=largest))
        note(draft.source)
        whole = whole and largest < 1000  # tables of thousands of values in every column are slow
        program = tell_all(draft.program()) if whole else draft.program()
        told = draw_tables(data, program)
        for number_format, tied in WAYS[:2]:
            try:
                agree(program, number_format, tied, *told)
            except CapacityExceeded:
                assert largest > 100, "small numbers fit"

    law()
