"""What an administrator does in chat: invite, give posts, see who somebody is, let people leave, declare holidays, hear of faults."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.holidays import parse_notice, work_calendar
from bot.messages import Button, Picture
from bot.rules.entitlement import Action
from handlers import handover, holding, roster, watching
from handlers.desk import Desk, Turn
from handlers.roster import Refused
from storage import calendar, people
from storage import roster as records
from storage.alarms import close_alarm, open_alarms
from storage.db import afterwards
from storage.tables import Person

MOST = 6
YEAR = re.compile(r"(20\d\d)\s*年")
NOTICE_MONTH = 10
NOISE_DAYS = 7
Handler = Callable[[Turn], None]
Deed = Callable[[Turn, list[Person], dict[str, Any]], None]


def administering(action: Handler) -> Handler:
    """For administrators only, each time anew; what cannot be done is said in words."""

    def doing(turn: Turn) -> None:
        if not turn.may(turn.person, Action.ADMINISTER):
            turn.reply("start.no_such_thing")
            return
        try:
            action(turn)
        except Refused as refused:
            turn.reply(refused.name, **refused.facts)

    return doing


def _rest(turn: Turn) -> str:
    return str(turn.args.get("rest", "")).strip()


def _parts(turn: Turn, usage: str, least: int) -> list[str] | None:
    """What followed the word, in pieces; None, with the usage told, where that is too little."""
    parts = _rest(turn).split()
    if len(parts) < least:
        turn.reply(f"admin.usage_{usage}")
        return None
    return parts


# --- whom: one name may be several people's ---------------------------------------------------------------------------------


def _go(turn: Turn, deed: str, names: Sequence[str], args: Mapping[str, Any], chosen: Sequence[int] = ()) -> None:
    """Does the deed with the persons of these names; of several with one name, asks which, by number."""
    left, known = list(names), list(chosen)
    while left:
        found = roster.persons(turn, left[0])
        if len(found) > 1:
            keys = [
                Button(
                    str(at),
                    "admin.chosen",
                    {"deed": deed, "names": left[1:], "chosen": [*known, row.id], "args": dict(args)},
                )
                for at, row in enumerate(found[:MOST], 1)
            ]
            choices = roster.told_apart(turn, found[:MOST])
            turn.reply("admin.choose_person", [keys[:3], keys[3:]], name=left[0], choices=choices)
            return
        known.append(found[0].id)
        left.pop(0)
    DEEDS[deed](turn, [_person(turn, number) for number in known], dict(args))


def _person(turn: Turn, number: int) -> Person:
    row = turn.session.get(Person, number)
    if row is None or not row.active:
        raise Refused("admin.person_gone")
    return row


@administering
def chosen(turn: Turn) -> None:
    """A number pressed or typed: this one is meant."""
    _go(turn, turn.args["deed"], turn.args["names"], turn.args["args"], turn.args["chosen"])


def _ask(turn: Turn, deed: str, persons: Sequence[Person], args: Mapping[str, Any], /, **facts: Any) -> None:
    """确认 / 取消 before several things change."""
    values = {"deed": deed, "persons": [row.id for row in persons], "args": dict(args)}
    keys = [turn.key("confirm", "admin.confirm", "primary", **values), turn.key("cancel", "admin.cancel")]
    turn.reply(f"admin.confirm_{deed}", [keys], persons=persons, **facts)


@administering
def confirm(turn: Turn) -> None:
    CONFIRMED[turn.args["deed"]](turn, [_person(turn, number) for number in turn.args["persons"]], turn.args["args"])


def cancel(turn: Turn) -> None:
    turn.done()
    turn.reply("admin.cancelled")


# --- inviting ---------------------------------------------------------------------------------------------------------------


@administering
def invite(turn: Turn) -> None:
    """邀请 张三."""
    if parts := _parts(turn, "invite", 1):
        _go(turn, "invite", parts[:1], {})


def _invited(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    made = roster.invite(turn, persons[0], turn.person)
    text = next(iter(made["links"].values()), "") or turn.words("command.bind_words", code=made["code"])
    caption = turn.words("command.qr_caption", **made)
    turn.reply(
        "admin.invited",
        picture=Picture("qr", {"text": text, "caption": caption}),
        copy=turn.words("admin.invitation", **made),
        **made,
    )


@administering
def invite_unit(turn: Turn) -> None:
    """邀请单位 区自然资源局: everyone there who is not bound yet."""
    name = _rest(turn)
    if not name:
        turn.reply("admin.usage_invite_unit")
        return
    unit = roster.unit(turn, name)
    unbound = records.unbound(turn.session, unit.id)
    if not unbound:
        raise Refused("admin.all_bound", unit=name, count=records.head_count(turn.session, unit.id))
    _ask(turn, "invite_unit", (), {"unit": name}, unit=name, names=[row.name for row in unbound])


def _unit_invited(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    turn.reply("admin.unit_invited", fresh=True, **roster.invite_unit(turn, args["unit"], turn.person))


# --- posts ------------------------------------------------------------------------------------------------------------------


@administering
def give_post(turn: Turn) -> None:
    """岗位 张三 调度员 长泉区; the person's own unit where none is named. Persons and units not known yet are asked about first."""
    parts = _parts(turn, "post", 2)
    if parts is None:
        return
    name, word, *unit = parts
    roster.post_named(word)
    args = {"name": name, "post": word, "unit": "".join(unit)}
    known = people.person_named(turn.session, name)
    place = people.unit_named(turn.session, args["unit"]) if unit else None
    if known and (place or not unit):
        _go(turn, "post", [name], args)
        return
    if not unit:
        raise Refused("admin.person_unknown", name=name, unit="", near=[])
    near = [] if place else roster.near_units(turn, args["unit"])
    _ask(
        turn, "new_post", (), args, name=name, post=roster.post_named(word), unit=args["unit"], new_person=not known,
        new_unit=place is None, near=near,
    )  # fmt: skip


