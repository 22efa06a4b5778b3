"""清单: how many projects are on the list and what changed on it; 增补, 退出, 恢复, 更名 by the dispatcher, each with basis and day, looked at
before it holds (S9: the list changes during the year)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules import list_words, reading
from bot.rules.entitlement import Action
from bot.rules.words import Kind, Level, Post
from handlers import denominators, dossier, list_deeds, pick
from handlers.desk import Turn
from storage import board, list_changes, people, projects
from storage.import_matters import normal
from storage.tables import Project

SHOWN = 8

# --- 清单 -----------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """清单: the number that rates are over, this year's changes, and the ways to change it."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    meant = board.reach(turn.standing(turn.person), Action.BOARD)
    found = list_changes.within(turn.session, meant, date(turn.today.year, 1, 1), turn.today)
    keys: list[Button] = []
    if turn.may(turn.person, Action.DISPATCH):
        keys = [turn.key(f"list_{kind}", "list.start", kind=kind) for kind in ("added", "removed", "renamed")]
        if any(project.left_on for _, project in found):
            keys.append(turn.key("list_restored", "list.start", kind="restored"))
    lines = [(change, project) for change, project in reversed(found)]
    turn.reply(
        "list.show", [keys[:3], [*keys[3:], turn.key("export_ledger", "export.make", name="ledger", month=turn.today.replace(day=1).isoformat())]], reusable=True,
        basis=denominators.sentence(turn, meant, locale=turn.locale), lines=lines[:SHOWN], more=len(lines) - SHOWN,
    )  # fmt: skip


# --- which, on which basis ----------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """A button: which project?"""
    if _may(turn):
        _which(turn, turn.args["kind"])


def typed(kind: str) -> Callable[[Turn], None]:
    """退出 17 …, 更名 17 新名称, 增补 名称：…; 恢复 17."""

    def command(turn: Turn) -> None:
        rest = str(turn.args.get("rest", "")).strip()
        if not rest:
            _which(turn, kind)
        elif kind == "added":
            _new(turn, rest)
        else:
            head, _, more = rest.partition(" ")
            _chosen(turn, kind, head, more.strip())

    return command


def _which(turn: Turn, kind: str) -> None:
    turn.ask("list.project", {"kind": kind})
    turn.reply("list.which", [[turn.key("cancel", "list.cancel")]], kind=kind)


def project_said(turn: Turn) -> None:
    """The project was named, or the new one told."""
    kind = turn.talk.draft["kind"]
    if kind == "added":
        _new(turn, turn.typed)
    else:
        head, _, more = turn.typed.partition(" ")
        _chosen(turn, kind, head, more.strip())


def _chosen(turn: Turn, kind: str, named: str, more: str) -> None:
    found = dossier.meant(turn, named, Action.DISPATCH, left=kind == "restored")
    if kind == "restored":
        found = [row for row in found if row.left_on is not None]
    if len(found) != 1:
        turn.ask("list.project", {"kind": kind})
        if found:
            pick.show(turn, found, f"list.{kind}", heading="dossier.several")
        else:
            turn.reply("list.no_project", [[turn.key("cancel", "list.cancel")]], words=named, kind=kind)
        return
    _of_project(turn, kind, found[0], more)


def picked(kind: str) -> Callable[[Turn], None]:
    """One of several was pressed."""

    def press(turn: Turn) -> None:
        project = projects.by_id(turn.session, turn.args["project"])
        if project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
            turn.reply("start.no_such_thing")
            return
        turn.pressed = None
        _of_project(turn, kind, project, "")

    return press


def _of_project(turn: Turn, kind: str, project: Project, more: str) -> None:
    draft: dict[str, Any] = {"kind": kind, "project": project.id}
    if kind == "renamed":
        name, _, more = more.partition(" ")
        if not name:
            turn.ask("list.name", draft)
            turn.reply("list.name", [[turn.key("cancel", "list.cancel")]], project=project, projects=[project.id])
            return
        _named(turn, draft, project, name, more)
    else:
        _basis(turn, draft, more)


