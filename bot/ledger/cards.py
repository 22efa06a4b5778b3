"""A 前期工作台账: one sheet is one project, its labels in the first column, its milestones side by side."""

from collections.abc import Iterator
from itertools import pairwise

from bot.ledger import cells
from bot.ledger.cells import WAN, YI, Row, Unread
from bot.ledger.headers import letter, squeezed
from bot.ledger.sheets import Sheet
from bot.ledger.values import LedgerMilestone, LedgerName, LedgerProject, Reason, RowProblem
from bot.rules.words import Role

LABELS = ("项目名称", "完成时限", "完成进度")


def is_card(sheet: Sheet) -> bool:
    """Whether the sheet is the card of one project."""
    first = {squeezed(row[0]) for row in sheet.rows[:30] if row}
    return first.issuperset(LABELS)


def read_card(sheet: Sheet, year: int) -> tuple[LedgerProject, list[RowProblem]]:
    """The card's project and what on the card could not be read."""
    rows = {squeezed(row[0]): (index, row) for index, row in enumerate(sheet.rows) if row and row[0] != ""}
    beside = {words: value for _, row in rows.values() for words, value in _pairs(row)}
    problems: list[RowProblem] = []
    milestones = tuple(_milestones(sheet, rows, year, problems))
    total = next((words for words in beside if "总投资" in words), "")
    try:
        amount = cells.money(beside[total], YI if "亿元" in total else WAN) if total else None
    except Unread as unread:
        amount = None
        problems.append(RowProblem(sheet.name, rows["项目名称"][0] + 1, "", total, beside[total], unread.reason))
    leader = next((value for words, value in beside.items() if words.endswith("领导")), "")
    settled = squeezed(next((value for words, value in beside.items() if "解决的情况" in words), "")).startswith(
        "已解决"
    )
    wanted = next((value for words, value in beside.items() if words.endswith("解决问题")), "")
    project = LedgerProject(
        sheet=sheet.name,
        row=rows["项目名称"][0] + 1,
        name=cells.plain(beside.get("项目名称", "")),
        owner=cells.given(beside.get("业主单位", "")),
        content=cells.given(next((value for words, value in beside.items() if "建设目标" in words), "")),
        total=amount,
        milestones=milestones,
        problems=() if settled else cells.problems(wanted),
        roles={Role.GENERAL_COORDINATOR: named} if (named := _named(leader)) else {},
    )
    return project, problems


def _pairs(row: Row) -> Iterator[tuple[str, cells.Cell]]:
    """Each cell with the next one at its right that holds something: a label with its value."""
    filled = [cell for cell in row if cell != ""]
    return ((squeezed(label), value) for label, value in pairwise(filled))


def _named(cell: cells.Cell) -> tuple[LedgerName, ...]:
    try:
        return cells.names(cell)
    except Unread:
        return ()


def _milestones(
    sheet: Sheet, rows: dict[str, tuple[int, Row]], year: int, problems: list[RowProblem]
) -> Iterator[LedgerMilestone]:
    """The milestones that stand in the row above 完成时限; one that is not needed (不涉及) is left out."""
    index, limits = rows["完成时限"]
    titles, progress = sheet.rows[index - 1], rows["完成进度"][1]
    units, persons = (rows.get(label, (0, [""] * len(limits)))[1] for label in ("责任单位", "责任人"))
    for column in range(1, len(limits)):
        title, words = squeezed(titles[column]), cells.given(progress[column])
        due = cells.when(limits[column], year) if limits[column] != "" else None
        if not title or words == "不涉及" or not (due or words):
            continue
        if due and due.day is None:
            value = cells.plain(limits[column])
            problems.append(RowProblem(sheet.name, index + 1, letter(column), "完成时限", value, Reason.UNREAD_DATE))
        done, done_on = cells.done(progress[column], year)
        yield LedgerMilestone(
            name=title,
            due=due.day if due else None,
            due_words=due.words if due else "",
            precision=due.precision if due else None,
            responsible=" ".join(filter(None, (cells.given(units[column]), cells.given(persons[column])))),
            done=done,
            done_on=done_on,
        )
