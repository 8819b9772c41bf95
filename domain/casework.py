"""Use cases beside the decision: notes and attachments. Each change and its audit entry are one transaction.

The audit holds sizes and hashes, never the texts themselves: what a note says can be erased by law, the chain cannot.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from domain.access.roles import require
from domain.audit import Scalar
from domain.casefile import (
    ATTACHMENT_LIMIT,
    NOTE_LIMIT,
    TEXT_LIMIT,
    Attachment,
    CaseFile,
    Note,
    TextEdit,
    TextKind,
    UnsavedKind,
    WorkingText,
)
from domain.deciding import proposal_shown
from domain.errors import AttachmentRefused, InvalidDecision, ReportFailed
from domain.private_file import written_whole
from domain.review import AuditEntry
from domain.store import Store

SETTLING = ("decide", "approve", "reverse", "contest")
TELLING = ("propose", "view", "withdraw", "reject")  # of a disposition that is none yet


def case_file(store: Store, alert_id: str) -> CaseFile:
    """Of a proposal whose words this person may not see yet, the entries tell as little. Raises UnknownAlert."""
    store.alerts.get(alert_id)
    table = store.casework
    entries = tuple(table.entries(alert_id))
    waiting = proposal_shown(store, alert_id)
    if waiting is not None and waiting.hidden:
        entries = _without_views(entries)
    return CaseFile(table.notes(alert_id), table.attachments(alert_id), entries)


def _without_views(entries: tuple[AuditEntry, ...]) -> tuple[AuditEntry, ...]:
    """What was said of the disposition since the last decision is left out: proposals taken back, too."""
    settled = max((entry.sequence for entry in entries if entry.action in SETTLING), default=0)
    return tuple(
        replace(entry, details="{}") if entry.sequence > settled and entry.action in TELLING else entry
        for entry in entries
    )


def keep_unsaved(store: Store, alert_id: str, kind: UnsavedKind, text: str, *, actor: str) -> None:
    """What is being typed, so that a crash loses nothing of it. Never audited: it is not said yet."""
    with store.transaction():
        store.unsaved.keep(alert_id, actor, kind, text[:TEXT_LIMIT])


def add_note(store: Store, alert_id: str, text: str, *, actor: str, now: datetime) -> Note:
    """Adds a note for good, so what was typed of it is dropped. Raises NotAllowed, UnknownAlert, InvalidDecision."""
    require(store.person, "annotate")
    text = text.strip()
    if not text:
        raise InvalidDecision("The note is empty.", "Write something into it.")
    if len(text) > NOTE_LIMIT:
        raise InvalidDecision(f"The note on {alert_id} has {len(text):,} characters.", f"Use at most {NOTE_LIMIT:,}.")
    with store.transaction():
        store.alerts.get(alert_id)
        note = Note(store.casework.next_note(), alert_id, text, actor, now)
        store.casework.add_note(note)
        store.unsaved.drop(alert_id, actor, "note")
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        store.audit.append(actor, "note", alert_id, {"note": note.sequence, "characters": len(text), "sha256": sha256})
    return note


def attach(store: Store, alert_id: str, path: Path, *, actor: str, now: datetime) -> Attachment:
    """Copies a file into the store, encrypted with it. Raises NotAllowed, UnknownAlert, AttachmentRefused."""
    require(store.person, "annotate")
    try:
        with path.open("rb") as file:
            content = file.read(ATTACHMENT_LIMIT + 1)
    except OSError as error:
        raise AttachmentRefused(f"{path} cannot be read: {error.strerror or error}.", "Check the file.") from error
    if not content:
        raise AttachmentRefused(f"{path} is empty.", "Attach a file that holds something.")
    if len(content) > ATTACHMENT_LIMIT:
        limit = ATTACHMENT_LIMIT // 2**20
        raise AttachmentRefused(f"{path} has more than {limit} MB.", "Attach a smaller file, or a part of it.")
    with store.transaction():
        store.alerts.get(alert_id)
        sha256 = hashlib.sha256(content).hexdigest()
        number = store.casework.next_attachment()
        attachment = Attachment(number, alert_id, path.name, len(content), sha256, actor, now)
        store.casework.add_attachment(attachment, content)
        details: dict[str, Scalar] = {"attachment": number, "name": path.name, "bytes": len(content), "sha256": sha256}
        store.audit.append(actor, "attach", alert_id, details)
    return attachment


def export_attachment(store: Store, sequence: int, path: Path, *, actor: str) -> Path:
    """Writes an attachment as it was, whole or not at all; the audit is told first.

    Raises NotAllowed, AttachmentRefused, ReportFailed.
    """
    require(store.person, "report")
    attachment, content = store.casework.content(sequence)
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise AttachmentRefused(f"{attachment.name} is not what was attached: its sha256 differs.", "Use a backup.")
    details: dict[str, Scalar] = {
        "attachment": sequence,
        "name": attachment.name,
        "sha256": attachment.sha256,
        "to": str(path),
    }
    try:
        with written_whole(path) as out:
            out.write(content)
            store.audit.append(actor, "export_attachment", attachment.alert_id, details)
    except OSError as error:
        raise ReportFailed(f"{path} cannot be written: {error.strerror or error}.", "Choose another folder.") from error
    return path


def save_text(
    store: Store, alert_id: str, kind: TextKind, draft: str, text: str, *, actor: str, now: datetime
) -> WorkingText:
    """Keeps an edit beside the draft; one that changes nothing is none.

    Raises NotAllowed, UnknownAlert, InvalidDecision.
    """
    require(store.person, "annotate")
    if len(text) > TEXT_LIMIT:
        raise InvalidDecision(f"The text on {alert_id} has {len(text):,} characters.", f"Use at most {TEXT_LIMIT:,}.")
    with store.transaction():
        store.alerts.get(alert_id)
        before = WorkingText(kind, draft, store.texts.edits(alert_id, kind)).text
        store.unsaved.drop(alert_id, actor, kind)
        if text != before:
            store.texts.add(TextEdit(alert_id, kind, draft, before, text, actor, now))
            hashes = (hashlib.sha256(words.encode()).hexdigest() for words in (draft, before, text))
            names = ("draft", "text_before", "text_after")
            store.audit.append(actor, "edit_text", alert_id, {"text": kind, **dict(zip(names, hashes, strict=True))})
        return WorkingText(kind, draft, store.texts.edits(alert_id, kind))
