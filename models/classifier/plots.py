"""Reliability and precision-recall of an evaluation, as PNG files."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from domain.errors import ReportFailed
from domain.evaluation import ClassifierMetrics, weeks_of

INCHES = (6.4, 5.2)
DOTS_PER_INCH = 150
BLUE, GREYS = "#1f5fa8", ("#b35806", "#5e7d3a", "#7a7a7a")  # told apart by lines too: readable without colours
LINES = ("-", "--", "-.", ":")


def draw(metrics: ClassifierMetrics, folder: Path) -> tuple[Path, ...]:
    """Writes reliability.png and precision-recall.png into `folder`, which is made. Raises ReportFailed."""
    plots: tuple[tuple[str, Callable[[ClassifierMetrics, Axes], None]], ...] = (
        ("reliability.png", _reliability),
        ("precision-recall.png", _precision_recall),
    )
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, plot in plots:
            figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, layout="constrained")
            FigureCanvasAgg(figure)
            plot(metrics, figure.add_subplot())
            figure.savefig(folder / name, metadata={"Software": None})  # no version: the same measures, the same bytes
            written.append(folder / name)
    except OSError as error:
        raise ReportFailed(f"The plots cannot be written to {folder}: {error.strerror or error}.") from error
    return tuple(written)


def _reliability(metrics: ClassifierMetrics, axes: Axes) -> None:
    """Both axes in logarithms, since nearly all scores lie near 0; bins without fraud cannot be shown there."""
    bins = [one for one in metrics.reliability if one.fraud_share > 0]
    low = min([1e-4, *(min(one.mean_score, one.fraud_share) for one in bins)])
    axes.plot([low, 1], [low, 1], color=GREYS[2], linewidth=1, label="perfectly calibrated")
    axes.plot([one.mean_score for one in bins], [one.fraud_share for one in bins], "o-", color=BLUE, label="whyflag")
    axes.set(xscale="log", yscale="log", xlabel="mean score of a bin", ylabel="share of frauds in it")
    axes.set_title(f"Reliability: calibration error {metrics.calibration_error:.4f}\n{_weeks(metrics)}", fontsize=10)
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)


def _precision_recall(metrics: ClassifierMetrics, axes: Axes) -> None:
    for number, model in enumerate(metrics.precision_recall):
        axes.step(
            model.curve.recall,
            model.curve.precision,
            where="post",
            color=BLUE if not number else GREYS[(number - 1) % len(GREYS)],
            linestyle=LINES[number % len(LINES)],
            linewidth=1.8 if not number else 1.1,
            label=model.model,
        )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.set_title(f"Precision and recall\n{_weeks(metrics)}", fontsize=10)
    axes.legend(frameon=False, loc="lower left", fontsize=8)
    axes.grid(alpha=0.3)


def _weeks(metrics: ClassifierMetrics) -> str:
    period = weeks_of(metrics.reported)
    weeks = len(metrics.reported)
    return f"{weeks} test week{'' if weeks == 1 else 's'} between {period.start:%Y-%m-%d} and {period.end:%Y-%m-%d}"
