"""What people add to an alert: notes and attachments; and what happened to it, from the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.review import AuditEntry

TextKind = Literal["call", "sar"]  # what is said to the customer; the suspicious activity report's narrative
# A note to the decision, a note of the case, the two texts, the ground on which a decision is contested
UnsavedKind = Literal["decision", "note", "call", "sar", "contest"]
TEXT_LIMIT = 50_000  # characters
NOTE_LIMIT = 10_000  # characters
ATTACHMENT_LIMIT = 20 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Only ever added; `sequence` is unique in the store."""

    sequence: int
    alert_id: str
    text: str
    actor: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept in the store, without its content: `size` in bytes, `sha256` of the content in hex."""

    sequence: int
    alert_id: str
    name: str
    size: int
    sha256: str
    actor: str
    attached_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Notes and attachments oldest first, the alert's audit entries in their order."""

    notes: tuple[Note, ...]
    attachments: tuple[Attachment, ...]
    entries: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True)
class UnsavedText:
    """What a person has typed so far, and for what."""

    kind: UnsavedKind
    text: str


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Who changed a text, when, from what to what, and the draft by program that it began from."""

    alert_id: str
    kind: TextKind
    draft: str
    before: str
    after: str
    actor: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class WorkingText:
    """A draft by program, and what people made of it, oldest first."""

    kind: TextKind
    draft: str
    edits: tuple[TextEdit, ...]

    @property
    def text(self) -> str:
        """What holds: the newest edit, else the draft."""
        return self.edits[-1].after if self.edits else self.draft
