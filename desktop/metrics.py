"""Counts and latencies in one OpenMetrics text file, added up over all runs of window and commands on this machine.

Every value is a number about the program's work; no name, id or text of a case has a place in it. The file is its own
memory: a run adds what it counted to what stands there, under a lock, and writes it whole.
"""

import fcntl
import math
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Labels = tuple[tuple[str, str], ...]
Samples = dict[tuple[str, Labels], float]

GROWTH = 1.25
BOUNDS = tuple(float(f"{0.001 * GROWTH**step:.3g}") for step in range(64))  # seconds, 1 ms to 21 minutes
QUANTILES = (0.5, 0.95, 0.99)
HISTOGRAMS: Mapping[str, str] = {
    "whyflag_operation_seconds": "Time that a command, or a use case of the window, took.",
    "whyflag_explanation_seconds": "Time that writing an explanation took the narrator.",
    "whyflag_first_token_seconds": "Time from asking for an explanation to its first token.",
}
COUNTERS: Mapping[str, str] = {
    "whyflag_errors": "Operations that ended with an error, by its class.",
    "whyflag_explanations": "Explanations written, by who wrote the draft.",
    "whyflag_sentences": "Sentences shown in them, by how they came to be shown.",
    "whyflag_tokens": "Tokens the language model wrote.",
    "whyflag_decisions": "Decisions of people, by disposition.",
}
RATIOS: Mapping[str, str] = {
    "whyflag_fallback_ratio": "Sentences that are the template's, of all in explanations a model drafted.",
    "whyflag_override_ratio": "Alerts a person found false, of those found false or confirmed.",
}
LATENCY = "whyflag_latency_seconds"
LINE = re.compile(r"(?P<name>\w+?)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)")
LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one operation, in seconds, estimated from buckets a factor of 1.25 apart."""

    name: str
    count: int
    quantiles: tuple[float, ...]


class Metrics:
    """What this run counted and did not write yet. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: Samples = {}

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """`name` is one of COUNTERS."""
        with self._lock:
            self._add((f"{name}_total", tuple(sorted(labels.items()))), amount)

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """`name` is one of HISTOGRAMS."""
        own = tuple(sorted(labels.items()))
        with self._lock:
            for bound in (*(bound for bound in BOUNDS if seconds <= bound), math.inf):
                self._add((f"{name}_bucket", (*own, ("le", _number(bound)))), 1)
            self._add((f"{name}_count", own), 1)
            self._add((f"{name}_sum", own), seconds)

    def write(self, path: Path) -> None:
        """Adds this run's counts to the file and forgets them. Raises OSError, and then forgets nothing."""
        with self._lock:
            lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                whole = read(path)
                for key, value in self._samples.items():
                    whole[key] = whole.get(key, 0.0) + value
                draft = path.with_name(path.name + ".new")
                draft.touch(mode=0o600)
                draft.write_text(exposition(whole), encoding="utf-8")
                draft.rename(path)
                self._samples.clear()
            finally:
                os.close(lock)

    def _add(self, key: tuple[str, Labels], amount: float) -> None:
        self._samples[key] = self._samples.get(key, 0.0) + amount


def read(path: Path) -> Samples:
    """The counts in a file; none where there is no file. What is worked out from them is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    known = {f"{name}_total" for name in COUNTERS}
    known |= {f"{name}_{part}" for name in HISTOGRAMS for part in ("bucket", "count", "sum")}
    found = (LINE.fullmatch(line) for line in lines)
    return {
        (match["name"], tuple(LABEL.findall(match["labels"] or ""))): float(match["value"])
        for match in found
        if match and match["name"] in known
    }


def exposition(samples: Samples) -> str:
    """The OpenMetrics text of counts, with percentiles and ratios worked out from them."""
    lines: list[str] = []
    for name, told in HISTOGRAMS.items():
        lines += [*_head(name, "histogram", told, "seconds"), *_lines(samples, name, ("bucket", "count", "sum"))]
    for name, told in COUNTERS.items():
        lines += [*_head(name, "counter", told), *_lines(samples, name, ("total",))]
    lines += _head(
        LATENCY, "gauge", "Percentiles of operations and of writing, worked out from the buckets.", "seconds"
    )
    for latency in latencies(samples):
        for quantile, seconds in zip(QUANTILES, latency.quantiles, strict=True):
            lines.append(f'{LATENCY}{{operation="{latency.name}",quantile="{quantile}"}} {_number(seconds)}')
    for name, told in RATIOS.items():
        ratio = ratios(samples)[name]
        lines += [*_head(name, "gauge", told), *([] if ratio is None else [f"{name} {_number(ratio)}"])]
    return "\n".join([*lines, "# EOF", ""])


def latencies(samples: Samples) -> tuple[Latency, ...]:
    """Of every operation that was counted, and of writing (`explanation`, `first_token`), by name."""
    found = []
    for (name, labels), count in samples.items():
        if not name.endswith("_seconds_count"):
            continue
        family = name.removesuffix("_count")
        title = dict(labels).get("operation") or family.removeprefix("whyflag_").removesuffix("_seconds")
        found.append(Latency(title, int(count), tuple(_quantile(samples, family, labels, q) for q in QUANTILES)))
    return tuple(sorted(found, key=lambda latency: latency.name))


def ratios(samples: Samples) -> dict[str, float | None]:
    """Fallback and override ratio; None before there is anything to divide."""

    def total(name: str, **labels: str) -> float:
        return sum(
            value for (found, own), value in samples.items() if found == name and labels.items() <= dict(own).items()
        )

    template = total("whyflag_sentences_total", status="template")
    sentences = total("whyflag_sentences_total")
    false = total("whyflag_decisions_total", disposition="false_positive")
    judged = false + total("whyflag_decisions_total", disposition="confirmed_fraud")
    return {
        "whyflag_fallback_ratio": template / sentences if sentences else None,
        "whyflag_override_ratio": false / judged if judged else None,
    }


def _quantile(samples: Samples, family: str, labels: Labels, share: float) -> float:
    """Within its bucket by interpolation of logarithms, for the buckets' bounds grow by a factor."""
    counted = [samples.get((f"{family}_bucket", (*labels, ("le", _number(bound)))), 0.0) for bound in BOUNDS]
    wanted = share * samples[(f"{family}_count", labels)]
    below = 0.0
    for bound, upto in zip(BOUNDS, counted, strict=True):
        if upto >= wanted:
            return float(f"{bound * GROWTH ** ((wanted - below) / (upto - below) - 1):.3g}")
        below = upto
    return BOUNDS[-1]


def _head(name: str, kind: str, told: str, unit: str = "") -> Iterable[str]:
    return [f"# TYPE {name} {kind}", *([f"# UNIT {name} {unit}"] if unit else []), f"# HELP {name} {told}"]


def _lines(samples: Samples, family: str, parts: tuple[str, ...]) -> list[str]:
    """Series by series, each histogram's buckets in rising order before its count and sum."""

    def order(key: tuple[str, Labels]) -> tuple[object, ...]:
        name, labels = key
        series = tuple(pair for pair in labels if pair[0] != "le")
        return series, parts.index(name.removeprefix(f"{family}_")), float(dict(labels).get("le", "0"))

    own = sorted((key for key in samples if key[0] in {f"{family}_{part}" for part in parts}), key=order)
    return [f"{name}{_braces(labels)} {_number(samples[(name, labels)])}" for name, labels in own]


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else ""


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(value)
