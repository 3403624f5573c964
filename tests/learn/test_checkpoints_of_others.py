"""Checkpoints as people have them: each answers as Hugging Face's own forward pass does, or is refused by name."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from logdepth.learn.evaluation.evaluate import evaluate, find_procedure
from logdepth.learn.trained.models import Answering, read_answering
from logdepth.learn.trained.simulate import simulate_trained
from logdepth.networks import find_weights
from logdepth.numerics.errors import UsageError

transformers = pytest.importorskip("transformers")

TASK = {"max_hops": 2, "char_tokens": 4}  # 9 token ids: k = 0..2, four letters, no answer, blank
SIZES = {"vocab_size": 11, "n_positions": 24, "n_embd": 16, "n_layer": 2, "n_head": 2}
CORRECTED = find_procedure("corrected")


def network(kind="GPT2Model", **settings):
    """A GPT-2 of Hugging Face with weights large enough that its answers differ."""
    config = transformers.GPT2Config(**SIZES, initializer_range=0.4, bos_token_id=None, eos_token_id=None, **settings)
    torch.manual_seed(0)
    return getattr(transformers, kind)(config).eval()


def with_task(folder, **changes):
    """The folder, with the task in its configuration."""
    place = folder / "config.json"
    config = json.loads(place.read_text()) | TASK | changes
    place.write_text(json.dumps({name: value for name, value in config.items() if value is not ...}))
    return folder


def saved(folder, model, **options):
    model.save_pretrained(folder, **options)
    return with_task(folder)


def pickled(folder, model, content=lambda state: state, **options):
    """The same with `torch.save`, as what `content` makes of the state dict."""
    saved(folder, model)
    (folder / "model.safetensors").unlink()
    torch.save(content(model.state_dict()), folder / "pytorch_model.bin", **options)
    return folder


@dataclass(frozen=True, eq=False)
class Theirs(Answering):
    """The model of Hugging Face itself, asked in the same way."""

    model: torch.nn.Module

    architecture, sizes, readout, file = "theirs", {}, "theirs", Path()

    def answers(self, inputs, dropout=False):
        output = self.model(inputs)
        logits = output.logits if hasattr(output, "logits") else output.last_hidden_state
        return logits.argmax(-1)


def check_equal(path, model):
    """What we read from there answers as the model does: token by token, and so in the errors of an evaluation."""
    ours = read_answering(path)
    theirs = Theirs(Path(), ours.sampler, model)
    ids = torch.randint(11, (50, 23), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(ours.answers(ids), theirs.answers(ids))
    found, expected = (evaluate(it, CORRECTED, sequences=20) for it in (ours, theirs))
    assert found.answered == expected.answered and found.everywhere == expected.everywhere
    assert len({rate.wrong for rate in found.answered.values()}) > 1  # the errors say something
    return ours


# --- read ---

HEADS = {
    "no head": network,
    "a tied head": lambda: network("GPT2LMHeadModel"),
    "a head of its own": lambda: network("GPT2LMHeadModel", tie_word_embeddings=False),
}
FORMS = {
    "safetensors": lambda folder, model: saved(folder, model),
    "safetensors in parts": lambda folder, model: saved(folder, model, max_shard_size="8KB"),
    "a zip of torch.save": lambda folder, model: pickled(folder, model),
    "a row of pickles": lambda folder, model: pickled(folder, model, _use_new_zipfile_serialization=False),
    "a training state": lambda folder, model: pickled(folder, model, lambda state: {"model": state, "step": 3}),
    "wrapped for many devices": lambda folder, model: pickled(
        folder, model, lambda state: {f"module._orig_mod.{name}": value for name, value in state.items()}
    ),
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("form", FORMS)
def test_a_checkpoint_answers_as_hugging_face_does(tmp_path, head, form):
    model = HEADS[head]()
    ours = check_equal(FORMS[form](tmp_path / "saved", model), model)
    assert ours.readout == ("the last hidden state" if head == "no head" else "a linear head")
    theirs = type(model).from_pretrained(tmp_path / "saved").eval() if form.startswith("safetensors") else model
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), theirs.parameters(), strict=True))


def test_a_checkpoint_that_names_no_task_runs_on_machines_on_random_tokens_and_is_not_evaluated(tmp_path):
    model = network("GPT2LMHeadModel")
    folder = with_task(saved(tmp_path / "saved", model), max_hops=..., char_tokens=...)
    ours = read_answering(folder)
    assert (ours.sampler.length, ours.sampler.vocabulary) == (24, 11)
    ids = ours.sampler.draw(5, torch.Generator().manual_seed(0)).inputs
    with torch.no_grad():
        assert torch.equal(ours.answers(ids), model(ids).logits.argmax(-1))
    with pytest.raises(UsageError, match="a model of an unknown task, so that no answer is right or wrong"):
        evaluate(ours, CORRECTED)
    shorter = read_answering(with_task(folder, max_hops=..., char_tokens=..., seq_len=5))
    assert [found.same for found in simulate_trained(shorter, sequences=2)] == [True, True]


def test_another_kind_of_network_is_called_by_its_name(tmp_path):
    with pytest.raises(UsageError, match='says model_type: "gpt_neox"; checkpoints of GPT-2 alone are read'):
        read_answering(with_task(saved(tmp_path / "saved", network()), model_type="gpt_neox"))


def test_parts_of_torch_save_are_read_and_may_be_named_by_their_index(tmp_path):
    model = network()
    folder = pickled(tmp_path / "saved", model)
    (folder / "pytorch_model.bin").unlink()
    items = list(model.state_dict().items())
    parts = {f"pytorch_model-0000{i + 1}-of-00003.bin": dict(items[i::3]) for i in range(3)}
    for name, part in parts.items():
        torch.save(part, folder / name)
    weight_map = {weight: name for name, part in parts.items() for weight in part}
    index = folder / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}))
    assert check_equal(folder, model).file == index
    check_equal(index, model)


def test_half_precision_computes_in_float32(tmp_path):
    model = network().half()
    check_equal(saved(tmp_path / "saved", model), model.float())


def test_masks_of_earlier_versions_are_no_weights(tmp_path):
    model = network()
    mask = torch.ones(24, 24).tril().to(torch.uint8)[None, None]
    masks = {f"h.{i}.attn.bias": mask for i in range(2)} | {
        f"h.{i}.attn.masked_bias": torch.tensor(-1e4) for i in (0, 1)
    }
    check_equal(pickled(tmp_path / "saved", model, lambda state: state | masks), model)


def test_a_head_beside_a_configuration_of_ones_own_is_the_readout(tmp_path):
    """Such as a training script of one's own writes: nothing says what class the model was."""
    model = network("GPT2LMHeadModel", tie_word_embeddings=False)
    folder = pickled(tmp_path / "saved", model)
    (folder / "config.json").unlink()
    (folder / "config.yaml").write_text("model: {n_head: 2}\ntask: {max_hops: 2, char_tokens: 4}\n")
    check_equal(folder, model)


