"""Reading models: whatever a study's config.yaml says, and one clear error where it does not say enough."""

import json
import shutil

import pytest
import torch
import yaml
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from logdepth.artefacts import compile_task, write_model
from logdepth.learn.trained.models import CompiledHops, in_words, read_answering
from logdepth.learn.training.run_folder import step_of
from logdepth.learn.training.train import train
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task

SHAPE = Gpt2Shape(vocabulary=12, positions=20, depth=2, heads=2, width=12)
CONFIG = {
    "model": {"depth": 2, "dim_embedding": 12, "family": "gpt2_model", "headcount": 2, "vocab_size": 12},
    "training": {
        "samples": None,
        "task_kwargs": {"char_tokens": 3, "max_hops": 4, "min_hops": 0, "seq_len": 20},
        "task": "InductionHopsFullSequenceTask",
    },
}


def written(folder, config=None, name="model_100.pt", shape=SHAPE):
    """A folder with fresh weights, as the study has them, and a configuration."""
    folder.mkdir(exist_ok=True)
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    torch.save({f"backbone.{key}": value for key, value in network.state_dict().items()}, folder / name)
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG if config is None else config))
    return folder


def without(*names, section=CONFIG):
    """The configuration without these names."""
    return {
        key: without(*names, section=value) if isinstance(value, dict) else value
        for key, value in section.items()
        if key not in names
    }


# --- what can be read ---


def test_a_folder_and_its_file_of_weights_are_the_same_model(tmp_path):
    folder = written(tmp_path / "run")
    whole, alone = read_answering(folder), read_answering(folder / "model_100.pt")
    ids = torch.randint(12, (3, 19))
    assert torch.equal(whole.answers(ids), alone.answers(ids))
    assert whole.network.shape == SHAPE
    assert whole.sizes == {"depth": 2, "heads": 2, "width": 12}
    assert (whole.name, alone.name) == ("run", "run/model_100.pt")
    assert (whole.sampler.n, whole.sampler.letters, whole.sampler.groups) == (20, 3, range(5))


CONFIGS = {
    "without what the weights show": without("depth", "dim_embedding", "vocab_size", "family"),
    "without what has a default": without("seq_len", "min_hops", "samples"),
    "flat": {"headcount": 2, "char_tokens": 3, "max_hops": 4},
    "Hugging Face's names": {"n_head": 2, "n_layer": 2, "n_embd": 12, "task": {"char_tokens": 3, "max_hops": 4}},
    "on deeper levels": {"run": CONFIG},
}


@pytest.mark.parametrize("case", CONFIGS)
def test_configurations_may_vary(tmp_path, case):
    model = read_answering(written(tmp_path / "run", CONFIGS[case]))
    assert model.network.shape == SHAPE
    assert (model.sampler.n, model.sampler.letters, model.sampler.groups) == (20, 3, range(5))


def test_a_configuration_in_json_will_do(tmp_path):
    folder = written(tmp_path / "run")
    (folder / "config.yaml").unlink()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    assert read_answering(folder).network.shape == SHAPE


@pytest.fixture
def saved(tmp_path):
    """What `GPT2Model.save_pretrained` writes, and the task added to its configuration."""
    transformers = pytest.importorskip("transformers")
    network = Gpt2(SHAPE, torch.Generator().manual_seed(0))
    theirs = transformers.GPT2Model(transformers.GPT2Config(**SHAPE.to_hugging_face()))
    theirs.load_state_dict(network.state_dict())
    theirs.save_pretrained(tmp_path / "saved")
    config = json.loads((tmp_path / "saved" / "config.json").read_text())
    (tmp_path / "saved" / "config.json").write_text(json.dumps({**config, "max_hops": 4, "char_tokens": 3}))
    return tmp_path / "saved"


def test_a_folder_of_save_pretrained_is_read(saved):
    model = read_answering(saved)
    assert model.network.shape == SHAPE
    assert (model.sampler.n, model.sampler.letters, model.sampler.groups) == (20, 3, range(5))
    ids = torch.randint(12, (3, 19))
    transformers = pytest.importorskip("transformers")
    theirs = transformers.GPT2Model.from_pretrained(saved).eval()
    assert torch.allclose(model.network(ids), theirs(ids).last_hidden_state, atol=1e-5)


@pytest.mark.parametrize("readout", ["hidden", "linear"])
def test_the_folder_of_a_run_is_one_of_hugging_face(small, tmp_path, readout):
    transformers = pytest.importorskip("transformers")
    train(small(steps=6, readout=readout), tmp_path / "run", "cpu")
    model = read_answering(tmp_path / "run")
    theirs, told = transformers.GPT2Model.from_pretrained(tmp_path / "run", output_loading_info=True)
    assert not told["missing_keys"] and not told["mismatched_keys"]
    assert set(told["unexpected_keys"]) == ({"head.weight", "head.bias"} if readout == "linear" else set())
    ids = torch.randint(model.sampler.vocabulary, (3, 10))
    hidden = theirs.eval()(ids).last_hidden_state
    logits = hidden if readout == "hidden" else model.network.head(hidden)
    assert torch.allclose(model.network(ids), logits, atol=1e-5)
    assert theirs.config.resid_pdrop == 0.1
    with safe_open(tmp_path / "run" / "model.safetensors", "pt") as file:
        assert file.metadata()["format"] == "pt"  # transformers 4 takes no other


