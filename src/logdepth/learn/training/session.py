"""What a run is trained on: a run that goes on elsewhere has one session for every start."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from logdepth.numerics.version import __version__

PACKAGES = ("torch", "numpy", "safetensors", "transformers")
EXACT = ("device", "device_name", "threads", "processes", "processor")
"""What decides the last bits of weights, besides the versions."""


def session_on(device: torch.device, processes: int) -> dict[str, Any]:
    """This machine, as config.json tells it."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": device.type,
        "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else None,
        "threads": torch.get_num_threads(),
        "processes": processes,
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "versions": {
            "logdepth": __version__,
            "python": platform.python_version(),
            **{name: version_of(name) for name in PACKAGES},
        },
    }


def processor() -> str:
    """Its model, or at least its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()


def version_of(package: str) -> str | None:
    """Of an installed package, without importing it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def changes(before: Mapping[str, Any], now: Mapping[str, Any] | None = None) -> list[str]:
    """In words, the differences between two sessions that change the last bits of weights; nothing for one session."""
    if now is None:
        return []
    pairs = {name: (before.get(name), now.get(name)) for name in EXACT}
    pairs["torch"] = (before["versions"].get("torch"), now["versions"].get("torch"))
    return [f"{name} {old} → {new}" for name, (old, new) in pairs.items() if old != new]
