"""交办: a leader's order, typed, said in answer to a card, or written down by who heard it (代录)."""

import re

from bot.rules import orders as reading_orders
from bot.rules.entitlement import Action, may
from handlers import inspections, orders
from handlers.desk import Turn
from handlers.order_draft import leader_named
from storage import entitlement, matters, outbox, people
from storage.tables import Outbox

WORD = re.compile(r"^(?:交办|批示)[\s：:，,]*")
RECORD = re.compile(r"^代录[\s：:，,]*")


def start(turn: Turn) -> None:
    """交办 请自规局本周五前拿出供地方案. Who writes orders down for leaders is asked whose it is; anybody else, what they can do instead."""
    said = orders.rest_of(turn, WORD)
    if turn.may(turn.person, Action.DIRECT):
        orders.begin(turn, "directive", said)
    elif turn.may(turn.person, Action.RECORD):
        _begin_record(turn, said)
    else:
        orders.not_yours(turn, [said] if said else [])


def record(turn: Turn) -> None:
    """代录 张区长电话要求…: by a dispatcher or a leader's liaison."""
    said = orders.rest_of(turn, RECORD)
    if turn.may(turn.person, Action.RECORD):
        _begin_record(turn, said)
    else:
        orders.not_yours(turn, [said] if said else [])


def _begin_record(turn: Turn, said: str) -> None:
    given = reading_orders.giving(said, turn.today, turn.calendar.is_workday)
    named = leader_named(turn, said) if said else []
    read = reading_orders.read(said, turn.today, list(people.unit_names(turn.session).items()))
    tells = read.lead or read.co or read.day or read.standard or not (named or given.way)
    orders.begin(
        turn, "record", said if tells else "", giver=named[0] if len(named) == 1 else None, way=given.way, document=given.document or None,
        given_on=given.on.isoformat() if given.on else None,
    )  # fmt: skip


# --- said in answer to a card -------------------------------------------------------------------------------------------


def quoted(turn: Turn) -> bool:
    """A leader replies to a card about a project or matter with a sentence that orders something: the draft opens. False: it is
    something else, an answer to what was just asked among it."""
    said = turn.typed
    row = outbox.of_message(turn.session, turn.incoming.address, turn.incoming.quote) if turn.incoming.quote else None
    if row is None or not said or not turn.may(turn.person, Action.DIRECT) or _answers(turn, row):
        return False
    units = list(people.unit_names(turn.session).items())
    read = reading_orders.read(said, turn.today, units, working=turn.calendar.is_workday)
    if not reading_orders.orders(read, said):
        return False
    matter = matters.by_id(turn.session, row.matter) if row.matter is not None else None
    if matter is not None:
        orders.begin(turn, "directive", said, project=matter.project, about=matter.id, unit=matter.unit)
        return True
    mine = [one for one in row.projects if turn.may(turn.person, Action.DIRECT, one)]
    if not mine:
        return False
    orders.begin(
        turn, "directive", said, project=mine[0] if len(mine) == 1 else None, projects=mine if len(mine) > 1 else []
    )
    return True


def _answers(turn: Turn, row: Outbox) -> bool:
    """Whether a reply to this message answers the step that is open: it is the one that asks."""
    if not turn.talk.step:
        return False
    asking = outbox.last_answer(turn.session, turn.incoming.address)
    return asking is not None and asking.message == row.message


# --- without the word -----------------------------------------------------------------------------------------------------


def offered(turn: Turn) -> bool:
    """Words that open a draft though no command stands alone before them: 交办请…, and a leader's sentence that tells a unit what to do."""
    for word, action in ((WORD, start), (RECORD, record), (inspections.WORD, inspections.start)):
        if word.match(turn.typed):
            turn.args = {"rest": turn.typed}
            action(turn)
            return True
    if not turn.may(turn.person, Action.DIRECT):
        return False
    if not may(entitlement.own(turn.session, turn.person, turn.today), Action.DIRECT):
        return False
    units = list(people.unit_names(turn.session).items())
    read = reading_orders.read(turn.typed, turn.today, units, working=turn.calendar.is_workday)
    if read.lead is None or not reading_orders.orders(read, turn.typed):
        return False
    orders.begin(turn, "directive", turn.typed)
    return True
