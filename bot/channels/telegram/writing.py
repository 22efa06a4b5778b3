"""A card as Telegram shows it: HTML, parts that fit, an inline keyboard. Lengths are UTF-16 units after entity parsing."""

import html
import unicodedata

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels import Undeliverable
from bot.messages import Card, Span, spans

TOKEN_BYTES = 64
BREAKS = ("\n\n", "\n", "。", "；", "，")


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def clean(text: str) -> str:
    """The text without lone surrogates, which cannot be sent."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def written(text: str) -> list[Span]:
    """Light markup as spans that can be sent."""
    return spans(clean(text))


def bare(pieces: list[Span]) -> str:
    return "".join(text for text, _ in pieces)


def to_html(pieces: list[Span]) -> str:
    """Spans as the HTML that Telegram understands; what people wrote is shown literally."""
    return "".join(f"<b>{_escaped(text)}</b>" if bold else _escaped(text) for text, bold in pieces)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` units: at a blank line, else a line, 。 ； ， in the part's second half, else
    anywhere but within a character. Every letter is kept."""
    parts, start = [], 0
    while start < len(text):
        end = _cut(text, start, _reach(text, start, limit))
        parts.append(text[start:end])
        start = end
    return parts


def _reach(text: str, start: int, limit: int) -> int:
    """How far `limit` units reach from `start`."""
    end, left = start, limit
    while end < len(text) and (left := left - units(text[end])) >= 0:
        end += 1
    return end


def _cut(text: str, start: int, end: int) -> int:
    if end == len(text):
        return end
    for mark in BREAKS:
        at = text.rfind(mark, (start + end) // 2, end)
        if at >= 0:
            return at + len(mark)
    at = end
    while at > start + 1 and _joined(text[at - 1], text[at]):
        at -= 1
    return at if at > start + 1 else end


def _joined(before: str, after: str) -> bool:
    """Whether two code points are shown as one character: accents, variation selectors, skin tones, joined emoji."""
    return "\u200d" in (before, after) or "\U0001f3fb" <= after <= "\U0001f3ff" or unicodedata.category(after)[0] == "M"


def parts(pieces: list[Span], limit: int) -> list[list[Span]]:
    """Spans in parts of at most `limit` units; a bold piece that is cut is bold in both parts. Empty parts are left out."""
    found, rest = [], list(pieces)
    for part in split(bare(pieces), limit):
        taken: list[Span] = []
        wanted = len(part)
        while wanted:
            text, bold = rest.pop(0)
            taken.append((text[:wanted], bold))
            if text[wanted:]:
                rest.insert(0, (text[wanted:], bold))
            wanted -= len(text[:wanted])
        if part.strip():
            found.append(taken)
    return found


def keyboard(card: Card) -> InlineKeyboardMarkup | None:
    """The card's buttons. Raises Undeliverable where a token is missing or longer than the 64 bytes Telegram allows."""
    for button in card.buttons:
        if not 1 <= len(button.token.encode()) <= TOKEN_BYTES:
            raise Undeliverable(f"button token of {len(button.token.encode())} bytes: 1 to {TOKEN_BYTES} are allowed")
    rows = [
        [InlineKeyboardButton(clean(b.label), callback_data=b.token, style=b.style or None) for b in row]
        for row in card.rows
    ]
    return InlineKeyboardMarkup(rows) if rows else None
