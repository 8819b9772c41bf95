"""Loads Qt without its hook on every import that follows."""

import builtins
from importlib import import_module


def load_qt() -> None:
    """To be called before any part of Qt is loaded; in the frozen program PyInstaller did that, and the hook stays.

    PySide6 takes over `import` to see which modules ask for its snake_case names: it reads the source of each module,
    and does something at each of the ten thousand import statements of scikit-learn. That took a tenth of a second of
    the start and a fifth of loading the classifier. We ask for no such names.
    """
    plain = builtins.__import__
    import_module("PySide6.QtCore")
    builtins.__import__ = plain
