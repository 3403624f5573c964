"""Translations between models of computation, one file per theorem, named as an arrow."""
