"""Numbers as people write them: 1,200.5 · 四点六 · 三千八百 · 2千5百 · 二六0."""

import re
from decimal import Decimal

DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "○": 0,
    "两": 2,
    **{str(i): i for i in range(10)},
}
_UNITS = {"十": 10, "百": 100, "千": 1000}

# A number, to be used inside larger patterns. It begins only where a number begins, so that a search through a long
# run of digits stays linear.
NUMBER = (
    r"(?<![\d.零〇一二两三四五六七八九十百千点])"
    r"(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|[\d零〇一二两三四五六七八九十百千]{1,12}(?:[.点][\d零〇一二三四五六七八九]{1,6})?千?)"
)
_ARABIC = re.compile(r"\d{1,15}(?:\.\d{1,8})?")
_MIXED = re.compile(r"(\d{1,9}(?:\.\d{1,6})?|[零〇一二两三四五六七八九])?([十百千])")


def number(text: str) -> Decimal | None:
    """The value of one number; None where it is none or could be a range (两三, 七八百)."""
    text = text.replace(",", "")
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    whole, _, decimals = text.partition("点")
    if decimals:
        left = number(whole)
        right = "".join(str(DIGITS[c]) for c in decimals if c in DIGITS)
        return left + Decimal(f"0.{right}") if left is not None and len(right) == len(decimals) else None
    if text and all(c in DIGITS for c in text):
        return _digit_by_digit(text)
    return _with_units(text)


def _digit_by_digit(text: str) -> Decimal | None:
    if len(text) > 1 and not any(c in "0零〇○" or c.isdigit() for c in text) and len(text) < 4:
        return None  # 两三, 六七: a range, not 23 or 67
    return Decimal("".join(str(DIGITS[c]) for c in text))


def _with_units(text: str) -> Decimal | None:
    """三千八百, 二十六, 2千5百, 三千八 (= 3800)."""
    total, at, last = Decimal(0), 0, 10_000
    while at < len(text):
        if text[at] in "零〇" and at and at + 1 < len(text):
            at += 1
            continue
        found = _MIXED.match(text, at)
        if not found:
            break
        digit, unit = found.groups()
        if _UNITS[unit] >= last or (digit is None and unit != "十"):
            return None
        total += (Decimal(1) if digit is None else _one(digit)) * _UNITS[unit]
        last, at = _UNITS[unit], found.end()
    rest = text[at:]
    if not rest:
        return total if text else None
    if len(rest) > 1 or rest not in DIGITS or at == 0:
        return None
    return total + DIGITS[rest] * (1 if last == 10 or text[at - 1] in "零〇" else last // 10)


def _one(text: str) -> Decimal:
    return Decimal(DIGITS[text]) if text in DIGITS else Decimal(text)
