"""Where a table's header stands and how many rows it has; its words, one text per column."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator

from bot.ledger.cells import plain
from bot.ledger.sheets import Sheet

WITHIN = 30
"""Rows from the top in which a header is looked for."""
DEEPEST = 4
FEWEST = 2
"""Cells of a header; a title stands alone."""
LONGEST_TITLE = 16
_SAYS_NOTHING = re.compile(r"^(?:项目)?(?:基本|基础|总体)?(?:情况|信息|概况)/")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:=.*)?")
_COLUMN_LETTER = re.compile(r"[甲乙丙丁戊己庚辛壬癸A-Z]")
_ABOUT = re.compile(r"单位:|填报|制表|报送|日期:|时间:|截[至止]|演示")


def letter(column: int) -> str:
    """Excel's name of a column: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def squeezed(cell: object) -> str:
    """A cell's words in one width, without spaces and line breaks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(cell)))


def bare(header: str) -> str:
    """A header without its unit and the brackets that only explain."""
    words = _SAYS_NOTHING.sub("", re.sub(r"[(\[【](?![^()]*%)[^()\[\]【】]*[)\]】]", "", header))
    return re.sub(r"(?<=.)[/:,、]?(?:亿元|万元)(?=/|$)", "", words)


def folded(header: str) -> str:
    """A header as every issue of its form has it, whatever its year, month and 旬."""
    return re.sub(r"[上中下](?=旬)", "", re.sub(r"\d+", "#", header))


def fingerprint(headers: tuple[str, ...]) -> str:
    """The same for each issue of one form: 16 hexadecimal digits."""
    words = "|".join(f"{at}:{folded(header)}" for at, header in enumerate(headers) if header)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def named_at(sheet: Sheet, names: re.Pattern[str]) -> int | None:
    """The first row that has a cell for the name (项目名称, 姓名)."""
    return next(
        (
            at
            for at, row in enumerate(sheet.rows[:WITHIN])
            if any(isinstance(cell, str) and names.search(bare(squeezed(cell))) for cell in row)
            and sum(cell != "" for cell in row) >= FEWEST
        ),
        None,
    )


def most_known(sheet: Sheet, known: Callable[[str], bool], least: int) -> int | None:
    """The first row with the most cells whose words are known as headers, at least so many."""
    counts = [
        sum(isinstance(cell, str) and bool(cell.strip()) and known(bare(squeezed(cell))) for cell in row)
        for row in sheet.rows[:WITHIN]
    ]
    best = max(counts, default=0)
    return counts.index(best) if best >= least else None


def numbers_columns(sheet: Sheet, row: int) -> bool:
    """Whether a row below a header only numbers the columns: 甲, 乙, 1, 2, 3=2/1."""
    cells = [squeezed(cell) for cell in sheet.rows[row] if cell != ""] if row < len(sheet.rows) else []
    numbers = [int(found[1]) for cell in cells if (found := _COLUMN_NUMBER.fullmatch(cell))]
    return (
        len(cells) > 2
        and numbers == list(range(numbers[0] if numbers else 1, len(numbers) + 1))
        and all(_COLUMN_NUMBER.fullmatch(cell) or _COLUMN_LETTER.fullmatch(cell) for cell in cells)
    )


def joined(sheet: Sheet, named: int) -> tuple[int, tuple[str, ...]]:
    """The row below the header, and one text per column: the cells of the header's rows joined by "/", a merged cell standing in each of
    its places. `named`: the row in which the name's column is headed."""
    top = _top(sheet, named)
    bottom = named + _depth(sheet, named)
    paths: list[list[str]] = [[] for _ in sheet.rows[named]]
    for row in range(top, bottom):
        for column, path in enumerate(paths):
            at = sheet.merged.get((row, column), (row, column))
            words = _one_part(squeezed(sheet.rows[at[0]][at[1]])) if at[0] >= top else ""
            if words and (not path or path[-1] != words):
                path.append(words)
    if top == named and bottom > named + 1:
        paths = _spread(sheet, named, paths)
    return bottom, tuple("/".join(path) for path in paths)


def _one_part(words: str) -> str:
    """A cell of a header without the stroke that joins the parts; one before a unit stays."""
    return re.sub(r"/(?!(?:亿元|万元|千元|元)(?:$|\)))", "、", words)


def _top(sheet: Sheet, named: int) -> int:
    """The first row of the header: above the one with the name there may be titles of groups of columns."""
    top = named
    while top > 0 and named - top < 2 and _titles(sheet, top - 1):
        top -= 1
    return top


def _titles(sheet: Sheet, row: int) -> bool:
    """Whether a row holds the titles of groups: several short words, one of them merged over some columns, nothing about the sheet."""
    own = [(column, squeezed(cell)) for column, cell in enumerate(sheet.rows[row]) if cell != ""]
    if len(own) < 2 or any(not isinstance(sheet.rows[row][column], str) for column, _ in own):
        return False
    if any(len(words) > LONGEST_TITLE or _ABOUT.search(words) for _, words in own):
        return False
    return any(at == (row, column) for column, _ in own for at in _across(sheet, row))


def _across(sheet: Sheet, row: int) -> Iterator[tuple[int, int]]:
    """The cells of a row that are merged over further columns."""
    return (at for (below, column), at in sheet.merged.items() if below == row == at[0] and column > at[1])


def _depth(sheet: Sheet, top: int) -> int:
    """How many rows the header has from `top`: as far as its merged cells reach down, and one more below each title merged across."""
    deepest = max((row for (row, _), at in sheet.merged.items() if at[0] == top), default=top)
    row = top
    while row - top < DEEPEST and (any(True for _ in _across(sheet, row)) or (row == top and _continues(sheet, row))):
        row += 1
        if row > deepest and _holds_data(sheet, row):
            break
        deepest = max(deepest, row)
    return min(deepest, top + DEEPEST - 1, len(sheet.rows) - 1) - top + 1


def _holds_data(sheet: Sheet, row: int) -> bool:
    """Whether a row below the header is one of figures, or of nothing."""
    cells = [cell for cell in sheet.rows[row] if cell != ""] if row < len(sheet.rows) else []
    return not cells or any(not isinstance(cell, str) for cell in cells)


def _continues(sheet: Sheet, top: int) -> bool:
    """Whether the next row holds second-level titles though nothing is merged: words only, some under gaps, none under the name."""
    if top + 1 >= len(sheet.rows):
        return False
    pairs = [
        (plain(above), cell) for above, cell in zip(sheet.rows[top], sheet.rows[top + 1], strict=True) if cell != ""
    ]
    return (
        any(not above for above, _ in pairs)
        and all(isinstance(cell, str) and len(cell) <= LONGEST_TITLE for _, cell in pairs)
        and not any(above.endswith(("名称", "姓名")) for above, _ in pairs)
    )


def _spread(sheet: Sheet, top: int, paths: list[list[str]]) -> list[list[str]]:
    """The paths, where titles that were not merged are carried on to the gaps at their right."""
    if any(at[0] == top for at in sheet.merged.values()) or not _continues(sheet, top):
        return paths
    title = ""
    for column, path in enumerate(paths):
        above = squeezed(sheet.rows[top][column])
        title = above or title
        if path and not above:
            path.insert(0, title)
    return paths