# --- which file ---


def test_the_weights_stand_out_among_what_a_trainer_writes(tmp_path):
    model = network()
    folder = pickled(tmp_path / "saved", model)
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "rng_state_0.pth", "training_args.bin", "scaler.pt"):
        torch.save({"a": torch.zeros(1)}, folder / name)
    assert check_equal(folder, model).file == folder / "pytorch_model.bin"
    save_file(dict(model.state_dict()), folder / "model.safetensors")
    assert find_weights(folder) == folder / "model.safetensors"
    (folder / "pytorch_model.bin").unlink()
    (folder / "model.safetensors").unlink()
    with pytest.raises(UsageError, match="saved has several files of weights"):
        read_answering(folder)


# --- refused ---


def refused(folder, *words):
    with pytest.raises(UsageError) as refusal:
        read_answering(folder)
    message = str(refusal.value)
    assert "\n" not in message
    for word in words:
        assert word in message


LORA = "base_model.model.h.0.attn.c_attn"
UNUSED = {
    "a norm more": {"h.0.ln_3.weight": torch.ones(16)},
    "another head": {"score.weight": torch.ones(3, 16)},
    "a value head": {"v_head.summary.weight": torch.ones(1, 16)},
    "a relative position": {"h.1.attn.rotary.inv_freq": torch.ones(4)},
    "an adapter": {
        f"{LORA}.lora_A.default.weight": torch.ones(2, 16),
        f"{LORA}.lora_B.default.weight": torch.ones(48, 2),
    },
    "a mask that is not causal": {"h.0.attn.bias": torch.ones(1, 1, 24, 24)},
}