def name_said(turn: Turn) -> None:
    """The new name of a project."""
    draft = dict(turn.talk.draft)
    project = projects.by_id(turn.session, draft["project"])
    if project is not None:
        _named(turn, draft, project, turn.typed.strip(), "")


def _named(turn: Turn, draft: dict[str, Any], project: Project, name: str, more: str) -> None:
    other = _of_name(turn, name, project.id)
    if other is not None or normal(name) == normal(project.name):
        turn.ask("list.name", draft)
        turn.reply("list.name_taken", [[turn.key("cancel", "list.cancel")]], name=name, other=other, projects=[])
    else:
        _basis(turn, {**draft, "name": name}, more)


def _of_name(turn: Turn, name: str, but: int = 0) -> Project | None:
    """Another project of that name in the speaker's district, by itself or by a name it had."""
    meant = board.reach(turn.standing(turn.person), Action.DISPATCH)
    rows = [row for row in board.projects(turn.session, meant) if row.id != but]
    known = pick.known_names(turn, rows)
    return next((row for row in rows if normal(name) in {normal(one) for one in known[row.id]}), None)


# --- a new one ------------------------------------------------------------------------------------------------------------


def _new(turn: Turn, text: str) -> None:
    """What a new project is told by; asked again, saying what is wrong, where a value cannot be taken."""
    said = list_words.read_project(text)
    values, wrong = _values(turn, said)
    if not said.get("name"):
        wrong = "name"
    other = _of_name(turn, said["name"]) if said.get("name") else None
    if wrong or other is not None:
        turn.ask("list.project", {"kind": "added"})
        turn.reply(
            "list.new_wrong", [[turn.key("cancel", "list.cancel")]], wrong=wrong, value=said.get(wrong, ""), other=other
        )
        return
    _basis(turn, {"kind": "added", "values": values}, "")


