"""`diaodu chart`: the wall chart (挂图作战) and the other charts, as pictures or one PDF."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import Failure, looking, waiting, words

if TYPE_CHECKING:
    from handlers.chart_scope import Scope
    from handlers.desk import Desk


def chart(file: Path, kind: str, project: str) -> None:
    """Every project, or the one of this number or name; further pages beside the first: FILE-2.png. A PDF holds them all."""
    from bot import pictures
    from handlers import charts
    from storage import charts as figures

    if file.suffix.lower() not in (".png", ".pdf"):
        raise Failure(words("command.chart_suffix", file=str(file)))
    with looking() as desk:
        kinds = charts.OF_ONE if project else tuple(charts.CHARTS)
        chosen = kind or ("gantt" if project else "wall")
        if chosen not in kinds:
            raise Failure(words("command.chart_kind", kind=kind, kinds=kinds, one=bool(project)))
        scope = _scope(desk, project)
        count = figures.ages(desk.session, scope.meant).count
        drawn, _ = charts.picture(desk, chosen, scope)
    with waiting(words("command.drawing", count=count)):
        whole = file.suffix.lower() == ".pdf"
        pages = [pictures.document(drawn)] if whole else pictures.draw(drawn)
    written = []
    for at, page in enumerate(pages, 1):
        path = file if at == 1 else file.with_stem(f"{file.stem}-{at}")
        try:
            path.write_bytes(page)
        except OSError as error:
            raise Failure(f"{path}: {error.strerror}") from error
        written.append(str(path))
    print(words("command.chart_drawn", files=written, count=count))


def _scope(desk: "Desk", project: str) -> "Scope":
    """All projects under the district's name, or one. Raises Failure where none, or more than one, is meant."""
    from handlers.chart_scope import Scope
    from storage import people, projects
    from storage.board import Reach

    found = projects.listed(desk.session)
    if not project:
        root = people.root_unit(desk.session)
        return Scope(Reach(projects=frozenset(row.id for row in found)), root.name if root else "")
    exact = [row for row in found if project in (str(row.number), row.name)]
    meant = exact or [row for row in found if project in row.name]
    if len(meant) != 1:
        names = [f"{row.number} {row.name}" for row in meant[:5]]
        raise Failure(words("command.chart_project", project=project, names=names))
    return Scope(Reach(projects=frozenset([meant[0].id]), left=True), meant[0].name, project=meant[0])
