"""GPT-2 weights as attention layers: the protocol computes what a plain forward pass computes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import gelu, layer_norm, softmax

from logdepth.arrows.transformer_to_mpc import (
    TOKENS,
    Trees,
    gpt2_embedded,
    gpt2_layers,
    sizes,
    token_records,
    transformer_to_mpc,
)
from logdepth.mpc import run_locally
from logdepth.networks import load_weights
from logdepth.numerics.errors import UsageError

AGREEMENT = 1e-9  # T2 in float64: sums of softmax weights are merged in another order

FOUR_HEADS = {"n_head": 4, "n_layer": 4, "activation_function": "gelu_new"}
FIRST_LETTER, NO_ANSWER = 17, 21  # token ids of the published checkpoints: 0..16 are k, 17..20 the letters


def forward(state, heads, ids, prefix="", epsilon=1e-5):
    """`GPT2Model` in evaluation mode, (N, width) float64: a forward pass as PyTorch would have it."""
    weights = {name: value.double() for name, value in state.items()}

    def norm(x, name):
        return layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon)

    def linear(x, name):
        return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    x = weights[f"{prefix}wte.weight"][ids] + weights[f"{prefix}wpe.weight"][: len(ids)]
    future = torch.ones(len(ids), len(ids), dtype=torch.bool).triu(1)
    block = 0
    while (name := f"{prefix}h.{block}") + ".ln_1.weight" in weights:
        projected = linear(norm(x, f"{name}.ln_1"), f"{name}.attn.c_attn")
        query, key, value = (part.unflatten(-1, (heads, -1)).transpose(0, 1) for part in projected.chunk(3, dim=-1))
        scores = (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).masked_fill(future, -torch.inf)
        mixed = (softmax(scores, dim=-1) @ value).transpose(0, 1).flatten(1)
        x = x + linear(mixed, f"{name}.attn.c_proj")
        hidden = gelu(linear(norm(x, f"{name}.ln_2"), f"{name}.mlp.c_fc"), approximate="tanh")
        x = x + linear(hidden, f"{name}.mlp.c_proj")
        block += 1
    return norm(x, f"{prefix}ln_f").numpy()


def random_state(seed=0, width=12, layers=3, vocabulary=7, positions=40, prefix=""):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    state = {"wte.weight": draw(vocabulary, width), "wpe.weight": draw(positions, width)}
    for name in [f"h.{layer}.{norm}" for layer in range(layers) for norm in ("ln_1", "ln_2")] + ["ln_f"]:
        state |= {f"{name}.weight": 1 + 0.3 * draw(width), f"{name}.bias": draw(width)}
    for layer in range(layers):
        for name, inputs, outputs in (
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, 4 * width),
            ("mlp.c_proj", 4 * width, width),
        ):
            state |= {f"h.{layer}.{name}.weight": draw(inputs, outputs) / 2, f"h.{layer}.{name}.bias": draw(outputs)}
    return {prefix + name: value for name, value in state.items()}


def simulated(state, config, ids, memory):
    layers = gpt2_layers(state, config)
    protocol = transformer_to_mpc(layers, len(ids), True, memory)
    return run_locally(protocol, token_records(gpt2_embedded(state, ids)))


@pytest.mark.parametrize("heads", [1, 3, 4])
@pytest.mark.parametrize(("tokens", "memory", "depth"), [(1, 100, 1), (5, 1000, 1), (40, 420, 2), (40, 90, 6)])
def test_the_protocol_computes_gpt2_in_two_depths_a_layer(heads, tokens, memory, depth):
    state, ids = random_state(heads), np.random.default_rng(heads).integers(0, 7, tokens)
    run = simulated(state, {"n_head": heads}, ids, memory)
    assert np.abs(run.memory[TOKENS]["x"] - forward(state, heads, ids)).max() <= AGREEMENT
    assert run.rounds == 2 * depth * 3
    assert max(run.most_sent, run.most_received) <= memory


def test_a_model_around_gpt2_may_have_a_head_and_buffers():
    state, ids = random_state(prefix="transformer."), np.arange(7)
    whole = {
        **state,
        "lm_head.weight": torch.zeros(7, 12),
        "transformer.h.0.attn.bias": torch.ones(40, 40).tril()[None, None],
    }
    run = simulated(whole, {"n_head": 2, "layer_norm_epsilon": 1e-3}, ids, 400)
    expected = forward(state, 2, ids, "transformer.", epsilon=1e-3)
    assert np.abs(run.memory[TOKENS]["x"] - expected).max() <= AGREEMENT


def changed(name, value):
    """A state dict with one weight of another shape, or without it."""
    state = random_state()
    if value is None:
        del state[name]
    else:
        state[name] = value
    return state


STATES = {
    "no weights": ({}, "one 'wte.weight', its token embedding; these have 0"),
    "a missing weight": (changed("h.1.ln_2.bias", None), "no weight 'h.1.ln_2.bias'. Did you mean"),
    "no positions": (changed("wpe.weight", None), "no weight 'wpe.weight'"),
    "a wrong shape": (
        changed("h.0.attn.c_attn.weight", torch.zeros(36, 12)),
        r"must have shape \(12, 36\); it has \(36, 12\)",
    ),
    "a flat embedding": (changed("wte.weight", torch.zeros(12)), "'wte.weight' of this GPT-2 must have shape"),
    "no layers": ({name: w for name, w in random_state().items() if not name.startswith("h.")}, "has weights for 0"),
}


@pytest.mark.parametrize("case", STATES)
def test_weights_that_are_not_gpt2s_are_refused(case):
    state, message = STATES[case]
    with pytest.raises(UsageError, match=message):
        gpt2_embedded(state, np.arange(3))
        gpt2_layers(state, {"n_head": 2})


CONFIGS = {
    "no heads": ({}, "needs n_head, a whole number that divides its width 12; got None"),
    "heads that do not divide": ({"n_head": 5}, "got 5"),
    "another number of layers": ({"n_head": 2, "n_layer": 4}, "GPT-2 of 4 layers has weights for 3"),
    "another activation": ({"n_head": 2, "activation_function": "relu"}, "activation_function = 'gelu_new' only"),
    "unscaled scores": ({"n_head": 2, "scale_attn_weights": False}, "this one has False"),
    "scores scaled by layer": ({"n_head": 2, "scale_attn_by_inverse_layer_idx": True}, "this one has True"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_settings_that_we_do_not_read_are_refused(case):
    config, message = CONFIGS[case]
    with pytest.raises(UsageError, match=message):
        gpt2_layers(random_state(), config)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([], "takes 1 to 40 tokens; got 0"),
        (range(41), "got 41"),
        ([7], "ids 0 to 6; got 7 to 7"),
        ([-1, 2], "got -1 to 2"),
    ],
)
def test_tokens_that_it_does_not_take_are_refused(ids, message):
    with pytest.raises(UsageError, match=message):
        gpt2_embedded(random_state(), np.array(ids, dtype=int))


# --- files ---


def test_weights_are_read_from_either_format(tmp_path):
    state = random_state()
    torch.save(state, tmp_path / "model.pt")
    save_file(state, tmp_path / "model.safetensors")
    for path in tmp_path.iterdir():
        loaded = load_weights(path)
        assert loaded.keys() == state.keys()
        assert all(torch.equal(loaded[name], state[name]) for name in state)


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


def test_loading_never_executes_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"wte.weight": Trap()}, "trap.pt")
    with pytest.raises(UsageError, match=r'trap\.pt holds no state dict, but "wte\.weight"'):
        load_weights("trap.pt")
    assert not Path("sprung").exists()


@pytest.mark.parametrize("name", ["model.pt", "model.safetensors"])
@pytest.mark.parametrize("content", [b"", b"text", b"PK\3\4 cut off", bytes(100)])
def test_damaged_files_are_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match="holds no weights that can be read"):
        load_weights(tmp_path / name)


def test_other_files_are_refused(tmp_path):
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(UsageError, match="holds no state dict"):
        load_weights(tmp_path / "list.pt")
    with pytest.raises(UsageError, match="there is no file"):
        load_weights(tmp_path / "none.pt")


# --- a trained model ---


def k_hop_tokens(rng, k):
    """Input of the published models: k, then 98 letters."""
    return np.concatenate([[k], rng.integers(FIRST_LETTER, NO_ANSWER, 98)])


@pytest.mark.parametrize("sequences", [3, pytest.param(34, marks=pytest.mark.slow)])
def test_the_published_k_hop_model_gives_the_same_answers_as_a_protocol(published, sequences):
    state, rng = load_weights(published / "width4-depth4" / "model_100000.pt"), np.random.default_rng(0)
    layers = gpt2_layers(state, FOUR_HEADS)
    protocol = transformer_to_mpc(layers, 99, True, 4096)
    assert protocol.rounds == 2 * Trees(99, 4096 // (sizes(layers)[1] + 4), True).depth * 4 == 16
    for sequence in range(sequences):
        ids = k_hop_tokens(rng, k=sequence % 17)
        run = run_locally(protocol, token_records(gpt2_embedded(state, ids)))
        expected = forward(state, 4, ids, "backbone.")
        assert run.rounds == protocol.rounds
        assert np.abs(run.memory[TOKENS]["x"] - expected).max() <= AGREEMENT
        assert np.array_equal(run.memory[TOKENS]["x"].argmax(axis=-1), expected.argmax(axis=-1))
