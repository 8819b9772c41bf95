"""`whyflag threshold`: which scores raise an alert, what another policy would do, and applying it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from desktop.bootstrap import make_trainer
from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, print_json, run
from domain.alerting import ThresholdProposal, apply_threshold, propose_threshold, scored_history
from domain.pipeline import latest_scorer
from domain.thresholds import AlertBudget, AnyPolicy, CurvePoint, ReviewCost, TargetPrecision, threshold_curve

SHOWN_POINTS = 12
SHOWN_IDS = 10


def threshold(
    store: StoreOption,
    budget: Annotated[float | None, typer.Option(help="As many alerts a day.")] = None,
    precision: Annotated[float | None, typer.Option(help="At least this share of alerts is fraud, 0 to 1.")] = None,
    review_cost: Annotated[float | None, typer.Option(help="What a review costs, in units of currency.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Raise the alerts anew by this policy, from now on.")] = False,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Choose the threshold by a budget, a precision or the cost of reviews; without any, show what each would do.

    Precision and cost rest on outcomes known by now, of transactions that the classifier was not trained on. With
    --budget or --precision, --review-cost is the cost that is shown.
    """
    policy = _policy(budget, precision, review_cost)
    if apply and policy is None:
        raise typer.BadParameter("--apply needs --budget, --precision or --review-cost.")
    with opened(store, passphrase_file) as open_store:
        scorer = latest_scorer(open_store, make_trainer())
        if policy is None:
            curve = threshold_curve(scored_history(open_store, scorer.version), 0.0)
            print_json(curve) if as_json else print(_curve_text(curve))
            return
        proposal = propose_threshold(open_store, scorer.version, policy, per_review=review_cost or 0.0)
        applied = None
        if apply:
            applied = run(
                apply_threshold(open_store, scorer, policy, actor=open_store.person.name, now=datetime.now(UTC))
            )
    if as_json:
        print_json({**asdict(proposal), "applied": applied})
        return
    print(_proposal_text(proposal))
    if applied:
        print(f"applied: {applied.alerts:,} alerts now, {applied.added:,} added, {applied.removed:,} removed")
    else:
        print("nothing was changed: --apply raises the alerts anew")


def _policy(budget: float | None, precision: float | None, review_cost: float | None) -> AnyPolicy | None:
    if budget is not None and precision is not None:
        raise typer.BadParameter("choose either --budget or --precision.")
    if budget is not None:
        return AlertBudget(budget)
    if precision is not None:
        return TargetPrecision(precision)
    return None if review_cost is None else ReviewCost(review_cost)


def _curve_text(curve: tuple[CurvePoint, ...]) -> str:
    step = max(1, len(curve) // SHOWN_POINTS)
    heading = f"{'threshold':>10}{'alerts a day':>14}{'precision':>11}{'recall':>9}{'value detected':>16}"
    return "\n".join(
        [
            heading,
            *(
                f"{point.threshold:>10.4f}{point.alerts_per_day:>14,.1f}{point.precision:>11.3f}{point.recall:>9.3f}"
                f"{point.value_detected:>16.3f}"
                for point in curve[1::step]
            ),
            "by transactions whose outcome is known and that the classifier was not trained on",
        ]
    )


def _proposal_text(proposal: ThresholdProposal) -> str:
    preview = proposal.preview
    lines = [
        f"policy: {proposal.policy}",
        f"threshold {proposal.threshold:.4f}, now {proposal.threshold_before:.4f}",
        _outcome("then", proposal.then),
        _outcome("now", proposal.now),
        f"the queue of {preview.day:%Y-%m-%d}: {len(preview.added)} added, {len(preview.removed)} removed,"
        f" {preview.kept} kept",
        *(f"  {count.band:<9} {count.before:>6,} -> {count.after:,}" for count in preview.bands),
    ]
    for name, ids in (("added", preview.added), ("removed", preview.removed)):
        if ids:
            lines.append(f"  {name}: {', '.join(ids[:SHOWN_IDS])}{', ...' if len(ids) > SHOWN_IDS else ''}")
    return "\n".join(lines)


def _outcome(when: str, point: CurvePoint | None) -> str:
    if point is None:
        return f"  {when}: too few known frauds among what the classifier was not trained on to say more"
    return (
        f"  {when}: {point.alerts_per_day:,.1f} alerts a day, precision {point.precision:.3f},"
        f" recall {point.recall:.3f}, {point.value_detected:.1%} of the value detected, cost {point.cost:,.2f} a day"
    )
