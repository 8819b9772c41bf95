"""Chooses a classifier on validation weeks and measures it, with the baselines beside it, on later weeks."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from domain.evaluation import (
    Choice,
    ClassifierMetrics,
    Measures,
    ModelCurve,
    ModelLine,
    Split,
    WeekMetrics,
)
from domain.progress import Progress, Work
from domain.scoring import FloatArray, Trainer
from domain.store.features import FeatureTable
from models.classifier.candidates import BOOK_FEATURES, Boosted, Candidate, Forest, Logistic, Trained, stacked
from models.classifier.measures import (
    Assessed,
    card_precision,
    deviation_of,
    mean_of,
    measure,
    measure_typologies,
    precision_recall,
    reliability,
)
from models.classifier.prequential import HANDBOOK_START, Fold, Protocol, fold

FIRST_SEED = 0


PRODUCT = "whyflag"
BASELINES: tuple[Candidate, ...] = (
    Logistic(BOOK_FEATURES, "logistic regression, 15 features of the book"),
    Forest(BOOK_FEATURES, "random forest 100/20, 15 features of the book"),
    Boosted(BOOK_FEATURES, "gradient boosting, 15 features of the book"),
)


def evaluate(
    table: FeatureTable, trainer: Trainer, plan: Protocol, *, seeds: int = 3, history_from: datetime | None = None
) -> Work[ClassifierMetrics]:
    """Trains anew for every split. `history_from` is where all history starts; None leaves that measure out.

    Raises NotEnoughLabels.
    """
    choices = yield from choose(table, (Trained(trainer), Forest(), Logistic()), plan.validation)
    product = Trained(trainer, PRODUCT)
    runs: dict[str, list[list[Measures]]] = {}  # by model, then seed, then week
    weeks: list[WeekMetrics] = []
    tests: list[Assessed] = []
    kept: dict[str, list[FloatArray]] = {}  # scores with the first seed, by model, then week
    for number, split in enumerate(plan.reported):
        yield Progress(f"reported week from {split.test.start:%Y-%m-%d}", number, len(plan.reported))
        data = fold(table, split)
        tests.append(data.tested)
        for model, count in ((product, seeds), *((baseline, 1) for baseline in BASELINES)):
            for seed in range(count):
                scores = model.scores(data.training, data.features, FIRST_SEED + seed)
                found = measure(data.tested, scores)
                runs.setdefault(model.name, [[] for _ in range(count)])[seed].append(found)
                if not seed:
                    kept.setdefault(model.name, []).append(scores)
                if model is product and not seed:
                    weeks.append(_week(data, found))
                yield Progress(
                    f"reported week from {split.test.start:%Y-%m-%d}: {model.name}", number, len(plan.reported)
                )
    lines = tuple(_line(name, by_seed) for name, by_seed in runs.items())
    history = None
    if history_from is not None:
        history = yield from _all_history(table, product, plan.reported[0].with_history(history_from))
    return _together(plan, choices, lines, tuple(weeks), history, _pooled(tests), kept)


def choose(table: FeatureTable, candidates: Sequence[Candidate], splits: Sequence[Split]) -> Work[tuple[Choice, ...]]:
    """Each candidate, and stacks of the first with the others, on validation weeks; best average precision first."""
    runs: dict[tuple[str, bool], list[Measures]] = {}
    for number, split in enumerate(splits):
        yield Progress(f"validation week from {split.test.start:%Y-%m-%d}", number, len(splits))
        data = fold(table, split)
        scores: list[FloatArray] = []
        for candidate in candidates:
            scores.append(candidate.scores(data.training, data.features, FIRST_SEED))
            runs.setdefault((candidate.name, candidate.exact), []).append(measure(data.tested, scores[-1]))
            yield Progress(f"validation week from {split.test.start:%Y-%m-%d}: {candidate.name}", number, len(splits))
        for members in _stacks(len(candidates)):
            key = (
                "stack: " + " + ".join(candidates[member].name for member in members),
                all(candidates[member].exact for member in members),
            )
            runs.setdefault(key, []).append(measure(data.tested, stacked([scores[member] for member in members])))
    choices = [Choice(name, exact, mean_of(found)) for (name, exact), found in runs.items()]
    return tuple(sorted(choices, key=lambda choice: -choice.mean.average_precision))


def _stacks(count: int) -> list[tuple[int, ...]]:
    """The first member with each other, and all together."""
    pairs = [(0, other) for other in range(1, count)]
    return [*pairs, tuple(range(count))] if count > 2 else list(pairs)


def _all_history(table: FeatureTable, product: Candidate, split: Split) -> Work[ModelLine]:
    """With one seed: it takes as long as all else."""
    yield Progress("training on all history")
    data = fold(table, split)
    found = measure(data.tested, product.scores(data.training, data.features, FIRST_SEED))
    return _line(f"{product.name}, all history", [[found]])


def _week(data: Fold, found: Measures) -> WeekMetrics:
    tested = data.tested
    return WeekMetrics(
        train_from=data.split.train_from,
        train_until=data.split.train_until,
        test_from=data.split.test.start,
        trained_on=len(data.training.labels),
        tested_on=len(tested.fraud),
        frauds=int(tested.fraud.sum()),
        best_card_precision=card_precision(
            tested.days, tested.customers, tested.fraud, tested.fraud.astype(np.float64)
        ),
        measures=found,
    )


def _line(name: str, by_seed: list[list[Measures]]) -> ModelLine:
    means = [mean_of(weeks) for weeks in by_seed]
    return ModelLine(name, len(means), mean_of(means), deviation_of(means))


def _together(
    plan: Protocol,
    choices: tuple[Choice, ...],
    lines: tuple[ModelLine, ...],
    weeks: tuple[WeekMetrics, ...],
    history: ModelLine | None,
    tested: Assessed,
    kept: dict[str, list[FloatArray]],
) -> ClassifierMetrics:
    scores = {model: np.concatenate(by_week) for model, by_week in kept.items()}
    mean = lines[0].mean
    return ClassifierMetrics(
        protocol=_name(plan),
        auc_roc=mean.auc_roc,
        average_precision=mean.average_precision,
        card_precision=mean.card_precision,
        best_card_precision=float(np.mean([week.best_card_precision for week in weeks])),
        value_detection_rate=mean.value_detection_rate,
        alert_precision=mean.alert_precision,
        calibration_error=mean.calibration_error,
        validation=plan.validation,
        reported=plan.reported,
        choices=choices,
        chosen=next(choice.model for choice in choices if choice.exact),
        models=lines,
        weeks=weeks,
        history=history,
        typologies=measure_typologies(tested, scores[PRODUCT]),
        reliability=reliability(tested.fraud, scores[PRODUCT]),
        precision_recall=tuple(
            ModelCurve(model, precision_recall(tested.fraud, found)) for model, found in scores.items()
        ),
    )


def _pooled(tests: list[Assessed]) -> Assessed:
    """The weeks as one test, their days told apart."""
    return Assessed(
        np.concatenate([tested.days + 7 * week for week, tested in enumerate(tests)]),
        np.concatenate([tested.customers for tested in tests]),
        np.concatenate([tested.amounts for tested in tests]),
        np.concatenate([tested.fraud for tested in tests]),
        np.concatenate([tested.scenarios for tested in tests]),
    )


def _name(plan: Protocol) -> str:
    if plan.reported[0].train_from != HANDBOOK_START:
        return "prequential"
    return {1: "handbook chapter 3", 4: "handbook chapter 5"}.get(len(plan.reported), "prequential from the handbook's")
