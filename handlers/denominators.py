"""Over which list a rate is: how many projects, and which of them came, left or came back since January (S9: every rate has a dated
denominator)."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.messages import plain
from handlers.desk import Desk
from storage import list_changes, projects, questions
from storage.board import Reach
from storage.questions import Where


def sentence(desk: Desk, meant: Reach | None, day: date | None = None, locale: str = "") -> str:
    """共 133 项，其中 10-08 增补 2 项: of the list at the end of a day (None: now), one plain line."""
    on = day if day and day < desk.today else None
    count = [projects.on_list(on) if meant is None else replace(meant, on=on).where]
    changed = [] if meant is None else [meant.ever]
    return words(desk, count, changed, on or desk.today, locale)


def words(
    desk: Desk, listed: Where, ever: Where, day: date, locale: str = ""
) -> str:  # fmt: skip
    """The same for projects that are meant by conditions: those on the list, and those that ever were."""
    return plain(desk.text("list.basis", locale, **facts(desk, listed, ever, day))).strip()


def facts(
    desk: Desk, listed: Where, ever: Where, day: date
) -> dict[str, Any]:  # fmt: skip
    """count: projects on the list; changes: (day, kind, projects) since January of that day's year; on: the day."""
    counted = list_changes.counted(desk.session, ever, date(day.year, 1, 1), day)
    return {
        "count": len(questions.ids(desk.session, listed)), "changes": [(at, kind, number) for (at, kind), number in counted.items()], "on": day,
    }  # fmt: skip
