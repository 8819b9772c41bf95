"""Backups of a store: encrypted as the store is, proved by a test restore, rotated, and taken back."""

from domain.store.backups.manifest import Backup, backups_of, check_sums, read_manifest
from domain.store.backups.plan import BackupPlan, backup_folder, due, read_plan, spare, write_plan

__all__ = [
    "Backup",
    "BackupPlan",
    "backup_folder",
    "backups_of",
    "check_sums",
    "due",
    "read_manifest",
    "read_plan",
    "spare",
    "write_plan",
]
