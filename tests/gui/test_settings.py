"""Theme, size of text and keys: applied at once, kept, and refused with words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import CASE, SETTINGS, MainWindow
from desktop.screens.palette import Palette
from desktop.settings import Settings, SettingsFile
from domain.access.roles import Person
from domain.ageing import Deadlines
from tests.fakes import FakeServices
from tests.gui.conftest import MakeWindow
from tests.gui.test_walk import keys, opened, place, press

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def usual_look(look):
    yield
    look.choose("light")
    look.scale_text(100)


def kept(window: MainWindow) -> Settings:
    return SettingsFile(window._around.settings.path, Settings()).current


def find(window: MainWindow, words: str) -> None:
    panel = window.settings_screen.keys
    panel.filter.setText(words)
    panel.table.setFocus()


def test_a_theme_is_chosen_at_once_and_kept(window: MainWindow, look) -> None:
    window.go(SETTINGS)
    screen = window.settings_screen
    screen.theme.setCurrentIndex(screen.theme.findData("contrast"))
    screen.theme.activated.emit(0)
    assert look.theme.name == "contrast"
    assert kept(window).theme == "contrast"


def test_text_grows_by_keys_and_stops_at_200(window: MainWindow, look, qtbot) -> None:
    height = window.queue_screen.table.verticalHeader().defaultSectionSize()
    for _ in range(6):
        press(qtbot, Qt.Key.Key_Plus, CONTROL)
    assert look.text_percent == kept(window).text_percent == 200
    assert window.queue_screen.table.verticalHeader().defaultSectionSize() > height
    assert window.settings_screen.text.currentData() == 200
    press(qtbot, Qt.Key.Key_0, CONTROL)
    assert kept(window).text_percent == 100


def test_a_key_is_changed_by_pressing_it_and_works_at_once(window: MainWindow, qtbot) -> None:
    window.go(SETTINGS)
    find(window, "next open")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_G)
    assert kept(window).keys == {"case.next": ("G",)}
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1000" and place(window) == CASE)
    keys(qtbot, "n")
    keys(qtbot, "g")
    qtbot.waitUntil(lambda: opened(window) == "A-T-1001")


def test_what_is_written_beside_a_button_is_its_key(window: MainWindow) -> None:
    bar = window.case_screen.decision_bar
    assert bar.buttons["inconclusive"].text() == "Inconclusive  3"
    window.settings.choose_keys(window.window_actions.find("case.inconclusive"), ["I"])
    window.settings.choose_keys(window.window_actions.find("case.note"), [])
    assert bar.buttons["inconclusive"].text() == "Inconclusive  I"
    assert bar.buttons["inconclusive"].accessibleName() == "Inconclusive, key I"
    assert bar.note.placeholderText() == "Note to the decision"


def test_a_key_in_use_is_refused_and_says_by_what(window: MainWindow, qtbot) -> None:
    window.go(SETTINGS)
    find(window, "next open")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_T)
    assert window.banner.isVisible()
    assert window.banner.message.text().startswith("T already means “Write a note")
    assert kept(window).keys == {}


def test_the_palette_finds_by_letters_and_runs(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_K, CONTROL)
    (palette,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Palette)]
    qtbot.waitUntil(palette.query.hasFocus)
    offered = palette.list.count()
    keys(qtbot, "settin")
    assert 0 < palette.list.count() < offered
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place(window) == SETTINGS)
    assert not palette.isVisible()


def test_the_palette_offers_what_can_be_done_here(window: MainWindow, qtbot) -> None:
    here = {action.id for action in window.window_actions.available()}
    assert "queue.down" in here
    assert not any(id_.startswith("case.") for id_ in here)
    assert not {"review.undo", "store.cancel"} & here, "there is nothing to undo or to cancel"


def test_no_key_means_two_things_in_one_place(window: MainWindow) -> None:
    keymap = window.window_actions.keymap
    clashes = {
        (action.id, key) for action in keymap.actions for key in keymap.keys(action.id) if keymap.holder(action.id, key)
    }
    assert clashes == set()
    assert len({action.id for action in keymap.actions}) == len(keymap.actions)


def test_every_action_stands_in_a_menu(window: MainWindow) -> None:
    shown: set[str] = set()
    for entry in window._menu_bar.actions():
        entry.menu().aboutToShow.emit()
        lines = entry.menu().actions()
        lines += [line for submenu in lines if submenu.menu() for line in submenu.menu().actions()]
        shown |= {line.text().split("\t")[0].replace("&", "") for line in lines}
    assert {action.words for action in window.window_actions.keymap.actions} <= {text.rstrip("…") for text in shown}


def test_deadlines_are_changed_by_enter_and_hold_at_once(window: MainWindow, services: FakeServices, qtbot) -> None:
    window.go(SETTINGS)
    panel = window.settings_screen.deadlines
    qtbot.waitUntil(lambda: panel.fields["high"].text() == "24")
    assert not panel.apply.isEnabled()
    panel.fields["high"].setText("36.5")
    assert panel.apply.isEnabled()
    read = len([call for call in services.calls if call[0] == "queue"])
    qtbot.keyClick(panel.fields["high"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len([call for call in services.calls if call[0] == "queue"]) > read)
    assert services.given_deadlines == Deadlines(high=36.5) and not panel.apply.isEnabled()


@pytest.mark.parametrize("typed", ["soon", "0", "-1", "9999", "nan", ""])
def test_what_is_no_deadline_is_refused_and_left_to_be_mended(
    window: MainWindow, services: FakeServices, qtbot, typed: str
) -> None:
    window.go(SETTINGS)
    field = window.settings_screen.deadlines.fields["low"]
    qtbot.waitUntil(lambda: field.text() == "168")
    field.setText(typed)
    window.settings_screen.deadlines.apply.click()
    assert window.banner.isVisible() and "a year" in window.banner.hint.text()
    assert services.given_deadlines == Deadlines() and field.text() == typed


def test_who_is_no_administrator_sees_the_deadlines_only(
    make_window: MakeWindow, services: FakeServices, qtbot
) -> None:
    services.who = Person("ana", ("analyst",))
    panel = make_window(services).settings_screen.deadlines
    assert all(field.isReadOnly() for field in panel.fields.values())
    assert not panel.apply.isEnabled() and "administrator" in panel.note.text()


def test_buttons_and_tool_tips_name_the_keys_of_today(window: MainWindow) -> None:
    case, queue = window.case_screen, window.queue_screen
    for action_id, chosen in (
        ("case.next", ("G",)), ("case.similar", ("Y",)), ("queue.search", ("Ctrl+U",)), ("case.links", ()),
        ("case.confirmed_fraud", ("5",)), ("go.threshold", ("Alt+9",)), ("view.larger", ("Ctrl+9",)),
    ):  # fmt: skip
        window.settings.choose_keys(window.window_actions.find(action_id), chosen)
    told = {
        case.header._next.toolTip(),
        case.tabs.tabToolTip(2),
        queue.search.field.placeholderText(),
        case.links._close.toolTip(),
        case.decision_bar.buttons["confirmed_fraud"].text(),
        queue.threshold.toolTip(),
    }
    assert told == {
        "Next open alert (G)",
        "Cases flagged for like reasons, and what was decided about them (Y)",
        "Search, or filter: amount>=500 band:critical,high merchant:M-31 (Ctrl+U)",
        "Back to the explanation (Esc)",
        "Confirmed fraud  5",
        "Which scores raise an alert (Alt+9)",
    }
    assert window.settings_screen.text.accessibleDescription().startswith("Ctrl+9 makes it larger")


def test_the_cases_keys_are_listed_before_a_case_is_opened(
    make_window: MakeWindow, services: FakeServices, qtbot
) -> None:
    window = make_window(services)
    assert window.case.alert_id is None
    qtbot.waitUntil(lambda: any(action.id == "case.next" for action in window.window_actions.keymap.actions))


def test_who_goes_to_the_settings_first_finds_the_cases_keys_there(
    make_window: MakeWindow, services: FakeServices
) -> None:
    window = make_window(services)
    window.go(SETTINGS)
    assert "case.next" in {action.id for action in window.settings_screen.keys._shown}