def _post_given(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    row = persons[0]
    unit = roster.unit(turn, args["unit"]) if args["unit"] else roster.own_unit(turn, row)
    turn.reply("admin.post_given", **roster.give_post(turn, row, roster.post_named(args["post"]), unit, by=turn.person))


def _new_post_given(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    unit = people.unit_named(turn.session, args["unit"]) or roster.add_unit(turn, args["unit"], turn.person)
    known = people.person_named(turn.session, args["name"])
    if len(known) > 1:
        _go(turn, "post", [args["name"]], args)
        return
    row = known[0] if known else roster.add_person(turn, args["name"], unit.id, turn.person)
    turn.reply("admin.post_given", **roster.give_post(turn, row, roster.post_named(args["post"]), unit, by=turn.person))


@administering
def end_post(turn: Turn) -> None:
    """撤岗 张三 调度员 [长泉区]."""
    parts = _parts(turn, "unpost", 2)
    if parts is not None:
        roster.post_named(parts[1])
        _go(turn, "unpost", parts[:1], {"post": parts[1], "unit": "".join(parts[2:])})


def _post_ended(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    post = roster.post_named(args["post"])
    unit = roster.unit(turn, args["unit"]) if args["unit"] else None
    units = roster.end_post(turn, persons[0], post, unit, turn.person)
    turn.reply("admin.post_ended", name=persons[0].name, post=post, units=units)


# --- people -----------------------------------------------------------------------------------------------------------------


@administering
def who(turn: Turn) -> None:
    """人员 张三: what is known of them."""
    if parts := _parts(turn, "person", 1):
        _go(turn, "person", parts[:1], {})


def _shown(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    turn.reply("admin.profile", **roster.profile(turn, persons[0]))


@administering
def deactivate(turn: Turn) -> None:
    """停用 张三: shows what they hold, and asks."""
    if parts := _parts(turn, "deactivate", 1):
        _go(turn, "deactivate", parts[:1], {})


def _ask_deactivate(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    row = persons[0]
    if records.only_administrator(turn.session, row.id, turn.today):
        raise Refused("admin.last_administrator", name=row.name)
    _ask(turn, "deactivate", persons, {}, held=roster.holdings(turn, row), described=roster.described(turn, row))


def _deactivated(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    held = handover.deactivate(turn, persons[0], turn.person)
    turn.reply("admin.deactivated", name=persons[0].name, held=held)


@administering
def hand_over(turn: Turn) -> None:
    """交接 张三 李四: all that is one's goes to the other."""
    if parts := _parts(turn, "handover", 2):
        _go(turn, "handover", parts[:2], {})


def _ask_hand_over(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    _ask(turn, "handover", persons, {}, **handover.would_go(turn, persons[0], persons[1]).facts())


def _handed_over(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    found = handover.hand_over(turn, persons[0], persons[1], turn.person)
    turn.reply("admin.handover_done", old=persons[0].name, new=persons[1].name, **found.facts())


# --- holidays ---------------------------------------------------------------------------------------------------------------


@administering
def holidays(turn: Turn) -> None:
    """放假安排 with the pasted notice; without it, asks for it."""
    if _rest(turn):
        _read_notice(turn, _rest(turn))
    else:
        turn.ask("admin.holidays", {})
        turn.reply("admin.paste_notice")


@administering
def notice_pasted(turn: Turn) -> None:
    turn.done()
    _read_notice(turn, turn.typed)


def _read_notice(turn: Turn, text: str) -> None:
    """The days as they were read, to be confirmed."""
    named = YEAR.search(text)
    year = int(named[1]) if named else turn.today.year + (turn.today.month >= NOTICE_MONTH)
    try:
        days = parse_notice(text, year)
    except ValueError as error:
        raise Refused("admin.notice_unread", why=str(error)) from error
    args = {"days": {day.isoformat(): working for day, working in days.items()}, "year": year}
    _ask(turn, "holidays", (), args, year=year, parts=spans(days))


def _declared(turn: Turn, persons: list[Person], args: dict[str, Any]) -> None:
    days = {date.fromisoformat(day): working for day, working in args["days"].items()}
    declare(turn, days, f"{args['year']}", turn.person)
    turn.reply("admin.declared", year=args["year"], count=len(days))


def declare(desk: Desk, days: Mapping[date, bool], source: str, by: int | None = None) -> None:
    """Days worked or off, from now on: the calendar in memory follows once they are on disk, and the next tick
    works every project's days out anew."""
    calendar.declare(desk.session, dict(days), source)
    desk.note(
        "calendar.declared", person=by, facts={"days": {day.isoformat(): working for day, working in days.items()}}
    )
    watching.look_again(desk)
    house = desk.house
    made = work_calendar(house.policy.file.hours.spans, house.calendar.zone, calendar.overrides(desk.session))
    afterwards(desk.session, lambda: setattr(house, "calendar", made))


def spans(days: Mapping[date, bool]) -> list[tuple[date, date, bool]]:
    """(first, last, worked) of days that follow one another and are alike."""
    found: list[tuple[date, date, bool]] = []
    for day in sorted(days):
        if found and found[-1][1] == day - timedelta(days=1) and found[-1][2] == days[day]:
            found[-1] = (found[-1][0], day, days[day])
        else:
            found.append((day, day, days[day]))
    return found


# --- the bot itself ---------------------------------------------------------------------------------------------------------


@administering
def noise(turn: Turn) -> None:
    """噪声: how much the bot said in a week, and how much one person got at most."""
    since = turn.now - timedelta(days=NOISE_DAYS)
    turn.reply("admin.noise", rows=records.noise(turn.session, since), since=since)


@administering
def faults(turn: Turn) -> None:
    """故障: what is open."""
    found = open_alarms(turn.session)
    keys = [
        Button(turn.words("admin.close_label", number=alarm.id), "admin.close", {"alarm": alarm.id})
        for alarm in found[:MOST]
    ]
    turn.reply("admin.faults", [keys[:3], keys[3:]], alarms=found[:MOST], count=len(found), reusable=True)


@administering
def close(turn: Turn) -> None:
    """关闭 3, typed or pressed: the fault is dealt with; should it come again, it is told again."""
    word = str(turn.args.get("alarm") or _rest(turn))
    if not word.isdigit() or not close_alarm(turn.session, int(word), turn.now):
        raise Refused("admin.no_such_fault", word=word)
    turn.note("alarm.closed", person=turn.person, facts={"alarm": int(word)})
    turn.reply("admin.closed", number=int(word), left=len(open_alarms(turn.session)))


@administering
def resume(turn: Turn) -> None:
    """恢复发送, after a copy of the database was put back."""
    if not turn.house.held:
        raise Refused("admin.not_held")
    turn.reply("admin.resumed", count=holding.release(turn, by=turn.person))


DEEDS: dict[str, Deed] = {
    "invite": _invited,
    "post": _post_given,
    "unpost": _post_ended,
    "person": _shown,
    "deactivate": _ask_deactivate,
    "handover": _ask_hand_over,
}
"""What is done once it is clear who is meant."""

CONFIRMED: dict[str, Deed] = {
    "invite_unit": _unit_invited,
    "new_post": _new_post_given,
    "deactivate": _deactivated,
    "handover": _handed_over,
    "holidays": _declared,
}
"""What is done after 确认."""
