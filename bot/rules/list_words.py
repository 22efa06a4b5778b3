"""What a dispatcher says about a change of the list: from which day, on which basis (document, meeting), and why."""

import re
from dataclasses import dataclass
from datetime import date

_DAY = re.compile(
    r"(?:自|从|于)?\s*(?:(20\d\d)\s*[-年./]\s*)?(?<![\d〔\[(（])(1[0-2]|0?[1-9])\s*[-月./]\s*(3[01]|[12]\d|0?[1-9])\s*[日号]?(?:起|开始|以后)?(?![\d号])"
)
_NEAR = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1}
_WHY = re.compile(r"\s*[,，;；。]?\s*(?:原因|理由|因为|因)\s*[:：]?\s*(.+)$", re.DOTALL)
_EDGES = " \n\t,，;；。、:："


@dataclass(frozen=True)
class Said:
    """day: None where none was named; basis and reason: "" likewise."""

    day: date | None
    basis: str
    reason: str


def read(text: str, today: date) -> Said:
    """长泉发〔2026〕8号 11月20日 原因：资金未落实. A day without a year is the last one there was, or today's."""
    why = _WHY.search(text)
    rest, reason = (text[: why.start()], why[1].strip(_EDGES)) if why else (text, "")
    found = _DAY.search(rest)
    day = _day(found, today) if found else None
    if day is not None and found is not None:
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    else:
        for word, back in _NEAR.items():
            if word in rest:
                day, rest = date.fromordinal(today.toordinal() - back), rest.replace(word, " ", 1)
                break
    basis = re.sub(r"\s+", " ", rest).strip(_EDGES)
    return Said(day, re.sub(r"^(?:依据|根据)\s*[:：]?\s*", "", basis), reason)


def _day(found: re.Match[str], today: date) -> date | None:
    try:
        day = date(int(found[1] or today.year), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day.replace(year=day.year - 1) if not found[1] and day > today and (day - today).days > 180 else day


FIELDS = {
    "名称": "name", "项目名称": "name", "编号": "code", "项目编号": "code", "级别": "level", "项目级别": "level", "性质": "kind", "建设性质": "kind", "项目性质": "kind",
    "分类": "category", "项目分类": "category", "产业链": "chain", "总投资": "total", "年度计划": "year_plan", "年计划": "year_plan", "牵头单位": "lead", "责任单位": "lead",
    "业主": "owner", "业主单位": "owner", "属地": "town", "建设内容": "content",
}  # fmt: skip
"""What a new project may be told by: word -> field."""
_FIELD = re.compile(rf"(?:^|[\n;；,，])\s*({'|'.join(sorted(FIELDS, key=len, reverse=True))})\s*[:：]\s*")


def read_project(text: str) -> dict[str, str]:
    """名称：…；总投资：3亿；牵头单位：区工信局: the fields of a new project as they were written; text without any field is its name."""
    found = list(_FIELD.finditer(text))
    head = text[: found[0].start()] if found else text
    values = {"name": head.strip(_EDGES)} if head.strip(_EDGES) else {}
    for at, one in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        values[FIELDS[one[1]]] = text[one.end() : end].strip(_EDGES)
    return values
