"""The actions of the window itself and of the screens that name none of their own yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.support.actions import CASE, EVERYWHERE, QUEUE, Action
from desktop.support.formats import DECIDING_WORDS
from desktop.support.keys import DISPOSITION_KEYS
from desktop.support.look import CHOICES
from desktop.support.translation import mark

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.screens.case.screen import CaseScreen

STORE, REVIEW, GO, VIEW, HELP = mark("Store"), mark("Review"), mark("Go"), mark("View"), mark("Help")
MENUS = (mark("&Store"), mark("&Review"), mark("&Queue"), mark("&Case"), mark("&Go"), mark("&View"), mark("&Help"))
THEME_WORDS = {
    "system": mark("Theme: as the system"),
    "light": mark("Theme: light"),
    "dark": mark("Theme: dark"),
    "contrast": mark("Theme: high contrast"),
}


def window_actions(window: MainWindow) -> tuple[Action, ...]:
    dialogs = window.dialogs
    themes = (
        Action(f"theme.{choice}", THEME_WORDS[choice], partial(window.choose_theme, choice), menu=VIEW)
        for choice in CHOICES
    )
    places = (
        Action(f"go.{place.name}", place.action, partial(window.go, number), keys=(f"Alt+{number + 1}",), menu=GO)
        for number, place in enumerate(window.places)
    )
    return (
        Action("store.open", mark("&Open a store…"), window.open_asked.emit, keys=("Ctrl+O",), menu=STORE),
        Action("store.import", mark("&Import transactions…"), dialogs.ask_import, keys=("Ctrl+I",), menu=STORE),
        Action("store.train", mark("&Train a classifier"), window.train, menu=STORE, begins_group=True),
        Action("store.score", mark("&Score all transactions"), window.score, menu=STORE),
        Action("store.report", mark("&Export the report…"), dialogs.ask_report, keys=("Ctrl+E",), menu=STORE),
        Action(
            "store.cancel", mark("&Cancel the work under way"), window.long_work.cancel, keys=("Ctrl+.",), menu=STORE,
            enabled=lambda: window.long_work.busy, begins_group=True,
        ),
        Action("store.passphrase", mark("Change the &passphrase…"), dialogs.ask_passphrase, menu=STORE),
        Action("store.users", mark("&Users…"), dialogs.ask_users, menu=STORE,
               enabled=lambda: window.person.may("administer")),
        Action("store.lock", mark("&Lock"), window.lock_asked.emit, keys=("Ctrl+L",), menu=STORE, begins_group=True),
        Action("store.quit", mark("&Quit"), window.quit, keys=("Ctrl+Q",), menu=STORE),
        Action(
            "review.undo", mark("&Undo the last decision"), window.undo, keys=("Ctrl+Z",), menu=REVIEW,
            enabled=window.can_undo,
        ),
        *places,
        *themes,
        Action(
            "view.larger", mark("&Larger text"), partial(window.larger_text, 1), keys=("Ctrl++", "Ctrl+="), menu=VIEW,
            begins_group=True,
        ),
        Action("view.smaller", mark("&Smaller text"), partial(window.larger_text, -1), keys=("Ctrl+-",), menu=VIEW),
        Action(
            "view.usual", mark("Text at &100 %"), partial(window.settings.scale_text, 100), keys=("Ctrl+0",), menu=VIEW
        ),
        Action(
            "help.palette", mark("&All commands…"), dialogs.show_palette, keys=("Ctrl+K", "Ctrl+Shift+P"), menu=HELP
        ),
        Action("help.keys", mark("&Keys"), dialogs.show_keys, keys=("?", "F1"), menu=HELP),
        Action("help.about", mark("&About whyflag"), dialogs.show_about, menu=HELP),
    )  # fmt: skip


def queue_actions(window: MainWindow) -> tuple[Action, ...]:
    table = window.queue_screen.table
    return (
        Action("queue.down", mark("Next row (↓ too)"), partial(table.step, 1), QUEUE, ("J",)),
        Action("queue.up", mark("Previous row (↑ too)"), partial(table.step, -1), QUEUE, ("K",)),
        Action("queue.show", mark("Open the case"), lambda: None, QUEUE, ("Return",), fixed=True),
        Action("queue.refresh", mark("Sort and read the queue anew"), window.queue.refresh, EVERYWHERE, ("F5",),
               menu=QUEUE),
    )  # fmt: skip


def case_actions(window: MainWindow, screen: CaseScreen) -> tuple[Action, ...]:
    bar, ask_text = screen.decision_bar, window.dialogs.ask_text
    dispositions = (
        Action(f"case.{name}", DECIDING_WORDS[name], partial(bar.choose, name), CASE, (key,), enabled=bar.isEnabled)
        for name, key in DISPOSITION_KEYS
    )
    return (
        *dispositions,
        Action("case.reasons", mark("Choose reasons for the decision"), bar.reasons.showMenu, CASE, ("C",),
               enabled=bar.isEnabled),
        Action("case.approve", mark("Approve what another person proposed"), screen.approve, CASE, ("A",)),
        Action("case.reject", mark("Reject what another person proposed (with a note)"), screen.reject, CASE, ("X",)),
        Action("case.contest", mark("Contest the decision and reopen the case…"), window.dialogs.ask_contest, CASE,
               ("Ctrl+Shift+O",)),
        Action("case.note", mark("Write a note (Esc leaves any field)"), bar.note.setFocus, CASE, ("T",)),
        Action("case.next", mark("Next open alert"), window.walk.next, CASE, ("N",), begins_group=True),
        Action("case.evidence_down", mark("Next evidence"), partial(screen.step_evidence, 1), CASE, ("J",)),
        Action("case.evidence_up", mark("Previous evidence"), partial(screen.step_evidence, -1), CASE, ("K",)),
        Action("case.rows", mark("Rows behind the evidence"), screen.show_rows, CASE, ("R",)),
        Action("case.history", mark("Timeline and habits of the customer"), screen.show_timeline, CASE, ("H",)),
        Action("case.similar", mark("Similar cases (Enter opens one)"), screen.show_similar, CASE, ("S",)),
        Action("case.what_if", mark("What if: change fields and see the score"), screen.show_what_if, CASE, ("W",)),
        Action("case.file", mark("Notes, attachments and history of the case"), screen.show_file, CASE, ("M",)),
        Action("case.call", mark("Text for the customer's call…"), partial(ask_text, "call"), CASE, ("P",),
               enabled=lambda: window.case.case is not None),
        Action("case.sar", mark("Draft of the SAR narrative…"), partial(ask_text, "sar"), CASE, ("D",),
               enabled=lambda: window.case.case is not None),
        Action("case.links", mark("Links: accounts, devices and places around the payment"), screen.show_links, CASE,
               ("L",)),
        Action("case.copy", mark("Copy the explanation with its citations"), screen.copy_explanation, CASE,
               ("Ctrl+Shift+C",), begins_group=True),
        Action("case.back", mark("Back to the queue"), window.back, CASE, ("Esc",)),
    )  # fmt: skip
