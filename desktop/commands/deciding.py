"""`whyflag decide` and its kin: dispositions at the command line, with the rules that hold in the window."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, print_json
from domain.deciding import approve, contest, decide, form_view, proposal_shown, reject, reverse, set_policy
from domain.decision_policy import load_policy, policy_document
from domain.review import DISPOSITIONS, Decision, Disposition, Proposal

Alert = Annotated[str, typer.Argument(help="The alert.", show_default=False)]
Given = Annotated[str, typer.Argument(metavar="DISPOSITION", help=f"One of {', '.join(DISPOSITIONS)}.")]
Note = Annotated[str, typer.Option("--note", help="Why, in words.")]

policy_app = typer.Typer(help="What decisions need: notes, reasons, a second person.", no_args_is_help=True)


def decide_(
    alert: Alert,
    disposition: Given,
    store: StoreOption,
    reason: Annotated[list[str] | None, typer.Option("--reason", help="A reason code; may be given again.")] = None,
    note: Note = "",
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Decide an alert; where the policy asks for two persons, propose it."""
    with opened(store, passphrase_file) as open_store:
        actor, now = open_store.person.name, datetime.now(UTC)
        outcome = decide(
            open_store, alert, _disposition(disposition), note, actor=actor, now=now, reasons=tuple(reason or ())
        )
    _tell(outcome, as_json)


def view(
    alert: Alert,
    disposition: Given,
    store: StoreOption,
    note: Note = "",
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Say as the second person what you would do: the same approves, another shows the proposal."""
    with opened(store, passphrase_file) as open_store:
        outcome = form_view(open_store, alert, _disposition(disposition), note, now=datetime.now(UTC))
    _tell(outcome, as_json)


def approve_(
    alert: Alert, store: StoreOption, note: Note = "", as_json: AsJson = False, passphrase_file: PassphraseFile = None
) -> None:
    """Approve what another person proposed."""
    with opened(store, passphrase_file) as open_store:
        outcome = approve(open_store, alert, note, now=datetime.now(UTC))
    _tell(outcome, as_json)


def reject_(alert: Alert, store: StoreOption, note: Note, passphrase_file: PassphraseFile = None) -> None:
    """Reject what another person proposed: the alert is open."""
    with opened(store, passphrase_file) as open_store:
        rejected = reject(open_store, alert, note, now=datetime.now(UTC))
    print(f"{alert}: the proposal of {rejected.actor} is rejected.")


def reverse_(alert: Alert, store: StoreOption, passphrase_file: PassphraseFile = None) -> None:
    """Take a decision, or one's own proposal, back."""
    with opened(store, passphrase_file) as open_store:
        reverse(open_store, alert, actor=open_store.person.name, now=datetime.now(UTC))
    print(f"{alert} is open.")


def contest_(alert: Alert, store: StoreOption, note: Note, passphrase_file: PassphraseFile = None) -> None:
    """Reopen a decided case that somebody objects to, with the ground as its note."""
    with opened(store, passphrase_file) as open_store:
        contest(open_store, alert, note, now=datetime.now(UTC))
    print(f"{alert} is contested and open.")


def proposal(alert: Alert, store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """Show what waits for a second person on an alert, as far as you may see it yet."""
    with opened(store, passphrase_file) as open_store:
        waiting = proposal_shown(open_store, alert)
    if waiting is None:
        print("null" if as_json else f"Nothing waits on {alert}.")
    else:
        _tell(waiting, as_json)


@policy_app.command("show")
def show_policy(store: StoreOption, passphrase_file: PassphraseFile = None) -> None:
    """Print the policy of a store as JSON."""
    with opened(store, passphrase_file) as open_store:
        print_json(policy_document(open_store.proposals.policy()))


@policy_app.command("set")
def set_policy_(
    policy: Annotated[str, typer.Argument(help="standard, strict, or a TOML file.", show_default=False)],
    store: StoreOption,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Give a store a policy. The audit keeps the former one and the new one."""
    chosen = load_policy(policy)
    with opened(store, passphrase_file) as open_store:
        set_policy(open_store, chosen)
    print(f"Decisions in {store} follow {policy} from now on.")


def _disposition(given: str) -> Disposition:
    for known in DISPOSITIONS:
        if known == given:
            return known
    raise typer.BadParameter(f"{given!r} is no disposition: choose one of {', '.join(DISPOSITIONS)}.")


def _tell(outcome: Decision | Proposal, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
    elif isinstance(outcome, Decision):
        second = f", approved by {outcome.approved_by}" if outcome.approved_by else ""
        print(f"{outcome.alert_id}: {outcome.disposition} by {outcome.actor}{second}.")
    elif outcome.disposition is None:
        print(f"{outcome.alert_id}: {outcome.actor} proposed a disposition; give your own view: `whyflag view`.")
    else:
        reasons = f" ({', '.join(outcome.reasons)})" if outcome.reasons else ""
        print(f"{outcome.alert_id}: {outcome.actor} proposed {outcome.disposition}{reasons}. {outcome.note}".rstrip())
