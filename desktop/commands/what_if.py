"""`whyflag what-if`: a transaction with other fields, or the smallest change that would not have been flagged."""

import textwrap
from typing import Annotated

import typer

from desktop.bootstrap import make_scorer
from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, print_json
from domain.errors import UnknownAlert
from domain.store import Store
from domain.what_if import Counterfactual, WhatIf, counterfactual, parse_change, what_if

WIDTH = 100
MOVES = 8  # the largest are shown


def what_if_(
    id_: Annotated[str, typer.Argument(metavar="ALERT|TRANSACTION")],
    store: StoreOption,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field's other value; may be repeated.")
    ] = None,
    smallest: Annotated[
        bool, typer.Option("--counterfactual", help="Find the smallest plausible change under the threshold.")
    ] = False,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Score a transaction as it might have been. The store stays as it is. Exit code 1: no such change was found."""
    if bool(set_) is smallest:
        raise typer.BadParameter("give either --set FIELD=VALUE or --counterfactual.")
    changes = dict(parse_change(*_split(text)) for text in set_ or [])
    with opened(store, passphrase_file) as open_store:
        scorer = make_scorer(open_store)
        transaction_id, threshold = _case(open_store, id_, scorer.version.classifier_id)
        if smallest:
            found = counterfactual(open_store, scorer, transaction_id, threshold)
        else:
            result = what_if(open_store, scorer, transaction_id, changes, threshold)
    if as_json:
        print_json(found if smallest else result)
    else:
        print(_counterfactual_text(found) if smallest else _text(result))
    if smallest and not found.found:
        raise typer.Exit(1)


def _split(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is no FIELD=VALUE.")
    return field.strip(), value


def _case(store: Store, id_: str, classifier_id: str) -> tuple[str, float]:
    """The transaction and the threshold it is held against: its alert's, else the newest."""
    try:
        alert = store.alerts.get(id_)
    except UnknownAlert:
        found = store.alerts.find(id_)
        return id_, found.threshold if found else store.alerts.threshold(classifier_id)
    return alert.transaction_id, alert.threshold


def _counterfactual_text(found: Counterfactual) -> str:
    if found.result is None:
        tried = "; ".join(found.tried) or "nothing, for the customer has no history to compare with"
        return f"None found: no plausible change brings the score under the threshold. Tried, also together: {tried}."
    return f"The smallest plausible change that would not have been flagged\n{_text(found.result)}"


def _text(result: WhatIf) -> str:
    side = "under" if result.score < result.threshold else "over"
    lines = [f"  {change.field}: {_shown(change.before)} -> {_shown(change.after)}" for change in result.changes]
    lines += [
        f"score {result.score_before:.3f} -> {result.score:.3f}, {side} the threshold {result.threshold:.3f}"
        f" (band {result.band})",
        "",
        "What moved (log-odds)",
    ]
    for move in result.moves[:MOVES]:
        was, now = move.statement_before, move.statement_after
        if not was and not now:
            now = move.feature.replace("_", " ")
        was, now = was or "no such reason", now or "no such reason"
        text = f"{move.before:+.2f} -> {move.after:+.2f}  {now}" + (f" (was: {was})" if was != now else "")
        lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="                    ")
    return "\n".join(lines)


def _shown(value: object) -> str:
    return "absent" if value is None else str(value)
