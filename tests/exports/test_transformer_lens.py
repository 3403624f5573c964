"""In TransformerLens, `run_with_cache` shows the attention patterns that ours shows.

They are equal bit by bit. Scores are integers below 2^mantissa times a power of two, so no order of summation rounds
them; queries are doubled and scores halved, and zeros are padded, all of which is exact: both softmaxes see the same
numbers.
"""

import json
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from logdepth.artefacts import compile_task, describe
from logdepth.exports import load_transformer_lens
from logdepth.exports import transformer_lens as lens
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task

QUICK = [
    *[("induction-heads", "float64"), ("k-hop", "float32"), ("prefix-sum", "float32"), ("list-ranking", "float64")],
    *[("sort", "float32"), ("node-degree", "float32"), ("components", "float32")],
]
DTYPES = ("float32", "float64")
REST = sorted({(name, DTYPES[place % 2]) for place, name in enumerate(TASKS)} - set(QUICK))
"""Every other task in one of the two formats."""

LARGER = ["components", "k-hop", "sparse-averaging"]
"""Heads of every kind, at the size that is the default; every task is there at n = 6."""


def opened(model, path):
    lens.write_transformer_lens(model, path)
    return load_transformer_lens(path)


def assert_same_inside(task, model, bridge, instance):
    """Every head of every layer, and the answers."""
    transformer, columns = model.transformer, task.encode(instance)
    expected, ours = transformer.run_with_cache(columns)
    output, theirs = bridge.run_with_cache(lens.lens_input(transformer, columns))
    for step, pattern in enumerate(ours.patterns):
        if pattern is not None:
            assert torch.equal(theirs[f"blocks.{step}.attn.hook_pattern"][0, : len(pattern)], pattern), step
    answers = {name: values[0] for name, values in lens.lens_answers(transformer, output).items()}
    assert answers.keys() == expected.keys() and all(np.array_equal(answers[name], expected[name]) for name in expected)
    assert np.array_equal(task.decode(answers, instance), task.solve(instance))


@pytest.mark.parametrize(("name", "dtype"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in REST)])
def test_every_pattern_and_answer_is_the_same(name, dtype, tmp_path):
    task = make_task(name, {"n": 6})
    model = compile_task(task, dtype)
    bridge = opened(model, tmp_path / "model.safetensors")
    assert bridge.W_E.dtype == model.transformer.dtype
    rng = np.random.default_rng(0)
    for family in task.families[:2]:
        assert_same_inside(task, model, bridge, task.sample(rng, family))


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGER)
def test_every_pattern_and_answer_is_the_same_at_the_size_that_is_the_default(name, tmp_path):
    task = make_task(name)
    model = compile_task(task)
    bridge = opened(model, tmp_path / "model.safetensors")
    assert_same_inside(task, model, bridge, task.sample(np.random.default_rng(0), size=task.largest))


@pytest.mark.parametrize("name", ["k-hop", "list-ranking"])  # causal; bidirectional with tied blocks
def test_the_residual_stream_is_the_same_in_every_column(name, tmp_path):
    task = make_task(name, {"n": 10})
    model = compile_task(task)
    bridge = opened(model, tmp_path / "model.safetensors")
    columns = task.encode(task.sample(np.random.default_rng(0), size=10))
    _, ours = model.transformer.run_with_cache(columns)
    _, theirs = bridge.run_with_cache(lens.lens_input(model.transformer, columns))
    assert len(ours.residuals) == bridge.cfg.n_layers
    for step, residual in enumerate(ours.residuals):
        assert torch.equal(theirs[f"blocks.{step}.hook_resid_post"][0], residual)


def test_a_batch_runs_at_once(tmp_path):
    task = make_task("sparse-averaging", {"n": 5, "q": 2})
    model = compile_task(task)
    bridge = opened(model, tmp_path / "model.safetensors")
    tables = [task.encode(task.sample(np.random.default_rng(seed), size=5)) for seed in range(4)]
    columns = {name: np.stack([table[name] for table in tables]) for name in task.inputs}
    answers = lens.lens_answers(model.transformer, bridge(lens.lens_input(model.transformer, columns)))
    assert np.array_equal(answers["sum"], model.transformer.run(columns)["sum"])


def test_columns_become_one_token_in_mixed_radix():
    transformer = compile_task(make_task("edge-existence", {"n": 4})).transformer
    assert lens.vocabulary(transformer) == lens.Vocabulary((0,), ({"u": 10, "v": 2, "question": 1},), 50)
    columns = {"u": np.array([0, 3]), "v": np.array([0, 4]), "question": np.array([0, 1])}
    assert lens.lens_input(transformer, columns).tolist() == [[50, 0, 39]]
    table = lens.embedding(transformer)
    by_column = sum(transformer.embeddings[name][values[1]] for name, values in columns.items())
    assert torch.equal(table[39], by_column) and not table[50].any()


