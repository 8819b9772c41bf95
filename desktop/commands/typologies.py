"""`whyflag evaluate typologies`: capture rate and precision of each typology, where the true one is known."""

from dataclasses import asdict

import typer

from desktop.bootstrap import make_scorer
from desktop.commands.shared import AsJson, From, PassphraseFile, StoreOption, Until, opened, period_of, print_json, run
from domain.pipeline import ensure_features
from domain.typology import load_rules
from domain.typology_quality import TypologyReport, typology_quality, unseen_period


def typologies(
    store: StoreOption,
    start: From = None,
    until: Until = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Print how much of each typology is caught, and how often the declared rules name a caught one rightly.

    By default on alerts from after the classifier's training.
    """
    with opened(store, passphrase_file) as open_store:
        run(ensure_features(open_store))
        scorer = make_scorer(open_store)
        period = period_of(open_store, start, until) or unseen_period(open_store, scorer)
        if period is None:
            raise typer.BadParameter("no alert lies after the classifier's training: give --from and --until.")
        report = run(typology_quality(open_store, scorer, load_rules(), period))
    if as_json:
        rows = [{**asdict(each), "capture": each.capture, "precision": each.precision} for each in report.typologies]
        print_json({**asdict(report), "typologies": rows})
        return
    print(as_text(report))


def as_text(report: TypologyReport) -> str:
    lines = [
        f"{report.alerts:,} alerts from {report.period.start:%Y-%m-%d} until {report.period.end:%Y-%m-%d},"
        f" {report.caught:,} of them frauds of a known typology",
        f"{'typology':<26}{'frauds':>7}{'caught':>8}{'capture':>9}{'recognised':>12}{'right':>7}{'precision':>11}"
        f"{'of genuine':>12}",
    ]
    for each in report.typologies:
        lines.append(
            f"{each.name:<26}{each.frauds:>7,}{each.caught:>8,}{_share(each.capture):>9}{each.recognised:>12,}"
            f"{each.right:>7,}{_share(each.precision):>11}{each.false_alerts:>12,}"
        )
    lines.append(
        f"precision on caught fraud {_share(report.precision)}, recognised {_share(report.coverage)} of it"
        "   ('of genuine': alerts on genuine payments that the rule named)"
    )
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
