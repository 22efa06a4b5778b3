"""The front door: seen before? who is it? where does the talk stand? Then the table of routes."""

import re
import unicodedata
from datetime import datetime

from sqlmodel import Session

from bot.messages import Ack, Incoming
from bot.rules import reading
from handlers import corrections, directives, groups, guard, questions, routes, start
from handlers.desk import House, Turn
from storage import conversations, outbox, people

NUMBER = re.compile(r"(?:回复|选|第)?\s*(\d{1,2})\s*(?:项|个)?[.。、]?")

LONG = 40
"""Characters of a text that is pasted rather than typed."""


def receive(session: Session, now: datetime, house: House, incoming: Incoming) -> Ack | None:
    """Handles one thing that came in, once. Returns the acknowledgement of a press, with what to show the presser for a moment."""
    incoming = guard.screened(session, incoming)
    if not conversations.take(session, incoming, now):
        return Ack(incoming.handle) if incoming.handle else None
    known = people.known_at(session, incoming.channel, incoming.person) if incoming.person else None
    turn = Turn(session, now, house, incoming, known)
    if known and incoming.kind not in ("errand", "blocked"):
        people.used(session, known, now)
    _route(turn)
    return Ack(incoming.handle, turn.toast) if incoming.handle else None


def _route(turn: Turn) -> None:
    kind = turn.incoming.kind
    if guard.REFUSED in turn.incoming.facts:
        guard.refuse(turn)
    elif kind in routes.EVENTS:
        routes.EVENTS[kind](turn)
    elif kind == "press":
        press(turn)
    elif not turn.incoming.direct:
        groups.heard(turn)
    elif turn.known is None:
        start.stranger(turn)
    elif kind == "edited":
        if not corrections.edited(turn):
            answered(turn)
    else:
        said(turn)


def answered(turn: Turn) -> None:
    """Words that answer the open step, or stand for themselves: also those of a message edited later, an offered correction."""
    step = routes.STEPS.get(turn.talk.step)
    aside = turn.talk.step in routes.ASIDE and turn.incoming.kind == "text"
    if aside and questions.asked(turn, turn.typed, only_plain=True):
        return  # the draft waits
    if step:
        step(turn)
    else:
        routes.otherwise(turn)


def said(turn: Turn) -> None:
    """Words, a command or files of a bound person in a direct chat: a command, a button's label or number, the open step, else free text."""
    words = turn.incoming.command or normal(turn.typed)
    if len(words) > LONG and turn.incoming.kind == "text" and turn.talk.step in routes.PASTED:
        answered(turn)
        return
    route = routes.find(words) if turn.incoming.kind in ("text", "command", "files") else None
    if route and turn.incoming.kind == "files" and not route.files:
        route = None
    if route and route.on_cards and words in route.words and _typed_button(turn):
        return
    if route and routes.allowed(turn, route):
        turn.args = {"rest": route.rest(words, turn.typed)}
        route.action(turn)
        return
    if route and not (turn.incoming.kind == "text" and words not in route.words and _reported(turn, route, words)):
        if not (words in route.words and _typed_button(turn)):
            start.not_your_word(turn, words, route.holders, route.rest(words, turn.typed))
        return
    if turn.incoming.quote and directives.quoted(turn):
        return
    if turn.incoming.kind != "text" or not _typed_button(turn):
        answered(turn)


def _reported(turn: Turn, route: routes.Route, words: str) -> bool:
    """Whether words that begin with a word of others are a report all the same: no command takes a share (65%, 七成)."""
    return route.told or bool(reading.read(route.rest(words, turn.typed), turn.today, turn.house.lexicon).percents)


def _typed_button(turn: Turn) -> bool:
    """Presses the button of the newest open card whose exact label, or number, was typed."""
    words = normal(turn.typed)
    if not words or len(words) > 12:
        return False
    token = outbox.open_card(turn.session, turn.incoming.address, turn.person)
    if token is None:
        return False
    number = NUMBER.fullmatch(words)
    for index, button in enumerate(token.buttons):
        if words == normal(button["label"]) or (number and button["label"] == number.group(1)):
            spend(turn, token, index)
            return True
    return False


def press(turn: Turn) -> None:
    """A button pressed: only by whom it is for, and once."""
    token, _, index = turn.incoming.press.rpartition(":")
    row = outbox.token_row(turn.session, token)
    if row is None or not index.isdigit() or int(index) >= len(row.buttons) or row.expires_at <= turn.now:
        turn.toast = turn.words("start.button_gone")
        return
    if turn.known is None or (row.person is not None and row.person != turn.known.person):
        turn.toast = turn.words("start.button_not_yours")
        return
    if turn.incoming.quote not in ("", row.known):
        _arrived(turn, row.shown_in)
    spend(turn, row, int(index))


def _arrived(turn: Turn, number: int) -> None:
    """A press proves that a message is there whose answer was lost: it is not sent again. Of two copies the one the service knows is
    kept up to date; the other one loses its buttons, once it is pressed."""
    message, row = turn.incoming.quote, outbox.by_id(turn.session, number)
    if row is None or row.chat != turn.incoming.chat:
        return
    if not row.message and row.state in ("pending", "uncertain"):
        outbox.mark(turn.session, number, state="sent", message=message, sent_at=turn.now, changed_at=turn.now)
        return
    another = row.attempts > 1 and row.message not in ("", message)
    if another and outbox.of_message(turn.session, turn.incoming.address, message) is None:
        turn.supersede(outbox.put_copy(turn.session, row, message, turn.now), turn.words("start.copy"))


def spend(turn: Turn, row: outbox.Token, index: int) -> None:
    """Does what the button says, unless the card was used before: then says by whom and when."""
    button = row.buttons[index]
    if not row.reusable and not outbox.use_token(turn.session, row.token, turn.person, index, turn.now):
        name = people.name_of(turn.session, row.used_by)
        turn.toast = turn.words(
            "start.button_used", name=name, at=row.used_at, label=row.buttons[row.used_index or 0]["label"]
        )
        if not turn.incoming.handle:
            turn.reply("start.button_used", name=name, at=row.used_at, label=row.buttons[row.used_index or 0]["label"])
        return
    turn.args = dict(button["args"])
    turn.pressed = row.shown_in if turn.incoming.kind == "press" else None
    routes.BUTTONS[button["action"]](turn)


def normal(text: str) -> str:
    """What was typed, in half-width characters, without blanks at the ends."""
    return unicodedata.normalize("NFKC", text).strip()
