"""`whyflag explain --replay BUNDLE`: the kept explanation, and whether it is still written the same way."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from desktop.bootstrap import make_explainer, make_narrator, places
from desktop.commands.shared import print_json
from domain.documents import explanation_document
from domain.errors import BundleUnknown
from domain.explainer import Explainer
from domain.narrative import Explanation
from domain.replay import Replay, read_explanations, replay, writer_of
from domain.store import Store
from domain.template import TemplateNarrator

NAMES = {"base_model": "base model"}
SHOWN = 12


def replayed(store: Store, bundle: str, ids: Sequence[str]) -> list[Replay]:
    """Replays what was kept of `ids` under the bundle's id, or all that a saved file holds.

    Raises BundleUnknown, UnknownAlert, NarratorUnavailable.
    """
    kept = _kept(store, bundle, ids)
    return list(_written_again(store, kept))


def _kept(store: Store, bundle: str, ids: Sequence[str]) -> list[Explanation]:
    if Path(bundle).is_file():
        found = read_explanations(Path(bundle))
        chosen = [one for one in found if not ids or one.alert_id in ids or one.transaction_id in ids]
        if not chosen:
            raise BundleUnknown(
                f"{bundle} holds no explanation of {', '.join(ids)}.", "Name one that it holds, or none."
            )
        return chosen
    if not ids:
        raise typer.BadParameter(f"{bundle} is no file: name the alert or transaction as well.")
    if not bundle or any(digit not in "0123456789abcdef" for digit in bundle):
        raise BundleUnknown(
            f"{bundle!r} is neither a file nor a bundle's id.",
            "The id is the last line of `whyflag explain`; a file is what `whyflag explain --json` printed.",
        )
    explainer = make_explainer(store, TemplateNarrator())
    return [explainer.kept(id_, bundle) for id_ in ids]


def _written_again(store: Store, kept: Sequence[Explanation]) -> Iterator[Replay]:
    """Each by the narrator that wrote it then; a narrator is started once for all of its own."""
    for name in ("lora", "base", "template"):
        theirs = [one for one in kept if writer_of(one) == name]
        if not theirs:
            continue
        writer = make_narrator(name, places())
        try:
            explainer: Explainer = make_explainer(store, writer)
            for one in theirs:
                yield replay(explainer, one)
        finally:
            writer.close()


def replays_json(replays: Sequence[Replay]) -> None:
    """One object for one, a list for several."""
    documents = [
        {
            "kept": explanation_document(one.kept),
            "now": explanation_document(one.now),
            "differences": [
                {"part": difference.part, "then": difference.then, "now": difference.now}
                for difference in one.differences
            ],
            "same_text": one.same_text,
        }
        for one in replays
    ]
    print_json(documents[0] if len(documents) == 1 else documents)


def replay_text(one: Replay) -> str:
    """What a replay found, for a terminal."""
    lines = [f"Replayed under bundle {one.kept.bundle.id}, written {one.kept.bundle.created_at}"]
    for difference in one.differences:
        name = NAMES.get(difference.part, difference.part)
        then, now = (
            value[:SHOWN] if len(value) == 64 else value or "none" for value in (difference.then, difference.now)
        )
        lines.append(f"  {name} differs: then {then}, now {now}")
    if not one.differences:
        lines.append("  every part of the bundle is the one of then")
    lines.append(f"  the text is {'the same, byte for byte' if one.same_text else 'another'}")
    if not one.same_text:
        lines += ["", "Now", *(f"  {sentence.text}" for sentence in one.now.narrative.sentences)]
    return "\n".join([*lines, ""])
