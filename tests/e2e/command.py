"""The `whyflag` command as a person runs it, in this process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from desktop.cli import app
from domain.errors import WhyflagError


@dataclass(frozen=True, slots=True)
class Whyflag:
    """Runs commands against one store. Narration is the template's: the model has its own tests."""

    store: Path
    passphrase_file: Path

    def run(self, *arguments: str, expect: int = 0) -> str:
        """Standard output; fails where the exit code is another."""
        command = [*arguments, "--store", str(self.store), "--passphrase-file", str(self.passphrase_file)]
        result = CliRunner().invoke(app, command)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expect, result.output
        return result.stdout

    def json(self, *arguments: str, expect: int = 0) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.run(*arguments, "--json", expect=expect))

    def error(self, *arguments: str) -> WhyflagError:
        """The error that a command ends with."""
        try:
            self.run(*arguments)
        except WhyflagError as error:
            return error
        raise AssertionError(f"{arguments} did not fail")
