"""A compiled model as a torch module: the same outputs, and weights that can be watched, patched and trained."""

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, note, settings
from hypothesis import strategies as st

from logdepth.artefacts import compile_program, compile_task
from logdepth.artefacts.folder import tensors_of
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table
from logdepth.tasks import make_task
from logdepth.verification.sizes import small_sizes
from logdepth.verification.strategies import drafts, tables

LAST = dict(small_sizes())


@cache
def compiled(name):
    return compile_task(make_task(name, LAST[name]))


def padded(tables):
    """Tables of several lengths as one batch, and the lengths."""
    lengths = np.array([len(next(iter(table.values()))) for table in tables])
    columns = {
        name: np.stack([np.pad(table[name], (0, lengths.max() - len(table[name]))) for table in tables])
        for name in tables[0]
    }
    return columns, lengths


@pytest.mark.parametrize("name", LAST)
def test_the_module_answers_as_the_model_on_single_tables_and_on_batches_of_several_lengths(name):
    model = compiled(name)
    task, module, rng = model.task, model.module(), np.random.default_rng(0)
    given = [task.encode(task.sample(rng, family)) for family in task.families]
    expected = [model.run(columns) for columns in given]
    for columns, outputs in zip(given, expected, strict=True):
        answers = module.answers(columns)
        assert answers.keys() == outputs.keys()
        for output, values in outputs.items():
            assert answers[output].shape == values.shape and answers[output].dtype == torch.int64
            assert np.array_equal(answers[output].numpy(), values)
    batch, lengths = padded(given)
    answers = module.answers({column: torch.as_tensor(values) for column, values in batch.items()}, lengths)
    for row, outputs in enumerate(expected):
        for output, values in outputs.items():
            assert np.array_equal(answers[output][row].numpy(), np.pad(values, (0, lengths.max() - len(values))))


@settings(max_examples=25)
@given(st.data())
def test_the_module_of_a_random_program_answers_as_its_model(data):
    draft = data.draw(drafts())
    note(draft.source)
    program = draft.program()
    try:
        model = compile_program(program)
    except UsageError:
        return  # too large for any format
    columns = data.draw(tables(program))
    answers = model.module().answers(columns)
    for name, values in model.run(columns).items():
        assert np.array_equal(answers[name].numpy(), values)


@pytest.mark.parametrize("name", ["k-hop", "components"])
def test_parameters_are_those_of_the_model_folder_and_come_back_as_a_transformer(name):
    model = compiled(name)
    module = model.module()
    weights = tensors_of(model.transformer)
    assert dict(module.named_parameters()).keys() == weights.keys() == module.state_dict().keys()
    assert all(torch.equal(value, weights[key]) for key, value in module.state_dict().items())
    back = tensors_of(module.to_transformer())
    assert back.keys() == weights.keys() and all(torch.equal(back[key], weights[key]) for key in back)
    fresh = compiled(name).module()
    with torch.no_grad():
        for parameter in fresh.parameters():
            parameter.zero_()
    fresh.load_state_dict(module.state_dict())
    assert all(torch.equal(value, weights[key]) for key, value in fresh.state_dict().items())
    assert all(torch.equal(value, weights[key]) for key, value in tensors_of(model.transformer).items()), "a copy"


def test_columns_may_have_any_names():
    table = Table("names", rows=3)
    names = ["a.b", "forward", "a%2Eb", "x y", "training"]
    inputs = [table.input(name, 2) for name in names]
    for name, column in zip(names, inputs, strict=True):
        table.output(name, table.map(lambda x: 2 - x, column, high=2))
    model = compile_program(table.program())
    module = model.module()
    module.load_state_dict(module.state_dict())
    columns = {name: [0, i % 3, 2] for i, name in enumerate(names)}
    assert {k: v.tolist() for k, v in module.answers(columns).items()} == {
        k: v.tolist() for k, v in model.run(columns).items()
    }


def test_a_hook_on_a_pattern_replaces_what_a_head_reads():
    """With every head looking at the start token alone, an induction head finds nothing."""
    model = compiled("induction-heads")
    module, columns = model.module(), {"token": [1, 2, 1, 2, 1]}
    seen = []

    def at_the_start(_, __, pattern):
        seen.append(pattern.shape)
        return torch.zeros_like(pattern).index_fill(-1, torch.tensor([0]), 1.0)

    before = module.answers(columns)["answer"]
    hooks = [block.attention.pattern.register_forward_hook(at_the_start) for block in module.blocks if block.attention]
    assert not torch.equal(module.answers(columns)["answer"], before)
    assert len(seen) == model.measured.layers
    for hook in hooks:
        hook.remove()
    assert torch.equal(module.answers(columns)["answer"], before)


def test_a_hook_on_a_block_sees_the_residual_stream_of_every_step():
    model = compiled("components")
    module = model.module()
    columns = model.task.encode(model.task.sample(np.random.default_rng(0)))
    _, cache = model.run_with_cache(columns)
    seen = []
    for block in module.blocks:
        block.register_forward_hook(lambda _, __, x: seen.append(x[0].detach()))
    module.answers(columns)
    assert len(seen) == len(cache.residuals) > len(module.blocks), "tied blocks are seen once a step"
    assert all(torch.allclose(found, kept) for found, kept in zip(seen, cache.residuals, strict=True))


