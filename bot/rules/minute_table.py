"""A table of minutes, pasted with tabs from Word or Excel, as points with labels. Pure."""

import re
from collections.abc import Sequence

from bot.rules import reading
from bot.rules.minute_points import points
from bot.rules.minute_words import STANDING, UNITS, bare

_COLUMNS = {
    "": re.compile(r"^(?:序号|编号|备注|进展.*|完成情况|状态|№|No\.?)$"),
    "责任人": re.compile(r"责任人|责任领导|负责人|联系人"),
    "配合单位": re.compile(r"配合|协办|协同|参与|协助"),
    "责任单位": re.compile(r"(?:责任|牵头|主办|承办|落实).{0,2}(?:单位|部门)|^单位$|^部门$|^牵头$"),
    "完成时限": re.compile(r"时限|时间|期限"),
    "完成标准": re.compile(r"标准|成效|目标|成果"),
    "项目": re.compile(r"项目"),
    "事项": re.compile(r"任务|事项|内容|问题|措施|工作|要求"),
}


def rows_of(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(a table's rows as words with labels, the other lines). Cells are parted by tabs, as Word and Excel put them on the clipboard."""
    if sum(line.count("\t") >= 2 for line in lines) < 2:
        return [], [part for line in lines for part in (points(line.replace("\t", " ")) if "\t" in line else [line])]
    start = next(at for at, line in enumerate(lines) if line.count("\t") >= 2)
    rows = _rows(lines[start:])
    names = [_column(cell) for cell in rows[0]]
    if sum(name is not None and name != "" for name in names) < 2:
        names = _guessed(rows)
    else:
        rows = rows[1:]
    written: list[str] = []
    project = ""
    for row in rows:
        cells = dict[str, str]()
        for name, cell in zip(names, row, strict=False):
            if name and cell:
                cells[name] = f"{cells[name]}；{cell}" if name in cells else cell
        project = cells.get("项目") or project
        if project and "事项" in cells:
            cells["项目"] = project
        words = cells.pop("事项", "")
        if words:
            written.append("\n".join([words, *(f"{name}：{cell}" for name, cell in cells.items())]))
    return written, list(lines[:start])


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The rows with their cells; a line break within a cell is mended: lines are joined until the row is full."""
    width = lines[0].count("\t") + 1
    rows: list[list[str]] = []
    open_row = ""
    for line in lines:
        joined = f"{open_row}\v{line}" if open_row else line
        if open_row and (joined.count("\t") >= width or re.match(r"\d{1,3}\t", line)):
            rows.append(_cells(open_row))
            joined = line
        if joined.count("\t") == width - 1:
            rows.append(_cells(joined))
            joined = ""
        open_row = joined
    return [*rows, _cells(open_row)] if open_row else rows


def _cells(row: str) -> list[str]:
    return [re.sub(r"\v+", "", cell).strip(' "') for cell in row.split("\t")]


def _column(cell: str) -> str | None:
    if len(cell) > 12:
        return None
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(cell)), None)


def _guessed(rows: Sequence[Sequence[str]]) -> list[str | None]:
    """Columns without a header, from what stands in them: numbers, units, days; the longest is what is to be done."""
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(max(map(len, rows)))]
    names: list[str | None] = [None] * len(columns)
    for at, cells in enumerate(columns):
        if not cells or all(cell.isdigit() for cell in cells):
            continue
        units = sum(bool(UNITS.fullmatch(bare(cell))) for cell in cells)
        days = sum(len(cell) <= 14 and bool(STANDING.search(cell) or reading.parse_due(cell, 2000)) for cell in cells)
        if units * 2 > len(cells):
            names[at] = "配合单位" if "责任单位" in names else "责任单位"
        elif days * 2 > len(cells):
            names[at] = "完成时限"
    left = [
        at for at, name in enumerate(names) if name is None and columns[at] and not all(map(str.isdigit, columns[at]))
    ]
    if left:
        names[max(left, key=lambda at: sum(map(len, columns[at])))] = "事项"
    return names
