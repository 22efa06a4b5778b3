"""One cell: what Excel holds there, as money, date, names, words. Blank or 无 is None or empty; what cannot be read raises `Unread`."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bot.ledger.values import LedgerDate, LedgerName, Reason
from bot.rules.due import parse_due
from bot.rules.words import Precision

Cell = Any  # str, float, bool, date, datetime, time, timedelta: what calamine gives
Row = list[Cell]

YUAN, WAN, YI = 1, 10_000, 100_000_000
UNITS = {"元": YUAN, "千元": 1_000, "万元": WAN, "万": WAN, "亿元": YI, "亿": YI}
LARGEST = 10**14  # 元: a hundred times the largest programme of a province
_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_DAYS = range(36_526, 73_051)  # 2000 to 2099

_NOTHING = {
    "",
    "无",
    "暂无",
    "没有",
    "无问题",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "待定",
    "未定",
    "空",
    "暂缺",
    "缺",
    "N/A",
    "None",
}
_AMOUNT = re.compile(
    r"[约≈近共计¥￥]{0,2}([+-]?\d+(?:\.\d+)?)个?(亿|万)?(元)?(?:左右|以上|余)?(?:\((?:[^()\d]*|(?:其中|含)[^()]*)\))?"
)
_TWO_UNITS = re.compile(r"约?(\d+)亿(?:元)?零?(\d+)万元?")
_ITEM = re.compile(r"(?:^|(?<=[；;。\s]))(?:\d{1,2}[.、．)）](?!\d)|[（(]\d{1,2}[）)]|[一二三四五六七八九十]、)|[①-⑳]")
_SPLIT = re.compile(r"[；;\n\r]+|\x00")
_TITLE = re.compile(r"(.+?)\s*[（(](.*?)[）)]?$")
_PHONE = re.compile(r"(?:\+?86-?)?1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8}")
_NAMES = re.compile(r"[、，,；;/:：\n\r]+|\s{2,}|(?<=[\u4e00-\u9fff]{2})\s(?=[\u4e00-\u9fff]{2})")
_UNIT_NAME = re.compile(
    r"\S{2,}(?:局|委|办公室|中心|公司|集团|政府|街道|办事处|管委会|医院|学校|银行|大学|学院)|\S{3,}[办镇乡村社厅厂]"  # 张卫镇 is a person
    r"|[省市区县镇乡]\S{1,8}[部院处队站所署社]"
)
_OFFICE = (
    r"(?:党[组委]|党工委|人大|政协|政府|纪委|监委|政法委|常委会|管委会|常务|第一|[一二三四]级|总|副|、"
    r"|[省市区县镇乡州工][委长]?|\S{2,10}(?:局|委|部|中心|公司|集团|街道|办公室|办事处|[镇乡]))"
)
_RANK = r"(?:书记|局长|主任|部长|[省区县市镇乡院校科处所站]长|经理|董事长|主席|总监|调研员|巡视员|负责人|班长|分管|常委|工程师|指挥长|秘书长|专员)"
_POSITION = re.compile(rf"{_OFFICE}*{_RANK}|\S*[省市区县]\S{{1,8}}(?:局长|主任|部长)")
_POSITION_FIRST = re.compile(rf"({_OFFICE}*{_RANK})([\u4e00-\u9fff]{{2,3}})")
_POSITION_LAST = re.compile(
    r"([\u4e00-\u9fff]{1,2}[^副总常])((?:常务)?副?(?:[省区县市镇乡]长|书记|主任|局长|部长|主席))"
)
_LABEL = re.compile(r"(?:联系人|责任人|负责人|联络员|姓名|电话|联系电话|手机|牵头|组长|配合)")
_OVERALL = re.compile(
    r"(?:(?:项目|工程|目前|总体|整体|累计|已|约)*(?:形象)?进度(?:已?(?:达到?|完成|为|约))*"
    r"|(?:目前|总体|累计|已|约)*完成(?:总|全部)?工程(?:总)?量的?|(?:总体|总|累计完成)工程量(?:完成)?)?"
    r"[:：]?约?(\d+(?:\.\d+)?)[%％](?=$|[，,。；;、（(])"
)
_DONE = re.compile(r"已(?:完成|办结|竣工|投产|验收|取得|完工)|完成|是|√|✓|100%|办结")


class Unread(Exception):
    """A cell that cannot be read as what its column promises."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(8192)
def _clean(words: str, inline: bool) -> str:
    keep = "" if inline else "\n"
    return "".join(
        "\n" if inline is False and letter in "\r\n" else letter
        for letter in words.replace("\r\n", "\n")
        if letter in keep or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    ).strip()