def test_runs_of_networks_that_are_no_gpt2_do_not_say_that_they_are(small, tmp_path):
    for network in ("gru", "performer"):
        train(small(steps=6, network=network), tmp_path / network, "cpu")
        assert "model_type" not in json.loads((tmp_path / network / "config.json").read_text())


def test_runs_from_before_hugging_face_are_read(small, tmp_path):
    """Until then config.json had no settings of GPT2Model, and the weights another header."""
    run = tmp_path / "run"
    train(small(steps=6), run, "cpu")
    ids = torch.randint(8, (3, 10))
    expected = read_answering(run).answers(ids)
    config = json.loads((run / "config.json").read_text())
    theirs = SHAPE.to_hugging_face()
    (run / "config.json").write_text(json.dumps({key: value for key, value in config.items() if key not in theirs}))
    for name in ("model.safetensors", "state.safetensors"):
        save_file(load_file(run / name), run / name, {"format": "logdepth-run", "step": "6"})
    assert torch.equal(read_answering(run).answers(ids), expected)
    assert step_of(run) == 6
    assert train(small(steps=6), run, "cpu").done == 6  # nothing is left to do


@pytest.mark.parametrize("name", ["config.json", "config.yaml"])
def test_small_numbers_are_read_as_json_writes_them(tmp_path, name):
    """YAML 1.1 calls the 1e-05 that Hugging Face and Python write a text."""
    folder = written(tmp_path / "run")
    (folder / "config.yaml").unlink()
    shape = Gpt2Shape(**{**SHAPE.__dict__, "epsilon": 3e-06})
    settings = {**shape.to_hugging_face(), "max_hops": 4, "char_tokens": 3}
    (folder / name).write_text(json.dumps(settings))
    assert "3e-06" in (folder / name).read_text()
    assert read_answering(folder).network.shape == shape


def test_sizes_come_in_words():
    assert in_words("gpt2", {"depth": 2, "heads": 1, "width": 8}) == "gpt2, 2 layers, 1 head, width 8"
    sizes = {"depth": 1, "width": 8, "samples": 1000}
    assert in_words("gru", sizes) == "gru, 1 layer, width 8, trained on 1,000 sequences"


def test_samples_of_training_are_known(tmp_path):
    assert read_answering(written(tmp_path / "run", {**CONFIG, "samples": 1000})).sizes["samples"] == 1000


def test_the_latest_weights_are_taken(tmp_path):
    folder = written(tmp_path / "run", name="model_9.pt")
    written(folder, name="model_10.pt", shape=SHAPE)
    (folder / "model_9.pt").write_bytes(b"of yesterday")
    shutil.copy(folder / "model_10.pt", folder / "state.pt")
    read_answering(folder)
    (folder / "model_10.pt").unlink()
    (folder / "model_9.pt").unlink()
    read_answering(folder)  # state.pt


@pytest.mark.parametrize("k", [0, 1, 3])
@pytest.mark.parametrize("n", [10, 120])
def test_compiled_models_answer_in_the_same_layout_and_are_right(tmp_path, k, n):
    write_model(compile_task(make_task("k-hop", {"n": n, "k": k, "alphabet": "3"})), tmp_path / "hops")
    model = read_answering(tmp_path / "hops")
    assert isinstance(model, CompiledHops)
    assert model.sampler.n == min(n + 2, 100)
    batch = model.sampler.draw(20, torch.Generator().manual_seed(0))
    assert torch.equal(model.answers(batch.inputs), batch.targets)


def test_compiled_induction_heads_are_one_hop(tmp_path):
    write_model(compile_task(make_task("induction-heads", {"n": 30})), tmp_path / "heads")
    model = read_answering(tmp_path / "heads")
    batch = model.sampler.draw(20, torch.Generator().manual_seed(0))
    assert model.sampler.groups == range(1, 2)
    assert torch.equal(model.answers(batch.inputs), batch.targets)


# --- what cannot ---

