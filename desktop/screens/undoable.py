"""What of this session can be taken back, in the order in which it was done. No widget."""


class Undoable:
    """Decisions: an alert's id for one, ids for many at once. Whoever takes one back takes the newest first."""

    def __init__(self) -> None:
        self._done: list[str | tuple[str, ...]] = []

    @property
    def newest(self) -> str | tuple[str, ...] | None:
        return self._done[-1] if self._done else None

    def add(self, done: str | tuple[str, ...]) -> None:
        self._done.append(done)

    def take(self) -> None:
        """The newest, which is being taken back. It is added again where that fails, and may be tried again."""
        self._done.pop()

    def drop(self, alert_id: str) -> None:
        """What was decided on this alert alone cannot be taken back any more."""
        self._done = [done for done in self._done if done != alert_id]
