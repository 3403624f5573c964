"""Numerics: what number formats carry exactly, and integer columns checked as they come in; with what every room needs,
the errors that users see and files that are written whole.

Its files are its doors, since some must load without numpy."""

__all__ = ["columns", "counts", "documents", "errors", "files", "formats", "letters", "version"]
