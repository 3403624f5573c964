"""Every solution obeys the law of solutions at every registered size; and the law can fail."""

from dataclasses import replace

import pytest

from logdepth import Table
from logdepth.arrows.program_to_transformer import translate_narrowest
from logdepth.numerics.errors import UsageError
from logdepth.solutions import SOLUTIONS, register_solution, solution_of
from logdepth.solutions.registry import WAYS
from logdepth.tasks import TASKS, make_task
from logdepth.verification import LawBroken, laws
from logdepth.verification.laws import check_solution
from logdepth.verification.sizes import sizes_of


def test_every_task_has_a_solution():
    assert SOLUTIONS.keys() == TASKS.keys()


EVERY_WAY = {name: (solution,) for name, solution in SOLUTIONS.items()} | {
    name: tuple(ways.values()) for name, ways in WAYS.items()
}


@pytest.mark.parametrize("name", EVERY_WAY)
def test_a_solution_is_right_and_within_its_claim(name):
    for solution in EVERY_WAY[name]:
        sizes = [size for size in sizes_of(name) if solution_of(make_task(name, size)) is solution][-2:]
        assert sizes and check_solution(solution, sizes) >= 5 * len(sizes)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_solution_is_told(name):
    solution = SOLUTIONS[name]
    assert solution.task is TASKS[name]
    assert all(len(words) > 20 for words in solution.words) and solution.words


def test_the_law_notices_a_program_of_another_task():
    wrong = replace(SOLUTIONS["node-count"], build=SOLUTIONS["edge-count"].build)
    with pytest.raises(LawBroken, match="the program gives"):
        check_solution(wrong, [{"n": 4}])


def test_the_law_notices_a_program_that_holds_less_than_an_answer_may_be():
    def short(task):
        table = Table("sort", task.n)
        table.output("answer", table.sort(table.input("key", task.high)).clip(0, task.high - 1))
        return table.program()

    with pytest.raises(LawBroken, match=r"output 'answer' holds up to 9; the program has {'answer': 8}"):
        check_solution(replace(SOLUTIONS["sort"], build=short), [{"n": 4, "high": 9}])


def test_the_law_notices_a_transformer_that_is_wrong(monkeypatch):
    def silent(*given, **named):
        made = translate_narrowest(*given, **named)
        readouts = {name: vector * 0 for name, vector in made.artefact.readouts.items()}
        return replace(made, artefact=replace(made.artefact, readouts=readouts))

    monkeypatch.setattr(laws, "translate_narrowest", silent)
    with pytest.raises(LawBroken, match=r"the transformer gives \[0\] in place of \[1\], for \[1\]"):
        check_solution(SOLUTIONS["sort"], [{"n": 5}])


def test_the_law_notices_a_claim_that_is_too_small():
    honest = SOLUTIONS["sort"]

    def small(task, tied):
        sizes = honest.sizes(task, tied)
        return replace(sizes, heads=sizes.heads - 1)

    with pytest.raises(LawBroken, match="heads"):
        check_solution(replace(honest, sizes=small), [{"n": 5}])


def test_a_task_has_one_solution():
    with pytest.raises(UsageError, match="has a solution already"):
        register_solution(replace(SOLUTIONS["sort"]))
    register_solution(SOLUTIONS["sort"])
