"""`whyflag evaluate classifier | narrator`: the metrics of the design, measured now."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import evaluate_narrators, places
from desktop.commands.evaluate_classifier import classifier
from desktop.commands.explain import narrator_name
from desktop.commands.shared import AsJson, PassphraseFile, opened, print_json, run

app = typer.Typer(help="Measure the classifier or the narrator.")
app.command()(classifier)

COLUMNS = (
    ("rank_agreement", "RA"),
    ("sign_agreement", "SA"),
    ("value_agreement", "VA"),
    ("coverage", "coverage"),
    ("inversion", "inversion"),
    ("shown_verified", "shown ok"),
    ("fallback_rate", "fallback"),
    ("repaired_rate", "repaired"),
    ("distinct_2", "dist-2"),
)


@app.command()
def narrator(
    store: Annotated[list[Path], typer.Option(help="Stores with alerts the adapter never saw.")],
    limit: Annotated[int, typer.Option(min=1, help="Alerts of each store, spread over its queue.")] = 200,
    narrators: Annotated[str, typer.Option(help="Some of lora, base, template.")] = "lora,template",
    k: Annotated[str, typer.Option(help="How many pieces of evidence: some of 1 to 8.")] = "4,8",
    inversion: Annotated[bool, typer.Option(help="Also draft with every direction turned: twice the time.")] = True,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Measure drafts before repair, and what is shown after it, on the alerts of `store`."""
    names = [narrator_name(name.strip()) for name in narrators.split(",")]
    sizes = [int(size) for size in k.split(",")]
    results = []
    for path in store:
        with opened(path, passphrase_file) as open_store:
            results += run(evaluate_narrators(open_store, places(), names, sizes, limit, inversion=inversion))
    if as_json:
        print_json(results)
        return
    for measured in results:
        print(f"measured on {measured.alerts} alerts of {measured.store}, {measured.numbers} numbers in drafts")
        print(f"  {measured.narrator:<9} k={measured.k}  " + "  ".join(_cell(measured, *column) for column in COLUMNS))


def _cell(measured: object, field: str, title: str) -> str:
    value = getattr(measured, field)
    return f"{title} {'-' if value is None else format(value, '.3f')}"