def plain(cell: Cell, inline: bool = True) -> str:
    """The cell as words, without control and invisible characters; with `inline` also without line breaks (nothing in their place)."""
    if isinstance(cell, str):
        words = cell.strip()
        return words if words.isprintable() else _clean(words, inline)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return plain(cell.date()) if cell.time() == time() else f"{plain(cell.date())} {cell:%H:%M}"
    if isinstance(cell, date):
        return f"{cell.year}年{cell.month}月{cell.day}日"
    return str(cell)


def given(cell: Cell) -> str:
    """The cell as words on one line; empty where it says 无, 暂无, — or the like."""
    words = plain(cell)
    return "" if words in _NOTHING else words


def normal(words: str) -> str:
    """`words` for comparing: one width, no spaces, no difference of case."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).casefold()


def money(cell: Cell, unit: int) -> int | None:
    """元, of a figure in `unit` 元; a cell that names its own unit (1.2亿元) is read by that."""
    if isinstance(cell, float):
        return _amount(cell, unit)
    words = given(cell)
    if not words:
        return None
    words = re.sub(r"[,，'\s]", "", unicodedata.normalize("NFKC", words))
    if both := _TWO_UNITS.fullmatch(words):
        return _amount(int(both[1]) * YI + int(both[2]) * WAN, YUAN)
    match = _AMOUNT.fullmatch(words)
    if not match or isinstance(cell, (bool, date, time, timedelta)):
        raise Unread(Reason.NOT_A_NUMBER)
    own = UNITS[(match[2] or "") + "元"] if match[2] or match[3] else unit
    return _amount(float(match[1]), own)


def _amount(figure: float, unit: int) -> int:
    if figure != figure:  # NaN
        raise Unread(Reason.NOT_A_NUMBER)
    amount = figure * unit
    if abs(amount) > LARGEST:
        raise Unread(Reason.TOO_LARGE)
    if amount < 0:
        raise Unread(Reason.NEGATIVE)
    return round(amount)


def whole(cell: Cell) -> int | None:
    """A running number (序号); None where the cell holds none."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and 0 < cell < 1e9 else None
    words = plain(cell)
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else None


def when(cell: Cell, year: int) -> LedgerDate | None:
    """A time limit. A true date on the first of a month is how Excel keeps 2023年3月: its last day counts."""
    if isinstance(cell, str):
        words = given(cell)
        if len(words) == 5 and words.isdigit() and int(words) in _EXCEL_DAYS:
            return _true_date(_EXCEL_DAY_0 + timedelta(days=int(words)))
        return _when(words, year) if words else None
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _true_date(cell)
    if isinstance(cell, float) and cell.is_integer() and int(cell) in _EXCEL_DAYS:
        return _true_date(_EXCEL_DAY_0 + timedelta(days=int(cell)))
    return _when(plain(cell), year)


@lru_cache(8192)
def _when(words: str, year: int) -> LedgerDate:
    day, precision = parse_due(words, year) or (None, None)
    return LedgerDate(day, precision, words)


@lru_cache(8192)
def _true_date(day: date) -> LedgerDate:
    if day.day == 1:
        words = f"{day.year}年{day.month}月"
        last, precision = parse_due(words, day.year) or (day, Precision.DAY)
        return LedgerDate(last, precision, words)
    return LedgerDate(day, Precision.DAY, plain(day))


def number_hides_october(cell: Cell) -> bool:
    """Whether the cell holds the number 2023.1, which was typed as 2023.1 or as 2023.10."""
    return isinstance(cell, float) and 1990 < cell < 2100 and not cell.is_integer() and repr(cell).endswith(".1")


def names(cell: Cell) -> tuple[LedgerName, ...]:
    """The persons a cell names, in its order; a title in brackets and a telephone number are kept with the name."""
    words = plain(cell, inline=False) if cell else ""
    return () if words in _NOTHING else _names(words)


@lru_cache(8192)
def _names(words: str) -> tuple[LedgerName, ...]:
    """A title that stands after a name (张三 局长) or before it (副县长 张三), and a unit before one (区住建局 张三), belong to it: they are no
    persons."""
    found: list[LedgerName] = []
    unit, first = "", False  # first: titles stand before the names
    for piece in _pieces(words):
        if not found and _POSITION.fullmatch(piece):
            unit, first = f"{unit}、{piece}" if first and unit else piece, True
        elif _UNIT_NAME.fullmatch(piece) or (first and _POSITION.fullmatch(piece)):
            unit = piece
        elif _POSITION.fullmatch(piece):
            found[-1] = LedgerName(found[-1].name, found[-1].title or piece, found[-1].phone)
        elif found and not found[-1].phone and _PHONE.fullmatch(piece):
            found[-1] = LedgerName(found[-1].name, found[-1].title, piece)
        elif (person := _name(piece, unit)) and person not in found:
            found.append(person)
            unit = ""
    if unit and not found:
        raise Unread(Reason.NOT_A_NAME)
    return tuple(found)


