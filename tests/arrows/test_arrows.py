"""The laws of arrows, of the ways between them, and of what they claim."""

from dataclasses import replace

import numpy as np
import pytest

from logdepth.arrows import Arrow, Example, MadeProtocol, MadeTransformer
from logdepth.arrows.examples import doubling, full_table, programs
from logdepth.arrows.program_to_transformer import translate
from logdepth.arrows.registry import ARROWS, find_way, register_arrow
from logdepth.mpc import Protocol
from logdepth.numerics.errors import UsageError
from logdepth.programs import Program, RawProtocol, Table, rounds_of
from logdepth.transformer import Transformer
from logdepth.verification import LawBroken
from logdepth.verification.laws import check_arrow, check_within

ARROWS_OF_THE_LIBRARY = dict(ARROWS)


@pytest.mark.parametrize("name", ARROWS)
def test_what_an_arrow_makes_gives_what_its_source_gives_within_the_claim(name):
    assert check_arrow(ARROWS[name]) >= 6


@pytest.mark.parametrize("name", ARROWS)
def test_an_arrow_says_what_it_is(name):
    arrow = ARROWS[name]
    assert arrow.name == name
    assert arrow.theorem.endswith(".")
    assert arrow.proof
    for option in arrow.options:
        assert arrow.fill_options({})[option.name] == option.default


def off_by_one(program: Program) -> MadeTransformer:
    made = translate(program)
    outputs = {name: vector * 0 for name, vector in made.artefact.readouts.items()}
    return MadeTransformer(replace(made.artefact, readouts=outputs), made.claim)


def too_small_a_claim(program: Program) -> MadeTransformer:
    made = translate(program)
    sizes = dict(made.claim.sizes) | {"width": made.claim.sizes["width"] - 1}
    return MadeTransformer(made.artefact, replace(made.claim, sizes=sizes))


@pytest.mark.parametrize(("make", "message"), [(off_by_one, "in place of"), (too_small_a_claim, "are claimed")])
def test_the_law_notices_a_wrong_answer_and_a_broken_claim(make, message):
    broken = Arrow(
        name="broken",
        source=Program,
        target=Transformer,
        theorem="It holds.",
        proof="none",
        make=make,
        examples=programs,
    )
    with pytest.raises(LawBroken, match=message):
        check_arrow(broken)


def test_an_arrow_without_examples_breaks_the_law():
    arrow = ARROWS["program-to-transformer"]
    with pytest.raises(LawBroken, match="no example"):
        check_arrow(replace(arrow, examples=list))


def test_an_arrow_refuses_other_sources_options_and_values():
    arrow = ARROWS["program-to-mpc"]
    with pytest.raises(UsageError, match="takes a Program, not a str"):
        arrow("a program")
    with pytest.raises(UsageError, match=r"no option 'memmory'\. Did you mean 'memory'"):
        arrow(doubling(), memmory=3)
    with pytest.raises(UsageError, match="memory must be a whole number"):
        arrow(doubling(), memory=-1)


def test_options_reach_the_construction():
    program = doubling()
    tied, own = (ARROWS["program-to-transformer"](program, tied=tied, dtype="float64").artefact for tied in (1, 0))
    assert len(tied.blocks) < len(own.blocks)
    made = ARROWS["program-to-mpc"](program, rows=5, machines=5)
    assert isinstance(made, MadeProtocol)
    assert made.artefact.machines == 5


@pytest.mark.parametrize(
    ("source", "target", "names"),
    [
        (Program, Transformer, ["program-to-transformer"]),
        (Program, Protocol, ["program-to-mpc"]),
        (RawProtocol, Protocol, ["raw-protocol-to-mpc"]),
        (RawProtocol, Transformer, ["mpc-to-transformer"]),
        (Transformer, Protocol, ["transformer-to-mpc"]),
    ],
)
def test_the_way_between_two_models_is_the_shortest(source, target, names):
    assert [arrow.name for arrow in find_way(source, target)] == names


def test_ways_compose_and_a_model_without_a_way_is_refused(monkeypatch):
    only = {name: ARROWS[name] for name in ("program-to-transformer", "transformer-to-mpc")}
    monkeypatch.setattr("logdepth.arrows.registry.ARROWS", only)
    way = find_way(Program, Protocol)
    assert [arrow.name for arrow in way] == list(only)
    assert [option.name for option in way.options].count("memory") == 1
    program = doubling()
    made = way(program, memory=4000, dtype="float64")
    direct = ARROWS_OF_THE_LIBRARY["transformer-to-mpc"](
        ARROWS_OF_THE_LIBRARY["program-to-transformer"](program, dtype="float64").artefact, memory=4000
    )
    assert made.claim.sizes == direct.claim.sizes
    assert made.artefact.memory == 4000
    assert made.claim.source.endswith(f"; then {direct.claim.source}")
    table = full_table(program, 0)
    ran = made.run(table)
    assert np.array_equal(ran.outputs["end"], program.run(table)["end"])
    check_within(ran.taken, made.claim.sizes, "the way")
    with pytest.raises(UsageError, match=r"has no option 'memry'\. Did you mean 'memory'"):
        way(program, memry=3)
    with pytest.raises(UsageError, match="no arrow leads from mpc to program"):
        find_way(Protocol, Program)


def test_two_arrows_of_one_name_are_refused():
    with pytest.raises(UsageError, match="there is an arrow 'program-to-mpc' already"):
        register_arrow(replace(ARROWS["program-to-mpc"]))
    register_arrow(ARROWS["program-to-mpc"])


def test_rounds_are_the_longest_chain_of_statements_by_which_rows_talk():
    table = Table("chain", rows=4)
    a, b = table.input("a", high=4), table.input("b", high=4)
    table.output("local", table.map(lambda x: x, a, high=4))
    assert rounds_of(table.program()) == 0
    one, other = table.pull(a, b), table.pull(b, a)  # side by side
    table.output("one", one)
    assert rounds_of(table.program()) == 1
    table.output("two", table.pull(table.map(lambda x, y: x * (y > 0), one, other, high=4), a))
    assert rounds_of(table.program()) == 2
    table.output("five", table.repeat(3, lambda at: table.pull(at, at), a, high=4, name="at"))
    assert rounds_of(table.program()) == 5


def test_the_examples_are_run_by_their_own_meaning():
    """The law compares with `source.run`; that itself is compared with plain Python here."""
    tables = {example.source.name: example for example in programs()}
    example = tables["induction head"]
    for table in example.tables:
        tokens = table["token"].tolist()
        before = [0, *tokens]  # of the first row: none, which is 0
        answer = [
            next((tokens[j] for j in range(i, -1, -1) if before[j] == token), 0) for i, token in enumerate(tokens)
        ]
        assert example.source.run(table)["answer"].tolist() == answer
    assert isinstance(example, Example)
    ring, *_ = ARROWS["mpc-to-transformer"].examples()
    for table in ring.tables:
        number = table["number"]
        passed = [np.roll(number, steps) for steps in (1, 2, 3)]
        assert np.array_equal(ring.source.run(table)["sum"], sum(passed))
