"""GPT-2 in plain PyTorch: what Hugging Face's `GPT2Model` computes, with weights that go both ways."""

import pytest
import torch
from safetensors.torch import save_file

from logdepth.networks import Gpt2, Gpt2Shape, check_settings, gpt2_of, load_weights, shape_of
from logdepth.numerics.errors import UsageError

ROUNDING = 1e-12  # float64: two orders of the same sums, a few layers deep

SHAPES = {
    "small": Gpt2Shape(vocabulary=7, positions=20, depth=2, heads=2, width=12),
    "one head": Gpt2Shape(vocabulary=5, positions=9, depth=1, heads=1, width=6, epsilon=1e-3),
    "narrow MLP": Gpt2Shape(vocabulary=30, positions=20, depth=3, heads=4, width=16, hidden=20, dropout=0.0),
}


def fresh(shape, seed=0):
    """A network in float64 with weights large enough to tell its parts from each other."""
    network = Gpt2(shape, torch.Generator().manual_seed(seed)).double().eval()
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    return network


def ids_for(shape, batch=3, seed=0):
    return torch.randint(shape.vocabulary, (batch, shape.positions), generator=torch.Generator().manual_seed(seed))


def hugging_face(shape):
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(**shape.to_hugging_face(), attn_implementation="eager")
    return transformers.GPT2Model(config).double().eval()


# --- Hugging Face ---


@pytest.mark.parametrize("name", SHAPES)
def test_weights_go_to_hugging_face_and_back_with_equal_outputs(name):
    shape, ids = SHAPES[name], ids_for(SHAPES[name])
    ours, theirs = fresh(shape), hugging_face(shape)
    theirs.load_state_dict(ours.state_dict())
    output = theirs(ids, output_attentions=True)
    logits, cache = ours.run_with_cache(ids)
    assert (ours(ids) - output.last_hidden_state).abs().max() <= ROUNDING
    assert (logits - output.last_hidden_state).abs().max() <= ROUNDING
    for pattern, expected in zip(cache.patterns, output.attentions, strict=True):
        assert (pattern - expected).abs().max() <= ROUNDING
    again = gpt2_of(theirs.state_dict(), shape)
    assert all(torch.equal(weight, again.state_dict()[key]) for key, weight in ours.state_dict().items())


def test_a_training_step_is_that_of_hugging_face():
    shape = SHAPES["narrow MLP"]  # without dropout
    ids, ours, theirs = ids_for(shape), fresh(shape).train(), hugging_face(shape).train()
    theirs.load_state_dict(ours.state_dict())
    ours(ids)[..., :5].square().sum().backward()
    theirs(ids).last_hidden_state[..., :5].square().sum().backward()
    gradients = dict(theirs.named_parameters())
    for name, weight in ours.named_parameters():
        assert torch.allclose(weight.grad, gradients[name].grad, rtol=1e-9, atol=1e-9), name


def test_fresh_weights_are_spread_as_hugging_face_spreads_them():
    shape = Gpt2Shape(vocabulary=200, positions=100, depth=8, heads=4, width=64)
    ours, theirs = Gpt2(shape, torch.Generator().manual_seed(0)), hugging_face(shape)
    for name, weight in theirs.named_parameters():
        spread = ours.state_dict()[name].std().item()
        assert spread == pytest.approx(weight.std().item(), rel=0.1), name


def test_dropout_is_as_frequent_as_that_of_hugging_face():
    """In training mode both are random: equal in mean and spread over many draws."""
    shape = Gpt2Shape(vocabulary=7, positions=6, depth=2, heads=2, width=8, dropout=0.3)
    torch.manual_seed(0)
    ours, theirs = fresh(shape).train(), hugging_face(shape).train()
    theirs.load_state_dict(ours.state_dict())
    ids = ids_for(shape, batch=1).expand(4000, -1)
    with torch.no_grad():
        mine, other = ours(ids), theirs(ids).last_hidden_state
    error = (mine.var(0) + other.var(0)).div(4000).sqrt()
    assert ((mine.mean(0) - other.mean(0)).abs() <= 5 * error).all()
    assert torch.allclose(mine.std(0), other.std(0), rtol=0.15)


# --- files ---


@pytest.mark.parametrize("name", ["model.pt", "model.safetensors", "state.pt"])
def test_weights_are_read_back_from_files(tmp_path, name):
    network, path = fresh(SHAPES["small"]), tmp_path / name
    state = {f"backbone.{key}": value for key, value in network.state_dict().items()}
    if name == "model.safetensors":
        save_file(state, path)
    else:
        torch.save({"model_state_dict": state, "train_step": 3} if name == "state.pt" else state, path)
    loaded = load_weights(path)
    assert shape_of(loaded, heads=2) == network.shape
    assert torch.equal(gpt2_of(loaded, network.shape)(ids_for(network.shape)), network(ids_for(network.shape)))


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_is_seen_in_the_weights(name):
    shape = SHAPES[name]
    assert shape_of(Gpt2(shape).state_dict(), shape.heads, shape.dropout, shape.epsilon) == shape


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_weights_in_half_precision_compute_in_float32(dtype):
    network = fresh(SHAPES["small"]).to(dtype)
    loaded, ids = gpt2_of(network.state_dict(), network.shape), ids_for(network.shape)
    assert torch.equal(loaded(ids), network.float()(ids))


