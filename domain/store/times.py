"""The store keeps its own times in UTC without a zone; the records carry them with one."""

from datetime import UTC, datetime


def to_utc(moment: datetime) -> datetime:
    """Without a zone, in UTC; a moment without a zone is taken as UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def from_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
