"""Several runs in one folder."""
