"""`whyflag evaluate classifier | narrator`: the metrics of the design, measured now."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from desktop.bootstrap import Compared, evaluate_narrators, places
from desktop.commands.evaluate_classifier import classifier
from desktop.commands.shared import AsJson, PassphraseFile, opened, print_json, run

if TYPE_CHECKING:
    from desktop.bootstrap import NarratorMetrics

app = typer.Typer(help="Measure the classifier or the narrator.")
app.command()(classifier)

COLUMNS = (
    ("rank_agreement", "RA", ".3f"),
    ("sign_agreement", "SA", ".3f"),
    ("value_agreement", "VA", ".3f"),
    ("coverage", "coverage", ".3f"),
    ("inversion", "inversion", ".3f"),
    ("draft_verified", "drafts ok", ".3f"),
    ("shown_verified", "shown ok", ".4f"),
    ("fallback_rate", "fallback", ".3f"),
    ("repaired_rate", "repaired", ".3f"),
    ("distinct_2", "dist-2", ".3f"),
    ("perplexity", "perplexity", ".1f"),
    ("tokens", "tokens", ".0f"),
)


@app.command()
def narrator(
    store: Annotated[list[Path], typer.Option(help="Stores with alerts the adapter never saw.")],
    limit: Annotated[int, typer.Option(min=1, help="Alerts of each store, spread over its queue.")] = 200,
    narrators: Annotated[str, typer.Option(help=f"Some of {', '.join(get_args(Compared))}.")] = "lora,template",
    k: Annotated[str, typer.Option(help="How many pieces of evidence: some of 1 to 10.")] = "4,8",
    inversion: Annotated[bool, typer.Option(help="Also draft with every direction turned: twice the time.")] = True,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Measure drafts before repair, and what is shown after it, on the alerts of `store`."""
    names = [_compared(name.strip()) for name in narrators.split(",")]
    sizes = [int(size) for size in k.split(",")]
    results: list[NarratorMetrics] = []
    for path in store:
        with opened(path, passphrase_file) as open_store:
            of_store = run(evaluate_narrators(open_store, places(), names, sizes, limit, inversion=inversion))
        results += of_store
        if not as_json:  # store by store: what was measured is not lost with what comes after it
            _print_table(path.name, of_store)
    if as_json:
        print_json(results)


def _print_table(store: str, results: "Sequence[NarratorMetrics]") -> None:
    width = max(len(measured.narrator) for measured in results)
    print(f"measured on {results[0].alerts} alerts of {store}: drafts before repair, and what is shown after it")
    print(f"{'':<{width}}    k  " + "".join(f"{title:>11}" for _, title, _ in COLUMNS))
    for measured in results:
        cells = "".join(f"{_cell(measured, field, form):>11}" for field, _, form in COLUMNS)
        print(f"{measured.narrator:<{width}}  {measured.k:>3}  {cells}", flush=True)


def _compared(name: str) -> Compared:
    if name not in get_args(Compared):
        raise typer.BadParameter(f"{name!r} is none of {', '.join(get_args(Compared))}.", param_hint="--narrators")
    return cast(Compared, name)


def _cell(measured: object, field: str, form: str) -> str:
    value = getattr(measured, field)
    return "-" if value is None else format(value, form)
