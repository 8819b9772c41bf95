"""One record kept in one small JSON file: read with its types checked, written whole or not at all."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from PySide6.QtCore import QObject, Signal

from desktop.support.translation import tr
from domain.errors import SettingsDamaged
from domain.private_file import written_whole

T = TypeVar("T")


class KeptFile(QObject, Generic[T]):
    """`current` is the record; where the file cannot be read, it is `defaults` and `problem` says why.

    A file that could not be read is set aside under another name before it is written over, so that nothing a person
    wrote by hand is lost.
    """

    changed = Signal()

    def __init__(self, path: Path, defaults: T) -> None:
        super().__init__()
        self.path = path
        self.problem: SettingsDamaged | None = None
        self.current: T = defaults
        try:
            if path.exists():
                self.current = TypeAdapter(type(defaults)).validate_json(path.read_bytes())
        except (ValidationError, OSError) as error:
            self.problem = SettingsDamaged(
                tr("{file} cannot be used: {reason}.", file=path.name, reason=_reason(error)),
                tr("What whyflag comes with is used instead. The file is kept as {aside}.", aside=self._aside.name),
            )

    def change(self, **values: Any) -> None:
        """Replaces fields and writes the file. Raises SettingsDamaged where it cannot be written."""
        changed = replace(self.current, **values)  # type: ignore[type-var]
        if changed == self.current:
            return
        self.current = changed
        try:
            self._write()
        except OSError as error:
            raise SettingsDamaged(
                tr("{file} cannot be written: {reason}.", file=self.path.name, reason=error.strerror or str(error)),
                tr("What was chosen holds until whyflag is closed. Make room, or allow writing to {folder}.",
                   folder=self.path.parent),
            ) from error  # fmt: skip
        self.changed.emit()

    @property
    def _aside(self) -> Path:
        return self.path.with_suffix(".damaged.json")

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.problem is not None and self.path.exists():
            self.path.replace(self._aside)
            self.problem = None
        plain = TypeAdapter(type(self.current)).dump_python(self.current, mode="json")
        with written_whole(self.path) as out:
            out.write(json.dumps(plain, indent=2, ensure_ascii=False).encode())


def _reason(error: ValidationError | OSError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
