"""Notes, attachments and history of the open case. No widget, no display."""

import json
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.view_model import CaseViewModel
from desktop.services import Services
from desktop.support.formats import DISPOSITION_WORDS, Formats
from desktop.support.translation import mark, tr
from desktop.tables.file_model import FileLine
from desktop.tasks import Task, Tasks
from domain.casefile import Attachment, CaseFile
from domain.review import AuditEntry

# What an audit entry about an alert says; one that is not here is shown by its name.
ACTION_WORDS = {
    "explain": mark("Explained"),
    "decide": mark("Decided"),
    "reverse": mark("Decision taken back"),
    "contest": mark("Decision contested"),
    "propose": mark("Decision proposed"),
    "view": mark("Own view given on a proposal"),
    "approve": mark("Proposal approved"),
    "reject": mark("Proposal rejected"),
    "withdraw": mark("Proposal withdrawn"),
    "claim": mark("Claimed"),
    "release": mark("Released"),
    "snooze": mark("Snoozed"),
    "export": mark("In a report"),
    "note": mark("Note"),
    "attach": mark("Attached"),
    "export_attachment": mark("Attachment saved outside"),
    "edit_text": mark("Text edited"),
}
TOLD_APART = ("note", "attach")  # shown with their words, from the case file itself


class FileViewModel(QObject):
    shown = Signal(object)  # CaseFile
    drafted = Signal(str)  # the note that was being typed, once a case is opened
    added = Signal(str)  # the note that is kept for good
    told = Signal(str)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, case: CaseViewModel) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None
        self._alert_id: str | None = None
        self._unsaved = case.unsaved
        self._looked = self._adding = False
        self.file: CaseFile | None = None
        case.opening.connect(self._opening)
        case.closed.connect(self._closed)
        case.unsaved_read.connect(self._restore)
        case.decided.connect(lambda _: self._stale())
        case.disputed.connect(lambda _: self._stale())
        case.reversed.connect(lambda _: self._stale())

    def look(self) -> None:
        """Reads the file; told by `shown`."""
        alert_id = self._alert_id
        if alert_id is None:
            return
        self._looked = True

        def done(file: CaseFile) -> None:
            self.file = file
            self.shown.emit(file)

        self._task = self._tasks.read(lambda: self._services.case_file(alert_id), done, self.failed.emit)

    def type(self, text: str) -> None:
        """Keeps the note that is being typed."""
        alert_id = self._alert_id
        if alert_id is not None:
            self._unsaved.type(alert_id, "note", text)

    def keep(self) -> None:
        """What is typed, now."""
        self._unsaved.keep()

    def add_note(self, text: str) -> None:
        """For good; told by `added`. A second key press meanwhile does nothing."""
        alert_id = self._alert_id
        if alert_id is None or self._adding or not text.strip():
            return
        self._adding = True

        def done(_: object) -> None:
            self._adding = False
            if alert_id == self._alert_id:
                self.added.emit(text)
                self.look()

        def failed(error: Exception) -> None:
            self._adding = False
            self.failed.emit(error)

        self._unsaved.keep()
        self._tasks.write(lambda: self._services.add_note(alert_id, text), done, failed)

    def attach(self, path: Path) -> None:
        alert_id = self._alert_id
        if alert_id is not None:
            self._tasks.write(lambda: self._services.attach(alert_id, path), lambda _: self.look(), self.failed.emit)

    def export(self, attachment: Attachment, path: Path) -> None:
        def done(saved: Path) -> None:
            self.told.emit(tr("{name} was saved as {path}.", name=attachment.name, path=saved))
            self.look()

        number = attachment.sequence
        self._tasks.write(lambda: self._services.export_attachment(number, path), done, self.failed.emit)

    def _opening(self, alert_id: str) -> None:
        if self._task is not None:
            self._task.discard()
        self._alert_id, self._looked, self.file, self._task = alert_id, False, None, None
        self.shown.emit(CaseFile((), (), ()))

    def _closed(self) -> None:
        self._alert_id = None

    def _restore(self, kind: str, text: str) -> None:
        if kind == "note":
            self.drafted.emit(text)

    def _stale(self) -> None:
        if self._looked:
            self.look()


def lines_of(file: CaseFile, formats: Formats) -> tuple[FileLine, ...]:
    """Notes, attachments and what the audit says of the alert, newest first."""
    told = [
        *((note.written_at.isoformat(), note.actor, tr("Note"), note.text, None) for note in file.notes),
        *(
            (one.attached_at.isoformat(), one.actor, tr("Attached"), _attached(one, formats), one)
            for one in file.attachments
        ),
        *(
            (entry.at, entry.actor, tr(ACTION_WORDS.get(entry.action, entry.action)), _details(entry, formats), None)
            for entry in file.entries
            if entry.action not in TOLD_APART
        ),
    ]
    told.sort(key=lambda line: line[0], reverse=True)
    return tuple(
        FileLine(formats.time(datetime.fromisoformat(at).astimezone()), actor, what, words, one)
        for at, actor, what, words, one in told
    )


def _attached(one: Attachment, formats: Formats) -> str:
    size = formats.count(max(1, round(one.size / 1024)))
    return f"{one.name} ({size} KB, sha256 {one.sha256[:12]})"


def _details(entry: AuditEntry, formats: Formats) -> str:
    details = json.loads(entry.details)
    if entry.action == "export":
        return tr("in {folder}", folder=entry.subject)
    disposition = details.get("after") or details.get("disposition") or ""
    words = (
        tr(DISPOSITION_WORDS[disposition]) if disposition in DISPOSITION_WORDS else "",
        str(details.get("note") or details.get("name") or ""),
        formats.time(datetime.fromisoformat(details["until"]).astimezone()) if details.get("until") else "",
    )
    return ": ".join(word for word in words if word)
