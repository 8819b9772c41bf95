"""The texts for customer and authority: drafted by program, and what people made of them. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.unsaved import Unsaved
from desktop.services import Case, Services
from desktop.tasks import Tasks
from domain.casefile import TextKind, UnsavedText, WorkingText
from domain.narrative import Narrative


class TextsViewModel(QObject):
    """Of one case, while somebody looks at its texts. What is typed is kept, and told by `restored` after a crash.

    `restored` comes with `drafted`, not later: what was typed last would take the place of what is typed by then.
    """

    drafted = Signal()  # every text is in `texts`
    saved = Signal(object)  # WorkingText
    restored = Signal(str, str)  # TextKind, what was typed and not saved
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, unsaved: Unsaved, case: Case, narrative: Narrative) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._unsaved = unsaved
        self._case = case
        self._narrative = narrative
        self.alert_id = case.alert.alert_id
        self.texts: dict[TextKind, WorkingText] = {}

    def read(self) -> None:
        self._tasks.background(
            lambda task: self._services.texts(self._case, self._narrative), self._drafted, self.failed.emit
        )

    def type(self, kind: TextKind, text: str) -> None:
        """Keeps what is being typed; nothing where it is what stands there already."""
        self._unsaved.type(self.alert_id, kind, "" if text == self.texts[kind].text else text)

    def save(self, kind: TextKind, text: str) -> None:
        """Told by `saved`, unless nothing was changed."""
        working = self.texts.get(kind)
        if working is None or text == working.text:
            return
        self._unsaved.keep()
        self._tasks.write(
            lambda: self._services.save_text(self.alert_id, kind, working.draft, text), self._saved, self.failed.emit
        )

    def _drafted(self, texts: tuple[WorkingText, ...]) -> None:
        self._unsaved.read(self.alert_id, lambda typed: self._show(texts, typed))

    def _saved(self, working: WorkingText) -> None:
        self.texts[working.kind] = working
        self.saved.emit(working)

    def _show(self, texts: tuple[WorkingText, ...], typed: tuple[UnsavedText, ...]) -> None:
        self.texts = {working.kind: working for working in texts}
        self.drafted.emit()
        for one in typed:
            if (one.kind == "call" or one.kind == "sar") and one.text != self.texts[one.kind].text:
                self.restored.emit(one.kind, one.text)
