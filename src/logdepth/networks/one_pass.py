"""Networks that read in one pass: all that they keep of the tokens that they have read is a state of fixed size.

`one_pass` looks at a network as such a machine, whatever it is made of, and checks that it is one.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from logdepth.networks.recurrent import Mamba
from logdepth.numerics.errors import UsageError, first_line

PROBES, PROBE_TOKENS = 3, 9  # sequences on which a machine is checked
CLOSE = 1e-3  # of the largest logit: what the order of a sum of floats may change
STEPS_OFF = 8  # steps of a coarse format, as bfloat16, that it may change
WHOLE, LONG = 2**53, (torch.int64, torch.uint64)  # below, float64 holds every whole number of these formats


@runtime_checkable
class StepByStep(Protocol):
    """A machine of one's own. A state is a tensor (B, …), or a tuple or list of such; the first axis is the batch."""

    def start(self, batch: int) -> Any:
        """The state before the first token, for each of `batch` sequences."""

    def step(self, state: Any, tokens: Tensor) -> Any:
        """The next state; tokens (B,)."""

    def logits(self, state: Any) -> Tensor:
        """What it says after the token that it read last, (B, classes)."""


class OnePass(ABC):
    """A network as a machine that reads tokens in order. Its state is given flat, as float64, which holds it exactly.

    Called with ids (B, N), it gives the logits at the last of them, (B, classes).
    parts: what the state consists of, each (shape of one, number format).
    Errors: UsageError for a state with a whole number from 2^53 on, which float64 does not hold.
    """

    def __init__(self, parts: Sequence[Tensor]) -> None:
        """parts: of a state, each (B, …)."""
        self.parts = [(tuple(part.shape[1:]), part.dtype) for part in parts]

    @property
    def words(self) -> int:
        """Numbers of a state."""
        return sum(torch.Size(shape).numel() for shape, _ in self.parts)

    @property
    def bits(self) -> int:
        """Bits of a state, as its number formats hold it."""
        return sum(torch.Size(shape).numel() * bits_of(dtype) for shape, dtype in self.parts)

    @property
    def widest(self) -> int:
        """Bits of a number of the state, in the widest of its formats."""
        return max(bits_of(dtype) for _, dtype in self.parts)

    @property
    def of_floats(self) -> bool:
        """Whether all numbers of the state are floats."""
        return all(dtype.is_floating_point for _, dtype in self.parts)

    def start(self, batch: int) -> Tensor:
        """The state before the first token, (batch, words)."""
        with torch.no_grad():
            return flat(self.initial(batch))

    def read(self, state: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The state (B, words) after these tokens (B, N), N ≥ 1, and the logits at the last one (B, classes)."""
        with torch.no_grad():
            after, logits = self.advance(self.unflat(state), ids.clone())  # a network may change what it is given
            return flat(after), logits.double()

    def __call__(self, ids: Tensor) -> Tensor:
        return self.read(self.start(len(ids)), ids)[1]

    def unflat(self, state: Tensor) -> list[Tensor]:
        sizes = [torch.Size(shape).numel() for shape, _ in self.parts]
        pieces = zip(state.split(sizes, dim=1), self.parts, strict=True)
        return [piece.reshape(len(state), *shape).to(dtype, copy=True) for piece, (shape, dtype) in pieces]

    @property
    def coarsest(self) -> float:
        """The step of the coarsest number format of its state, relative to a number; 0 where all are whole."""
        return max((torch.finfo(dtype).eps for _, dtype in self.parts if dtype.is_floating_point), default=0.0)

    @abstractmethod
    def initial(self, batch: int) -> list[Tensor]: ...

    @abstractmethod
    def advance(self, state: list[Tensor], ids: Tensor) -> tuple[list[Tensor], Tensor]: ...


class OfLayers(OnePass):
    """A module around torch.nn.RNN, LSTM or GRU: ids (B, N) to logits (B, N, classes), or (B, classes) of the last.

    The state is what these layers carry, put in and taken out by hooks. All else acts on every position by itself.
    """

    def __init__(self, network: nn.Module, layers: Sequence[nn.RNNBase]) -> None:
        self.network, self.layers = network.eval(), layers
        for layer in layers:
            if layer.bidirectional:
                raise UsageError("a bidirectional layer reads the tokens twice, and has no state. Leave it out.")
        given, _ = self.run(torch.zeros(1, 1, dtype=torch.int64), None)
        self.first = given
        super().__init__(given)

    def initial(self, batch: int) -> list[Tensor]:
        return [part.expand(batch, *part.shape[1:]) for part in self.first]

    def advance(self, state: list[Tensor], ids: Tensor) -> tuple[list[Tensor], Tensor]:
        return self.run(ids, iter(state))

    def run(self, ids: Tensor, state: Iterator[Tensor] | None) -> tuple[list[Tensor], Tensor]:
        """Logits, and the parts (B, …) that the layers end with; without a state, those that they start from."""
        kept: list[Tensor] = []
        calls = [0] * len(self.layers)
        given = [None if state is None else take(state, layer) for layer in self.layers]

        def before(number: int, layer: nn.RNNBase, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
            calls[number] += 1
            own = inputs[1] if len(inputs) > 1 else named.get("hx")
            if given[number] is None:
                kept.extend(parts_of(layer, own, inputs[0]))
            return (inputs[0],), {"hx": own if given[number] is None else given[number]}

        def after(number: int, layer: nn.RNNBase, output: tuple[Tensor, Any]) -> None:
            if given[number] is not None:
                kept.extend(parts_of(layer, output[1], output[0]))

        with ExitStack() as hooks, torch.no_grad():
            for number, layer in enumerate(self.layers):
                hooks.enter_context(hooked(layer, number, before, after))
            output = self.network(ids.to(next(self.network.parameters()).device))
        if calls != [1] * len(calls):
            raise UsageError(
                f"{type(self.network).__name__} runs its recurrent layers {calls} times on a sequence, not once. Give"
                " it start, step and logits."
            )
        return kept, logits_of(output, self.network)


@contextmanager
def hooked(layer: nn.RNNBase, number: int, before: Any, after: Any) -> Iterator[None]:
    handles = [
        layer.register_forward_pre_hook(lambda at, inputs, named: before(number, at, inputs, named), with_kwargs=True),
        layer.register_forward_hook(lambda at, _, output: after(number, at, output)),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def take(state: Iterator[Tensor], layer: nn.RNNBase) -> Any:
    """The next parts of a state, as torch's layer takes them: (depth, B, size)."""
    parts = [part.transpose(0, 1).contiguous() for part in itertools.islice(state, 2 if is_lstm(layer) else 1)]
    return tuple(parts) if is_lstm(layer) else parts[0]


def parts_of(layer: nn.RNNBase, state: Any, near: Tensor) -> list[Tensor]:
    """What torch's layer carries, as (B, depth, size) each; None is zeros."""
    if state is None:
        sizes = [layer.proj_size or layer.hidden_size, *([layer.hidden_size] if is_lstm(layer) else [])]
        return [near.new_zeros(1, layer.num_layers, size) for size in sizes]
    return [part.transpose(0, 1) for part in (state if is_lstm(layer) else (state,))]


def is_lstm(layer: nn.RNNBase) -> bool:
    return isinstance(layer, nn.LSTM)


class OfMamba(OnePass):
    """Our `Mamba`, token by token, by the equations of arXiv 2312.00752 (algorithm 2, with a causal convolution)."""

    def __init__(self, network: Mamba) -> None:
        self.network = network.eval()
        self.mixers = [layer.mixer for layer in network.layers.layers]
        super().__init__(self.initial(1))

    def initial(self, batch: int) -> list[Tensor]:
        """Of every layer, the last inputs of its convolution, and the state of every channel."""
        sizes = [
            (mixer.intermediate_size, size)
            for mixer in self.mixers
            for size in (mixer.conv_kernel_size - 1, mixer.ssm_state_size)
        ]
        return [self.network.layers.embeddings.weight.new_zeros(batch, *size) for size in sizes]

    def advance(self, state: list[Tensor], ids: Tensor) -> tuple[list[Tensor], Tensor]:
        model = self.network.layers
        for tokens in ids.T:
            x, state = model.embeddings(tokens), [*state]
            for number, layer in enumerate(model.layers):
                mine = slice(2 * number, 2 * number + 2)
                added, state[mine] = mamba_step(layer.mixer, layer.norm(x), *state[mine])
                x = x + added
        x = model.norm_f(x)
        return state, x if self.network.head is None else self.network.head(x)


def mamba_step(mixer: Any, x: Tensor, before: Tensor, state: Tensor) -> tuple[Tensor, list[Tensor]]:
    """One token through one layer: x (B, width), the inputs before (B, d, conv - 1), the state (B, d, n)."""
    x, gate = mixer.in_proj(x).chunk(2, dim=-1)
    window = torch.cat([before, x[..., None]], dim=-1)
    x = (window * mixer.conv1d.weight[:, 0]).sum(-1)
    x = mixer.act(x if mixer.conv1d.bias is None else x + mixer.conv1d.bias)
    size = mixer.ssm_state_size
    rate, into, out = mixer.x_proj(x).split([mixer.time_step_rank, size, size], dim=-1)
    rate = functional.softplus(mixer.dt_proj(rate))[..., None]
    state = torch.exp(rate * -torch.exp(mixer.A_log)) * state + rate * into[:, None] * x[..., None]
    y = (state * out[:, None]).sum(-1) + mixer.D * x
    return mixer.out_proj(y * mixer.act(gate)), [window[..., 1:], state]


class OfSteps(OnePass):
    """A machine of one's own."""

    def __init__(self, machine: StepByStep) -> None:
        self.machine = machine
        if isinstance(machine, nn.Module):
            machine.eval()
        state = machine.start(1)
        self.form = state
        super().__init__(tensors_of(state, machine))

    def initial(self, batch: int) -> list[Tensor]:
        return tensors_of(self.machine.start(batch), self.machine)

    def advance(self, state: list[Tensor], ids: Tensor) -> tuple[list[Tensor], Tensor]:
        formed = shaped_as(self.form, iter(state))
        for tokens in ids.T:
            formed = self.machine.step(formed, tokens)
        after = [part.clone() for part in tensors_of(formed, self.machine)]  # `logits` may change them
        if [(tuple(part.shape[1:]), part.dtype) for part in after] != self.parts:
            raise UsageError(
                f"the state of {type(self.machine).__name__} changes its size or number format on the way; it has to"
                " keep both. Pad it."
            )
        return after, logits_of(self.machine.logits(formed), self.machine)


def tensors_of(state: Any, machine: object) -> list[Tensor]:
    """All tensors of a state, in order. Errors: UsageError for a state of anything else."""
    if isinstance(state, Tensor) and state.ndim and not state.is_complex():
        return [state]
    if isinstance(state, tuple | list):
        return [tensor for part in state for tensor in tensors_of(part, machine)]
    raise UsageError(
        f"{type(machine).__name__} has a state of unknown size, with a {type(state).__name__} in it. Give a real"
        " tensor (batch, …), or a tuple or list of such."
    )


def shaped_as(form: Any, tensors: Iterator[Tensor]) -> Any:
    if isinstance(form, Tensor):
        return next(tensors)
    parts = (shaped_as(part, tensors) for part in form)
    return type(form)(*parts) if hasattr(form, "_fields") else type(form)(parts)  # of a named tuple


def flat(parts: Sequence[Tensor]) -> Tensor:
    if any(part.dtype in LONG and (part.double().abs() >= WHOLE).any() for part in parts):
        raise UsageError(
            "a state holds a whole number from 2^53 on, and states are compared as float64, which has no more bits."
            " Keep it in two numbers."
        )
    return torch.cat([part.reshape(len(part), -1).double().cpu() for part in parts], dim=1)


def bits_of(dtype: torch.dtype) -> int:
    return 1 if dtype == torch.bool else 8 * dtype.itemsize


def logits_of(output: Any, network: object) -> Tensor:
    """The logits at the last position, (B, classes)."""
    logits = getattr(output, "logits", output)
    if not isinstance(logits, Tensor) or logits.ndim not in (2, 3) or logits.is_complex():
        raise UsageError(
            f"{type(network).__name__} gives a {type(logits).__name__}, not logits (batch, tokens, classes). Return"
            " them alone, as real numbers."
        )
    return (logits if logits.ndim == 2 else logits[:, -1]).cpu()


def modules_of(network: object) -> list[nn.Module]:
    return list(network.modules()) if isinstance(network, nn.Module) else []


def one_pass(network: Any, tokens: int) -> OnePass:
    """A network as a machine that reads in one pass: ours, a module around torch.nn.RNN, LSTM or GRU, or one that
    offers `start`, `step` and `logits`. A module is put into evaluation mode.

    tokens: how many ids it takes, 0..tokens - 1.
    Errors: UsageError for any other; and for one that keeps more than its state, draws random numbers, or gives what is
    no finite number.
    """
    if isinstance(network, OnePass):
        return network
    name = type(network).__name__
    try:
        machine = machine_of(network)
        check_machine(machine, tokens, name)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:  # of the user's own code
        remedy = " Are its layers batch_first=True?" if reads_time_first(network) else ""
        raise UsageError(
            f"{name} fails on {PROBE_TOKENS} ids below {tokens} ({type(error).__name__}: {first_line(error)}). Give a"
            f" network for this task and size.{remedy}"
        ) from error
    return machine


def reads_time_first(network: Any) -> bool:
    """Whether one of its recurrent layers takes (tokens, batch, …)."""
    return any(isinstance(part, nn.RNNBase) and not part.batch_first for part in modules_of(network))


def machine_of(network: Any) -> OnePass:
    layers = [part for part in modules_of(network) if isinstance(part, nn.RNNBase)]
    if isinstance(network, Mamba):
        return OfMamba(network)
    if isinstance(network, StepByStep):
        return OfSteps(network)
    if layers:
        return OfLayers(cast("nn.Module", network), layers)
    raise UsageError(
        f"{type(network).__name__} has a state of unknown size: it is no module with a torch.nn.RNN, LSTM or GRU."
        " Give it start, step and logits."
    )


def check_machine(machine: OnePass, tokens: int, name: str) -> None:
    """UsageError unless the same tokens give the same, in one piece and in two, with others in between."""
    generator = torch.Generator().manual_seed(0)
    ids, other = (torch.randint(tokens, (PROBES, PROBE_TOKENS), generator=generator) for _ in range(2))
    state, logits = machine.read(machine.start(PROBES), ids)
    if not (state.isfinite().all() and logits.isfinite().all()):
        raise UsageError(f"{name} gives what is no finite number. Take an earlier checkpoint.")
    close = max(CLOSE, STEPS_OFF * machine.coarsest) * float(logits.abs().max())
    machine.read(machine.start(PROBES), other)
    again, same = machine.read(machine.start(PROBES), ids)
    if not (torch.equal(state, again) and torch.equal(logits, same)):
        raise UsageError(
            f"{name} does not say the same of the same tokens: it draws random numbers, or it keeps something from one"
            " call to the next. Leave that out."
        )
    _, alone = machine.read(machine.start(1), ids[:1])
    if alone.shape != logits[:1].shape or not torch.allclose(alone, logits[:1], atol=close):
        raise UsageError(
            f"{name} answers a sequence otherwise when it is given others beside it; rows of a batch do not mix. Leave"
            " that out."
        )
    half, _ = machine.read(machine.start(PROBES), ids[:, : PROBE_TOKENS // 2])
    machine.read(machine.start(PROBES), other)  # what it keeps beside its state is of these now
    _, pieces = machine.read(half, ids[:, PROBE_TOKENS // 2 :])
    if not torch.allclose(pieces, logits, atol=close):
        raise UsageError(
            f"{name} keeps more of its tokens than the state of its recurrent layers, so that this state has an unknown"
            " size. Give it start, step and logits."
        )