def _values(turn: Turn, said: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The columns of a new project as they can be kept, and the field that cannot be read ("": none)."""
    values: dict[str, Any] = {
        one: said[one] for one in ("name", "code", "category", "chain", "owner", "town", "content") if said.get(one)
    }
    values["unit"] = _unit(turn)
    for field in ("total", "year_plan"):
        if said.get(field):
            amounts = reading.read(f"总投资{said[field]}", turn.today).amounts
            if len(amounts) != 1:
                return values, field
            values[field] = amounts[0].yuan
    if said.get("level"):
        level = next((level for level in Level if said["level"].startswith(level.zh)), None)
        if level is None:
            return values, "level"
        values["level"] = level.value
    if said.get("kind"):
        kind = next((kind for kind in Kind if said["kind"][:2] in (kind.zh[:2], kind.zh[2:4])), None)
        if kind is None:
            return values, "kind"
        values["kind"] = kind.value
    if said.get("lead"):
        unit = people.unit_named(turn.session, said["lead"])
        if unit is None:
            return values, "lead"
        values["lead_unit"] = unit.id
    return values, ""


def _unit(turn: Turn) -> int:
    """The district that the speaker dispatches."""
    held = people.posts_of(turn.session, turn.person, turn.today)
    return next((post.unit for post in held if post.role is Post.DISPATCHER), held[0].unit)


# --- on which basis, from which day ---------------------------------------------------------------------------------------


def _basis(turn: Turn, draft: dict[str, Any], more: str) -> None:
    if more:
        _take_basis(turn, draft, more)
        return
    turn.ask("list.basis", draft)
    turn.reply(
        "list.ask_basis",
        [[turn.key("cancel", "list.cancel")]],
        kind=draft["kind"],
        name=_name_of(turn, draft),
        projects=_ids(draft),
    )


def basis_said(turn: Turn) -> None:
    """长泉发〔2026〕8号 11月20日 原因：…"""
    _take_basis(turn, dict(turn.talk.draft), turn.typed)


def _take_basis(turn: Turn, draft: dict[str, Any], text: str) -> None:
    """What the words leave out stays as it was said before; without a day it is today."""
    said = list_words.read(text, turn.today)
    day = said.day or (date.fromisoformat(draft["day"]) if "day" in draft else turn.today)
    basis, reason = said.basis or draft.get("basis", ""), said.reason or draft.get("reason", "")
    if not basis or day > turn.today:
        turn.ask("list.basis", draft)
        turn.reply(
            "list.basis_wrong", [[turn.key("cancel", "list.cancel")]], day=day if day > turn.today else None, words=text
        )
        return
    draft |= {"day": day.isoformat(), "basis": basis, "reason": reason}
    turn.ask("list.confirm", draft)
    project = projects.by_id(turn.session, draft["project"]) if "project" in draft else None
    keys = [
        turn.key("confirm", "list.confirm", "primary"),
        turn.key("amend", "list.amend"),
        turn.key("cancel", "list.cancel"),
    ]
    turn.reply(
        "list.confirm", [keys], kind=draft["kind"], project=project, name=_name_of(turn, draft), day=day, basis=basis, reason=reason,
        values={"total": None, "owner": "", "town": "", **draft.get("values", {})}, new=draft.get("name", ""), level=Level(draft.get("values", {}).get("level", Level.DISTRICT)),
        kind_of=Kind(draft.get("values", {}).get("kind", Kind.NEW)), opened=len(projects.open_matters(turn.session, project.id)) if project else 0,
        projects=_ids(draft),
    )  # fmt: skip


def _name_of(turn: Turn, draft: dict[str, Any]) -> str:
    project = projects.by_id(turn.session, draft["project"]) if "project" in draft else None
    return f"{project.number} {project.name}" if project else str(draft["values"]["name"])


def _ids(draft: dict[str, Any]) -> list[int]:
    return [draft["project"]] if "project" in draft else []


def amend(turn: Turn) -> None:
    """修改: basis and day once more."""
    if turn.talk.step == "list.confirm":
        _basis(
            turn, {one: value for one, value in turn.talk.draft.items() if one not in ("day", "basis", "reason")}, ""
        )
    else:
        turn.reply("list.gone")


def cancel(turn: Turn) -> None:
    turn.done()
    turn.reply("list.cancelled")


def confirm(turn: Turn) -> None:
    """确认: it holds."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "list.confirm" or not _may(turn):
        turn.reply("list.gone")
        return
    project = projects.by_id(turn.session, draft["project"]) if "project" in draft else None
    if "project" in draft and (project is None or not turn.may(turn.person, Action.DISPATCH, project.id)):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    turn.done()
    how = (date.fromisoformat(draft["day"]), draft["basis"], draft["reason"], turn.person)
    kind = draft["kind"]
    if project is None:
        values = dict(draft["values"])
        values |= {name: term(values[name]) for name, term in (("level", Level), ("kind", Kind)) if name in values}
        project = list_deeds.add(turn, values, *how)
    elif (project.left_on is not None) != (kind == "restored"):
        turn.reply("list.gone")
        return
    elif kind == "renamed":
        list_deeds.rename(turn, project, draft["name"], *how)
    else:
        {"removed": list_deeds.remove, "restored": list_deeds.restore}[kind](turn, project, *how)
    meant = board.reach(turn.standing(turn.person), Action.BOARD)
    keys = [turn.key("project", "project.show", project=project.id), turn.key("list", "list.show", fresh=True)]
    turn.reply(
        "list.done", [keys], kind=kind, project=project, old=draft.get("old", ""), day=how[0], basis=denominators.sentence(turn, meant, locale=turn.locale),
        projects=[project.id],
    )  # fmt: skip


def _may(turn: Turn) -> bool:
    if turn.may(turn.person, Action.DISPATCH):
        return True
    turn.reply("start.no_such_thing")
    return False
