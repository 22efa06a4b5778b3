"""Reasons of rules, stored and put into words."""

import json
from collections.abc import Iterable
from typing import Any

from bot.messages import plain
from bot.rules.reason import Reason
from bot.rules.words import Category, Rung, Term
from handlers.desk import Desk

VOCABULARY: dict[str, type[Term]] = {"category": Category, "rung": Rung}
"""Facts that are words of the vocabulary: a stored reason holds their codes."""


def stored(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as a JSON column takes them."""
    return [json.loads(reason.to_json()) for reason in reasons]


def loaded(value: dict[str, Any]) -> Reason:
    """The reason that was stored, its vocabulary words as such."""
    reason = Reason.from_plain(value)
    words = {name: kind(str(reason.facts[name])) for name, kind in VOCABULARY.items() if name in reason.facts}
    return Reason(reason.code, {**reason.facts, **words})


def in_words(desk: Desk, reason: Reason, locale: str = "") -> str:
    """One reason as a short sentence with its arithmetic: plain text."""
    return plain(desk.text(f"reason.{reason.code}", locale, **reason.facts))


def worded(desk: Desk, values: Iterable[dict[str, Any]], locale: str = "") -> list[str]:
    """Each reason as a short sentence with its arithmetic: plain text, a fact for other texts."""
    return [in_words(desk, loaded(value), locale) for value in values]
