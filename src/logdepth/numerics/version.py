"""The version of the library, which every room may write into its files."""

__version__ = "0.1.0"
