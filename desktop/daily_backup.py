"""The backup a day that the window makes where the store has a plan, and what the health screen says of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.health import Check
from desktop.observing import Observer
from desktop.support.translation import tr
from domain.errors import WhyflagError
from domain.progress import finish
from domain.store import Store
from domain.store.backups import backup_folder, backups_of, due, read_plan

LATE = timedelta(days=2)


def back_up_if_due(store: Store, observer: Observer, now: datetime) -> None:
    """In the calling thread; the window waits for the store only while its file is copied.

    What fails is in the log, and the health screen tells how old the newest backup is.
    """
    plan = read_plan(store.path)
    if plan is None or not store.person.may("backup") or not due(backups_of(store.path, plan.folder), now):
        return
    try:
        with observer.operation("daily_backup"):
            finish(store.back_up(now=now))
    except WhyflagError:
        return


def backup_check(store: Path, now: datetime | None = None) -> Check:
    """Whether the plan is kept; a store without a plan is told how to get one."""
    plan, found = read_plan(store), backups_of(store, backup_folder(store))
    newest = tr("newest of {words}", words=found[0].words) if found else tr("there is none")
    if plan is None:
        way = f"whyflag backup --store {store} --daily 7"
        told = tr("{newest}; no daily one is planned ({command} plans it)", newest=newest, command=way)
        return Check(tr("backup"), True, told, judged=False)
    late = not found or (now or datetime.now(UTC)) - found[0].created_at > LATE
    told = tr("{newest}; {count} stand in {folder}", newest=newest, count=len(found), folder=plan.folder)
    hint = tr("Look whether {folder} can be written and has room.", folder=plan.folder) if late else ""
    return Check(tr("backup"), not late, told, hint)
