"""Time limits as ledgers write them; the ledger's year is 2023 wherever none is written."""

from datetime import date

import pytest

from bot.rules.due import parse_due
from bot.rules.words import Precision

DAY, MONTH, QUARTER, HALF, YEAR = Precision

READ = [
    ("2023.3", (2023, 3, 31), MONTH),
    ("2023.10", (2023, 10, 31), MONTH),
    ("2023年3月", (2023, 3, 31), MONTH),
    ("2023 年 03 月份", (2023, 3, 31), MONTH),
    ("２０２３年３月", (2023, 3, 31), MONTH),
    ("2023-03", (2023, 3, 31), MONTH),
    ("2023/3", (2023, 3, 31), MONTH),
    ("24年6月", (2024, 6, 30), MONTH),
    ("2月", (2023, 2, 28), MONTH),
    ("2024年2月", (2024, 2, 29), MONTH),
    ("十二月底", (2023, 12, 31), MONTH),
    ("3月底前", (2023, 3, 31), MONTH),
    ("3月内", (2023, 3, 31), MONTH),
    ("2023年3月底前", (2023, 3, 31), MONTH),
    ("明年3月底前", (2024, 3, 31), MONTH),
    ("预计2023年10月完成", (2023, 10, 31), MONTH),
    ("2023年1月上旬", (2023, 1, 10), MONTH),
    ("2023年1月中旬", (2023, 1, 20), MONTH),
    ("2023年1月下旬", (2023, 1, 31), MONTH),
    ("四季度", (2023, 12, 31), QUARTER),
    ("2023年第一季度末", (2023, 3, 31), QUARTER),
    ("2024Q1", (2024, 3, 31), QUARTER),
    ("2024年上半年", (2024, 6, 30), HALF),
    ("下半年", (2023, 12, 31), HALF),
    ("2024年中", (2024, 6, 30), HALF),
    ("2024年底", (2024, 12, 31), YEAR),
    ("年底前", (2023, 12, 31), YEAR),
    ("年内", (2023, 12, 31), YEAR),
    ("明年年底", (2024, 12, 31), YEAR),
    ("2025", (2025, 12, 31), YEAR),
    ("6月30日前", (2023, 6, 30), DAY),
    ("6月30日之前", (2023, 6, 30), DAY),
    ("6.30", (2023, 6, 30), DAY),
    ("2023.4.13", (2023, 4, 13), DAY),
    ("2023-4-13", (2023, 4, 13), DAY),
    ("2023/04/13", (2023, 4, 13), DAY),
    ("20230413", (2023, 4, 13), DAY),
    ("2023年12月31日（已完成）", (2023, 12, 31), DAY),
    ("2024-02-29 00:00:00", (2024, 2, 29), DAY),
]

RANGES = [
    ("3—5月", (2023, 5, 31), MONTH),
    ("2022年3月至5月", (2022, 5, 31), MONTH),
    ("2022.3-5", (2022, 5, 31), MONTH),
    ("2022.3-2024.6", (2024, 6, 30), MONTH),
    ("2022—2024年", (2024, 12, 31), YEAR),
    ("2023年4月13日-6月30日", (2023, 6, 30), DAY),
]

UNREAD = ["", "  ", "无", "待定", "长期", "待上级批复", "13月", "2023.13", "6月31日", "2月29日", "2023年6", "1234", "3"]
UNREAD += ["年", "底", "中", "65%", "月底前", "2023年春节前", "完成", "0", "1e309", "五年"]


@pytest.mark.parametrize(("text", "day", "precision"), READ)
def test_the_last_day_counts(text: str, day: tuple[int, int, int], precision: Precision) -> None:
    assert parse_due(text, 2023) == (date(*day), precision)


@pytest.mark.parametrize(("text", "day", "precision"), RANGES)
def test_of_a_range_the_end_counts(text: str, day: tuple[int, int, int], precision: Precision) -> None:
    assert parse_due(text, 2023) == (date(*day), precision)


@pytest.mark.parametrize("text", UNREAD)
def test_what_names_no_possible_time_is_not_guessed(text: str) -> None:
    assert parse_due(text, 2023) is None