def test_too_many_combinations_become_embeddings_that_are_added_up(tmp_path, monkeypatch):
    monkeypatch.setattr(lens, "MOST_TOKENS", 100)
    task = make_task("sparse-averaging", {"n": 6, "q": 2})
    model = compile_task(task)
    words = lens.vocabulary(model.transformer)
    assert words.first == (0, 16, 23) and words.start == 30
    assert lens.lens_input(model.transformer, task.encode(task.sample(np.random.default_rng(0)))).is_floating_point()
    bridge = opened(model, tmp_path / "model.safetensors")
    for seed in range(5):
        assert_same_inside(task, model, bridge, task.sample(np.random.default_rng(seed)))


def test_an_output_has_a_logit_for_every_value_only_where_that_is_exact():
    def readings(name, dtype, **parameters):
        return lens.logits(compile_task(make_task(name, parameters), dtype).transformer)

    assert readings("k-hop", "float32", n=5, k=1) == [lens.Logits("answer", 4, 0, True)]
    assert readings("prefix-sum", "float32", n=836) == [lens.Logits("answer", 836, 0, True)]
    assert readings("prefix-sum", "float32", n=837) == [lens.Logits("answer", 837, 0, False)]  # 24 · 837² > 2^24
    assert readings("prefix-sum", "float64", n=837) == [lens.Logits("answer", 837, 0, True)]
    assert readings("prefix-sum", "float64", n=4096) == [lens.Logits("answer", 4096, 0, False)]


@pytest.mark.parametrize("parameters", [{"n": 836}, {"n": 837}])
def test_the_answers_are_right_on_both_sides_of_that_border(parameters, tmp_path):
    task = make_task("prefix-sum", parameters)
    model = compile_task(task, "float32")
    bridge = opened(model, tmp_path / "model.safetensors")
    for family in task.families:
        assert_same_inside(task, model, bridge, task.sample(np.random.default_rng(0), family, task.largest))


def test_a_model_without_blocks_and_one_without_attention_open_too(tmp_path):
    k_hop = compile_task(make_task("k-hop", {"n": 5, "k": 0}))
    assert not k_hop.transformer.order
    bridge = opened(k_hop, tmp_path / "model.safetensors")
    assert_same_inside(k_hop.task, k_hop, bridge, k_hop.task.sample(np.random.default_rng(0)))


def test_the_file_opens_as_its_documentation_says(tmp_path):
    task = make_task("k-hop", {"n": 9, "k": 3})
    model = compile_task(task)
    lens.write_transformer_lens(model, tmp_path / "model.safetensors")
    _, _, code = lens.__doc__.partition("\n\n    ")
    code, _, _ = code.partition("\n\nThe metadata")
    assert code.count("\n") <= 10
    scope = {"path": tmp_path / "model.safetensors"}
    exec(code.replace("\n    ", "\n"), scope)
    assert_same_inside(task, model, scope["bridge"], task.sample(np.random.default_rng(0)))
    with safe_open(scope["path"], "pt") as file:
        about = json.loads(file.metadata()["logdepth"])
    assert about["tokens"] == {"first": [0], "strides": [{"token": 1}], "start": 5}
    assert about["logits"] == [{"name": "answer", "high": 4, "first": 0, "classes": True}]
    assert about.items() >= json.loads(json.dumps(describe(model))).items()


def test_writing_needs_no_transformer_lens_and_opening_names_the_extra(tmp_path, monkeypatch):
    model = compile_task(make_task("broadcast", {"n": 3}))
    monkeypatch.setitem(sys.modules, "transformer_lens", None)
    lens.write_transformer_lens(model, tmp_path / "model.safetensors")
    with pytest.raises(UsageError, match=r"pip install 'logdepth\[transformer-lens\]'"):
        load_transformer_lens(tmp_path / "model.safetensors")


def test_a_file_that_is_no_export_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    refused = pytest.raises(UsageError, match="is no TransformerLens export")
    with pytest.raises(UsageError, match="there is no file"):
        load_transformer_lens(path)
    path.write_bytes(b"no safetensors")
    with refused:
        load_transformer_lens(path)
    save_file({"positions": torch.zeros(2)}, path)
    with refused:
        load_transformer_lens(path)
    save_file({"positions": torch.zeros(2)}, path, {"logdepth": '{"config": {}}'})
    with refused:
        load_transformer_lens(path)
    model = compile_task(make_task("broadcast", {"n": 3}))
    lens.write_transformer_lens(model, path)
    path.write_bytes(path.read_bytes()[:-1])
    with refused:
        load_transformer_lens(path)
