"""The laboratory: train, evaluate and sweep.

`samplers` draw the sequences; `plans` say what a run is made of; `training` is one run, `sweeps` are several; `trained`
reads what has been trained; `evaluation` measures it.
"""

__all__ = ["devices", "evaluation", "plans", "samplers", "sweeps", "trained", "training"]
