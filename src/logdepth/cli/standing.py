"""How a claim stands for the parameters of a task, and what shows it at work: words and colours."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logdepth.reductions import Reduction
    from logdepth.refuters import Refuter
    from logdepth.tasks import Task
    from logdepth.theory import Claim

COLOURS = {"exact": "green", "asymptotic": "cyan", "conditional": "yellow", "vacuous": "dim"}


def standing_in_words(claim: "Claim") -> str:
    """In rich markup: `exact`, `conditional on the 1-vs-2-cycle conjecture, asymptotic`."""
    colour = COLOURS[claim.standing]
    if claim.standing != "conditional":
        return f"[{colour}]{claim.standing}[/]"
    return f"[{colour}]conditional[/], {claim.exactness}"


def legend() -> str:
    """What the words say."""
    from logdepth.theory import STANDINGS

    return "\n".join(f"[{COLOURS[word]}]{word}[/]: {says}" for word, says in STANDINGS.items() if word != "vacuous")


def shown_by(task: "Task[Any]", claim: "Claim") -> list[str]:
    """The names of registered refuters and reductions that show a lower bound at work, however it stands."""
    return [*(each.name for each in refuters_of(task, claim)), *(each.name for each in reductions_of(task, claim))]


def refuters_of(task: "Task[Any]", claim: "Claim") -> "list[Refuter[Any]]":
    """Those of the model that an exact lower bound is about; what hides a constant forbids no model in particular."""
    from logdepth.refuters import REFUTERS

    if claim.direction == "upper" or claim.conditional_on or claim.exactness != "exact":
        return []
    return [
        refuter
        for refuter in REFUTERS.values()
        if refuter.claim_model == claim.model and isinstance(task, tuple(refuter.tasks))
    ]


def reductions_of(task: "Task[Any]", claim: "Claim") -> "list[Reduction[Any, Any]]":
    """Those to this task, from the one whose conjecture a lower bound rests on."""
    from logdepth.reductions import reductions_to
    from logdepth.theory.sources import ONE_VERSUS_TWO_CYCLES

    if claim.direction == "upper" or claim.conditional_on != ONE_VERSUS_TWO_CYCLES:
        return []
    return reductions_to(task)


def reduction_targets(task: "Task[Any]") -> list[str]:
    """What `logdepth reduce` takes after the name of this task."""
    from logdepth.reductions import targets_of

    return list(targets_of(task.name))


def command_of(name: str) -> str:
    """The command that runs a refuter or a reduction of this name."""
    from logdepth.reductions import REDUCTIONS

    if name not in REDUCTIONS:
        return "logdepth refute MODEL"
    source = REDUCTIONS[name].source.name
    return f"logdepth reduce {source} {name.removeprefix(f'{source}-to-')}"