@pytest.mark.parametrize("case", UNUSED)
def test_tensors_that_nothing_uses_are_refused_by_name(tmp_path, case):
    folder = pickled(tmp_path / "saved", network(), lambda state: state | UNUSED[case])
    name = next(iter(UNUSED[case]))
    refused(folder, "pytorch_model.bin", f"a GPT-2 does not use {name!r}")
    if case == "an adapter":
        refused(folder, "Merge the LoRA")


def test_a_lora_alone_is_refused(tmp_path):
    folder = saved(tmp_path / "saved", network())
    (folder / "model.safetensors").unlink()
    save_file(UNUSED["an adapter"], folder / "adapter_model.safetensors")
    refused(folder, "adapter_model.safetensors", "have 0. Merge the LoRA into its model first")


def test_a_head_that_contradicts_the_configuration_is_refused(tmp_path):
    free = network("GPT2LMHeadModel", tie_word_embeddings=False)
    folder = saved(tmp_path / "saved", free)
    with_task(folder, tie_word_embeddings=True)
    refused(folder, "embeddings are tied", "'lm_head.weight' is not 'transformer.wte.weight'")
    with_task(folder, tie_word_embeddings="yes")
    refused(folder, 'tie_word_embeddings: "yes"; it must be true or false')
    with_task(folder, architectures=["GPT2Model"], tie_word_embeddings=False)
    refused(folder, "architectures: GPT2Model", "'lm_head.weight'")
    tied = saved(tmp_path / "tied", network("GPT2LMHeadModel"))
    with_task(tied, tie_word_embeddings=False)
    refused(tied, "tie_word_embeddings: false", "no lm_head.weight")


