"""Notes, drafts and attachments of an alert, in a real store."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain import casework
from domain.casefile import ATTACHMENT_LIMIT, UnsavedText
from domain.deciding import contest, decide
from domain.errors import AttachmentRefused, InvalidDecision, UnknownAlert
from domain.scoring import Alert
from domain.store import Store
from tests.stores import PASSPHRASE, new_store, payments, put

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ALERT = "A-T-1"


def a_store(folder: Path) -> Store:
    store = new_store(folder)
    put(store, payments(3))
    store.alerts.replace_alerts([Alert(ALERT, "T-1", "c", 0.9, 0.3, "high", "model", NOW)])
    assert isinstance(store.alerts.get(ALERT), Alert)
    return store


def test_a_note_stays_and_is_audited_without_its_words(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        casework.add_note(store, ALERT, "  called the customer ", actor="ana", now=NOW)
        casework.add_note(store, ALERT, "called again", actor="ben", now=NOW)
        file = casework.case_file(store, ALERT)
        assert [(note.text, note.actor) for note in file.notes] == [
            ("called the customer", "ana"), ("called again", "ben"),
        ]  # fmt: skip
        assert [entry.action for entry in file.entries] == ["note", "note"]
        assert hashlib.sha256(b"called again").hexdigest() in file.entries[1].details
        assert "called" not in "".join(entry.details for entry in file.entries)
        assert store.audit.verify() == len(store.audit.entries())


def test_what_is_typed_outlives_a_crash_and_belongs_to_one_person(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    casework.keep_unsaved(store, ALERT, "note", "half a sen", actor="ana")
    casework.keep_unsaved(store, ALERT, "sar", "Who", actor="ana")
    store.close()
    assert all(b"half a sen" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as again:
        assert again.unsaved.of(ALERT, "ana") == (UnsavedText("note", "half a sen"), UnsavedText("sar", "Who"))
        assert again.unsaved.of(ALERT, "ben") == ()
        casework.keep_unsaved(again, ALERT, "sar", "", actor="ana")
        assert again.unsaved.of(ALERT, "ana") == (UnsavedText("note", "half a sen"),)
        assert again.audit.entries() == (), "nothing is said yet"


def test_what_was_typed_goes_once_it_is_saved(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        me = store.person.name
        for kind in ("note", "call", "decision", "contest"):
            casework.keep_unsaved(store, ALERT, kind, "typed", actor=me)
        casework.add_note(store, ALERT, "typed", actor=me, now=NOW)
        casework.save_text(store, ALERT, "call", "Good day.", "typed", actor=me, now=NOW)
        assert {one.kind for one in store.unsaved.of(ALERT, me)} == {"decision", "contest"}
        decide(store, ALERT, "false_positive", "typed", actor=me, now=NOW)
        assert {one.kind for one in store.unsaved.of(ALERT, me)} == {"contest"}
        contest(store, ALERT, "typed", now=NOW)
        assert store.unsaved.of(ALERT, me) == ()


def test_what_was_typed_stays_where_the_decision_is_refused(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        me = store.person.name
        casework.keep_unsaved(store, ALERT, "decision", "typed", actor=me)
        with pytest.raises(InvalidDecision):
            decide(store, ALERT, "false_positive", "x" * 100_000, actor=me, now=NOW)
        assert store.unsaved.of(ALERT, me) == (UnsavedText("decision", "typed"),)


@pytest.mark.parametrize("text", ["  ", "x" * 10_001])
def test_a_note_that_says_nothing_or_too_much_is_refused(tmp_path: Path, text: str) -> None:
    with a_store(tmp_path) as store:
        with pytest.raises(InvalidDecision):
            casework.add_note(store, ALERT, text, actor="ana", now=NOW)
        with pytest.raises(UnknownAlert):
            casework.add_note(store, "A-none", "well", actor="ana", now=NOW)
        assert store.audit.entries() == ()


def test_an_attachment_comes_out_as_it_went_in(tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(bytes(range(256)) * 40)
    with a_store(tmp_path) as store:
        kept = casework.attach(store, ALERT, receipt, actor="ana", now=NOW)
        assert (kept.name, kept.size) == ("receipt.pdf", 10_240)
        out = casework.export_attachment(store, kept.sequence, tmp_path / "out.pdf", actor="ben")
        assert out.read_bytes() == receipt.read_bytes()
        assert not (tmp_path / "out.pdf.part").exists()
        file = casework.case_file(store, ALERT)
        assert file.attachments == (kept,)
        assert [(entry.actor, entry.action) for entry in file.entries] == [
            ("ana", "attach"), ("ben", "export_attachment"),
        ]  # fmt: skip
        store.database.execute("UPDATE attachments SET content = 'other'::BLOB")
        with pytest.raises(AttachmentRefused, match="sha256"):
            casework.export_attachment(store, kept.sequence, tmp_path / "wrong.pdf", actor="ben")
        assert not (tmp_path / "wrong.pdf").exists()


def test_what_cannot_be_kept_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    empty, large = tmp_path / "empty", tmp_path / "large"
    empty.touch()
    with large.open("wb") as file:
        file.truncate(ATTACHMENT_LIMIT + 1)
    with a_store(tmp_path) as store:
        for path in (empty, large, tmp_path / "absent", tmp_path):
            with pytest.raises(AttachmentRefused):
                casework.attach(store, ALERT, path, actor="ana", now=NOW)
        assert casework.case_file(store, ALERT).attachments == ()


def test_each_edit_stands_beside_the_draft(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        first = casework.save_text(store, ALERT, "call", "Good day.", "Good day, Ms Ito.", actor="ana", now=NOW)
        same = casework.save_text(store, ALERT, "call", "Good day.", "Good day, Ms Ito.", actor="ben", now=NOW)
        assert same == first, "what changes nothing is no edit"
        casework.save_text(store, ALERT, "call", "Good day!", "Hello.", actor="ben", now=NOW)
        kept = store.texts.edits(ALERT, "call")
        assert [(edit.actor, edit.draft, edit.before, edit.after) for edit in kept] == [
            ("ana", "Good day.", "Good day.", "Good day, Ms Ito."),
            ("ben", "Good day!", "Good day, Ms Ito.", "Hello."),
        ]
        assert store.texts.edits(ALERT, "sar") == ()
        assert [entry.action for entry in store.casework.entries(ALERT)] == ["edit_text", "edit_text"]
        with pytest.raises(InvalidDecision):
            casework.save_text(store, ALERT, "sar", "", "x" * 50_001, actor="ana", now=NOW)


def test_notes_typed_before_other_texts_were_kept_are_there_still(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        for later in ("unsaved_texts", "exported_alerts"):
            store.database.execute(f"DROP TABLE {later}")
        store.database.execute("CREATE TABLE note_drafts (alert_id VARCHAR, actor VARCHAR, text VARCHAR)")
        store.database.execute("INSERT INTO note_drafts VALUES (?, 'ana', 'half a sen')", [ALERT])
        store.database.execute("UPDATE meta SET value = '8' WHERE name = 'schema_version'")
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as store:
        assert store.unsaved.of(ALERT, "ana") == (UnsavedText("note", "half a sen"),)
