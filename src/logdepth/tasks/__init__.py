"""Tasks: the problems, each with its instances, its exact answer, and its way into and out of tokens."""

from logdepth.tasks.how_to_read import HowToRead
from logdepth.tasks.reading import read_instance
from logdepth.tasks.registry import TASKS, make_task, register_task
from logdepth.tasks.shipped import shipped_file, shipped_files
from logdepth.tasks.task import Task

__all__ = ["TASKS", "HowToRead", "Task", "make_task", "read_instance", "register_task", "shipped_file", "shipped_files"]
