"""委托 (AB角): somebody is away and names a deputy, who gets what is meant for them and acts for them, until they are back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.messages import Button
from bot.rules import absence
from bot.rules.entitlement import NOT_DELEGATED, Action
from handlers import deputies, roster
from handlers.desk import Desk, Turn
from handlers.roster import Refused
from storage import delegation, people
from storage.tables import Delegation, Person

MOST = 5
"""Persons offered by number."""
Away = dict[str, Any]
"""The draft: person (None: the speaker), deputy, since, until, reason, names (of several people each, to be chosen from), card."""

# --- the talk: begun --------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """委托: who stands in for whom, and the beginning of a new one; with words behind it all is said at once."""
    words = str(turn.args.get("rest", "")).strip()
    if words and words != "delegate":
        _take(turn, _blank(), words, at_once=True)
        return
    mine, others = delegation.of_person(turn.session, turn.person), delegation.of_deputy(turn.session, turn.person)
    if mine or others:
        keys = [turn.key("end_delegation", "delegation.end", delegation=row.id) for row in mine[:1]]
        keys += [turn.key("not_accept", "delegation.refuse", delegation=row.id) for row in others[:1]]
        keys += [turn.key("delegate_more", "delegation.start")] if mine else []
        turn.reply("delegation.status", [keys], mine=_shown(turn, mine), others=_shown(turn, others), fresh=True)
    if not mine:
        start(turn)


def start(turn: Turn) -> None:
    """A new one: who?"""
    _ask_who(turn, _blank())


def _blank() -> Away:
    return {"person": None, "deputy": None, "since": None, "until": None, "reason": "", "names": {}, "card": ""}


def _shown(desk: Desk, rows: Sequence[Delegation]) -> list[dict[str, Any]]:
    return [
        {
            "person": people.name_of(desk.session, row.person), "deputy": people.name_of(desk.session, row.deputy), "reason": row.reason,
            "span": deputies.span(desk, row.since, row.until), "running": row.since <= desk.today,
        }
        for row in rows
    ]  # fmt: skip


# --- the talk: beside what is being talked about ------------------------------------------------------------------------


def _keep(turn: Turn, step: str, away: Away) -> None:
    """Keeps the draft, beside another that is open and waits."""
    rest = {name: value for name, value in turn.talk.draft.items() if name not in ("away", "then")}
    then = turn.talk.draft.get("then", turn.talk.step)
    turn.ask(f"delegation.{step}", {**rest, "away": away, "then": then})


def _away(turn: Turn) -> Away | None:
    """The draft, or None where it was put down meanwhile."""
    if not turn.talk.step.startswith("delegation.") or (turn.talk.expires_at and turn.talk.expires_at <= turn.now):
        return None
    found: Away | None = turn.talk.draft.get("away")
    return found


def _leave(turn: Turn) -> None:
    """Back to what waited."""
    if not turn.talk.step.startswith("delegation."):
        return
    rest = {name: value for name, value in turn.talk.draft.items() if name not in ("away", "then")}
    then = turn.talk.draft.get("then", "")
    if then and rest:
        turn.ask(then, rest)
    else:
        turn.done()


# --- the talk: who, when, yes -----------------------------------------------------------------------------------------------


def _ask_who(turn: Turn, away: Away) -> None:
    _keep(turn, "who", away)
    found = delegation.likely(turn.session, away["person"] or turn.person, turn.today, MOST)
    keys = [Button(str(at), "delegation.pick", {"slot": "deputy", "person": row.id}) for at, row in enumerate(found, 1)]
    choices = [" ".join((row.name, roster.described(turn, row))).strip() for row in found]
    turn.reply("delegation.who", [keys, [turn.key("cancel", "delegation.cancel")]], choices=choices)


def pick(turn: Turn) -> None:
    """A number: this person."""
    away = _away(turn)
    if away is None:
        turn.reply("delegation.gone")
        return
    slot = turn.args["slot"]
    away["names"].pop(slot, None)
    _go_on(turn, {**away, slot: turn.args["person"]})


def days(turn: Turn) -> None:
    """今天, 明天, 本周, 到我回来."""
    away = _away(turn)
    if away is None:
        turn.reply("delegation.gone")
        return
    _go_on(turn, {**away, "since": turn.args["since"], "until": turn.args["until"]})


def typed(turn: Turn) -> None:
    """A name, dates or a reason, typed at any of the questions, or over the confirm card."""
    away = _away(turn)
    if away is None:
        turn.done()
        turn.reply("delegation.gone")
    else:
        _take(turn, away, turn.typed)


def _take(turn: Turn, away: Away, words: str, *, at_once: bool = False) -> None:
    """Reads what was typed into the draft: dates, names of people, and what is left as the reason."""
    names: list[list[Person]] = []
    rest: list[str] = []
    away = {**away, "names": dict(away["names"])}
    for piece in absence.pieces(words):
        if (found := absence.read_absence(piece, turn.today)) is not None:
            away["since"], away["until"] = found[0].isoformat(), found[1] and found[1].isoformat()
        elif meant := people.person_named(turn.session, piece):
            names.append(meant)
        else:
            rest.append(piece)
    _name(turn, away, names)
    if rest and (away["deputy"] or "deputy" in away["names"]) and (away["since"] or at_once):
        away["reason"] = " ".join(rest)
    elif rest:
        _keep(turn, turn.talk.step.removeprefix("delegation.") if _away(turn) is not None else "who", away)
        near = roster.near_names(turn, rest[0]) if not away["deputy"] else []
        turn.reply("delegation.unread", [[turn.key("cancel", "delegation.cancel")]], words=" ".join(rest), near=near)
        return
    _go_on(turn, away)


def _name(turn: Turn, away: Away, names: list[list[Person]]) -> None:
    """Who is meant: the deputy; where two are named, by an administrator, first who is away."""
    slots = ["person", "deputy"] if len(names) > 1 else ["deputy"]
    for slot, meant in zip(slots, names, strict=False):
        if len(meant) > 1:
            away[slot], away["names"][slot] = None, meant[0].name
        else:
            away[slot] = meant[0].id
            away["names"].pop(slot, None)
    if away["person"] == turn.person:
        away["person"] = None


def _go_on(turn: Turn, away: Away) -> None:
    """The next question, or the confirm card."""
    for slot, name in away["names"].items():
        _ask_which(turn, away, slot, name)
        return
    if away["deputy"] is None:
        _ask_who(turn, away)
        return
    wrong = _who_is_wrong(turn, away)
    if wrong is None and away["since"] is None:
        _ask_when(turn, away)
        return
    wrong = wrong or _when_is_wrong(turn, away)
    if wrong is not None:
        name, again = wrong
        _keep(turn, again, {**away, **({"deputy": None} if again == "who" else {"since": None})})
        turn.reply(name.name, [[turn.key("cancel", "delegation.cancel")]], **name.facts)
        return
    _confirm(turn, away)


def _ask_which(turn: Turn, away: Away, slot: str, name: str) -> None:
    _keep(turn, "who", away)
    found = people.person_named(turn.session, name)[:MOST]
    keys = [Button(str(at), "delegation.pick", {"slot": slot, "person": row.id}) for at, row in enumerate(found, 1)]
    rows = [keys, [turn.key("cancel", "delegation.cancel")]]
    turn.reply("delegation.which", rows, name=name, choices=roster.told_apart(turn, found))


def _ask_when(turn: Turn, away: Away) -> None:
    _keep(turn, "when", away)
    today, tomorrow = turn.today, turn.today + timedelta(days=1)
    sunday = today + timedelta(days=6 - today.weekday())
    spans = {
        "away_today": (today, today),
        "away_tomorrow": (tomorrow, tomorrow),
        "away_week": (today, sunday),
        "away_open": (today, None),
    }
    keys = [
        turn.key(label, "delegation.days", since=since.isoformat(), until=until and until.isoformat())
        for label, (since, until) in spans.items()
    ]
    keys.append(turn.key("cancel", "delegation.cancel"))
    turn.reply("delegation.when", [keys[:3], keys[3:]], **_whom(turn, away))


def _whom(turn: Turn, away: Away) -> dict[str, Any]:
    return {
        "person": people.name_of(turn.session, away["person"]),
        "deputy": people.name_of(turn.session, away["deputy"]),
    }


def _who_is_wrong(turn: Turn, away: Away) -> tuple[Refused, str] | None:
    if away["person"] is not None and not turn.may(turn.person, Action.ADMINISTER):
        return Refused("start.no_such_thing"), "who"
    try:
        deputies.fit(turn, away["person"] or turn.person, away["deputy"])
    except Refused as refused:
        return refused, "who"
    return None


def _when_is_wrong(turn: Turn, away: Away) -> tuple[Refused, str] | None:
    try:
        deputies.check(turn, away["person"] or turn.person, away["deputy"], *_dates(away), by=turn.person)
    except Refused as refused:
        return refused, "who" if refused.name == "delegation.circle" else "when"
    return None


def _dates(away: Away) -> tuple[date, date | None]:
    return date.fromisoformat(away["since"]), away["until"] and date.fromisoformat(away["until"])


def _confirm(turn: Turn, away: Away) -> None:
    away["card"] = turn.incoming.dedup
    _keep(turn, "confirm", away)
    keys = [
        turn.key("confirm", "delegation.confirm", "primary", card=away["card"]),
        turn.key("amend", "delegation.amend"),
        turn.key("cancel", "delegation.cancel"),
    ]
    held = {post for post, _ in people.held_by(turn.session, away["person"] or turn.person, turn.today)}
    turn.reply(
        "delegation.confirm", [keys], span=deputies.span(turn, *_dates(away), turn.locale), reason=away["reason"],
        own_posts=bool(held & NOT_DELEGATED), **_whom(turn, away),
    )  # fmt: skip


def amend(turn: Turn) -> None:
    """修改: what is typed next is laid over the draft."""
    away = _away(turn)
    if away is None:
        turn.reply("delegation.gone")
        return
    _keep(turn, "confirm", away)
    turn.reply("delegation.amend", [[turn.key("cancel", "delegation.cancel")]])


def cancel(turn: Turn) -> None:
    _leave(turn)
    turn.reply("delegation.cancelled")


def confirm(turn: Turn) -> None:
    """确认: begun, the deputy is told. A card that later words have overtaken is not: the newest is shown again."""
    away = _away(turn)
    if away is None or away["deputy"] is None or away["since"] is None:
        turn.reply("delegation.gone")
        return
    if turn.args["card"] != away["card"]:
        turn.reply("delegation.stale")
        _go_on(turn, away)
        return
    if _who_is_wrong(turn, away) or _when_is_wrong(turn, away):
        _go_on(turn, away)
        return
    since, until = _dates(away)
    deputies.begin(turn, away["person"] or turn.person, away["deputy"], since, until, away["reason"], by=turn.person)
    _leave(turn)
    turn.reply("delegation.made", span=deputies.span(turn, since, until, turn.locale), **_whom(turn, away))
