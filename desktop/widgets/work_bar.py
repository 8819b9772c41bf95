"""The progress of long work, with its cancel; hidden until the work has taken 600 ms.

In a dialog that is opened while work is under way it is there at once, so that the work can be cancelled.
"""

from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from desktop.support.formats import Formats
from desktop.support.spoken import spoken
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.tasks import LongWork
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import row
from domain.progress import Progress


class WorkBar(QFrame):
    def __init__(self, long_work: LongWork, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._long_work = long_work
        self._formats = formats
        self.setProperty("role", "bar")
        self.words = PlainLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.figures = PlainLabel(role="muted")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel the work under way"))
        line = row(self, 12, (20, 8, 20, 8))
        line.addWidget(self.words)
        line.addWidget(self.bar, 1)
        line.addWidget(self.figures)
        line.addWidget(self.cancel)
        self.cancel.clicked.connect(long_work.cancel)
        long_work.started.connect(self._started)
        long_work.slow.connect(self.show)
        long_work.progressed.connect(self._progressed)
        long_work.cancelling.connect(self._cancelling)
        long_work.paused.connect(self._paused)
        long_work.ended.connect(self.hide)
        if long_work.busy:
            self._started(long_work.title)
        else:
            self.hide()

    def _started(self, title: str) -> None:
        self.words.setText(f"{title}…")
        self.figures.setText("")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)

    def _progressed(self, progress: Progress) -> None:
        if not self.cancel.isEnabled():
            return
        self.words.setText(f"{self._long_work.title}: {visible(spoken(progress.step))}")
        if progress.total:
            # Qt's ranges are 32-bit; rows are counted beyond that.
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, 1000 * progress.done // progress.total))
            done, total = self._formats.count(progress.done), self._formats.count(progress.total)
            self.figures.setText(tr("{done} of {total}", done=done, total=total))
        else:
            self.bar.setRange(0, 0)
            self.figures.setText(self._formats.count(progress.done) if progress.done else "")

    def _paused(self, paused: bool) -> None:
        self.words.setText(
            tr("{work}: paused after this step", work=self._long_work.title) if paused else f"{self._long_work.title}…"
        )

    def _cancelling(self) -> None:
        self.words.setText(tr("Cancelling after this step…"))
        self.cancel.setEnabled(False)
