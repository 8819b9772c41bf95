"""The users' dialog: what it asks for, what it changes, and that nobody without the own passphrase changes anything."""

import pytest
from PySide6.QtCore import Qt

from desktop.screens.users.dialog import UsersDialog
from domain.access.roles import Person
from tests.fakes import OWN
from tests.gui.walking import unnamed


@pytest.fixture
def printed() -> list[str]:
    return []


@pytest.fixture
def dialog(window, services, look, printed, qtbot):
    services.people.append(Person("ana", ("analyst",), temporary=True))
    shown = UsersDialog(services, window._tasks, window.store, look, window, lambda text, _: not printed.append(text))
    shown.open()
    qtbot.waitUntil(lambda: shown.table.model().rowCount() == 2)
    yield shown
    shown.close()


def cells(dialog: UsersDialog, line: int) -> list[str]:
    model = dialog.table.model()
    return [model.index(line, column).data() for column in range(model.columnCount())]


def confirm(dialog: UsersDialog, qtbot, own: str = OWN) -> None:
    dialog.form.own.setText(own)
    dialog.form.go.click()


def test_users_stand_with_roles_and_state(dialog) -> None:
    assert cells(dialog, 0) == ["tester", "analyst, administrator", "tester", ""]
    assert cells(dialog, 1) == ["ana", "analyst", "ana", "must change the passphrase"]
    assert unnamed(dialog) == []


def test_a_user_is_added_once_all_is_given(dialog, services, qtbot) -> None:
    dialog.add.click()
    form = dialog.form
    assert unnamed(form) == []
    for field, text in ((form.name, "bo"), (form.passphrase, "bo's first"), (form.own, OWN)):
        assert not form.go.isEnabled()
        field.setText(text)
    assert not form.go.isEnabled(), "no role yet"
    form._boxes["approver"].setChecked(True)
    form.go.click()
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == 3)
    assert ("add_user", "bo", "", ("approver",), "bo's first") in services.calls
    assert dialog.form is None


def test_nothing_changes_without_the_own_passphrase(dialog, services, qtbot) -> None:
    dialog.table.step_to(1)
    dialog.disable.click()
    confirm(dialog, qtbot, "a colleague's guess")
    qtbot.waitUntil(dialog.form.banner.isVisible)
    assert not services.people[1].disabled and dialog.form.own.text() == ""
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: cells(dialog, 1)[3] == "disabled")
    assert dialog.disable.text() == "Enable…"


def test_roles_and_passphrase_are_changed(dialog, services, qtbot) -> None:
    dialog.table.step_to(1)
    dialog.change_roles.click()
    assert dialog.form.roles == ("analyst",)
    dialog.form._boxes["approver"].setChecked(True)
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: cells(dialog, 1)[1] == "analyst, approver")
    dialog.reset.click()
    dialog.form.passphrase.setText("ana's second")
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: ("reset_passphrase", "ana", "ana's second") in services.calls)


def test_the_recovery_sheet_is_shown_once_and_printed(dialog, printed, qtbot) -> None:
    dialog.print_sheet.click()
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: dialog.sheet is not None and dialog.sheet.isVisible())
    assert "ABCD-EFGH" in dialog.sheet.text.toPlainText()
    assert dialog.sheet.text.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction, (
        "never to the clipboard"
    )
    dialog.sheet.print_button.click()
    [sheet] = printed
    assert "ABCD-EFGH" in sheet and "NAME is one of: tester" in sheet


def test_only_an_administrator_is_offered_the_users(window, services) -> None:
    action = window.window_actions.find("store.users")
    assert action.enabled()
    window.person = Person("eve", ("auditor",))
    assert not action.enabled()
