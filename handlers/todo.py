"""The bundled card of a working day (今日待办), the same list on demand, and what its buttons do."""

from collections.abc import Sequence

from bot.messages import Button, Card, escape_markup, plain
from bot.rules.words import MessageClass, Source
from handlers import filing, mondays, waiting
from handlers.desk import Desk, Turn
from handlers.mondays import Monday
from handlers.waiting import ASKING, Entry
from storage import nudges, people, projects
from storage.tables import Outbox, Person

PAGE = 8
"""Things on one card."""
ROOM = 1400
"""Characters of one card."""

# --- the card -----------------------------------------------------------------------------------------------------------


def draw(
    desk: Desk,
    entries: Sequence[Entry],
    locale: str,
    head: str,
    listed: int,
    at: str = "",
    *,
    monday: Monday | None = None,
) -> Card:
    """A page of things as a card: its buttons are for the thing `at` (its key), else for the first that has any.

    head: its first line. listed: the bundle, 0 for the list on demand. monday: it is a leader's Monday card.
    """
    page = monday.page if monday else PAGE
    actionable = [entry for entry in entries if entry.actionable]
    current = next((entry for entry in actionable if entry.key == at), actionable[0] if actionable else None)
    first = entries.index(current) // page * page if current else 0
    shown, lines = _page(desk, entries, locale, first, current, page)
    if current and current not in shown:
        first = entries.index(current)
        shown, lines = _page(desk, entries, locale, first, current, page)
    place = {"rest": len(entries) - len(shown), "first": first + 1, "last": first + len(shown), "count": len(entries)}
    foot = [escape_markup(monday.foot)] if monday and monday.foot else []
    if place["rest"]:
        foot.append(desk.text("nudge.more" if listed else "nudge.page", locale, **place))
    if current and len(actionable) > 1:
        foot.append(desk.text("nudge.acts", locale, number=entries.index(current) + 1))
    onward = len(shown) < len(entries) and monday is None
    rows = _rows(desk, entries, shown, current, locale, listed, onward) if current else []
    return Card("\n".join([head, *lines, *foot]), tuple(tuple(row) for row in rows if row))


def _page(
    desk: Desk, entries: Sequence[Entry], locale: str, first: int, current: Entry | None, page: int
) -> tuple[list[Entry], list[str]]:
    """What fits: at most a page, and no more characters than one card has room for; names are never cut."""
    shown: list[Entry] = []
    lines: list[str] = []
    for entry in entries[first : first + page]:
        more = []
        if entry.calm and not any(one.calm for one in shown):
            more.append(desk.text("nudge.on_plan", locale))
        facts = {"name": entry.name, "what": entry.what, "last": entry.last, "late": entry.late, "calm": entry.calm}
        until = _until(desk, entry, locale)
        more.append(
            desk.text(
                "nudge.line",
                locale,
                number=first + len(shown) + 1,
                current=entry is current,
                until=until,
                acting_for=people.name_of(desk.session, entry.acting_for),
                **facts,
            )
        )
        if shown and sum(map(len, [*lines, *more])) > ROOM:
            break
        shown.append(entry)
        lines += more
    return shown, lines


def _until(desk: Desk, entry: Entry, locale: str) -> str:
    """When a thing that was put off comes back; "" for what was not."""
    row = entry.item
    if row is None or row.state != "open":
        return ""
    ahead = row.day > desk.today or (row.later_until is not None and row.later_until > desk.now)
    return plain(desk.text("todo.when", locale, day=row.day, at=row.later_until)) if ahead else ""


def _rows(
    desk: Desk, entries: Sequence[Entry], shown: Sequence[Entry], current: Entry, locale: str, listed: int, onward: bool
) -> list[list[Button]]:
    """At most six buttons: what may be done with the current thing, then the ways around the list."""
    keys = [_wrapped(button, current, listed) for button in waiting.buttons_of(desk, current, locale)]
    place = {"list": listed, "entry": current.key}
    if current.kind in ASKING:
        keys.append(desk.button("later", "todo.later", locale, **place))
    ways = []
    actionable = [entry for entry in entries if entry.actionable]
    if len(actionable) > 1:
        after = actionable[(actionable.index(current) + 1) % len(actionable)]
        ways.append(desk.button("next_item", "todo.next", locale, list=listed, at=after.key))
    calm = [entry.project.id for entry in shown if entry.calm and entry.project]
    if len(calm) > 1:
        ways.append(desk.button("all_on_plan", "todo.all_on_plan", locale, list=listed, projects=calm))
    if onward:
        ways.append(_onward(desk, entries, shown, locale, listed))
        keys = [button for button in keys if button.args.get("action") != "blocker.start"]
    keys = [*keys[: 6 - len(ways)], *ways]
    return [keys[:3], keys[3:]]


def _onward(desk: Desk, entries: Sequence[Entry], shown: Sequence[Entry], locale: str, listed: int) -> Button:
    """From a bundle to the whole list, in the list to its next page."""
    if listed:
        return desk.button("todo", "todo.show", locale)
    after = (entries.index(shown[-1]) + 1) % len(entries)
    at = next((entry.key for entry in entries[after:] if entry.actionable), "")
    return desk.button("more", "todo.next", locale, list=0, at=at)


def _wrapped(button: Button, entry: Entry, listed: int) -> Button:
    """A button that does the same beside the list, which stays and moves on."""
    args = {"list": listed, "entry": entry.key, "action": button.action, "args": button.args}
    return Button(button.label, "todo.press", args, style=button.style)


