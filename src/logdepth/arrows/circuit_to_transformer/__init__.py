"""A threshold circuit becomes a transformer that evaluates it, and every other one of its size."""
