"""An error in the words a person reads: what happened, and the way out."""

from dataclasses import dataclass

from desktop.support.spoken import spoken
from desktop.support.translation import tr
from domain.errors import WhyflagError


@dataclass(frozen=True, slots=True)
class Failure:
    message: str
    hint: str

    @property
    def text(self) -> str:
        return f"{self.message} {self.hint}".strip()


def describe(error: Exception) -> Failure:
    """A WhyflagError speaks for itself; anything else is a bug and is said to be one."""
    if isinstance(error, WhyflagError):
        return Failure(spoken(error.message), spoken(error.hint))
    return Failure(
        tr("whyflag met an error of its own: {kind}: {error}", kind=type(error).__name__, error=error),
        tr("Nothing of this step was kept. The log holds the details; try again, then report it."),
    )


def busy(title: str) -> WhyflagError:
    """Other long work is under way, so this one was not begun."""
    return WhyflagError(tr("{work} is still under way.", work=title), tr("Wait for it, or cancel it at the bottom."))
