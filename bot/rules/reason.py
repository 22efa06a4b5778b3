"""Why a rule decided as it did, as data: templates put it into words, in each locale."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Fact = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Reason:
    """A reason's code and its facts: `Reason("behind_plan", {"points": Decimal("18.4"), ...})`. Each rule lists its codes."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps({"code": self.code, "facts": dict(self.facts)}, ensure_ascii=False, default=_tag)

    @staticmethod
    def from_json(text: str) -> "Reason":
        """What `to_json` wrote: decimals, dates and times come back as such, vocabulary words as their codes."""
        return Reason.from_plain(json.loads(text))

    @staticmethod
    def from_plain(values: Mapping[str, Any]) -> "Reason":
        """The same from JSON that was parsed."""
        facts = {name: _untag(fact) if isinstance(fact, dict) else fact for name, fact in values["facts"].items()}
        return Reason(values["code"], facts)


def _tag(fact: object) -> dict[str, str]:
    if isinstance(fact, Decimal):
        return {"decimal": str(fact)}
    if isinstance(fact, datetime):
        return {"datetime": fact.isoformat()}
    if isinstance(fact, date):
        return {"date": fact.isoformat()}
    raise TypeError(f"not a fact: {fact!r}")


_UNTAG: dict[str, Callable[[str], Fact]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def _untag(values: dict[str, Any]) -> Any:
    if len(values) == 1:
        ((tag, text),) = values.items()
        if tag in _UNTAG and isinstance(text, str):
            return _UNTAG[tag](text)
    return values
