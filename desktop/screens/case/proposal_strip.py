"""What waits for a second person on the open case: told, and settled."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton

from desktop.support.formats import DISPOSITION_WORDS, Formats
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column, row
from domain.access.roles import Person
from domain.review import Proposal

LONGEST_NOTE = 400


class ProposalStrip(QFrame):
    """Hidden where nothing waits. Whether a person may settle it is the use case's to say; the buttons only ask."""

    approve_asked = Signal()
    reject_asked = Signal()

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self.setProperty("role", "bar")
        self.words = PlainLabel(role="strong", wrap=True)
        self.note = PlainLabel(wrap=True)
        self.approve, self.reject = QPushButton(), QPushButton()
        self.show_keys(lambda _: None)
        line = row(self, 10, (20, 10, 20, 10))
        told = column(gap=2)
        told.addWidget(self.words)
        told.addWidget(self.note)
        line.addLayout(told, 1)
        line.addWidget(self.approve)
        line.addWidget(self.reject)
        self.approve.clicked.connect(self.approve_asked)
        self.reject.clicked.connect(self.reject_asked)
        self.hide()

    def show_keys(self, key_of: Callable[[str], str | None]) -> None:
        """Writes each button's key beside its words; `key_of` gives it for an action's id, where it has one."""
        for button, action, words, told in (
            (self.approve, "case.approve", tr("Approve"), tr("Approve the proposal")),
            (self.reject, "case.reject", tr("Reject"), tr("Reject the proposal")),
        ):
            key = key_of(action)
            button.setText(f"{words}  {key}" if key else words)
            button.setAccessibleName(tr("{words}, key {key}", words=told, key=key) if key else told)

    def show_proposal(self, proposal: Proposal | None, person: Person) -> None:
        self.setVisible(proposal is not None)
        if proposal is None:
            return
        settles = not proposal.hidden and person.may("approve") and proposal.actor != person.name
        self.approve.setVisible(settles)
        self.reject.setVisible(settles)
        self.words.setText(proposal_words(proposal, person, self._formats))
        reasons = ", ".join(proposal.reasons)
        parts = [part for part in (reasons, visible(proposal.note, LONGEST_NOTE)) if part]
        self.note.setText("; ".join(parts))
        self.note.setVisible(bool(parts))


def proposal_words(proposal: Proposal, person: Person, formats: Formats) -> str:
    at = formats.time(proposal.proposed_at)
    if proposal.disposition is None:
        return tr(
            "{person} proposed a disposition ({at}). Say what you would do: then the proposal is shown.",
            person=visible(proposal.actor, LONGEST_NOTE), at=at,
        )  # fmt: skip
    proposed = tr(DISPOSITION_WORDS[proposal.disposition])
    words = tr(
        "{person} proposed: {disposition} ({at}).",
        person=visible(proposal.actor, LONGEST_NOTE), disposition=proposed, at=at,
    )  # fmt: skip
    if proposal.view is not None:
        yours = tr(DISPOSITION_WORDS[proposal.view])
        return words + " " + tr("Your view: {disposition}.", disposition=yours)
    return words + " " + tr("It waits for a second person.") if proposal.actor == person.name else words
