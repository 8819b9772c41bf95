"""`whyflag rules list | check | dry-run | enable | disable`: detection rules beside the model."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import places
from desktop.commands.shared import (
    AsJson,
    From,
    PassphraseFile,
    StoreOption,
    Until,
    opened,
    period_of,
    print_json,
    run,
)
from domain.pipeline import ensure_features
from domain.rules import DetectionRule, find_rule, load_detection_rules, read_detection_rule
from domain.rules_live import DryRun, disable, dry_run, enable, rule_states
from domain.store import Store, feature_names

app = typer.Typer(help="Detection rules beside the model: try them on history, then let them go live.")
Name = Annotated[str, typer.Argument(help="The rule's name.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Default: all that are declared.")]
Paths = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Default: all that are declared.")]


def declared() -> tuple[DetectionRule, ...]:
    """The shipped rules and the user's own. Raises RulesInvalid."""
    shipped = Path(str(files("resources") / "rules"))
    return load_detection_rules(feature_names(), (shipped, places().rules))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Default: all that are declared.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read rule files and say what is wrong with the first that is not well formed."""
    rules = tuple(read_detection_rule(path, feature_names()) for path in paths) if paths else declared()
    if as_json:
        print_json(list(rules))
        return
    for rule in rules:
        print(f"{rule.name}: {rule.description}")
    print(f"{len(rules)} rules are well formed. Your own go into {places().rules}")


@app.command("list")
def list_(store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """List the rules that are declared or live."""
    with opened(store, passphrase_file) as open_store:
        states = rule_states(open_store, declared())
    if as_json:
        print_json(list(states))
        return
    for state in states:
        live = "live" if state.enabled else "off"
        changed = "  (its file is gone or differs: enable it again to take the file's)" if state.changed else ""
        print(f"{live:<5} {state.rule.name:<34} {state.rule.description}{changed}")


@app.command("dry-run")
def dry_run_(
    store: StoreOption,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Default: all that are declared.")
    ] = None,
    start: From = None,
    until: Until = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Count what rules would have hit: with what precision, and how much of it the model raises anyway."""
    rules = declared()
    chosen = [find_rule(rules, name) for name in names] if names else rules
    with opened(store, passphrase_file) as open_store:
        run(ensure_features(open_store))
        period = period_of(open_store, start, until)
        found = [dry_run(open_store, rule, period) for rule in chosen]
    if as_json:
        print_json(found)
        return
    for result in found:
        print(_told(result))


@app.command("enable")
def enable_(name: Name, store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """Let a rule go live: its hits are evidence from now on. The dry run's figures go into the audit."""
    rule = find_rule(declared(), name)
    with opened(store, passphrase_file) as open_store:
        result = _enabled(open_store, rule)
    if as_json:
        print_json(result)
        return
    print(f"{_told(result)}\n{name} is live.")


@app.command("disable")
def disable_(name: Name, store: StoreOption, passphrase_file: PassphraseFile = None) -> None:
    """Take a live rule back."""
    with opened(store, passphrase_file) as open_store:
        disable(open_store, name, actor=open_store.person.name)
    print(f"{name} is off.")


def _enabled(store: Store, rule: DetectionRule) -> DryRun:
    run(ensure_features(store))
    return enable(store, rule, actor=store.person.name, now=datetime.now(UTC))


def _told(result: DryRun) -> str:
    precision = "precision unknown" if result.precision is None else f"precision {result.precision:.1%}"
    capture = "" if result.capture is None else f", {result.capture:.1%} of all known frauds"
    return (
        f"{result.rule}: {result.hits:,} hits; {precision} ({result.frauds:,} frauds of {result.known:,} known"
        f" outcomes{capture}); {result.overlap:,} of the model's {result.alerts:,} alerts"
    )
