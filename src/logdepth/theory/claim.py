"""Claim: what a source promises about the size of a model: an upper or a lower bound."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from logdepth.numerics.errors import UsageError, did_you_mean

MODELS = (
    "transformer",
    "transformer without a causal mask",
    "one-layer transformer",
    "one-layer transformer with chain of thought",
    "RNN / state-space model",
    "kernel attention",
    "windowed attention",
    "GNN / CONGEST",
    "blackboard",
    "MPC",
    "threshold circuits",
)

QUANTITIES = {
    "layers": "attention layers (recurrent layers of an RNN, rounds of messages of a GNN)",
    "blocks": "attention and ReLU blocks, with those that have no attention",
    "heads": "attention heads in the widest layer",
    "width": "numbers in the residual stream at one position",
    "hidden": "ReLU units in the widest layer",
    "parameters": "stored numbers, tied weights once",
    "precision_bits": "bits per number",
    "blank_tokens": "tokens that hold no input, only their position",
    "features": "features of the kernel that replaces softmax",
    "window": "keys that a query of windowed attention sees",
    "tokens": "tokens of chain of thought",
    "players": "players on a blackboard, with neighbouring tokens each",
    "bits": "bits of state that an RNN keeps, all layers together; bits of one message on a blackboard, or in CONGEST"
    " on one edge, in one direction and round",
    "rounds": "rounds of communication",
    "machines": "machines",
    "memory_words": "words of O(log N) bits that a machine keeps, and at most sends or receives in a round",
    "depth": "levels of gates",
    "gates": "gates",
}

PRODUCT = " × "

STANDINGS = {
    "exact": "proved, and the numbers hold for these very parameters",
    "asymptotic": "proved, with a constant that is hidden: it shows growth, and no number follows for these parameters",
    "conditional": "rests on a conjecture, which is named; where that is false, it says nothing",
    "vacuous": "says nothing for these parameters",
}
"""How far a claim may be trusted for the parameters that it was made for."""


@dataclass(frozen=True)
class Condition:
    """What a claim supposes of the parameters that it was made for, in words, and whether they fulfil it."""

    says: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a source promises for given parameters. All logarithms are to base 2.

    model: one of MODELS.
    direction: "upper" = these sizes are promised to suffice; "lower" = every such model needs at least these.
    exactness: "exact" = the numbers hold at this size, no constant is hidden; "asymptotic" = some constant is hidden.
    sizes: quantity (a key of QUANTITIES, or a product such as "heads × width") -> a number, or a formula as text.
    source: paper, arXiv id, theorem.
    conditions: what it supposes of the parameters that it was made for. If one fails, the claim says nothing of them.
    provided: what the claim supposes of the other sizes of a model, in words.
    conditional_on: the unproven conjecture that it rests on.
    note: caveats, and the proof if it fits in a line.
    leading: quantity -> the value here of the leading term of its formula in `sizes` or `provided`, CONSTANTS OMITTED:
        it shows growth and bounds nothing.

    Errors: UsageError for an unlisted model or quantity, a size that is no count, and a formula in an "exact" claim.
    """

    model: str
    direction: Literal["upper", "lower"]
    exactness: Literal["exact", "asymptotic"]
    sizes: Mapping[str, int | float | str] = field(hash=False)
    source: str
    conditions: tuple[Condition, ...] = ()
    provided: str | None = None
    conditional_on: str | None = None
    note: str | None = None
    leading: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in self.sizes.items())
        text = f"{self.model}, {self.direction}, {self.exactness}: {sizes}; {self.source}"
        return f"Claim({text if len(text) <= 200 else f'{text[:199]}…'})"

    def __post_init__(self) -> None:
        _check_listed("model", self.model, MODELS)
        _check_listed("direction", self.direction, ("upper", "lower"))
        _check_listed("exactness", self.exactness, ("exact", "asymptotic"))
        if not self.sizes or not self.source:
            raise UsageError("a claim names at least one size and its source.")
        for quantity, size in [*self.sizes.items(), *self.leading.items()]:
            for factor in quantity.split(PRODUCT):
                _check_listed("quantity", factor, QUANTITIES)
            self._check_size(quantity, size)
        for name in ("sizes", "leading"):
            object.__setattr__(self, name, dict(getattr(self, name)))  # our own copy: the caller's may change

    def _check_size(self, quantity: str, size: int | float | str) -> None:
        if isinstance(size, str):
            if self.exactness == "exact":
                raise UsageError(
                    f"an exact claim holds numbers only; {quantity} is {size!r}. Call the claim asymptotic."
                )
        elif not (math.isfinite(size) and size >= 0):
            raise UsageError(f"a size is a finite number of at least 0; {quantity} is {size}.")

    @property
    def holds(self) -> bool:
        """Whether the parameters fulfil every condition."""
        return all(condition.holds for condition in self.conditions)

    @property
    def silence(self) -> tuple[str, ...]:
        """Why it says nothing for these parameters: what it needs and they lack, or a lower bound that everything
        meets. Empty if it says something."""
        needs = [condition.says for condition in self.conditions if not condition.holds]
        if needs:
            return (f"needs: {'; '.join(needs)}",)
        return () if self.direction == "upper" else tuple(self._met_by_everything())

    def _met_by_everything(self) -> list[str]:
        numbers = {quantity: size for quantity, size in self.sizes.items() if not isinstance(size, str)}
        if self.exactness == "exact" and not any(numbers.values()):
            return ["it comes to 0 here"]
        small = [f"its leading term is {value:.3g} here" for value in self.leading.values() if value < 1]
        return small if len(small) == len(self.leading) else []

    @property
    def standing(self) -> str:
        """A key of STANDINGS."""
        if self.silence:
            return "vacuous"
        return "conditional" if self.conditional_on else self.exactness

    def as_json(self) -> dict[str, Any]:
        """All fields, ready for JSON; whether the claim holds here, how it stands, and why it is silent."""
        fields = asdict(self) | {"conditions": [asdict(condition) for condition in self.conditions]}
        return fields | {"holds": self.holds, "standing": self.standing, "silence": list(self.silence)}


Claims = tuple[Claim, ...]


def compose(claims: Sequence[Claim]) -> Claim:
    """The claim of constructions one after the other, each of what the one before it made.

    The sizes are those of the last one, which knows what it was given; all suppose what each supposes.
    Errors: UsageError for no claims, or one that is no construction's.
    """
    if not claims or any(claim.direction != "upper" for claim in claims):
        raise UsageError("constructions are composed: give their claims, of direction upper, in order.")

    def joined(name: str) -> str | None:
        said = dict.fromkeys(text for claim in claims if (text := getattr(claim, name)))
        return "; then ".join(said) or None

    return replace(
        claims[-1],
        source=joined("source") or "",
        conditions=tuple(condition for claim in claims for condition in claim.conditions),
        provided=joined("provided"),
        conditional_on=joined("conditional_on"),
        note=joined("note"),
    )


def _check_listed(kind: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        raise UsageError(f"a claim has no {kind} {word!r}. {did_you_mean(word, known)}")
