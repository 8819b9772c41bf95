"""What can be done in the queue, with its keys."""

from datetime import timedelta
from functools import partial

from desktop.screens.queue.screen import QueueScreen
from desktop.screens.queue.view_model import QueueViewModel
from desktop.support.actions import QUEUE, Action
from desktop.support.translation import mark

SORTS = {
    "score": mark("Sort by score"),
    "occurred_at": mark("Sort by time"),
    "amount": mark("Sort by amount"),
    "customer_id": mark("Sort by customer"),
    "merchant": mark("Sort by merchant"),
    "origin": mark("Sort by source"),
    "disposition": mark("Sort by state"),
    "due_at": mark("Sort by due time"),
    "claimed_by": mark("Sort by analyst"),
    "alert_id": mark("Sort by alert"),
}


def sorting_actions(queue: QueueViewModel) -> tuple[Action, ...]:
    """The headings answer to the mouse alone."""
    sort = mark("Sort")
    return (
        *(
            Action(f"queue.sort_{field}", words, partial(queue.sort_by, field), QUEUE, submenu=sort)
            for field, words in SORTS.items()
        ),
        Action("queue.turn_round", mark("Turn the order round"), queue.turn_round, QUEUE, ("O",), submenu=sort),
    )


def handling_actions(screen: QueueScreen) -> tuple[Action, ...]:
    some = lambda: screen.chosen_count > 0  # noqa: E731
    return (
        Action("queue.search", mark("Search and filter"), screen.search.take_focus, QUEUE, ("/", "Ctrl+F"),
               begins_group=True),
        Action("queue.jump", mark("Go to a row or id…"), screen.ask_jump, QUEUE, ("G",)),
        Action("queue.views", mark("Saved views"), screen.search.views.showMenu, QUEUE, ("V",)),
        Action("queue.save_view", mark("Save this view…"), screen.ask_view_name, QUEUE),
        Action("queue.choose_down", mark("Choose the next row, too"), partial(screen.step_choosing, 1), QUEUE,
               ("Shift+J",), begins_group=True),
        Action("queue.choose_up", mark("Choose the row above, too"), partial(screen.step_choosing, -1), QUEUE,
               ("Shift+K",)),
        Action("queue.decide", mark("Decide the chosen alerts…"), screen.ask_decision, QUEUE, ("D",), enabled=some),
        Action("queue.claim", mark("Claim the chosen alerts"), screen.claim, QUEUE, ("C",), enabled=some),
        Action("queue.release", mark("Release the chosen alerts"), screen.release, QUEUE, ("Shift+C",), enabled=some),
        Action("queue.snooze_day", mark("Snooze for a day"), partial(screen.snooze, timedelta(days=1)), QUEUE, ("Z",),
               enabled=some),
        Action("queue.snooze_hour", mark("Snooze for an hour"), partial(screen.snooze, timedelta(hours=1)), QUEUE,
               enabled=some),
        Action("queue.snooze_week", mark("Snooze for a week"), partial(screen.snooze, timedelta(weeks=1)), QUEUE,
               enabled=some),
        Action("queue.wake", mark("Wake the chosen alerts"), partial(screen.snooze, None), QUEUE, ("Shift+Z",),
               enabled=some),
    )  # fmt: skip
