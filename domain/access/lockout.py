"""The pause after wrong passphrases: it doubles with each, and only the right passphrase ends it.

It holds back whoever guesses at this program. Whoever copies the files is held back by Argon2id alone.
"""

from dataclasses import dataclass
from datetime import timedelta

FREE = 3  # wrong passphrases without a pause: everybody mistypes
FIRST = 5.0  # seconds
LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passphrases since the last right one, and when the newest was tried (seconds since 1970, UTC)."""

    failed: int = 0
    last: float = 0.0

    def wait(self, now: float) -> timedelta:
        """How long until another try is heard.

        A clock that was set back shortens nothing, and holds nobody up for more than one pause.
        """
        if self.failed <= FREE:
            return timedelta()
        pause = min(LONGEST, FIRST * 2.0 ** min(self.failed - FREE - 1, 20))
        return timedelta(seconds=max(0.0, min(self.last + pause - now, pause)))

    def one_more(self, now: float) -> "Attempts":
        """Counted before the passphrase is tried, so that killing the program does not save a try."""
        return Attempts(self.failed + 1, max(self.last, now) if self.last - now < LONGEST else now)