@pytest.mark.slow
def test_a_broken_weight_is_trained_back():
    """Gradients reach every kind of weight, and descending them repairs a readout that was halved."""
    model = compiled("induction-heads")
    module = model.module().double()
    columns = {"token": [1, 2, 1, 2, 1, 1]}
    wanted = torch.as_tensor(model.run(columns)["answer"]).double()
    module(columns)["answer"].sum().backward()
    assert all(parameter.grad is not None for parameter in module.parameters())
    with torch.no_grad():
        module.readouts["answer"].mul_(0.5)
    assert not torch.equal(module.answers(columns)["answer"], wanted.long())
    optimiser = torch.optim.Adam(module.readouts.parameters(), lr=0.05)
    for _ in range(60):
        optimiser.zero_grad()
        (module(columns)["answer"] - wanted).square().mean().backward()
        optimiser.step()
    assert torch.equal(module.answers(columns)["answer"], wanted.long())
    repaired = module.to_transformer().run(columns)["answer"]
    assert np.array_equal(repaired, wanted.long().numpy())


def test_readouts_are_nearer_to_their_integers_than_a_quarter():
    model = compiled("k-hop")
    columns = model.task.encode(model.task.sample(np.random.default_rng(0)))
    found = model.module()(columns)["answer"]
    assert found.requires_grad and (found - found.round()).abs().max() < 0.25


@pytest.mark.parametrize(
    ("columns", "lengths", "message"),
    [
        ({}, None, "takes the columns"),
        ([1, 2], None, "as a dict, not a list"),
        ({"token": [1.0]}, None, "takes integers"),
        ({"token": "abc"}, None, "takes numbers, but column 'token' is a text"),
        ({"token": [[1, 2], [3]]}, None, "no array of them"),
        ({"token": ["a"]}, None, "takes integers"),
        ({"token": [99]}, None, "holds 99..99"),
        ({"token": [[[1]]]}, None, "1..12 rows"),
        ({"token": [1] * 13}, None, "1..12 rows"),
        ({"token": [[1, 1]]}, [3], "rows in 1..2"),
        ({"token": [[1, 1]]}, [1, 1], "1 numbers of rows"),
    ],
)
def test_a_module_refuses_what_its_model_does_not_take(columns, lengths, message):
    module = compile_task(make_task("k-hop", {"n": 12, "k": 2, "alphabet": "3"})).module()
    with pytest.raises(UsageError, match=message):
        module(columns, lengths)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(1, 6))
def test_generation_is_the_repeated_answer_to_the_last_row(prompt, steps):
    """The induction head copies: after ab…a comes b. Judge: a search in plain Python."""
    model = compile_task(make_task("induction-heads", {"n": 12, "alphabet": "4"}))
    tokens = list(prompt)
    for _ in range(steps):
        places = [i for i in range(1, len(tokens)) if tokens[i - 1] == tokens[-1]]
        if not places:
            break
        tokens.append(tokens[places[-1]])
    assert model.generate({"token": prompt}, steps)["token"].tolist() == tokens


def test_generation_goes_on_to_the_last_row_unless_it_is_said_how_far():
    table = Table("echo", rows=6, causal=True)
    table.output("same", table.input("token", letters="ab"))
    model = compile_program(table)
    assert model.generate(text="ab")["token"].tolist() == model.generate("ab", 4)["token"].tolist() == [1, *[2] * 5]
    assert model.generate(text="abaaba")["token"].tolist() == [1, 2, 1, 1, 2, 1]


def counting_down():
    table = Table("countdown", rows=6, causal=True)
    x, y = table.input("x", 5), table.input("y", 5)
    table.output("less", table.map(lambda v: (v - 1).clamp(min=0), x, high=5))
    table.output("more", table.map(lambda v: v + 1, y, high=6))
    return compile_program(table.program())


def test_outputs_feed_the_inputs_that_they_are_said_to_feed():
    model = counting_down()
    found = model.generate({"x": [3], "y": [1]}, 4, feed={"x": "less", "y": "more"})
    assert {name: values.tolist() for name, values in found.items()} == {"x": [3, 2, 1, 0, 0], "y": [1, 2, 3, 4, 5]}


@pytest.mark.parametrize(
    ("prompt", "steps", "feed", "message"),
    [
        ({"x": [3], "y": [1]}, 2, None, "Say which by feed"),
        ({"x": [3], "y": [1]}, 2, {"x": "less"}, "Say which by feed"),
        ({"x": [3], "y": [1]}, 2, {"x": "less", "y": "other"}, "Say which by feed"),
        ({"x": [3], "y": [1]}, 6, {"x": "less", "y": "more"}, "take fewer steps"),
        ({"x": [3], "y": [1]}, 0, {"x": "less", "y": "more"}, "steps must be a whole number of at least 1"),
        ({"x": [3], "y": [5]}, 1, {"x": "less", "y": "more"}, "'more' is 6 in row 1, and column 'y' holds 0..5"),
        ({"x": [[3]], "y": [[5]]}, 1, {"x": "less", "y": "more"}, "one table"),
    ],
)
def test_generation_refuses_what_cannot_follow(prompt, steps, feed, message):
    with pytest.raises(UsageError, match=message):
        counting_down().generate(prompt, steps, feed)


def test_only_a_causal_model_generates():
    with pytest.raises(UsageError, match="only a causal model"):
        compiled("sort").generate({"value": [1]}, 1)