CONTRADICTIONS = {
    "positions": ({"n_positions": 12}, "says positions 12, and the weights in model.safetensors have 24"),
    "heads and layers": ({"n_layer": 3}, "says depth 3, and the weights in model.safetensors have 2"),
    "two dropouts": ({"attn_pdrop": 0.3}, "attn_pdrop: 0.3; of dropout there is one"),
    "scaled by layer": ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx"),
    "no text": ({"n_head": {"of": 2}}, "does not say heads"),
    "a list of heads": ({"n_head": [2]}, "heads in"),
    "not one head": ({"n_head": 0}, "heads of a GPT-2 is a whole number from 1"),
    "2^63 heads": ({"n_head": 2**63}, "9223372036854775808 do not divide 16"),
    "2^63 tokens": ({"seq_len": 2**63}, "seq_len"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_configuration_that_the_weights_contradict_is_refused(tmp_path, case):
    changes, message = CONTRADICTIONS[case]
    if case == "2^63 tokens":
        message = "n must be"
    refused(with_task(saved(tmp_path / "saved", network()), **changes), "config.json", message)


def test_two_configurations_that_differ_are_refused_with_both_values(tmp_path):
    folder = saved(tmp_path / "saved", network())
    (folder / "config.yaml").write_text("n_head: 4\n")
    refused(folder, "config.yaml says n_head: 4, and config.json says n_head: 2; of heads there is one")
    (folder / "config.yaml").write_text("headcount: 2\nlr: 0.1\n")
    check_equal(folder, network())


def test_a_configuration_that_says_a_name_twice_is_refused(tmp_path):
    folder = saved(tmp_path / "saved", network())
    (folder / "config.yaml").write_text("n_head: 2\nn_head: 4\n")
    refused(folder, "config.yaml", "'n_head' is said twice")
    (folder / "config.yaml").unlink()
    (folder / "config.json").write_text('{"n_head": 2, "n_head": 4}')
    refused(folder, "config.json", "two things of 'n_head'")


def multiplied(first, form):
    """24 names, each of which is twice the one before."""
    lines = [f"x0: &x0 {first}", *(f"x{i}: &x{i} {form.format(f'*x{i - 1}, *x{i - 1}')}" for i in range(1, 25))]
    return "\n".join(lines)


HOSTILE = {
    "aliases that multiply": multiplied("[x, x]", "[{}]"),
    "merged aliases that multiply": multiplied("{x: 1}", "{{<<: [{}]}}"),
    "itself": "&a\nx: *a\n",
    "depth": "x: {" * 3000 + "}" * 3000,
    "levels": "\n".join(" " * i + "x:" for i in range(60)) + " 1",
    "length": "x: 1\n" * 300_000,
    "settings": "\n".join(f"x{i}: 1" for i in range(11_000)),
    "letters of no text": b"\xff\xfe\xff",
    "a time that is none": "x: 2026-99-99\n",
    "a number that is none": "n_head: 0x\n",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_configuration_that_is_hostile_is_refused(tmp_path, case):
    folder = saved(tmp_path / "saved", network())
    text = HOSTILE[case]
    (folder / "config.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(folder, "config.yaml")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_finite_numbers_are_refused(tmp_path, value):
    model = network()
    model.h[1].ln_2.bias.data[3] = value
    refused(saved(tmp_path / "saved", model), "model.safetensors", "'h.1.ln_2.bias' holds what is no finite number")


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.int32, torch.complex64])
def test_numbers_of_another_kind_are_refused(tmp_path, kind):
    folder = saved(tmp_path / "saved", network())
    state = load_file(folder / "model.safetensors")
    save_file(state | {"wpe.weight": state["wpe.weight"].to(kind)}, folder / "model.safetensors")
    refused(folder, "model.safetensors", "'wpe.weight' is")


def test_parts_that_are_not_those_of_the_index_are_refused(tmp_path):
    folder = saved(tmp_path / "saved", network(), max_shard_size="8KB")
    index = folder / "model.safetensors.index.json"
    whole = json.loads(index.read_text())
    name, part = next(iter(whole["weight_map"].items()))

    def say(**weight_map):
        index.write_text(json.dumps({"weight_map": {**whole["weight_map"], **weight_map}}))

    say(more=part)
    refused(folder, f"{part} has no weight 'more'")
    say(**{name: "../saved/" + part})
    refused(folder, "no file of weights beside it")
    say(**{name: 3})
    refused(folder, f"weight_map.{name} is 3; it must be text")
    index.write_text(json.dumps({"weight_map": {k: v for k, v in whole["weight_map"].items() if k != name}}))
    refused(folder, f"{part} also has weight {name!r}")
    index.write_text("[]")
    refused(folder, "it must be an object")
    index.write_text(json.dumps(whole))
    refused(folder / part, "is one part of weights that are in several files")
    (folder / part).unlink()
    refused(folder, f"there is no file {folder / part}")
    index.unlink()
    refused(folder, "and no model.safetensors.index.json")


def test_sizes_that_no_weights_stand_behind_take_no_memory(tmp_path):
    """An embedding of 10^5 numbers a token would need matrices of 10^10."""
    folder = saved(tmp_path / "saved", network())
    state = load_file(folder / "model.safetensors")
    state |= {"wte.weight": torch.zeros(11, 10**5), "h.0.mlp.c_fc.weight": torch.zeros(1, 10**6)}
    save_file(state, folder / "model.safetensors")
    refused(folder, "must have shape (24, 100000)")


def test_a_folder_in_place_of_weights_is_refused(tmp_path):
    folder = saved(tmp_path / "saved", network())
    (folder / "model.safetensors").unlink()
    shutil.copytree(tmp_path / "saved", folder / "model.safetensors")
    refused(folder, "model.safetensors is a folder, not a file")
