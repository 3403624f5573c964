"""Models that have been trained, by us or by others: read, asked, and run as an MPC protocol."""

__all__ = ["models", "on_blackboard", "settings", "simulate", "suspects"]
