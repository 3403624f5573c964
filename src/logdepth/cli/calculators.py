"""Theorems that say sizes and are no statement about one task: `logdepth theorems circuits --n 64 --bits 16`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from logdepth.cli.options import settings_of
from logdepth.cli.printing import console, plain, plain_table, print_heading, print_json

if TYPE_CHECKING:
    from logdepth.tasks import Parameter
    from logdepth.theory import Claim


@dataclass(frozen=True)
class Calculator:
    """options: what it is asked for. claims: what is built -> the claim of its size, for values of the options."""

    options: Callable[[], "tuple[Parameter, ...]"]
    claims: Callable[..., "Mapping[str, Claim]"]


def options_of_circuits() -> "tuple[Parameter, ...]":
    from logdepth.tasks import Parameter

    return (
        Parameter("n", int, 64, 1, 2**20, "tokens"),
        Parameter("bits", int, 16, 4, 64, "bits of a float; a token holds one"),
        Parameter("layers", int, 1, 1, 2**10, "layers of the transformer"),
        Parameter("heads", int, 1, 1, 2**6, "heads in a layer"),
        Parameter("token_bits", int, 1, 1, 64, "bits of an input token"),
    )


def circuit_sizes(n: int, bits: int, layers: int, heads: int, token_bits: int) -> "dict[str, Claim]":
    """Theorem 1 and Lemma 1 of Merrill and Sabharwal, with every gate counted."""
    from logdepth.theory.threshold_circuits import circuit_of_a_sum, circuit_of_a_transformer, circuit_of_any_function

    return {
        f"any function of {bits} bits to {bits}": circuit_of_any_function(inputs=bits, outputs=bits),
        f"a sum of {n} floats": circuit_of_a_sum(numbers=n, bits=bits),
        "a transformer": circuit_of_a_transformer(n=n, bits=bits, layers=layers, heads=heads, token_bits=token_bits),
    }


def beyond_constant_depth() -> "dict[str, Claim]":
    """What is not in TC⁰ if some classes differ, and what padding and loops add."""
    from logdepth.theory.padding_and_looping import context_free_in_logarithmic_depth, padded_loops, padded_transformers
    from logdepth.theory.threshold_circuits import (
        constant_depth_is_not_enough_for_empty_productions,
        constant_depth_is_not_enough_for_equations_modulo_a_prime,
        constant_depth_is_not_enough_for_linear_equalities,
    )

    return {
        "linear equations, fractions ≥ 0": constant_depth_is_not_enough_for_linear_equalities(),
        "the same modulo a prime": constant_depth_is_not_enough_for_equations_modulo_a_prime(),
        "grammars with empty productions": constant_depth_is_not_enough_for_empty_productions(),
        "FO-uniform TC⁰": padded_transformers(),
        "FO-uniform TC¹": padded_loops(1),
        "FO-uniform TC²": padded_loops(2),
        "a context-free language": context_free_in_logarithmic_depth(),
        "one without ambiguity, as formulas": context_free_in_logarithmic_depth(unambiguous=True),
    }


CALCULATORS = {
    "circuits": Calculator(options_of_circuits, circuit_sizes),
    "beyond-tc0": Calculator(lambda: (), beyond_constant_depth),
}


def calculate(name: str, typed: Mapping[str, str | None], *, as_json: bool) -> int:
    """What a theorem promises for these options."""
    from logdepth.tasks import settle

    calculator = CALCULATORS[name]
    values = settle(calculator.options(), settings_of(typed), f"theorems {name}")
    claims = calculator.claims(**values)
    if as_json:
        print_json({"name": name, "parameters": values, "claims": {each: c.as_json() for each, c in claims.items()}})
    else:
        print_calculated(name, values, claims)
    return 0


def print_calculated(name: str, values: Mapping[str, Any], claims: "Mapping[str, Claim]") -> None:
    output = console()
    print_heading(name, values)
    if not all("gates" in claim.sizes for claim in claims.values()):
        return print_layers(claims)
    table = plain_table("circuit of", "depth", "gates", "says")
    for column in table.columns[1:3]:
        column.justify = "right"
    for built, claim in claims.items():
        says = f"{claim.source}. {claim.note or ''}"
        table.add_row(plain(built), f"{claim.sizes['depth']:,}", in_digits(claim.sizes["gates"]), f"[dim]{says}[/]")
    output.print(table)
    output.print(
        "These are the circuits of the proofs: a table for every function. `logdepth compile MODEL --to circuit` makes"
        " a small one of a model."
    )


def print_layers(claims: "Mapping[str, Claim]") -> None:
    """Of problems, the layers that are needed or suffice, and under which condition."""
    table = plain_table("problem", "layers", "if", "says")
    for problem, claim in claims.items():
        bound = f"{'need' if claim.direction == 'lower' else 'suffice'}: {claim.sizes['layers']}"
        asked = "; ".join(filter(None, (claim.conditional_on, claim.provided)))
        table.add_row(
            plain(problem), plain(bound), plain(asked), f"[dim]{plain(f'{claim.source}. {claim.note or str()}')}[/]"
        )
    console().print(table)


def in_digits(number: Any) -> str:
    """Whole up to 10^15, beyond with its power of ten."""
    return f"{number:,}" if number < 10**15 else f"{float(number):.2e}"
