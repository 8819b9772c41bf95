"""The window and the command line."""

# Before any part of Qt: PySide6's import hook asks every new module for `__wrapped__`, which pydantic's half-loaded
# lazy modules answer with an ImportError.
import pydantic.fields
import pydantic.type_adapter  # noqa: F401