def test_a_linear_head_reads_classes_and_is_kept():
    shape = Gpt2Shape(vocabulary=5, positions=9, depth=1, heads=2, width=6, classes=3)
    network, ids = fresh(shape), ids_for(shape)
    assert network(ids).shape == (3, 9, 3)
    assert shape_of(network.state_dict(), heads=2) == shape
    assert torch.equal(gpt2_of(network.state_dict(), shape)(ids), network(ids))


@pytest.mark.parametrize("depth", [3, 4])
def test_the_published_checkpoints_compute_what_hugging_face_computes(published, depth):
    state = load_weights(published / f"width4-depth{depth}" / "model_100000.pt")
    shape = shape_of(state, heads=4)
    assert shape == Gpt2Shape(vocabulary=30, positions=100, depth=depth, heads=4, width=128)
    ours, theirs, ids = gpt2_of(state, shape).double(), hugging_face(shape), ids_for(shape)
    theirs.load_state_dict({key.removeprefix("backbone."): value for key, value in state.items()})
    assert (ours(ids) - theirs(ids).last_hidden_state).abs().max() <= 1e-10


# --- looking inside ---


def test_what_heads_read_is_their_pattern_times_the_values_and_nobody_reads_the_future():
    network = fresh(SHAPES["narrow MLP"])
    _, cache = network.run_with_cache(ids_for(network.shape))
    for pattern, output in zip(cache.patterns, cache.outputs, strict=True):
        assert pattern.shape == (3, 4, 20, 20)
        assert output.shape == (3, 4, 20, 4)
        assert torch.equal(pattern, pattern.tril())
        assert (pattern.sum(-1) - 1).abs().max() <= ROUNDING


def test_a_head_replaced_by_what_it_read_anyway_changes_nothing_and_by_something_else_does():
    network = fresh(SHAPES["small"])
    ids = ids_for(network.shape, batch=1)
    _, cache = network.run_with_cache(ids)
    for layer in range(2):
        for head in range(2):
            own = cache.outputs[layer][0, head]
            assert (network(ids, {(layer, head): own}) - network(ids)).abs().max() <= ROUNDING
            assert (network(ids, {(layer, head): own + 1}) - network(ids)).abs().max() > 1e-3


def test_an_ablated_network_still_learns():
    network = fresh(SHAPES["small"])
    network(ids_for(network.shape), {(0, 1): torch.zeros(6)}).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())


# --- refusals ---


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 0}, "depth of a GPT-2 is a whole number from 1; got 0"),
        ({"heads": 2.0}, "heads of a GPT-2 is a whole number from 1; got 2.0"),
        ({"heads": 5}, "5 do not divide 12"),
        ({"classes": 0}, "classes of a GPT-2"),
        ({"dropout": 1.0}, "dropout of a GPT-2 is at least 0 and below 1; got 1.0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(UsageError, match=message):
        Gpt2Shape(**{"vocabulary": 7, "positions": 20, "depth": 2, "heads": 2, "width": 12, **changes})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("wte.weight", None, "have one 'wte.weight', its token embedding; these have 0"),
        ("wpe.weight", None, "no matrix 'wpe.weight'"),
        ("h.1.ln_2.bias", None, "no weight 'h.1.ln_2.bias'. Did you mean 'h.1.ln_1.bias'"),
        ("h.0.attn.c_attn.weight", torch.zeros(36, 12), r"must have shape \(12, 36\); it has \(36, 12\)"),
        ("wte.weight", torch.zeros(12), "no matrix 'wte.weight'"),
        ("h.0.ln_1.bias", torch.full((12,), torch.nan), "'h.0.ln_1.bias' holds what is no finite number"),
        ("wpe.weight", torch.zeros(20, 12, dtype=torch.int64), "'wpe.weight' is .* tensor of torch.int64"),
    ],
)
def test_weights_that_are_not_those_of_a_gpt2_are_refused(name, value, message):
    state = Gpt2(SHAPES["small"]).state_dict()
    del state[name]
    if value is not None:
        state[name] = value
    with pytest.raises(UsageError, match=message):
        gpt2_of(state, shape_of(state, heads=2))


def test_settings_of_another_function_are_refused():
    check_settings({"activation_function": "gelu_pytorch_tanh", "n_ctx": 5})
    with pytest.raises(UsageError, match="activation_function = 'gelu_new' only; this one has 'relu'"):
        check_settings({"activation_function": "relu"})


def test_more_tokens_than_positions_are_refused():
    network = Gpt2(SHAPES["one head"])
    with pytest.raises(UsageError, match="up to 9 tokens; got 10"):
        network(torch.zeros(1, 10, dtype=torch.long))
