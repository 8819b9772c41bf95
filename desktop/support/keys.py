"""Every key of the window, once: shortcuts are bound from here and the `?` sheet is written from here."""

from dataclasses import dataclass

from domain.review import Disposition


@dataclass(frozen=True, slots=True)
class Key:
    """`sequences` as QKeySequence reads them; the first is shown."""

    name: str
    place: str
    words: str
    sequences: tuple[str, ...]

    @property
    def shown(self) -> str:
        return " or ".join(self.sequences)


EVERYWHERE, QUEUE, CASE = "Everywhere", "Queue", "Case"
KEYS: tuple[Key, ...] = (
    Key("sheet", EVERYWHERE, "This sheet of keys", ("?", "F1")),
    Key("go_queue", EVERYWHERE, "Go to the queue", ("Alt+1",)),
    Key("go_case", EVERYWHERE, "Go to the case", ("Alt+2",)),
    Key("go_threshold", EVERYWHERE, "Go to the threshold", ("Alt+3",)),
    Key("go_health", EVERYWHERE, "Go to health", ("Alt+4",)),
    Key("undo", EVERYWHERE, "Undo the last decision", ("Ctrl+Z",)),
    Key("open", EVERYWHERE, "Open a store", ("Ctrl+O",)),
    Key("import", EVERYWHERE, "Import transactions", ("Ctrl+I",)),
    Key("report", EVERYWHERE, "Export the report", ("Ctrl+E",)),
    Key("cancel", EVERYWHERE, "Cancel the work under way", ("Ctrl+.",)),
    Key("quit", EVERYWHERE, "Quit", ("Ctrl+Q",)),
    Key("down", QUEUE, "Next row (↓ too)", ("J",)),
    Key("up", QUEUE, "Previous row (↑ too)", ("K",)),
    Key("show", QUEUE, "Open the case", ("Return", "Enter")),
    Key("refresh", QUEUE, "Sort and read the queue anew", ("F5",)),
    Key("confirmed_fraud", CASE, "Confirmed fraud", ("1",)),
    Key("false_positive", CASE, "False positive", ("2",)),
    Key("inconclusive", CASE, "Inconclusive", ("3",)),
    Key("escalated", CASE, "Escalate", ("4",)),
    Key("note", CASE, "Write a note (Esc leaves any field)", ("T",)),
    Key("next", CASE, "Next open alert", ("N",)),
    Key("evidence_down", CASE, "Next evidence", ("J",)),
    Key("evidence_up", CASE, "Previous evidence", ("K",)),
    Key("rows", CASE, "Rows behind the evidence", ("R",)),
    Key("history", CASE, "History chart", ("H",)),
    Key("similar", CASE, "Similar cases (Enter opens one)", ("S",)),
    Key("what_if", CASE, "What if: change fields and see the score", ("W",)),
    Key("copy", CASE, "Copy the explanation with its citations", ("Ctrl+Shift+C",)),
    Key("back", CASE, "Back to the queue", ("Esc",)),
)
BY_NAME = {key.name: key for key in KEYS}
DISPOSITION_KEYS: tuple[tuple[Disposition, str], ...] = (
    ("confirmed_fraud", "1"),
    ("false_positive", "2"),
    ("inconclusive", "3"),
    ("escalated", "4"),
)
