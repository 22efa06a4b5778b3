"""Lengths of time: 停工3天, 工期48个月, 延误半年 (a month 30 days, a year 365)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.reading import masks
from bot.rules.reading.numerals import NUMBER, number
from bot.rules.reading.values import DurationKind

_LENGTH = rf"(?P<n>{NUMBER}|半个?|一个半)(?:多|余|来)?(?P<unit>个?工作[日天]|日历天|天|日(?![前起至、])|周|个?星期|个?礼拜|个?多?月(?<=[个多半]月)|年)(?P<half>半)?多?"
_NOT_A_DATE = r"(?<!月)(?!\d{1,2}日|[一二三四五六七八九十]{1,3}日)"
_KINDS: list[tuple[DurationKind, str]] = [
    ("stop", r"停工?|停产|停摆|歇工?|停滞"),
    ("delay", r"影响总?工期|延期?误?迟?后?|耽误|耽搁|拖延?|推迟|滞后|落后|晚|慢|延长|误工|比[^,。]{0,8}差"),
    ("wait", r"等|审查|审批|排队|卡"),
    ("duration", r"总?工期|建设周期|周期"),
]
_BEFORE = re.compile(
    "(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS)
    + r")(?:了|约|需|要|为|是|已经?|至少|近|又|超过?|共|累计|长达|达|调整为|:|：|将近|大概|大约|差不多|整整|足足){0,3}"
    + _LENGTH
    + r"(?!之?[内后]|以[内后]|[前底])"
)
_AFTER = re.compile(_NOT_A_DATE + _LENGTH + r"(?:没|未)(?:动|开|施|进|干)")
_STOPPED_FOR = re.compile(_NOT_A_DATE + _LENGTH + r"(?:的)?(?:停工)")
_UNITS = {"天": 1, "日": 1, "周": 7, "期": 7, "拜": 7, "月": 30, "年": 365}


@dataclass(frozen=True)
class Length:
    start: int
    end: int
    days: int
    kind: DurationKind


def find(text: str) -> tuple[list[Length], str]:
    """All lengths with a kind, and the text with them masked."""
    found: list[Length] = []

    def take(match: re.Match[str], kind: DurationKind) -> str:
        days = _days(match)
        if days is None:
            return match[0]
        start = match.start("n")
        found.append(Length(start, match.end(), days, kind))
        return text[match.start() : start] + masks.LENGTH * (match.end() - start)

    masked = _BEFORE.sub(lambda match: take(match, _kind(match)), text)
    masked = _STOPPED_FOR.sub(lambda match: take(match, "stop"), masked)
    return found, _AFTER.sub(lambda match: take(match, "stop"), masked)


def _kind(match: re.Match[str]) -> DurationKind:
    return next(kind for kind, _ in _KINDS if match[kind])


def _days(match: re.Match[str]) -> int | None:
    count = match["n"]
    value = Decimal("0.5") if count in ("半", "半个") else Decimal("1.5") if count == "一个半" else number(count)
    if value is None or value > 10_000:
        return None
    unit = 7 if "周" in match["unit"] else _UNITS.get(match["unit"][-1], 1)
    if match["half"]:
        value += Decimal("0.5")
    return int(value * unit)
