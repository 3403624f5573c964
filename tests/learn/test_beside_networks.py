"""Beside networks stand rules without learning, harder graphs, and a compiled model that errs on none."""

import csv
import io

import pytest
from tiny_plans import TINY

from logdepth.learn.evaluation.beside import EXACT, OWN, lines_as_csv, lines_of
from logdepth.learn.evaluation.comparison import entries_of, read_run
from logdepth.learn.evaluation.evaluate import evaluation_of_run
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.samplers import make_sampler
from logdepth.learn.samplers.graph_answers import QUESTIONS
from logdepth.learn.trained.without_learning import FREQUENT, exact_model, rules_of
from logdepth.learn.training.train import train
from logdepth.tasks import TASKS


@pytest.mark.parametrize("question", [name for name, question in QUESTIONS.items() if question.task in TASKS])
def test_the_compiled_model_answers_every_question_by_its_tokens(question):
    sampler = make_sampler("graph-questions", {"question": question, "buckets": 1})
    model = exact_model(sampler)
    for asked in (sampler, *sampler.harder.values()):
        batch = asked.batch(20, seed=5, step=0).trim()
        assert (model.answers(batch.inputs)[batch.answered] == batch.targets[batch.answered]).all()
    assert model.sizes["parameters"] > 0


def test_other_samplers_have_nothing_beside_them():
    assert rules_of(make_sampler("k-hop")) == {} and exact_model(make_sampler("k-hop")) is None


def test_lines_are_rules_networks_and_the_compiled_model_on_the_same_questions(tmp_path):
    for seed in (0, 1):
        train(plan_of(TINY | {"seed": seed}), tmp_path / f"seed{seed}", "cpu")
    runs = [read_run(tmp_path / f"seed{seed}", f"seed{seed}") for seed in (0, 1)]
    lines = lines_of(entries_of(runs), tmp_path)
    names = [FREQUENT, "edges ≥ vertices", "has a triangle", "gin", EXACT]
    assert [line.name for line in lines] == names
    assert all(list(line.right) == [OWN, "trees", "cycles"] for line in lines)
    by_name = dict(zip(names, lines, strict=True))
    assert [found.value for found in by_name[EXACT].right.values()] == [1, 1, 1]
    assert by_name["has a triangle"].right["trees"].value == 1 > by_name["has a triangle"].right["cycles"].value
    assert {by_name[FREQUENT].right[family].value for family in ("trees", "cycles")} == {0, 1}
    gin = by_name["gin"]
    assert (gin.seeds, gin.parameters) == (2, runs[0].size.parameters)
    assert gin.words_on_edge == 2 * TINY["depth"] * runs[0].settings["width"]
    wrong = [evaluation_of_run(tmp_path / run.name, on="cycles").answered[1].value for run in runs]
    assert gin.right["cycles"].value == pytest.approx(1 - sum(wrong) / 2)
    rows = list(csv.DictReader(io.StringIO(lines_as_csv(lines))))
    assert len(rows) == 5 * 3
    for row, (line, where) in zip(rows, [(each, where) for each in lines for where in each.right], strict=True):
        assert (row["question"], row["row"], row["graphs"]) == ("cycle-check", line.name, where)
        assert float(row["accuracy"]) == line.right[where].value and row["seeds"] == str(line.seeds or "")
        assert row["words_on_edge"] == str(line.words_on_edge or "")
    (lone,) = [line for line in lines_of(entries_of(runs[:1]), tmp_path / "seed0") if line.seeds]
    assert lone.right[OWN].value == pytest.approx(1 - runs[0].evaluation.answered[1].value)
