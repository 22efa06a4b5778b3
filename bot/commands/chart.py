"""`diaodu chart`: the wall chart (挂图作战)."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, waiting, words

if TYPE_CHECKING:
    from handlers.desk import Desk


def chart(file: Path) -> None:
    """Every project with its milestones on the months of this year; further pages beside the first: FILE-2.png."""
    from bot import pictures
    from bot.messages import Picture

    with looking() as desk:
        drawn = values(desk)
    with waiting(words("command.drawing", count=len(drawn["rows"]))):
        pages = pictures.draw(Picture("chart", drawn))
    written = []
    for at, page in enumerate(pages, 1):
        path = file if at == 1 else file.with_stem(f"{file.stem}-{at}")
        try:
            path.write_bytes(page)
        except OSError as error:
            raise Failure(f"{path}: {error.strerror}") from error
        written.append(str(path))
    print(words("command.chart_drawn", files=written, count=len(drawn["rows"])))


def values(desk: "Desk") -> dict[str, Any]:
    """What the template of the picture wants."""
    from bot.rules.words import Light
    from storage import people, projects

    units, found = people.unit_names(desk.session), projects.listed(desk.session)
    found.sort(key=lambda row: (row.lead_unit or 0, row.number))
    milestones = projects.milestones(desk.session, [row.id for row in found]) if found else {}
    root = people.root_unit(desk.session)
    title, subtitle, footer, empty, project, done, open_, overdue, today, doubt = (
        piece.strip()
        for piece in words(
            "command.chart_words",
            unit=root.name if root else "",
            year=desk.today.year,
            count=len(found),
            doubted=any(row.doubt == "open" for row in found),
        ).split("｜")
    )
    return {
        "title": title, "subtitle": subtitle, "footer": footer, "empty": empty, "as_of": desk.today.isoformat(), "today": desk.today.isoformat(),
        "headers": {"project": project}, "months": [f"{desk.today.year}-{month:02}" for month in range(1, 13)],
        "labels": {"done": done, "open": open_, "overdue": overdue, "today": today, **{light.value: light.zh for light in Light}},
        "counts": {light.value: sum(row.light is light for row in found) for light in Light},
        "rows": [
            {
                "number": row.number, "name": row.name, "light": row.light.value, "light_word": row.light.zh,
                "progress": "" if row.progress is None else f"{row.progress.normalize():f}%{f' {doubt}' if row.doubt == 'open' else ''}", "group": units.get(row.lead_unit or 0, ""),
                "milestones": [_milestone(one, desk.today) for one in milestones[row.id] if one.due],
            }
            for row in found
        ],
    }  # fmt: skip


def _milestone(one: Any, today: date) -> dict[str, str]:
    state = "done" if one.done_on else "overdue" if one.due < today else "open"
    return {"name": one.name, "due": one.due.isoformat(), "state": state}
