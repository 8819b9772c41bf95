"""How the threshold is chosen: by alerts a day, precision, or the cost of a review."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QPushButton, QWidget

from desktop.screens.threshold.view_model import Choice, Wish
from desktop.support.translation import in_sentence, mark, tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import WIDE, column, row

CHOICES: tuple[tuple[Choice, str, str], ...] = (
    (
        "budget",
        mark("Alerts a day"),
        mark("As many alerts a day as can be reviewed, on average over all that was scored."),
    ),
    ("precision", mark("Precision"), mark("The lowest score above which at least this share of the alerts was fraud.")),
    ("cost", mark("Cost"), mark("The score that costs least: each alert its review, each missed fraud its amount.")),
)
TYPING_MS = 300  # after the last key, the proposal is computed


class ChoicePanel(QFrame):
    wished = Signal(object)  # Wish

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.budget, self.precision, self.review_cost = QLineEdit(), QLineEdit(), QLineEdit()
        self._choices = QButtonGroup(self)
        self._words = PlainLabel(role="small", wrap=True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._tell)
        layout = column(self, 10, (16, 12, 16, 14))
        layout.addWidget(PlainLabel(tr("Choose by"), "section"))
        buttons = row(gap=6)
        for number, (_, name, meaning) in enumerate(CHOICES):
            words = tr(name)
            button = QPushButton(words)
            button.setProperty("role", "filter")
            button.setCheckable(True)
            button.setAccessibleName(tr("Choose the threshold by: {what}", what=in_sentence(words)))
            button.setToolTip(tr(meaning))
            self._choices.addButton(button, number)
            buttons.addWidget(button)
        layout.addLayout(buttons)
        layout.addWidget(self._words)
        fields = row(gap=WIDE)
        self._holders = {
            "budget": self._field(tr("Alerts a day"), self.budget),
            "precision": self._field(tr("Precision, %"), self.precision),
        }
        for holder in (*self._holders.values(), self._field(tr("Cost of a review"), self.review_cost)):
            fields.addWidget(holder, 1)
        layout.addLayout(fields)
        self._choices.idClicked.connect(lambda _: self._chosen())

    @property
    def wish(self) -> Wish:
        choice = CHOICES[max(self._choices.checkedId(), 0)][0]
        return Wish(choice, self.budget.text(), self.precision.text(), self.review_cost.text())

    def show_wish(self, wish: Wish) -> None:
        """Fills the fields and asks for its proposal."""
        for field, text in (
            (self.budget, wish.budget), (self.precision, wish.precision), (self.review_cost, wish.review_cost),
        ):  # fmt: skip
            field.setText(text)
        self._choices.button([choice for choice, *_ in CHOICES].index(wish.choice)).setChecked(True)
        self._chosen()

    def choose(self, choice: Choice) -> None:
        self._choices.button([known for known, *_ in CHOICES].index(choice)).click()

    def take_focus(self) -> None:
        """To the field of the choice, so that a person types at once."""
        fields = {"budget": self.budget, "precision": self.precision, "cost": self.review_cost}
        fields[self.wish.choice].setFocus()

    def _field(self, words: str, field: QLineEdit) -> QWidget:
        holder = QWidget()
        label = PlainLabel(words, "strong")
        label.setBuddy(field)
        field.setAccessibleName(words)
        stack = column(holder, 4)
        stack.addWidget(label)
        stack.addWidget(field)
        field.textEdited.connect(lambda _: self._typing.start())
        field.returnPressed.connect(self._tell)
        return holder

    def _chosen(self) -> None:
        choice = self.wish.choice
        self._words.setText(tr(next(meaning for known, _, meaning in CHOICES if known == choice)))
        for known, holder in self._holders.items():
            holder.setVisible(known == choice)
        self._tell()

    def _tell(self) -> None:
        self._typing.stop()
        self.wished.emit(self.wish)
