"""The theorem as a value: T1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from logdepth.arrows.arrow import Arrow, MadeTransformer
from logdepth.arrows.examples import raw_protocols
from logdepth.arrows.mpc_to_transformer.mpc_to_program import mpc_to_program, step_program
from logdepth.arrows.mpc_to_transformer.router_costs import ROUTERS, Round, costs_of, our_routers
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.arrows.program_to_transformer.narrowest import NARROWEST, translate_narrowest
from logdepth.numerics.formats import format_of
from logdepth.programs import Program, RawProtocol
from logdepth.tasks import Parameter
from logdepth.theory import Claim
from logdepth.theory.sources import SHT_2024
from logdepth.transformer import Transformer, resources


def translate(raw: RawProtocol, router: str = "exact", dtype: str | None = None) -> MadeTransformer:
    """The transformer whose tokens are the machines, and whose residual stream holds, after every round, what they do.

    Inputs and outputs are the state's columns. Layers, width and blocks are claimed by formulas; heads, hidden units
    and parameters as planned, since rounds whose destinations do not wait for one another share layers.
    Errors: UsageError for a router that there is not or that does not take the protocol's traffic; CapacityExceeded for
    one too wide, and as of `program_to_transformer`.
    """
    return translate_program(raw, mpc_to_program(raw, router), router, dtype)


def translate_program(raw: RawProtocol, program: Program, router: str, dtype: str | None) -> MadeTransformer:
    """The same, of the program that `mpc_to_program` made of the protocol for this router."""
    promised(raw, router, [], dtype or "float32")  # too wide? Before anything is built
    made = translate_narrowest(program, dtype, tied=True)
    name = str(made.artefact.dtype).removeprefix("torch.")
    claim = promised(raw, router, local_steps(raw, name), name)
    planned = {quantity: made.claim.sizes[quantity] for quantity in ("heads", "hidden", "parameters")}
    return MadeTransformer(made.artefact, replace(claim, sizes={**claim.sizes, **planned}))


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
        local_blocks=sum(resources(transformer).blocks for transformer in local),
        dtype=dtype,
    )


def claim_for(raw: RawProtocol, router: str, dtype: str) -> dict[str, int]:
    """Layers and heads, which are those of the router whatever the local functions are."""
    shape = Round(raw.rounds, raw.machines, raw.slots, len(raw.words), max(raw.words.values()), format_of(dtype))
    costs = costs_of(router, shape)
    return {"layers": costs.layers * raw.rounds, "heads": costs.heads if raw.rounds else 0}


def local_steps(raw: RawProtocol, dtype: str) -> list[Transformer]:
    """Every local step, compiled by itself; equal ones once."""
    numbers = {id(step): number for number, step in enumerate(raw.steps)}
    compiled = {
        number: program_to_transformer(step_program(raw, number), format_of(dtype)) for number in numbers.values()
    }
    return [compiled[numbers[id(step)]] for step in raw.steps]


def make(raw: RawProtocol, router: str, dtype: str) -> MadeTransformer:
    return translate(raw, router, None if dtype == NARROWEST else dtype)


MPC_TO_TRANSFORMER: Arrow[RawProtocol, Transformer] = Arrow(
    name="mpc-to-transformer",
    source=RawProtocol,
    target=Transformer,
    theorem="A protocol of R rounds is a transformer of R layers, or of 2 R if any legal traffic is to arrive with"
    " certainty; tokens are machines, and attention delivers the mail of a round.",
    proof=f"{SHT_2024}, Theorem 3.1",
    options=(
        Parameter("router", str, "exact", None, None, f"how a round is delivered: {', '.join(ROUTERS)}"),
        Parameter("dtype", str, NARROWEST, None, None, "float32, float64, or narrowest: the first that does"),
    ),
    make=make,
    examples=raw_protocols,
)
