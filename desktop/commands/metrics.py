"""`whyflag metrics`: how long the program's own work took, and how often people and template overruled the model."""

from typing import Annotated

import typer

from desktop.bootstrap import places
from desktop.commands.shared import AsJson, print_json
from desktop.metrics import QUANTILES, Samples, exposition, latencies, ratios, read

COUNTED = ("whyflag_explanations", "whyflag_sentences", "whyflag_tokens", "whyflag_decisions", "whyflag_errors")


def metrics(
    raw: Annotated[bool, typer.Option("--openmetrics", help="Print the OpenMetrics text of the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print latency percentiles, tokens, fallback and override rate of all runs on this machine."""
    samples = read(places().metrics)
    if raw:
        print(exposition(samples), end="")
    elif as_json:
        print_json({"latencies": list(latencies(samples)), **ratios(samples), "counts": _counts(samples)})
    else:
        print("\n".join(_told(samples)))


def _told(samples: Samples) -> list[str]:
    heads = "".join(f"{f'p{100 * quantile:g} ms':>12}" for quantile in QUANTILES)
    lines = [f"{'operation':<24}{'count':>8}{heads}"]
    for one in latencies(samples):
        cells = "".join(f"{1000 * seconds:>12,.0f}" for seconds in one.quantiles)
        lines.append(f"{one.name:<24}{one.count:>8,}{cells}")
    lines += [f"{name:<40} {value:,.0f}" for name, value in _counts(samples).items()]
    for name, value in ratios(samples).items():
        lines.append(
            f"{name.removeprefix('whyflag_'):<40} {'nothing to divide yet' if value is None else f'{value:.1%}'}"
        )
    return [*lines, f"OpenMetrics text: {places().metrics}"]


def _counts(samples: Samples) -> dict[str, float]:
    found = {}
    for name in COUNTED:
        for (key, labels), value in sorted(samples.items()):
            if key == f"{name}_total":
                found[" ".join([name.removeprefix("whyflag_"), *(word for _, word in labels)])] = value
    return found
