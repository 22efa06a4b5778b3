"""`diaodu preview --lights`: the rules of lights of other places compared with the one in force, on the data as it is."""

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, texts, waiting, words

if TYPE_CHECKING:
    from handlers.desk import Desk


def compare(preset: str, at: datetime | None, as_json: bool) -> None:
    """One preset project by project; without one how many lights each of them makes. Sends and writes nothing."""
    moment = at if at is None or at.tzinfo else at.replace(tzinfo=texts().zone)
    with looking(moment) as desk, waiting(words("command.working_out")):
        presets = desk.policy.file.light.preset
        if preset and desk.policy.light_rule(preset) is None:
            known = "、".join(("own", *(f"{part.name}（{code}）" for code, part in presets.items())))
            raise Failure(words("command.no_preset", preset=preset, known=known))
        found: Any = _projects(desk, preset) if preset else _counts(desk, ["own", *presets])
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))
    elif preset:
        _table(found)
    else:
        _tally(found)


def _projects(desk: "Desk", preset: str) -> dict[str, Any]:
    """Every project with its light now and under the preset, and why."""
    from bot.policy import OWN, preset_code
    from handlers import watching
    from handlers.reasons import in_words

    rule, code = desk.policy.light_rule(preset), preset_code(desk.policy.file.light.preset, preset) or OWN
    assert rule is not None
    rows = [
        {
            "number": project.number, "name": project.name, "now": now.light.value, "preset": under.light.value,
            "changed": now.light is not under.light, "why": [in_words(desk, reason) for reason in under.reasons],
            "why_now": [in_words(desk, reason) for reason in now.reasons],
        }
        for project, now, under in watching.by_rule(desk, rule, code)
    ]  # fmt: skip
    rows.sort(key=lambda row: int(str(row["number"])))
    counts = {name: dict(Counter(str(row[name]) for row in rows)) for name in ("now", "preset")}
    return {
        "day": desk.today,
        "in_force": _name(desk, desk.policy.light_code),
        "preset": _name(desk, code),
        "counts": counts,
        "projects": rows,
    }


def _counts(desk: "Desk", codes: list[str]) -> dict[str, Any]:
    """How many lights of each colour every rule makes, and on how many projects it differs from the one in force."""
    from handlers import watching

    rules = []
    for code in codes:
        rule = desk.policy.light_rule(code)
        assert rule is not None
        found = [(now.light, under.light) for _, now, under in watching.by_rule(desk, rule, code)]
        counts = Counter(under.value for _, under in found)
        rules.append(
            {
                "code": code,
                "name": _name(desk, code),
                "counts": dict(counts),
                "differs": sum(now is not under for now, under in found),
            }
        )
    return {"day": desk.today, "in_force": _name(desk, desk.policy.light_code), "rules": rules}


def _name(desk: "Desk", code: str) -> str:
    part = desk.policy.file.light.preset.get(code)
    return part.name if part else words("command.own_rule").strip()


# --- on a terminal ----------------------------------------------------------------------------------------------------------

LIGHTS = ("green", "yellow", "red")
STYLES = {"green": "green", "yellow": "yellow", "red": "red"}


def _table(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heads = [
        head.strip()
        for head in words("command.light_columns", rule=found["in_force"], preset=found["preset"]).split("·")
    ]
    table = Table(*heads, title=_title(found), title_justify="left")
    for row in found["projects"]:
        before, after = (Text(_light(row[name]), style=STYLES[row[name]]) for name in ("now", "preset"))
        after = Text("→ ").append_text(after) if row["changed"] else after
        table.add_row(str(row["number"]), row["name"], before, after, "\n".join(row["why"]))
    Console(width=None if found["projects"] else 80).print(table)


def _title(found: dict[str, Any]) -> str:
    counts = [[found["counts"][name].get(light, 0) for light in LIGHTS] for name in ("now", "preset")]
    changed = sum(row["changed"] for row in found["projects"])
    return words(
        "command.light_title",
        day=found["day"],
        rule=found["in_force"],
        preset=found["preset"],
        counts=counts,
        changed=changed,
    ).strip()


def _tally(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    heads = [head.strip() for head in words("command.light_tally").split("·")]
    table = Table(
        *heads,
        title=words("command.light_rules", day=found["day"], rule=found["in_force"]).strip(),
        title_justify="left",
    )
    for rule in found["rules"]:
        counts = [str(rule["counts"].get(light, 0)) for light in LIGHTS]
        table.add_row(rule["name"], rule["code"], *counts, str(rule["differs"]))
    Console().print(table)


def _light(code: str) -> str:
    from bot.rules.words import Light
    from bot.texts import named

    return named(Light(code), texts().default)
