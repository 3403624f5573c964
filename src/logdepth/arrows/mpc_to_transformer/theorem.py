"""The theorem as a value: T1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns, Example, MadeTransformer, Ran
from logdepth.arrows.examples import raw_protocols, rotation
from logdepth.arrows.mpc_to_transformer.mpc_to_program import mpc_to_program
from logdepth.arrows.mpc_to_transformer.router_costs import ROUTERS, Costs, Round, check_fits, costs_of
from logdepth.arrows.program_to_transformer.narrowest import NARROWEST, translate_narrowest
from logdepth.numerics.errors import UsageError
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
    layers = min(int(planned["layers"]), costs.layers_of(raw.rounds))
    blank = {"blank_tokens": raw.machines * (costs.tokens - 1)} if program.blank else {}
    claim = replace(
        made.claim,
        sizes={**planned, "layers": layers, **blank},
        source=f"logdepth, router {router!r}; after {SHT_2024}, Theorem 3.1",
        note=f"{costs.note} Layers: {costs.layers} a round, or fewer where rounds share them. Other sizes are planned.",
    )
    return MadeOfProtocol(made.artefact, claim, program)


@dataclass(frozen=True, eq=False)
class MadeOfProtocol(MadeTransformer):
    """A transformer that takes the states of the machines, and blank tokens after them, if the router needs some.

    program: the one that carries out the protocol.
    """

    program: Program

    def run(self, columns: Columns) -> Ran:
        machines = self.program.rows - self.program.blank
        ran = super().run(self.program.pad(columns))
        taken = ran.taken if not self.program.blank else {**ran.taken, "blank_tokens": self.program.blank}
        return Ran({name: values[:machines] for name, values in ran.outputs.items()}, taken)


def claim_for(raw: RawProtocol, router: str, dtype: str) -> dict[str, int]:
    """Layers and heads with local functions that stay Python: no rounds share a layer then."""
    costs = costs_of(router, round_of(raw, dtype))
    return {"layers": costs.layers_of(raw.rounds), "heads": costs.heads if raw.rounds else 0}


def routes_of(raw: RawProtocol, dtype: str) -> dict[str, Costs]:
    """The routers that take the protocol's traffic, as far as that can be seen from its steps, and what they cost."""
    found = {}
    for router in ROUTERS:
        try:
            mpc_to_program(raw, router)
        except UsageError:
            continue
        found[router] = costs_of(router, round_of(raw, dtype))
    return found


def round_of(raw: RawProtocol, dtype: str) -> Round:
    """The size of a protocol's rounds."""
    return Round(raw.rounds, raw.machines, raw.slots, len(raw.words), max(raw.words.values()), format_of(dtype))


ANY_TRAFFIC = ("exact", "packets", "coded")
"""The routers that no legal traffic defeats."""


def examples() -> Iterator[Example[RawProtocol]]:
    """Small protocols, by each of these routers; one of more slots without the code, which is wide then."""
    for example in raw_protocols():
        for router in ANY_TRAFFIC:
            yield replace(example, options={"router": router})
    raw = rotation()
    for router in ("exact", "packets"):
        yield Example(raw, [raw.draw(np.random.default_rng(seed)) for seed in range(3)], {"router": router})


def make(raw: RawProtocol, router: str, dtype: str) -> MadeTransformer:
    return translate(raw, router, None if dtype == NARROWEST else dtype)


MPC_TO_TRANSFORMER: Arrow[RawProtocol, Transformer] = Arrow(
    name="mpc-to-transformer",
    source=RawProtocol,
    target=Transformer,
    theorem="A protocol of R rounds is a transformer of R layers, or of 2 R if any legal traffic is to arrive with"
    " certainty in few columns; tokens are machines, or packets, and attention delivers the mail of a round.",
    proof=f"{SHT_2024}, Theorem 3.1",
    options=(
        Parameter("router", str, "exact", None, None, f"how a round is delivered: {', '.join(ROUTERS)}"),
        Parameter("dtype", str, NARROWEST, None, None, "float32, float64, or narrowest: the first that does"),
    ),
    make=make,
    examples=examples,
)
