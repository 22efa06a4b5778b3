"""Taking words out of values: out of texts, cards, drafts, whatever holds them. Pure."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from bot.rules.guard import masked

LEAST = 4
"""Shorter words, and mere figures, are taken out only where nothing else stands beside them: they stand everywhere."""
_CLAUSES = re.compile(r"[，,。；;！!？?\n、：:]")
_LETTER = re.compile(r"[^\W\d_]")
Strike = Callable[[Any], Any]


def striker(texts: Iterable[str], stub: str, *, pieces: bool = False) -> Strike:
    """A function that gives back a value, nested as it may be, with `stub` in the place of these texts.

    Found are the texts whole, with their markup escaped, with numbers masked, cut short with "…". pieces: single lines and clauses of
    them as well, and what stands alone and is part of one.
    """
    whole = {text.strip() for text in texts if text.strip()}
    parts = {part.strip() for text in whole for part in _CLAUSES.split(text)} if pieces else set()
    wanted = sorted({*whole, *(part for part in parts if len(part) >= LEAST)}, key=len, reverse=True)
    shapes = [shape for text in wanted for shape in dict.fromkeys((text, " ".join(text.split())))]
    forms = [
        form for text in shapes for form in dict.fromkeys((text, _escaped(text), masked(text), _escaped(masked(text))))
    ]

    def words(value: str) -> str:
        bare = value.strip()
        if bare in whole or (pieces and len(bare) >= 2 and any(bare in text for text in whole)):
            return stub if bare else value
        for form in forms:
            if pieces or (len(form) >= LEAST and len(_LETTER.findall(form)) >= 2):
                value = _without(value, form, stub)
        return value

    def strike(value: Any) -> Any:
        if isinstance(value, str):
            return words(value)
        if isinstance(value, list):
            return [strike(one) for one in value]
        return {name: strike(one) for name, one in value.items()} if isinstance(value, dict) else value

    return strike


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _without(value: str, form: str, stub: str) -> str:
    value = value.replace(form, stub)
    begin = form[:LEAST]
    if "…" not in value or len(form) <= LEAST or begin not in value:
        return value
    at = 0
    while (at := value.find(begin, at)) >= 0:
        same = next((end for end in range(len(form)) if value[at + end : at + end + 1] != form[end]), len(form))
        if value[at + same : at + same + 1] == "…":
            value = value[:at] + stub + value[at + same + 1 :]
        at += 1
    return value
