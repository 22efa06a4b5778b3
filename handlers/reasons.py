"""Reasons of rules, stored and put into words."""

import json
from collections.abc import Iterable
from typing import Any

from bot.rules.reason import Reason
from handlers.desk import Desk


def stored(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as a JSON column takes them."""
    return [json.loads(reason.to_json()) for reason in reasons]


def loaded(value: dict[str, Any]) -> Reason:
    return Reason.from_json(json.dumps(value))


def worded(desk: Desk, values: Iterable[dict[str, Any]], locale: str = "") -> list[str]:
    """Each reason as a short sentence with its arithmetic."""
    reasons = [loaded(value) for value in values]
    return [desk.text(f"reason.{reason.code}", locale, **reason.facts) for reason in reasons]
