"""Where a store's backups go and how many are kept: a small plain file beside the store.

It stands outside the store on purpose: where the store is damaged, it still says where the backups are.
"""

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import StoreWriteFailed
from domain.private_file import written_whole
from domain.store.backups.manifest import Backup

EVERY = timedelta(days=1)
DAILY, WEEKLY = 7, 4


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Backups go to `folder`; the newest of each of the last `daily` days and `weekly` weeks that have one is kept."""

    folder: Path
    daily: int = DAILY
    weekly: int = WEEKLY


def plan_path(store: Path) -> Path:
    return store.with_name(store.name + ".backup.toml")


def backup_folder(store: Path) -> Path:
    """Where the store's backups are: the plan's folder, else `<store>.backups` beside it."""
    plan = read_plan(store)
    return plan.folder if plan else store.with_name(store.name + ".backups")


def read_plan(store: Path) -> BackupPlan | None:
    """None before one is made, and where the file is no plan: a backup can then still be made by its command."""
    try:
        content = tomllib.loads(plan_path(store).read_text(encoding="utf-8"))
        plan = BackupPlan(Path(content["folder"]), int(content["daily"]), int(content["weekly"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return plan if plan.daily >= 0 and plan.weekly >= 0 else None


def write_plan(store: Path, plan: BackupPlan) -> None:
    """Replaces the former one, whole. Raises StoreWriteFailed."""
    path = plan_path(store)
    lines = [
        "# Backups of the store beside this file; `whyflag backup` makes one, the window one a day.",
        f"folder = {json.dumps(str(plan.folder.absolute()))}",
        f"daily = {plan.daily}    # days of which the newest is kept",
        f"weekly = {plan.weekly}    # weeks of which the newest is kept",
    ]
    try:
        with written_whole(path) as out:
            out.write(("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise StoreWriteFailed(
            f"The backup plan {path} cannot be written: {error.strerror or error}.", "Check disk and rights."
        ) from error


def due(backups: Sequence[Backup], now: datetime) -> bool:
    """Whether the newest is a day old, or there is none."""
    return all(now - backup.created_at >= EVERY for backup in backups)


def spare(backups: Sequence[Backup], plan: BackupPlan) -> tuple[Backup, ...]:
    """Those that the plan does not keep; never the newest, nor the last one of each schema the store had.

    A migration that turns out wrong after weeks can so be gone back on.
    """
    newest_first = sorted(backups, key=lambda backup: backup.created_at, reverse=True)
    kept = set({backup.schema: backup.folder for backup in reversed(newest_first)}.values())
    kept |= _newest_of_each(newest_first, plan.daily, lambda at: at.date().toordinal())
    kept |= _newest_of_each(newest_first, plan.weekly, lambda at: at.isocalendar()[:2])
    return tuple(backup for backup in newest_first if backup.folder not in kept)


def _newest_of_each(newest_first: Sequence[Backup], most: int, span: Callable[[datetime], object]) -> set[Path]:
    found: dict[object, Path] = {}
    for backup in newest_first:
        found.setdefault(span(backup.created_at), backup.folder)
    return set(list(found.values())[:most])
