"""Compile a raw protocol of your own into a transformer (T1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from logdepth.arrows.mpc_to_transformer.mixed import MixedTransformer, mixed_transformer
from logdepth.arrows.mpc_to_transformer.mpc_to_program import mpc_to_program, step_program
from logdepth.arrows.mpc_to_transformer.router_costs import Round, costs_of, our_routers
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.models.compile import compile_program
from logdepth.models.model import Model
from logdepth.numerics.formats import format_of
from logdepth.programs.raw_protocol import RawProtocol
from logdepth.theory.claim import Claim
from logdepth.transformer import Transformer


def compile_protocol(raw: RawProtocol, router: str = "exact", dtype: str | None = None) -> Model:
    """The transformer whose tokens are the machines, and whose residual stream holds, after every round, what they do.

    router: "exact" takes any legal traffic, in two layers a round; "oblivious", "matching", "hashed" and "coded" take
    one, see `arrows.mpc_to_transformer.routers`. dtype: as for `compile_task`.
    Raises UsageError as `compile_program`, and for a router that does not take the protocol's traffic.
    """
    program = mpc_to_program(raw, router)
    promised(raw, router, [], dtype or "float32")  # too wide? Before anything is built
    model = compile_program(program, dtype)
    claim = promised(raw, router, local_steps(raw, model.dtype), model.dtype)
    return replace(model, claimed={name: int(size) for name, size in claim.sizes.items()})


def mix_protocol(raw: RawProtocol, router: str = "exact", dtype: str = "float32") -> MixedTransformer:
    """The same with attention layers that are weights, and local functions that stay Python: no model, and no folder.

    For protocols whose local steps, or whose router, would be too many ReLU units. Its layers and heads are those that
    `compile_protocol` promises.
    """
    return mixed_transformer(mpc_to_program(raw, router), format_of(dtype))


def promised_layers_and_heads(raw: RawProtocol, router: str, dtype: str) -> dict[str, int]:
    """What our construction promises whatever the local functions are."""
    shape = Round(raw.rounds, raw.machines, raw.slots, len(raw.words), max(raw.words.values()), format_of(dtype))
    costs = costs_of(router, shape)
    return {"layers": costs.layers * raw.rounds, "heads": costs.heads if raw.rounds else 0}


def promised(raw: RawProtocol, router: str, local: Sequence[Transformer], dtype: str) -> Claim:
    """What our construction promises, for local steps of these sizes."""
    return our_routers(
        router=router,
        rounds=raw.rounds,
        machines=raw.machines,
        slots=raw.slots,
        words=len(raw.words),
        highest=max(raw.words.values()),
        local_width=max((transformer.width for transformer in local), default=0),
        local_blocks=sum(len(transformer.order) for transformer in local),
        dtype=dtype,
    )


def local_steps(raw: RawProtocol, dtype: str) -> list[Transformer]:
    """Every local step, compiled by itself."""
    numbers = {id(step): number for number, step in enumerate(raw.steps)}
    compiled = {
        number: program_to_transformer(step_program(raw, number), format_of(dtype)) for number in numbers.values()
    }
    return [compiled[numbers[id(step)]] for step in raw.steps]
