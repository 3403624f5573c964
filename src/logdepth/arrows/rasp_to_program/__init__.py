"""Arrow: RASP becomes a program on a table."""