REFUSED = {
    "no heads": (without("headcount"), "does not say heads. Add it as `headcount: NUMBER`"),
    "no letters": (without("char_tokens"), "does not say letters"),
    "no hops": (without("max_hops"), "does not say most hops"),
    "heads in words": ({**without("headcount"), "headcount": "two"}, 'heads in .* must be a whole number; it is "two"'),
    "another depth": ({**without("depth"), "depth": 3}, "says depth 3, and the weights in model_100.pt have 2"),
    "another width": ({**without("dim_embedding"), "n_embd": 64}, "says width 64, and the weights .* have 12"),
    "heads that do not divide": ({**without("headcount"), "headcount": 5}, "5 do not divide 12"),
    "more tokens than positions": ({**without("seq_len"), "seq_len": 40}, "sequences of 39 tokens with 10 ids"),
    "more hops than ids": ({**without("max_hops"), "max_hops": 9}, "with 15 ids; the weights .* with 12 ids"),
    "two numbers of heads": (
        {**CONFIG, "n_head": 4},
        "says headcount: 2, and config.yaml says n_head: 4; of heads there is one",
    ),
    "epsilon in words": ({**CONFIG, "layer_norm_epsilon": "small"}, 'epsilon in .* must be a number; it is "small"'),
    "an endless epsilon": ({**CONFIG, "layer_norm_epsilon": "inf"}, 'epsilon in .* must be a number; it is "inf"'),
    "no epsilon at all": ({**CONFIG, "layer_norm_epsilon": 0}, "epsilon of a GPT-2 is above 0; got 0.0"),
    "a switch": ({**CONFIG, "dropout": True}, "dropout in .* must be a number; it is true"),
    "another head": (
        {**CONFIG, "architectures": ["GPT2ForTokenClassification"]},
        "GPT2ForTokenClassification.*, which has logits of its own",
    ),
    "another function": ({**CONFIG, "activation_function": "relu"}, "this one has 'relu'"),
    "no letters at all": ({**without("char_tokens"), "char_tokens": 1}, "letters must be a whole number from 2"),
    "a list": ([1, 2], "it holds no names with values"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_configurations_that_do_not_fit_are_refused_by_name(tmp_path, case):
    config, message = REFUSED[case]
    with pytest.raises(UsageError, match=message) as refusal:
        read_answering(written(tmp_path / "run", config))
    assert str(tmp_path / "run") in str(refusal.value)


def test_weights_that_are_no_gpt2_are_refused_by_name(tmp_path):
    folder = written(tmp_path / "run")
    state = torch.load(folder / "model_100.pt")
    del state["backbone.h.1.ln_2.bias"]
    torch.save(state, folder / "model_100.pt")
    with pytest.raises(UsageError, match=r"run/model_100\.pt: this GPT-2 has no weight 'h.1.ln_2.bias'"):
        read_answering(folder)


def test_a_configuration_that_is_no_yaml_is_refused_with_its_line(tmp_path):
    folder = written(tmp_path / "run")
    (folder / "config.yaml").write_text("model:\n  depth: [3\nheads: 4\n")
    with pytest.raises(UsageError, match=r"config\.yaml is no configuration that can be read: line 3"):
        read_answering(folder)


def test_a_configuration_that_is_no_json_is_refused_with_its_line(tmp_path):
    folder = written(tmp_path / "run")
    (folder / "config.yaml").unlink()
    (folder / "config.json").write_text('{"headcount": 2,\n"max_hops": }')
    with pytest.raises(UsageError, match=r"config\.json is no configuration that can be read: .*line 2"):
        read_answering(folder)


def test_a_configuration_never_executes_code(tmp_path):
    folder = written(tmp_path / "run")
    (folder / "config.yaml").write_text(f"heads: !!python/object/apply:os.mkdir ['{tmp_path / 'sprung'}']\n")
    with pytest.raises(UsageError, match="no configuration that can be read"):
        read_answering(folder)
    assert not (tmp_path / "sprung").exists()


def test_folders_without_what_is_needed_are_refused(tmp_path):
    with pytest.raises(UsageError, match="there is no checkpoint"):
        read_answering(tmp_path / "none")
    folder = written(tmp_path / "run")
    (folder / "model_100.pt").unlink()
    with pytest.raises(UsageError, match="run has no weights"):
        read_answering(folder)
    for name in ("a.pt", "b.pt"):
        written(folder, name=name)
    with pytest.raises(UsageError, match=r"several files of weights: a\.pt, b\.pt"):
        read_answering(folder)
    (folder / "config.yaml").unlink()
    with pytest.raises(UsageError, match=r"run has no config\.yaml or config\.yml or config\.json"):
        read_answering(folder)


def test_compiled_models_of_other_tasks_are_refused(tmp_path):
    write_model(compile_task(make_task("sort", {"n": 4})), tmp_path / "sort")
    with pytest.raises(UsageError, match="is a model of sort; only those of k-hop"):
        read_answering(tmp_path / "sort")
    write_model(compile_task(make_task("k-hop", {"n": 4, "k": 1, "alphabet": "1"})), tmp_path / "one")
    with pytest.raises(UsageError, match="alphabet of one letter"):
        read_answering(tmp_path / "one")


@pytest.mark.parametrize("depth", [3, 4])
def test_the_published_checkpoints_are_read(published, depth):
    model = read_answering(published / f"width4-depth{depth}")
    assert model.sizes == {"depth": depth, "heads": 4, "width": 128}
    assert (model.sampler.length, model.sampler.vocabulary, model.sampler.groups) == (99, 23, range(17))
