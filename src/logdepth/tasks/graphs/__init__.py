"""Graphs, the families that they are drawn from, and the tasks on them."""
