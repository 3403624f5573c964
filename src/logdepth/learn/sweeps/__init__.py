"""Several runs in one folder."""

__all__ = ["sweep", "sweep_folder", "tuning"]
