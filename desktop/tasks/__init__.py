"""All threading of the window."""

from desktop.tasks.long_work import LongWork
from desktop.tasks.task import Task
from desktop.tasks.tasks import Tasks

__all__ = ["LongWork", "Task", "Tasks"]
