"""What a training run is made of: its recipe, checked; the presets; and the network of a plan."""

__all__ = ["build", "presets", "recipes"]
