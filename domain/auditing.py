"""Checks and exports the audit of a store, and holds a report's head against it."""

from collections.abc import Sequence
from pathlib import Path

from domain.access.roles import require
from domain.audit import CheckedLog, SignedHead, check_export, export_lines
from domain.errors import AuditBroken, ReportFailed
from domain.private_file import written_whole
from domain.store import Store
from domain.store.audit import noted_head

ELSEWHERE = "Ask whoever sent it for the fingerprint of the store's key."


def check_store(store: Store, key: str | None = None, noted: SignedHead | None = None) -> CheckedLog:
    """The whole chain, its signed head, the head beside the store, and `noted`. Raises AuditBroken."""
    heads = [(noted, "the noted head")] if noted else []
    beside = noted_head(store.path)
    if beside is not None:
        heads.append((beside, f"the head beside the store ({store.path.name}.head)"))
    checked = store.audit.check(*heads)
    if key is not None and checked.fingerprint != key.lower():
        raise AuditBroken(f"The store's key is {checked.fingerprint}, not {key.lower()}.", ELSEWHERE)
    return checked


def check_exported(file: Path, key: str | None = None, noted: SignedHead | None = None) -> CheckedLog:
    """An exported log, without its store. Raises AuditBroken."""
    try:
        with file.open(encoding="utf-8") as lines:
            return check_export(lines, key, noted)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise AuditBroken(f"{file} cannot be read: {unreadable}.", "Name a file of `whyflag audit export`.") from None


def export_audit(store: Store, out: Path) -> CheckedLog:
    """Writes the log, whole or not at all; the export itself is its last entry. Raises AuditBroken, ReportFailed."""
    require(store.person, "read")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with store.transaction(), written_whole(out) as file:
            store.audit.append(store.person.name, "audit_export", str(out), {})
            checked = check_store(store)
            file.writelines(line.encode() for line in export_lines(store.audit.all(), store.audit.signed_head()))
    except OSError as error:
        raise ReportFailed(f"{out} cannot be written: {error.strerror or error}.", "Check disk and rights.") from error
    return checked


def check_report_heads(store: Store, heads: Sequence[tuple[str, int, str]]) -> tuple[tuple[str, str], ...]:
    """Holds each report's cited head (its name, entries, hash) against the store's chain: what differs, by report.

    Raises AuditBroken where the chain itself does not hold.
    """
    checked = check_store(store)
    found = []
    for report, entries, head in heads:
        hash_at = store.audit.hash_at(entries)
        if entries > checked.entries:
            found.append((report, f"it cites {entries:,} audit entries, the store has {checked.entries:,}"))
        elif hash_at != head:
            found.append((report, f"audit entry {entries:,} of the store is not the one it cites"))
    return tuple(found)
