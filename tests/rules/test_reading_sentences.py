"""How well whole sentences are read: each file's recall and precision, by counts, against a floor.

published: after published texts, reworded; invented and own: to develop with; held_out: written before it was seen what
the reader makes of them, and not used to choose its words. A figure that sinks below its floor is a regression.
A file's `not_scored` names fields whose label is doubtful in that sentence.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.rules.reading import as_record, read

FILES = Path(__file__).parent.parent / "data" / "reading"
OLDER_NAMES = {"stg_any": "stages", "blk_any": "blockers", "dur_any": "durations", "amounts": "amounts_wan"}
# field: (recall, precision) in percent; of roles and intent only the share that is right.
FLOORS: dict[str, dict[str, tuple[int, int]]] = {
    "published": {"percents": (100, 100), "amounts": (100, 100), "roles": (98, 0), "dates": (98, 98), "stages": (97, 96), "blockers": (95, 95), "help": (95, 95), "intent": (86, 0)},
    "invented": {"percents": (100, 100), "amounts": (100, 100), "roles": (98, 0), "dates": (98, 98), "stages": (94, 94), "blockers": (95, 95), "help": (95, 95)},
    "own": {"percents": (99, 99), "amounts": (99, 99), "roles": (98, 0), "dates": (98, 98), "stages": (90, 89), "blockers": (96, 90), "help": (97, 97), "intent": (91, 0)},
    "held_out": {"percents": (98, 98), "amounts": (98, 98), "roles": (80, 0), "dates": (92, 95), "stages": (83, 83), "blockers": (75, 80), "help": (90, 95), "intent": (84, 0)},
}  # fmt: skip
Same = Callable[[Any, Any], bool]


def sentences(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FILES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def equal(wanted: Any, got: Any) -> bool:
    return bool(wanted == got)


def close(wanted: float, got: float) -> bool:
    return abs(wanted - got) <= 0.001 * max(1, abs(wanted))


def matched(wanted: Iterable[Any], got: Iterable[Any], same: Same) -> tuple[int, list[Any]]:
    """How many of `wanted` were got, and what was got beside them."""
    left, hits = list(got), 0
    for one in wanted:
        found = next((other for other in left if same(one, other)), None)
        if found is not None:
            hits += 1
            left.remove(found)
    return hits, left


def fields(wanted: dict[str, Any], got: dict[str, Any]) -> dict[str, tuple[list[Any], list[Any], Same]]:
    """Field: what was wanted, what was got, and when two are the same."""
    return {
        "percents": (wanted["percents"], got["percents"], lambda a, b: abs(a - b) < 0.11),
        "amounts": ([wan for wan, _ in wanted["amounts_wan"]], [wan for wan, _ in got["amounts_wan"]], close),
        "roles": (
            wanted["amounts_wan"],
            got["amounts_wan"],
            lambda a, b: close(a[0], b[0]) and bool(a[1] == b[1]),
        ),
        "dates": (wanted["deadlines"], got["deadlines"], lambda accepted, day: day in accepted),
        "stages": (wanted["stages"], got["stages"], equal),
        "blockers": (wanted["blockers"], got["blockers"], equal),
        "help": ([True] if wanted["help"] else [], [True] if got["help"] else [], equal),
    }


def doubtful(sentence: dict[str, Any]) -> set[str]:
    names = [*sentence.get("not_scored", []), *sentence["expected"].get("not_scored", [])]
    skipped = {OLDER_NAMES.get(name, name) for name in names}
    skipped |= {"amounts", "roles"} if "amounts_wan" in skipped else set()
    return skipped | ({"dates"} if "deadlines" in skipped else set())


def scores(name: str) -> dict[str, tuple[float, float]]:
    """Recall and precision of each field over a file, in percent."""
    counts: dict[str, list[int]] = {}
    for sentence in sentences(name):
        wanted, skipped = sentence["expected"], doubtful(sentence)
        got = as_record(read(sentence["text"], date.fromisoformat(sentence["reference_date"])))
        over = {*wanted["past"], *(day for span in wanted["periods"] for day in span)}
        for field, (one, other, same) in fields(wanted, got).items():
            if field in skipped:
                continue
            hits, left = matched(one, other, same)
            left = [day for day in left if day not in over] if field == "dates" else left
            hit, all_wanted, wrong = counts.setdefault(field, [0, 0, 0])
            counts[field] = [hit + hits, all_wanted + len(one), wrong + len(left)]
        if "intent" in sentence and "intent" not in skipped:
            hit, all_wanted, wrong = counts.setdefault("intent", [0, 0, 0])
            right = got["intent"] == sentence["intent"]
            counts["intent"] = [hit + right, all_wanted + 1, wrong + (not right)]
    return {
        field: (100 * hit / all_wanted if all_wanted else 100.0, 100 * hit / (hit + wrong) if hit + wrong else 100.0)
        for field, (hit, all_wanted, wrong) in counts.items()
    }


@pytest.mark.parametrize("name", FLOORS)
def test_a_file_is_read_no_worse_than_before(name: str) -> None:
    reached = scores(name)
    below = {
        field: (reached[field], floor)
        for field, floor in FLOORS[name].items()
        if reached[field][0] < floor[0] or reached[field][1] < floor[1]
    }
    assert not below
