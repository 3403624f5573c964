"""Compile a raw protocol of your own into a transformer (T1)."""

from __future__ import annotations

from logdepth.arrows.mpc_to_transformer import MixedTransformer, mixed_transformer, mpc_to_program, translate_program
from logdepth.artefacts.compile import counts, dtype_name
from logdepth.artefacts.model import Model
from logdepth.numerics.errors import expect
from logdepth.numerics.formats import format_of
from logdepth.programs import RawProtocol


def compile_protocol(
    raw: RawProtocol, router: str = "exact", dtype: str | None = None, tied: bool | None = None
) -> Model:
    """The transformer whose tokens are the machines, and whose residual stream holds, after every round, what they do.

    router: "exact" takes any legal traffic, in two layers a round; "oblivious", "matching", "hashed" and "coded" take
    one, see `arrows.mpc_to_transformer.routers`. "packets" takes any legal traffic in two layers of s heads, with a
    token for every packet. dtype: as for `compile_task`.
    tied: equal steps in a row share one set of weights, which runs as many times; otherwise every round has its own.
    None: only with the router "packets". It makes a model smaller, but rounds do not share layers then.
    Errors: UsageError as for `compile_program`, and for a router that does not take the protocol's traffic.
    """
    expect(raw, RawProtocol, "compile_protocol", "Write one: RawProtocol(…).")
    program = mpc_to_program(raw, router, tied)
    made = translate_program(raw, program, router, dtype)
    return Model(program, made.artefact, dtype_name(made.artefact), counts(made.claim))


def mix_protocol(raw: RawProtocol, router: str = "exact", dtype: str = "float32") -> MixedTransformer:
    """The same with attention layers that are weights, and local functions that stay Python: no model, and no folder.

    Use it if local steps, or the router, would take too many ReLU units. Its layers and heads are those that
    `compile_protocol` promises.
    """
    return mixed_transformer(mpc_to_program(raw, router, tied=False), format_of(dtype))