# --- bundles ------------------------------------------------------------------------------------------------------------


def bundle_card(desk: Desk, row: Outbox) -> Card | None:
    """A bundle as it stands now. None: nothing of it is left before it was ever sent. Once sent it says that all is done."""
    person = desk.session.get(Person, row.person)
    if person is None:
        return None
    bundle = row.edits or row.id
    entries = waiting.of_items(desk, person.id, nudges.of_bundle(desk.session, person.id, bundle), person.locale)
    if not entries:
        calm = desk.text(
            "nudge.calm",
            person.locale,
            name=person.name,
            put_off=bool(row.facts.get("put_off")),
            handed_to=row.facts.get("handed_to", ""),
        )
        return Card(calm) if row.edits else None
    return _of_bundle(desk, person, entries, bundle, bool(row.facts.get("later")))


def _of_bundle(desk: Desk, person: Person, entries: Sequence[Entry], bundle: int, later: bool, at: str = "") -> Card:
    """What is left of a bundle; a leader's Monday has a head and an order of its own."""
    monday = mondays.compose(desk, person, entries)
    if monday is not None:
        return draw(desk, monday.entries, person.locale, monday.head, bundle, at, monday=monday)
    head = desk.text("nudge.head", person.locale, name=person.name, count=len(entries), later=later)
    return draw(desk, entries, person.locale, head, bundle, at)


# --- the list on demand -------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """今日待办: everything that waits, at any hour."""
    _show(turn, "")


def _show(turn: Turn, at: str) -> None:
    """The list on demand, in the place of the card that was pressed."""
    entries = waiting.everything(turn, turn.person, turn.locale)
    assert turn.known is not None
    if entries:
        head = turn.words("nudge.head", name=turn.known.name, count=len(entries), later=False)
        card = draw(turn, entries, turn.locale, head, 0, at)
    else:
        card = Card(turn.words("todo.nothing"))
    turn.say(MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, edits=turn.pressed)
    turn.pressed = None


# --- presses ------------------------------------------------------------------------------------------------------------


def listed_now(turn: Turn) -> list[Entry]:
    """The list whose button was pressed, as it stands now."""
    if not turn.args["list"]:
        return waiting.everything(turn, turn.person, turn.locale)
    return waiting.of_items(
        turn, turn.person, nudges.of_bundle(turn.session, turn.person, turn.args["list"]), turn.locale
    )


def again(turn: Turn, at: str = "") -> None:
    """The list with fresh buttons, in its place; what follows is said beside it."""
    if turn.args["list"]:
        turn.redraw(turn.args["list"])
    elif turn.pressed:
        _show(turn, at)
    turn.pressed = None


def press(turn: Turn) -> None:
    """Does what the button says beside the list; the list stays, and moves on once the thing is dealt with."""
    from handlers import routes

    entries = listed_now(turn)
    entry = next((one for one in entries if one.key == turn.args["entry"]), None)
    if entry is None:
        turn.toast = turn.words("todo.gone")
        again(turn)
        return
    listed, pressed, action = turn.args["list"], turn.pressed, turn.args["action"]
    dealt_with = _deals_with(turn, entry, action)
    if dealt_with:
        nudges.settle(turn.session, rows_of(turn, entry))
    else:
        again(turn, entry.key)
    turn.args, turn.pressed = dict(turn.args["args"]), None
    routes.BUTTONS[action](turn)
    if dealt_with:
        turn.args, turn.pressed = {"list": listed}, pressed
        again(turn, entries[(entries.index(entry) + 1) % len(entries)].key)


def _deals_with(turn: Turn, entry: Entry, action: str) -> bool:
    """Whether the list moves on: the thing is done, or has been taken up. A matter stays in the list on demand until it is answered."""
    if action == "report.on_plan" and entry.project:
        return filing.on_plan_allowed(turn, entry.project)
    if entry.item is None:
        return False
    return action == "matter.step" if entry.item.matter is not None else "card" in entry.item.reason


def rows_of(turn: Turn, entry: Entry) -> list[int]:
    """The items behind an entry: all about the same thing."""
    if entry.item is not None and entry.key.startswith("item:"):
        return [entry.item.id]
    return nudges.about_for(turn.session, (turn.person, *turn.acts_for(turn.person)), entry.key)


def go_on(turn: Turn) -> None:
    """下一项, 更多: the buttons are for another thing of the list."""
    entries, listed = listed_now(turn), turn.args["list"]
    row = turn.session.get(Outbox, listed) if listed else None
    if row is None or not entries:
        _show(turn, turn.args["at"])
        return
    person = turn.session.get(Person, turn.person)
    assert person is not None
    card = _of_bundle(turn, person, entries, listed, bool(row.facts.get("later")), turn.args["at"])
    turn.say(MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, edits=turn.pressed)
    turn.pressed = None


def all_on_plan(turn: Turn) -> None:
    """全部按计划推进: a report of its own for each project shown that is on plan and still wants one."""
    written = []
    for project in projects.by_ids(turn.session, turn.args["projects"]):
        entry = waiting.of_report(turn, turn.person, project, turn.locale)
        if entry and entry.calm:
            filing.write(turn, project, person=turn.person, source=Source.ON_PLAN)
            written.append(project.name)
    listed, pressed = turn.args["list"], turn.pressed
    if written:
        turn.pressed = None
        turn.reply("todo.all_written", names=written)
    else:
        turn.toast = turn.words("todo.gone")
    turn.args, turn.pressed = {"list": listed}, pressed
    again(turn)
