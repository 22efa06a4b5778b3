"""The end of a delegation, said by a person: the deputy does not accept it, or who was away is back."""

from bot.messages import Card
from bot.rules.words import Post
from handlers import deputies, waiting
from handlers.desk import Turn
from storage import delegation, people
from storage.tables import Delegation


def refuse(turn: Turn) -> None:
    """不接受: it is over; the person and the administrators are told."""
    row = delegation.by_id(turn.session, turn.args["delegation"])
    if row is None or row.deputy not in (turn.person, *turn.acts_for(turn.person)):
        turn.reply("start.no_such_thing")
        return
    if row.ended:
        turn.reply("delegation.over_before")
        return
    deputies.end(turn, row, "refused", by=turn.person)
    turn.reply("delegation.refusal_done", person=people.name_of(turn.session, row.person))
    administrators = [one.id for one, _ in people.everyone_with(turn.session, Post.ADMINISTRATOR, turn.today)]
    for person in dict.fromkeys([row.person, *administrators]):
        if person != turn.person:
            text = deputies.worded(turn, row, person, "refused")
            turn.hand(person, Card(text), key=f"refused:{row.id}:{person}", about="", reason={"text": text}, own=True)


def back(turn: Turn) -> None:
    """我回来了, 结束委托: whoever stands in now does so no longer; where nobody does, what was to come is taken back."""
    mine = delegation.of_person(turn.session, turn.person)
    if mine:
        _end_mine(turn, mine[0])
    else:
        turn.reply("delegation.not_away")


def finish(turn: Turn) -> None:
    """结束委托, pressed."""
    row = delegation.by_id(turn.session, turn.args["delegation"])
    if row is None or row.person != turn.person:
        turn.reply("start.no_such_thing")
    elif row.ended:
        turn.reply("delegation.over_before")
    else:
        _end_mine(turn, row)


def _end_mine(turn: Turn, row: Delegation) -> None:
    begun = row.since <= turn.today
    deputies.end(turn, row, "back", by=turn.person)
    text = deputies.worded(turn, row, row.deputy, "ended", mine=False, why="back")
    turn.hand(row.deputy, Card(text), key=f"ended:{row.id}:{row.deputy}", about="", reason={"text": text}, own=True)
    deputy = people.name_of(turn.session, row.deputy)
    if not begun:
        turn.reply("delegation.taken_back", deputy=deputy, span=deputies.span(turn, row.since, row.until, turn.locale))
        return
    count = len(waiting.everything(turn, turn.person, turn.locale))
    turn.reply("delegation.back", [[turn.key("todo", "todo.show")] if count else []], deputy=deputy, count=count)
