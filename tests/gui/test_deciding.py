"""Deciding in the window by keyboard: reasons, proposals, a second person, and a contested case."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import CASE
from desktop.screens.case.contest_dialog import ContestDialog
from desktop.screens.passphrase import PassphraseDialog
from desktop.screens.queue.screen import FIELDS
from domain.access.roles import Person
from domain.review import Proposal
from tests.fakes import NOW, OWN

ALERT = "A-T-1000"


@pytest.fixture
def case(window, qtbot):
    """The first case is open in the window."""
    qtbot.keyClick(window.queue_screen.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.case is not None and window._screens.currentIndex() == CASE)
    return window.case_screen


def key(qtbot, window, which: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    qtbot.keyClick(window.case_screen.evidence, which, held)


def test_reasons_of_the_given_disposition_go_with_it(case, window, services, qtbot) -> None:
    for code in ("CF-DENIED", "CF-SERIES", "FP-HABIT"):
        case.decision_bar.reasons.choose(code)
    assert case.decision_bar.reasons.text() == "Reasons (3)"
    assert case.decision_bar.reasons.accessibleName() == "Reasons: CF-DENIED, CF-SERIES, FP-HABIT, key C"
    key(qtbot, window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: ("decide", ALERT, "confirmed_fraud", "", ("CF-DENIED", "CF-SERIES")) in services.calls)
    qtbot.waitUntil(lambda: window.case.alert_id != ALERT and window.case.case is not None)
    assert case.decision_bar.reasons.text() == "Reasons", "another case begins without"


def test_the_menu_of_reasons_opens_by_its_key(case, window, qtbot) -> None:
    menu = case.decision_bar.reasons.menu()
    shown = []
    menu.aboutToShow.connect(lambda: (shown.append(True), menu.close()))
    key(qtbot, window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bool(shown))


def test_a_proposal_waits_and_can_be_taken_back(case, window, services, qtbot) -> None:
    services.asks_second = True
    key(qtbot, window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.case.alert_id != ALERT and window.case.case is not None)
    assert f"{ALERT}: proposed; it waits for a second person." in window.notice.message.text()
    assert ALERT not in services.decisions
    assert window.queue.table.data(window.queue.table.index(0, FIELDS.index("state"))) == "Waits for approval"
    key(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("reverse", ALERT) in services.calls)


def test_a_second_person_says_their_view_then_sees_and_approves_by_keyboard(case, window, services, qtbot) -> None:
    """As the use case gives it: hidden until a view is formed, then whole."""
    services.who = Person("bo", ("approver",))
    services.proposals[ALERT] = Proposal(1, ALERT, "confirmed_fraud", ("CF-DENIED",), "copied card", "ana", "ana", NOW)
    window.case.case = None
    shown = Proposal(1, ALERT, None, (), "", "ana", "ana", NOW)
    case.proposal.show_proposal(shown, services.who)
    assert "ana proposed a disposition" in case.proposal.words.text()
    assert "Confirmed" not in case.proposal.words.text()
    assert not case.proposal.approve.isVisible() and not case.proposal.note.isVisible()
    window.case.open(ALERT)
    qtbot.waitUntil(lambda: window.case.case is not None)
    key(qtbot, window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: "Your view: False positive." in case.proposal.words.text())
    assert "ana proposed: Confirmed fraud" in case.proposal.words.text()
    assert case.proposal.note.text() == "CF-DENIED; copied card"
    assert window.case.alert_id == ALERT, "the case stays open until it is settled"
    key(qtbot, window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: services.decisions.get(ALERT, [None])[-1] is not None)
    assert services.decisions[ALERT][-1].approved_by == "tester"
    qtbot.waitUntil(lambda: window.case.alert_id != ALERT)
    assert not window.can_undo(), "what two decided is not undone by one"


def test_a_proposal_is_rejected_with_the_note(case, window, services, qtbot) -> None:
    services.who = Person("bo", ("approver",))
    services.proposals[ALERT] = Proposal(1, ALERT, "escalated", (), "", "ana", "ana", NOW)
    window.case.open(ALERT)
    qtbot.waitUntil(case.proposal.reject.isVisible)
    case.decision_bar.note.setText("call first")
    key(qtbot, window, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: ("reject", ALERT, "call first") in services.calls)
    qtbot.waitUntil(lambda: "the proposal of ana is rejected" in window.notice.message.text())


def test_ones_own_proposal_shows_no_approval(case, window, services) -> None:
    services.who = Person("ana", ("analyst", "approver"))
    mine = Proposal(1, ALERT, "escalated", (), "", "ana", "ana", NOW)
    case.proposal.show_proposal(mine, services.who)
    assert case.proposal.isVisible() and not case.proposal.approve.isVisible()
    assert "waits for a second person" in case.proposal.words.text()


def test_a_decided_case_is_contested_with_a_ground(case, window, services, qtbot) -> None:
    key(qtbot, window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.case.alert_id != ALERT and window.case.case is not None)
    window.dialogs.ask_contest()
    assert not window.findChildren(ContestDialog), "an open case has no decision to contest"
    window.case.open(ALERT)
    qtbot.waitUntil(lambda: window.case.case is not None)
    window.dialogs.ask_contest()
    (dialog,) = window.findChildren(ContestDialog)
    assert not dialog.reopen.isEnabled()
    dialog.ground.setPlainText("the customer shows the receipt")
    dialog.reopen.click()
    qtbot.waitUntil(lambda: ("contest", ALERT, "the customer shows the receipt") in services.calls)
    qtbot.waitUntil(lambda: "is contested and open again" in window.notice.message.text())


def test_the_passphrase_is_typed_twice_and_leaves_the_fields(window, services, qtbot) -> None:
    window.dialogs.ask_passphrase()
    (dialog,) = window.findChildren(PassphraseDialog)
    dialog.own.setText("not mine")
    dialog.passphrase.setText("several words")
    dialog.again.setText("several word")
    assert not dialog.change.isEnabled()
    dialog.again.setText("several words")
    dialog.change.click()
    assert dialog.own.text() == dialog.passphrase.text() == dialog.again.text() == ""
    qtbot.waitUntil(dialog.banner.isVisible)
    assert ("change_passphrase",) not in services.calls, "who sits at an open window has to know the former one"
    for field, text in ((dialog.own, OWN), (dialog.passphrase, "several words"), (dialog.again, "several words")):
        field.setText(text)
    dialog.change.click()
    qtbot.waitUntil(lambda: ("change_passphrase",) in services.calls)
    qtbot.waitUntil(lambda: dialog not in QApplication.topLevelWidgets() or not dialog.isVisible())
