"""What else a report's words say that the rules of truth ask for: figures of others, the day the figures are of."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar


class Typed(Protocol):
    @property
    def yuan(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


T = TypeVar("T", bound=Typed)
BEFORE = 12
"""Characters before a sum in which its kind is said."""
KINDS = {
    "statistical": re.compile(r"(?:纳统|入库|统计库|统计口径)[^,，。;；、\d]*$"),
    "funds": re.compile(r"(?:资金(?:已|累计|实际|今年)*到位|到位(?:建设|项目)?资金)[^,，。;；、\d]*$"),
    "paid": re.compile(r"(?:支付|拨付|付款)[^,，。;；、\d]*$"),
}
AS_OF = re.compile(r"截至|截止")


def apart(words: str, amounts: Sequence[T]) -> tuple[list[T], dict[str, int]]:
    """The sums that are the dispatch figure, and those of others by kind: statistical (入库纳统2.8亿), funds (资金到位1.2亿), paid (已支付9000万), 元."""
    own: list[T] = []
    others: dict[str, int] = {}
    at = 0
    for amount in amounts:
        found = words.find(amount.text, at)
        before = words[max(0, found - BEFORE) : found] if found >= 0 else ""
        at = found + len(amount.text) if found >= 0 else at
        kind = next((kind for kind, pattern in KINDS.items() if pattern.search(before)), None)
        if kind is None:
            own.append(amount)
        else:
            others.setdefault(kind, amount.yuan)
    return own, others


def named_day(words: str, past: Sequence[date]) -> date | None:
    """The day a report gives for its figures (截至10月20日); past: the days before today that were read in it."""
    return past[0] if past and AS_OF.search(words) else None
