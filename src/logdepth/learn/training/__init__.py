"""One run: the training itself, and the folder that it writes and goes on from."""

__all__ = ["metrics", "optimisers", "processes", "run_folder", "session", "train"]
