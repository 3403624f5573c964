"""Translations between models of computation, one file or folder per theorem, named as an arrow."""
