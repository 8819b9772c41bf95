"""`whyflag evaluate classifier`: chosen on earlier weeks, measured on later ones, with the baselines beside it."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import draw_classifier_plots, evaluate_classifier
from desktop.commands.shared import AsJson, From, PassphraseFile, StoreOption, opened, print_json, run
from domain.evaluation import DELAY, ClassifierMetrics, Measures, ModelLine, Split

TITLES = ("AUC ROC", "avg precision", "CP@100", "value detected", "alert precision", "calib. error")  # as Measures
NAME = 48


def classifier(
    store: StoreOption,
    weeks: Annotated[int, typer.Option(min=1, help="Reported weeks: 4 as in the handbook's chapter 5, 1 as in 3.")] = 4,
    start: From = None,
    seeds: Annotated[int, typer.Option(min=1, help="How often the product is trained, to see how much varies.")] = 3,
    history: Annotated[bool, typer.Option(help="Also train on all history before the first reported week.")] = True,
    plots: Annotated[Path | None, typer.Option(help="Write reliability and precision-recall as PNG here.")] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Choose on validation weeks, train and test anew on later ones, as the Fraud Detection Handbook does.

    --from is where the first reported split's training week starts; by default the handbook's date where the store
    holds it, else the last weeks whose outcomes are known.
    """
    with opened(store, passphrase_file) as open_store:
        metrics = run(evaluate_classifier(open_store, weeks, start, seeds, all_history=history))
    written = draw_classifier_plots(metrics, plots) if plots is not None else ()
    if as_json:
        print_json(metrics)
        return
    print("\n".join(_told(metrics, store.name)))
    for path in written:
        print(f"written: {path}")


def _told(metrics: ClassifierMetrics, store: str) -> list[str]:
    return [
        f"measured on {store}, {metrics.protocol}",
        "",
        f"chosen on {_dates(metrics.validation)}",
        _heading("exact reasons"),
        *(
            f"{'*' if choice.model == metrics.chosen else ' '} {choice.model:<{NAME - 2}}{_cells(choice.mean)}"
            f"  {'yes' if choice.exact else 'no'}"
            for choice in metrics.choices
        ),
        f"  * the best average precision with exact reasons: {metrics.chosen}",
        "",
        f"reported on {_dates(metrics.reported)}",
        _heading(),
        *(line for model in metrics.models for line in _model(model)),
        f"{'a perfect scorer':<{NAME}}{'':>32}{metrics.best_card_precision:>16.3f}",
        *(_history(metrics) if metrics.history else ()),
        *(_typologies(metrics) if metrics.typologies else ()),
        "",
        "Means of the weeks; +- is the standard deviation over seeds. Value detected and alert precision are of each",
        "day's 100 highest scores. Customers known to be defrauded by a test day are left out, as in the handbook.",
    ]


def _dates(splits: Sequence[Split]) -> str:
    starts = ", ".join(f"{split.train_from:%Y-%m-%d}" for split in splits)
    first, last = splits[0], splits[-1]
    known = last.test.end + DELAY
    return (
        f"the weeks {first.test.start:%Y-%m-%d} until {last.test.end:%Y-%m-%d} (trained for 7 days from {starts};"
        f" 7 days' delay; outcomes known by {known:%Y-%m-%d})"
    )


def _heading(last: str = "") -> str:
    return f"{'':<{NAME}}" + "".join(f"{title:>16}" for title in TITLES) + (f"  {last}" if last else "")


def _cells(measures: Measures) -> str:
    return "".join(f"{getattr(measures, field.name):>16.{_digits(field.name)}f}" for field in fields(measures))


def _digits(name: str) -> int:
    return 4 if name == "calibration_error" else 3


def _model(line: ModelLine) -> list[str]:
    told = [f"{line.model:<{NAME}}{_cells(line.mean)}"]
    if line.seeds > 1:
        deviations = (f"+-{getattr(line.deviation, field.name):.4f}" for field in fields(line.deviation))
        told.append(f"{f'  over {line.seeds} seeds':<{NAME}}" + "".join(f"{cell:>16}" for cell in deviations))
    return told


def _history(metrics: ClassifierMetrics) -> list[str]:
    assert metrics.history is not None
    first = metrics.reported[0]
    return [
        "",
        f"trained on all history until {first.train_until:%Y-%m-%d}, tested on the first reported week",
        _heading(),
        *_model(metrics.history),
    ]


def _typologies(metrics: ClassifierMetrics) -> list[str]:
    titles = ("frauds", "captured", "precision", "value detected", "AUC ROC", "avg precision")
    return [
        "",
        "by typology, all reported weeks, first seed",
        f"{'':<{NAME}}" + "".join(f"{title:>16}" for title in titles),
        *(
            f"{found.typology:<{NAME}}{found.frauds:>16}{found.captured:>16.3f}{found.precision:>16.3f}"
            f"{found.value_detection_rate:>16.3f}{found.auc_roc:>16.3f}{found.average_precision:>16.3f}"
            for found in metrics.typologies
        ),
    ]
