"""How often a model errs: per k, in a published study, and between runs."""

__all__ = ["beside", "comparison", "evaluate", "figures", "rates", "study"]
