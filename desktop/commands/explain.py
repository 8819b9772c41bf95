"""`whyflag alerts` and `whyflag explain`, as a person reads them."""

import textwrap
from collections.abc import Sequence
from typing import Annotated

import typer

from desktop.bootstrap import NarratorName, make_explainer, make_narrator, places
from desktop.commands.aside import aside
from desktop.commands.replaying import replay_text, replayed, replays_json
from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, print_json
from domain.documents import explanation_document
from domain.errors import NarratorUnavailable, StoreEmpty
from domain.explainer import Explainer
from domain.narrative import Explanation, Style
from domain.statements import money
from domain.store import Store
from domain.template import TemplateNarrator

WIDTH = 100
MARKS = {"verified": "✓", "repaired": "↻", "template": "▪"}


def alerts(
    store: StoreOption,
    limit: Annotated[int, typer.Option(min=1, help="How many, highest score first.")] = 20,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """List the queue, highest score first."""
    with opened(store, passphrase_file) as open_store:
        rows, total = open_store.alerts.top(limit)
    if as_json:
        print_json(list(rows))
        return
    print(f"{'alert':<22} {'score':>6} {'band':<9} {'when':<16} {'customer':<14} {'amount':>16} state")
    for row in rows:
        print(
            f"{row.alert_id:<22} {row.score:>6.3f} {row.band:<9} {row.occurred_at:%Y-%m-%d %H:%M} {row.customer_id:<14}"
            f" {money(row.amount, row.currency):>16} {row.disposition or row.state}"
        )
    print(f"{len(rows):,} of {total:,} alerts")


def explain(
    store: StoreOption,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Alerts or transactions, flagged or not; 'first' is the top alert.")
    ] = None,
    narrator: Annotated[str, typer.Option(help="lora, base or template.")] = "lora",
    style: Annotated[
        str, typer.Option(help="full, brief, or sar: the register of a suspicious activity report.")
    ] = "full",
    similar: Annotated[bool, typer.Option("--similar", help="Also similar cases, and what was decided.")] = False,
    second: Annotated[bool, typer.Option("--second-opinion", help="Also LIME's reasons beside ours.")] = False,
    replay: Annotated[
        str | None,
        typer.Option(help="Show what was kept under this bundle's id or saved in this JSON file, and write it again."),
    ] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Say why transactions were flagged: evidence, and a narrative checked against it."""
    chosen = narrator_name(narrator)
    with opened(store, passphrase_file) as open_store:
        ids = [_first_alert(open_store) if id_ == "first" else id_ for id_ in ids or ()]
        if replay is not None:
            _replay(open_store, replay, ids, as_json)
            return
        if not ids:
            raise typer.BadParameter("name an alert or a transaction, or 'first'.")
        explanations = explained(open_store, chosen, ids, _style(style))
        extras = [aside(open_store, found.transaction_id, similar, second) for found in explanations]
    if as_json:
        documents = [
            {**explanation_document(explanation), **extra.document()}
            for explanation, extra in zip(explanations, extras, strict=True)
        ]
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for explanation, extra in zip(explanations, extras, strict=True):
        print("\n".join([as_text(explanation), *extra.lines()]))


def _replay(store: Store, bundle: str, ids: Sequence[str], as_json: bool) -> None:
    """Exit code 1 where a text is no longer written the same way."""
    replays = replayed(store, bundle, ids)
    if as_json:
        replays_json(replays)
    else:
        for one in replays:
            print(as_text(one.kept))
            print(replay_text(one))
    if not all(one.same_text for one in replays):
        raise typer.Exit(1)


def narrator_name(text: str) -> NarratorName:
    """Raises BadParameter for another word."""
    match text:
        case "lora" | "base" | "template":
            return text
    raise typer.BadParameter(f"{text!r} is no narrator: choose lora, base or template.")


def _style(text: str) -> Style:
    match text:
        case "full" | "brief" | "sar":
            return text
    raise typer.BadParameter(f"{text!r} is no style: choose full, brief or sar.")


def explained(store: Store, narrator: NarratorName, ids: Sequence[str], style: Style = "full") -> list[Explanation]:
    """Explanations by `narrator`; where the model cannot be had, the template's, and stderr says so."""
    try:
        writer = make_narrator(narrator, places())
        try:
            explainer = make_explainer(store, writer, style)
            return [explainer.explain(ids[0])] if len(ids) == 1 else list(explainer.explain_many(ids))
        finally:
            writer.close()
    except NarratorUnavailable as unavailable:
        typer.echo(f"{unavailable}", err=True)
        by_template: Explainer = make_explainer(store, TemplateNarrator(), style)
        return list(by_template.explain_many(ids))


def _first_alert(store: Store) -> str:
    rows, _ = store.alerts.top(1)
    if not rows:
        raise StoreEmpty("The queue is empty.", "Run `whyflag score` first.")
    return rows[0].alert_id


def as_text(explanation: Explanation) -> str:
    """The explanation for a terminal: facts, narrative with each sentence's status, evidence, bundle."""
    lines = [
        f"{explanation.alert_id or explanation.transaction_id}   score {explanation.score:.3f}"
        f"   threshold {explanation.threshold:.3f}   band {explanation.band}",
        "",
        "Why",
    ]
    for sentence in explanation.narrative.sentences:
        mark = MARKS[sentence.status]
        lines += textwrap.wrap(sentence.text, WIDTH, initial_indent=f"  {mark} ", subsequent_indent="    ")
    lines += ["", f"  {MARKS['verified']} verified as written   {MARKS['repaired']} rewritten, then verified"]
    lines[-1] += f"   {MARKS['template']} template's sentence"
    lines += ["", "Evidence"]
    for item in explanation.evidence:
        sign = "▲" if item.direction == "raises" else "▼"
        lines.append(f"  {item.id:<3} {sign} {item.contribution:+.2f}  {item.statement}")
    if explanation.typology:
        cited = ", ".join(explanation.typology.evidence)
        lines += ["", f"Pattern (by declared rule): {explanation.typology.name} [{cited}]"]
    bundle = explanation.bundle
    hashes = {"classifier": bundle.classifier, "base": bundle.base_model, "adapter": bundle.adapter}
    parts = "  ".join(f"{name} {value[:12]}" for name, value in hashes.items() if value)
    lines += ["", f"Bundle {bundle.id}  {parts}", ""]
    return "\n".join(lines)