def unit_named(cell: Cell) -> str:
    """The unit in a cell that names one with a person: 县住建局 王建国, 市交通局（周波）; the whole cell where it names a unit alone."""
    words = plain(cell, inline=False) if cell else ""
    for piece in _pieces(words):
        unit = re.sub(r"[（(].*", "", piece)
        if _UNIT_NAME.fullmatch(unit) and not _POSITION.fullmatch(unit):
            return unit
    return ""


def _pieces(words: str) -> list[str]:
    """What stands between the marks that part names, without labels (联系人：)."""
    pieces = (piece.strip().replace("\x01", "、").replace("\x02", "，") for piece in _NAMES.split(_shield(words)))
    return [piece for piece in pieces if piece and not _LABEL.fullmatch(piece)]


def _shield(words: str) -> str:
    """`words` with the commas inside brackets hidden from splitting: 闫伟（区委常委、宣传部部长） is one person."""
    hide = str.maketrans({"、": "\x01", "，": "\x02", ",": "\x02", ";": "\x02", "；": "\x02", "/": "\x01"})
    return re.sub(r"[（(][^（）()]*[）)]", lambda match: match[0].translate(hide), words)


def _name(piece: str, unit: str) -> LedgerName | None:
    phone = _PHONE.search(piece)
    piece = _PHONE.sub("", piece).strip(" :：")
    piece = re.sub(r"^[（(]([^（()）]+)[）)]$", r"\1", piece)
    title = _TITLE.fullmatch(piece)
    name, position = (title[1], title[2]) if title else (piece, "")
    name = joined(name)
    if position and _UNIT_NAME.fullmatch(name):  # 市交通局（周波）
        name, position = position, name
    elif fused := _POSITION_FIRST.fullmatch(name):
        name, position = fused[2], position or fused[1]
    elif fused := _POSITION_LAST.fullmatch(name):
        name, position = fused[1], position or fused[2]
    if not name or name in _NOTHING:
        return None
    if len(name) > 12 or re.search(r"[\d%＝=。]", name):
        raise Unread(Reason.NOT_A_NAME)
    return LedgerName(name, position.strip() or unit, phone[0] if phone else "")


def joined(name: str) -> str:
    """A Chinese name without the space that only spreads it: 王 芳."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", name)


def phones(cell: Cell) -> list[str]:
    """The telephone numbers of a cell, as text, in its order; what is written otherwise is kept as it stands."""
    words = plain(cell, inline=False)
    return [part for piece in re.split(r"[、，,；;/\s]+", words) if (part := piece.strip()) and part not in _NOTHING]


def problems(cell: Cell) -> tuple[str, ...]:
    """The 存在问题 of a cell, one by one, without their numbering and final stop."""
    words = plain(cell, inline=False) if cell else ""
    pieces = (piece.strip(" \t　。；;，,") for piece in _SPLIT.split(_ITEM.sub("\x00", words)))
    return tuple(piece for piece in pieces if piece not in _NOTHING)


def overall(cell: Cell) -> Decimal | None:
    """The percentage in a 形象进度, only where it is plainly that of the whole project (完成工程量65%，…), not of a part."""
    if isinstance(cell, float):
        return Decimal(repr(cell)) * (100 if cell <= 1 else 1) if 0 <= cell <= 100 else None
    match = _OVERALL.match(plain(cell)) if cell else None
    return Decimal(match[1]) if match and Decimal(match[1]) <= 100 else None


def says_done(words: str) -> bool:
    """Whether a cell that should hold a limit says instead that it is done: 已办结, √, 完成."""
    return words.startswith("已") or _DONE.fullmatch(words.strip()) is not None


def done(cell: Cell, year: int) -> tuple[bool, date | None]:
    """Whether a 完成情况 says done, and when: 已完成, 已完成（6.10批复）, 2023年6月10日."""
    if not isinstance(cell, str):
        day = when(cell, year) if isinstance(cell, date) else None
        return day is not None, day.day if day else None
    words = given(cell)
    if not words or words.startswith(("未", "否", "正在", "不")):
        return False, None
    if _DONE.match(words):
        inner = re.search(r"\d[\d年月./-]*\d日?", words)
        day = _when(inner[0], year) if inner else None
        return True, day.day if day and day.precision is Precision.DAY else None
    day = _when(words, year)
    return day.precision is Precision.DAY, day.day if day.precision is Precision.DAY else None
