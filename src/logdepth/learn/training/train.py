"""Training: a plan becomes a folder with a trained network, and goes on where it stopped.

A step is a function of weights, optimisers and its own number: batch and dropout are drawn from the seed and that
number alone. So a run that was killed, and goes on from its last checkpoint, ends with the same weights to the last bit
(on one kind of processor, with one version of PyTorch and one number of threads).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from logdepth.learn.devices import device_called
from logdepth.learn.plans.build import network_of
from logdepth.learn.plans.recipes import Plan
from logdepth.learn.samplers import NOT_ASKED, Batch
from logdepth.learn.samplers.sampler import mix
from logdepth.learn.training.batches import Batches
from logdepth.learn.training.metrics import Metrics, Row
from logdepth.learn.training.optimisers import fraction_of_rate, moments_of, optimisers_of
from logdepth.learn.training.processes import Processes, alone
from logdepth.learn.training.run_folder import (
    Start,
    begin,
    check_network,
    fits,
    read_start,
    read_state,
    sessions_of,
    start_of,
    write_state,
)
from logdepth.learn.training.session import changes, session_on
from logdepth.networks import load_weights
from logdepth.numerics.errors import UsageError, Wording

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "ALLOC_FAILED")
"""What errors of PyTorch say, of GPUs and CPUs, that have no class of their own everywhere."""

Watch = Callable[[Row], None]
"""Called with every row of metrics."""


class Training:
    """A network with its optimisers and the number of steps done. `step` does one more."""

    def __init__(
        self, plan: Plan, device: torch.device, processes: Processes = alone, say: Callable[[str], None] = print
    ):
        recipe = plan.recipe
        self.plan, self.device, self.processes, self.done = plan, device, processes, 0
        self.network = network_of(plan).to(device).train()
        self.optimisers = optimisers_of(
            self.network, recipe.optimiser, recipe.lr, recipe.matrix_lr, recipe.beta2, recipe.weight_decay
        )
        self.forward = (
            compile_network(processes.shared(self.network), say) if recipe.compile else processes.shared(self.network)
        )
        self.peaks = [optimiser.param_groups[0]["lr"] for optimiser in self.optimisers]
        self.low_precision = recipe.precision == "bfloat16"
        self.groups = plan.sampler.groups
        self.batches = Batches(plan, device)
        self.losses: list[Tensor] = []
        self.counts = torch.zeros(2, len(self.groups), dtype=torch.int64, device=device)

    def step(self) -> None:
        recipe = self.plan.recipe
        rate = fraction_of_rate(self.done, recipe.warmup, recipe.steps)
        for optimiser, peak in zip(self.optimisers, self.peaks, strict=True):
            optimiser.param_groups[0]["lr"] = peak * rate
            optimiser.zero_grad()
        batch = self.processes.share_of(self.batches.batch(self.done))
        torch.manual_seed(mix(mix(recipe.seed + 1) + self.done) + self.processes.rank)  # of dropout
        with torch.autocast(self.device.type, torch.bfloat16) if self.low_precision else nullcontext():
            logits = self.forward(batch.inputs)
        loss = loss_of(logits, batch)
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        self.done += 1
        self.losses.append(loss.detach())
        self.counts += errors_of(logits.detach(), batch, self.groups)

    def row(self, seconds: float, speed: float) -> Row:
        """Means since the row before. Errors: UsageError for a loss that is not finite, with its step."""
        losses = self.processes.mean(torch.stack(self.losses)).tolist()
        for number, loss in enumerate(losses, start=self.done - len(losses) + 1):
            if loss != loss or abs(loss) == float("inf"):
                raise UsageError(f"the loss is {loss} at step {number}.", self.remedy())
        wrong, answered = self.processes.total(self.counts).tolist()
        rate = fraction_of_rate(self.done - 1, self.plan.recipe.warmup, self.plan.recipe.steps)
        self.losses.clear()
        self.counts.zero_()
        errors = tuple(bad / many if many else None for bad, many in zip(wrong, answered, strict=True))
        mean = sum(losses) / len(losses)
        return Row(self.done, mean, sum(wrong) / max(1, sum(answered)), rate, seconds, speed, errors)

    def remedy(self) -> Wording:
        rates = f"{{lr}} (now {self.plan.recipe.lr})"
        if self.plan.recipe.optimiser == "muon":
            rates += f" or {{matrix_lr}} (now {self.plan.recipe.matrix_lr})"
        return Wording(f"The last checkpoint is kept as it is. Lower {rates}, or lengthen {{warmup}}, and begin again.")

    def save(self, folder: Path) -> None:
        """Errors: UsageError for weights that are not finite, which are not saved, and if the system refuses."""
        weights = self.network.state_dict()
        for name, weight in weights.items():
            if weight.is_floating_point() and not weight.isfinite().all():
                raise UsageError(f"weight {name!r} is not finite after step {self.done}.", self.remedy())
        tensors: dict[str, Tensor] = {}
        for number, optimiser in enumerate(self.optimisers):
            for index, held in optimiser.state_dict()["state"].items():
                tensors |= {f"{number}.{index}.{name}": tensor for name, tensor in held.items()}
        write_state(folder, self.done, weights, tensors)

    def restore(self, folder: Path, step: int) -> None:
        moments = {
            f"{number}.{name}": tensor
            for number, optimiser in enumerate(self.optimisers)
            for name, tensor in moments_of(optimiser).items()
        }
        weights, tensors = read_state(folder, self.network.state_dict(), moments)
        self.network.load_state_dict(weights)
        states: list[dict[int, dict[str, Tensor]]] = [{} for _ in self.optimisers]
        for name, tensor in tensors.items():
            number, index, key = name.split(".")
            states[int(number)].setdefault(int(index), {})[key] = tensor
        for optimiser, state in zip(self.optimisers, states, strict=True):
            optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
        self.done = step


def loss_of(logits: Tensor, batch: Batch) -> Tensor:
    """Mean cross-entropy over the positions that something is asked of."""
    return cross_entropy(logits.flatten(0, 1).float(), batch.targets.flatten(), ignore_index=NOT_ASKED)


def errors_of(logits: Tensor, batch: Batch, groups: range) -> Tensor:
    """Wrong and counted positions by group, (2, groups)."""
    wrong = batch.answered & (logits.argmax(-1) != batch.targets)
    counts = torch.stack([wrong.sum(1), batch.answered.sum(1)])
    return torch.zeros(2, len(groups), dtype=torch.int64, device=logits.device).index_add_(
        1, batch.group - groups.start, counts
    )


def compile_network(network: Callable[[Tensor], Tensor], say: Callable[[str], None]) -> Callable[[Tensor], Tensor]:
    """The network through torch.compile; if that fails at its first use, as it is, and a message says so."""
    fast = torch.compile(network)
    chosen: list[Callable[[Tensor], Tensor]] = []

    def forward(inputs: Tensor) -> Tensor:
        if not chosen:
            try:
                result: Tensor = fast(inputs)
            except Exception as error:  # whatever is missing: a C++ compiler, its headers, Triton
                say(f"torch.compile does not work here ({str(error).strip().splitlines()[0][:200]}); going on without.")
                chosen.append(network)
            else:
                chosen.append(fast)
                return result
        return chosen[0](inputs)

    return forward


def train(
    plan: Plan,
    folder: str | Path,
    device: str = "auto",
    weights: str | Path | None = None,
    watch: Watch = lambda row: None,
    stop: Callable[[], bool] = lambda: False,
    say: Callable[[str], None] = print,
    processes: Processes = alone,
) -> Training:
    """Train a plan in its folder, from the folder's last checkpoint if it has one, to the end or until `stop()`.

    weights: a file of weights to begin from, in place of random ones; a copy stays in the folder. stop: asked after
    every step; a run that stops has written a checkpoint.
    Errors: UsageError for a folder that holds something else, weights of another network or other ones than the run
    began from, a loss that is not finite, a disk that refuses.
    """
    folder, place = Path(folder), device_called(device)
    start = start_for(plan, Path(weights)) if weights is not None and processes.first else None
    session = session_on(place, processes.size)
    step = processes.agree(begin(folder, plan, start, session) if processes.first else 0, place)
    if 0 < step < plan.recipe.steps and processes.first and (changed := changes(*sessions_of(folder)[-2:])):
        say(
            f"{folder} goes on from step {step} with {', '.join(changed)}: its weights may differ in the last bits from"
            " those of a run without a break."
        )
    if step:
        with torch.device("meta"):  # shapes only
            check_network(folder, network_of(plan).state_dict())
    with within_memory(plan, place), torch.random.fork_rng(devices=[]):
        training = Training(plan, place, processes, say)
        if step:
            training.restore(folder, step)
        elif begun := start_of(folder):
            training.network.load_state_dict(load_weights(begun))
        run(training, folder, watch, stop)
    return training


@contextmanager
def within_memory(plan: Plan, device: torch.device) -> Iterator[None]:
    """Memory that is not there is a UsageError."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, MemoryError) and not any(words in str(error) for words in OUT_OF_MEMORY):
            raise
        raise UsageError(
            f"{plan.recipe.batch} sequences of {plan.sampler.length} tokens at once do not fit into the memory of"
            f" {device.type}. The last checkpoint is kept as it is.",
            Wording("Lower {batch}, {width} or {depth} and begin again, or go on on another device."),
        ) from None


