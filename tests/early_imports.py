"""Loaded with pytest's `-p`, before pytest-qt loads PySide6: see desktop/__init__.py."""

import desktop  # noqa: F401
