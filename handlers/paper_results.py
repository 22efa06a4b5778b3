"""Drawn papers come back: each goes on its way."""

from collections.abc import Callable

from handlers import drafting, form_issuing, papers, publishing
from handlers.desk import Turn

THEN: dict[str, Callable[[Turn], None]] = {
    "": papers.delivered,
    "composed": drafting.composed,
    "published": publishing.done,
    "issued": form_issuing.issued,
}


def came_back(turn: Turn) -> None:
    """By what was to follow."""
    THEN[turn.incoming.facts["payload"].get("then", "")](turn)
