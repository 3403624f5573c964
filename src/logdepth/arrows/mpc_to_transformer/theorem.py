"""The theorem as a value: T1."""

from __future__ import annotations

from dataclasses import replace

from logdepth.arrows.arrow import Arrow, MadeTransformer
from logdepth.arrows.examples import raw_protocols
from logdepth.arrows.mpc_to_transformer.mpc_to_program import mpc_to_program
from logdepth.arrows.mpc_to_transformer.router_costs import ROUTERS, Round, check_fits, costs_of
from logdepth.arrows.program_to_transformer.narrowest import NARROWEST, translate_narrowest
from logdepth.numerics.formats import format_of
from logdepth.programs import Program, RawProtocol
from logdepth.tasks import Parameter
from logdepth.theory.sources import SHT_2024
from logdepth.transformer import Transformer


def translate(raw: RawProtocol, router: str = "exact", dtype: str | None = None) -> MadeTransformer:
    """The transformer whose tokens are the machines, and whose residual stream holds, after every round, what they do.

    Inputs and outputs are the state's columns. Layers are claimed by a formula. The other sizes are planned, because
    rounds whose destinations do not wait for one another share layers.
    Errors: UsageError for a router that there is not or that does not take the protocol's traffic; CapacityExceeded for
    one too wide, and as of `program_to_transformer`.
    """
    return translate_program(raw, mpc_to_program(raw, router), router, dtype)


def translate_program(raw: RawProtocol, program: Program, router: str, dtype: str | None) -> MadeTransformer:
    """The same, of the program that `mpc_to_program` made of the protocol for this router."""
    costs = check_fits(router, round_of(raw, dtype or "float32"))  # before anything is built
    made = translate_narrowest(program, dtype, tied=True)
    planned = made.claim.sizes
    claim = replace(
        made.claim,
        sizes={**planned, "layers": min(int(planned["layers"]), costs.layers * raw.rounds)},
        source=f"logdepth, router {router!r}; after {SHT_2024}, Theorem 3.1",
        note=f"{costs.note} Layers: {costs.layers} a round, or fewer where rounds share them. Other sizes are planned.",
    )
    return MadeTransformer(made.artefact, claim)


def claim_for(raw: RawProtocol, router: str, dtype: str) -> dict[str, int]:
    """Layers and heads with local functions that stay Python: no rounds share a layer then."""
    costs = costs_of(router, round_of(raw, dtype))
    return {"layers": costs.layers * raw.rounds, "heads": costs.heads if raw.rounds else 0}


def round_of(raw: RawProtocol, dtype: str) -> Round:
    """The size of a protocol's rounds."""
    return Round(raw.rounds, raw.machines, raw.slots, len(raw.words), max(raw.words.values()), format_of(dtype))


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
