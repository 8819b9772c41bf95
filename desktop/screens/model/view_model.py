"""What the model screen shows: versions, figures, features, hashes. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr
from desktop.tasks import Task, Tasks
from domain.model_page import ModelPage, NarratorFacts
from domain.scoring import ClassifierVersion

Fact = tuple[str, str]
METRIC_WORDS = {
    "held_out_rows": mark("Held-out transactions"),
    "held_out_frauds": mark("Held-out frauds"),
    "auc_roc": mark("Area under the ROC curve"),
    "average_precision": mark("Average precision"),
    "mean_probability": mark("Mean score"),
    "fraud_rate": mark("Share of fraud"),
    "calibration_slope": mark("Slope of the calibration"),
    "calibration_offset": mark("Offset of the calibration"),
    "card_precision_100": mark("Card precision at 100"),
}
COUNTS = ("held_out_rows", "held_out_frauds")
SHARES = ("mean_probability", "fraud_rate")


class ModelViewModel(QObject):
    loading = Signal()
    loaded = Signal(object)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None
        self.page: ModelPage | None = None

    def refresh(self) -> None:
        if self._task is not None:
            self._task.discard()
        self.loading.emit()
        self._task = self._tasks.background(lambda task: self._services.model_page(), self._show, self.failed.emit)

    def _show(self, page: ModelPage) -> None:
        self._task = None
        self.page = page
        self.loaded.emit(page)


def version_words(version: ClassifierVersion, formats: Formats) -> str:
    """One line of the list of versions."""
    return tr("{time}, {id}", time=formats.time(version.created_at), id=version.classifier_id[:12])


def version_facts(version: ClassifierVersion, formats: Formats) -> tuple[Fact, ...]:
    facts = [
        (tr("Hash"), version.classifier_id),
        (tr("Trained from"), formats.date(version.trained_from)),
        (tr("Trained until"), formats.date(version.trained_until)),
        (tr("Transactions"), formats.count(version.rows)),
        (tr("Known frauds"), formats.count(version.frauds)),
        (tr("Features"), formats.count(len(version.features))),
        (tr("Seed"), str(version.seed)),
    ]
    return (*facts, *(_metric(name, value, formats) for name, value in version.metrics))


def narrator_facts(narrator: NarratorFacts) -> tuple[Fact, ...]:
    version = narrator.version
    if version is None:
        return ((tr("Language model"), narrator.absent),)
    return (
        (tr("Base model, SHA-256"), version.base_model),
        (tr("Adapter, SHA-256"), version.adapter or tr("none")),
        (tr("Prompt, SHA-256"), version.prompt),
    )


def limits() -> tuple[str, ...]:
    """What a person must know before trusting a score."""
    return (
        tr("A score is a probability by what was known in training; a new kind of fraud is not in it."),
        tr("Labels count only from the day they were known, so the newest weeks teach nothing yet."),
        tr("Figures of held-out rows are from the end of the training period, not from later months."),
        tr("Reasons are exact for this classifier; they are not causes."),
        tr("The language model scores nothing: it words evidence, and each sentence is checked."),
    )


def _metric(name: str, value: float, formats: Formats) -> Fact:
    words = tr(METRIC_WORDS[name]) if name in METRIC_WORDS else name
    if name in COUNTS:
        return words, formats.count(round(value))
    return words, formats.share(value) if name in SHARES else formats.decimal(value, 3)
