"""Faults, told to the operator once, with a number and the way out."""

from bot.messages import Address, Card, Incoming
from bot.rules.words import MessageClass, Post
from handlers import start
from handlers.desk import Desk
from storage import groups, papers, people
from storage.alarms import raise_alarm
from storage.tables import Outbox


def _tell(desk: Desk, key: str, text: str, **facts: object) -> int:
    """One alarm to the administrators the first time; afterwards it is only counted. Returns its number."""
    number, first = raise_alarm(desk.session, key, f"{text} {facts}", desk.now)
    if first:
        for administrator, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today):
            card = Card(desk.text(f"alarm.{text}", administrator.locale, number=number, **facts))
            desk.say(
                MessageClass.HAND,
                card,
                person=administrator.id,
                key=f"alarm:{number}:{desk.now}:{administrator.id}",
                own=True,
            )
    return number


def message_failed(desk: Desk, incoming: Incoming, reason: str) -> None:
    """A message whose handling failed: it is kept; its sender is told in plain words, the operator once per kind of fault."""
    number = _tell(desk, f"message:{reason[:120]}", "message_failed", reason=reason, channel=incoming.channel)
    if incoming.direct and incoming.channel:
        known = people.known_at(desk.session, incoming.channel, incoming.person)
        text = desk.text("start.kept", known.locale if known else "", number=number)
        desk.say(
            MessageClass.ANSWER,
            Card(text),
            person=known.person if known else None,
            address=Address(incoming.channel, incoming.chat, incoming.thread),
            key=f"kept:{incoming.channel}:{incoming.account}:{incoming.dedup}",
        )


def unparsed(desk: Desk, incoming: Incoming) -> None:
    _tell(desk, f"unparsed:{incoming.channel}", "unparsed", channel=incoming.channel, update=incoming.dedup)


def channel_stopped(desk: Desk, channel: str, reason: str) -> None:
    _tell(desk, f"stopped:{channel}:{desk.today}", "channel_stopped", channel=channel, reason=reason)


def group_left(desk: Desk, group: int, title: str, unit: str) -> None:
    """The bot was put out of a work group."""
    _tell(desk, f"left:{group}:{desk.now}", "group_left", title=title, unit=unit)


def tick_failed(desk: Desk, name: str, reason: str) -> None:
    _tell(desk, f"tick:{name}:{reason[:120]}", "tick_failed", name=name, reason=reason)


def undelivered(desk: Desk, row: Outbox, what: str, reason: str) -> None:
    """A message that could not be said: an unreachable person is told to the dispatchers once, a refused account to the operator."""
    if what in ("unreachable", "unbound", "refused") and row.chat_group is not None:
        _paper_lost(desk, row, what)
    if what in ("unreachable", "unbound") and row.person is not None:
        start.tell_unreachable(desk, row.person, what if what == "unbound" else "lost")
    elif what == "unreachable" and row.chat_group is not None:
        _tell(desk, f"group:{row.chat_group}", "group_unreachable", group=row.chat_group, reason=reason)
    elif what == "stopped":
        channel_stopped(desk, row.channel, reason)
    elif what == "refused":
        _tell(desk, f"refused:{reason[:120]}", "message_refused", reason=reason, row=row.id)


def _paper_lost(desk: Desk, row: Outbox, what: str) -> None:
    """A paper that was published did not reach a group: who published it was told that it goes there, and is told that it did not."""
    paper, group = (
        papers.by_id(desk.session, papers.of_key(row.key)),
        groups.group_by_id(desk.session, row.chat_group or 0),
    )
    if paper is None or group is None or paper.published_by is None:
        return
    known = people.account_of(desk.session, paper.published_by)
    text = desk.text(
        "paper.lost", known.locale if known else "", title=paper.title, group=group.title or group.chat, refused=what == "refused",
    )  # fmt: skip
    desk.say(MessageClass.HAND, Card(text), person=paper.published_by, key=f"lost:{row.key}", own=True)