def start_for(plan: Plan, weights: Path) -> Start:
    """Weights to begin from. Errors: UsageError for those of another network."""
    start = read_start(weights)
    with torch.device("meta"):  # shapes only
        fits(weights, start.tensors, network_of(plan).state_dict())
    return start


def run(training: Training, folder: Path, watch: Watch, stop: Callable[[], bool]) -> None:
    """All steps that are left, with metrics and checkpoints."""
    recipe, first, place = training.plan.recipe, training.processes.first, training.device
    metrics = Metrics(folder, training.groups, training.plan.sampler.group_name, training.done) if first else None
    seconds = metrics.seconds if metrics else 0.0
    before, steps_before = perf_counter(), training.done
    try:
        while training.done < recipe.steps:
            training.step()
            due = training.done % recipe.log_every == 0
            # Several processes must stop at the same step; to agree makes them wait for each other.
            stopped = stop() if training.processes.size == 1 else due and training.processes.agree(stop(), place)
            last = training.done == recipe.steps or stopped
            save = last or training.done % recipe.checkpoint_every == 0
            if save or due:
                now = perf_counter()
                seconds += now - before
                row = training.row(seconds, (training.done - steps_before) / (now - before))
                before, steps_before = now, training.done
                if metrics:
                    metrics.add(row)
                    watch(row)
            if save and first:
                training.save(folder)
            if last:
                return
    finally:
        if metrics:
            metrics.close()
