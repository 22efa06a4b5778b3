"""The sender: claims what is due, looks again whether it should still be said, says it at the pace each service allows, keeps the outcome."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import Session

from bot.bare import bare
from bot.channels import Channel, ChannelError, Gone, Moved, Stopped, TryLater, Uncertain, Undeliverable, Unreachable
from bot.failpoints import failpoint
from bot.messages import Address, Card, Drawn, Picture, Sent, place_and_name
from bot.rules.entitlement import Action, may
from bot.rules.words import MessageClass
from storage import entitlement, outbox, people
from storage.db import Store
from storage.groups import group_by_id, group_moved
from storage.tables import Outbox

log = structlog.get_logger()

FLIGHT = 8
"""Messages being said at a time; more is slower."""
AHEAD, SOON = 0.05, 0.2
"""Seconds: what may leave within AHEAD is claimed; what must wait longer than SOON is put out of the others' way."""
LOOK = 16
"""Rows looked at in one round."""
LANDING = 3.0
"""Seconds that what is being said has to arrive when the service stops."""
ATTEMPTS = 8
SAID_AGAIN = (MessageClass.ANSWER, MessageClass.HAND, MessageClass.URGENT)
"""Said once more where it perhaps did not arrive."""
Render = Callable[[Session, Outbox, datetime], Card | None]
Draw = Callable[[Picture], list[bytes]]


@dataclass
class Ready:
    """One message about to be said. attempt: which try this is. leaves: when, on the pacer's clock."""

    row: Outbox
    to: Address
    card: Card
    account: int | None
    message: str
    attempt: int
    leaves: float


@dataclass
class Pacer:
    """When the next message may leave: an even flow per account (at most one late message is caught up on), a gap per chat, a number
    per group and minute. All in seconds of one clock."""

    per_second: float
    per_chat: float
    per_group_minute: int
    free_at: float = 0.0
    chats: dict[str, float] = field(default_factory=dict)
    groups: dict[str, deque[float]] = field(default_factory=dict)
    paused_until: float = 0.0

    def turn(self, chat: str, group: bool, clock: float) -> float:
        """When this message may leave: now or later; nothing is reserved."""
        at = max(clock, self.free_at, self.chats.get(chat, 0.0), self.paused_until)
        if group and self.per_group_minute:
            sent = self.groups.get(chat, deque())
            while sent and sent[0] <= clock - 60:
                sent.popleft()
            if len(sent) >= self.per_group_minute:
                at = max(at, sent[0] + 60)
        return at

    def take(self, chat: str, group: bool, at: float) -> None:
        """Reserves a place for a message that leaves at `at`."""
        self.free_at = max(self.free_at + 1 / self.per_second, at)
        if self.per_chat:
            self.chats[chat] = at + self.per_chat
            if len(self.chats) > 10_000:
                self.chats = {name: free for name, free in self.chats.items() if free > at}
        if group and self.per_group_minute:
            self.groups.setdefault(chat, deque()).append(at)


class Sender:
    """Says what lies in the outbox. `render` makes the card of rows that are rendered late; `told` is called with what went wrong for good."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        render: Render,
        draw: Draw,
        data_dir: Path,
        told: Callable[[Session, Outbox, str, str], None],
        monotonic: Callable[[], float],
        day: Callable[[datetime], date] = datetime.date,
    ) -> None:
        self.store = store
        self.channels = channels
        self.clock = clock
        self.render = render
        self.draw = draw
        self.data_dir = data_dir
        self.told = told
        self.monotonic = monotonic
        self.day = day
        self.wake = asyncio.Event()
        self.stopped: dict[str, str] = {}
        self.idle = asyncio.Event()
        self._flights: dict[asyncio.Task[None], tuple[str, str]] = {}
        self._pacers = {
            name: Pacer(channel.caps.per_second, channel.caps.per_chat_seconds, channel.caps.per_group_minute)
            for name, channel in channels.items()
        }
        self._turns: dict[float, datetime] = {}
        self._left_lying: set[str] = set()
        self._wake_on_landing = False
        self._stopping = False
        self._next_in = 1.0

    async def run(self) -> None:
        """Sends until cancelled; what is being sent then may still arrive. What was being sent when the process died is settled first."""
        await self.store.run(self._settle_ambiguous)
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(self._speak(tasks))
            try:
                await asyncio.wait([speaking])
            except asyncio.CancelledError:
                self._stopping = True  # not cancelled in the middle of a claim: what is claimed shall be said
                self.wake.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LANDING):
                        await asyncio.wait([speaking])
                        await asyncio.wait([speaking, *self._flights])
                raise

    async def _speak(self, tasks: asyncio.TaskGroup) -> None:
        while not self._stopping:
            self.wake.clear()
            if not await self.round(tasks):
                if not self._flights:
                    self.idle.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._next_in):  # wait_for might swallow the cancelling
                        await self.wake.wait()

    async def drain(self) -> None:
        """Says everything that may be said now, then returns: for walks through time."""
        while True:
            async with asyncio.TaskGroup() as tasks:
                sent = await self.round(tasks)
            if not sent and self._next_in >= 1.0:
                return
            if not sent:
                await asyncio.sleep(self._next_in)

    async def round(self, tasks: asyncio.TaskGroup) -> int:
        """Claims what may leave now and starts saying it; returns how many."""
        while len(self._flights) >= FLIGHT:
            await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)
        busy, room = set(self._flights.values()), FLIGHT - len(self._flights)
        self._wake_on_landing = True
        ready = await self.store.run(lambda session: self._claim(session, set(busy), room))
        for message in ready:
            self.idle.clear()
            flight = tasks.create_task(self._say(message))
            self._flights[flight] = (message.to.channel, message.to.chat)
            flight.add_done_callback(self._landed)
        return len(ready)

    def _landed(self, flight: asyncio.Task[None]) -> None:
        del self._flights[flight]
        if self._wake_on_landing or not self._flights:
            self.wake.set()

    # --- claiming: in the writer ------------------------------------------------------------------------------------

    def _claim(self, session: Session, busy: set[tuple[str, str]], room: int) -> list[Ready]:
        """Marks as being sent what may leave within AHEAD seconds: as much as there is room for, one message a chat."""
        now, clock, ready = self.clock(), self.monotonic(), list[Ready]()
        # The store asks the wall clock, the pacer another one, and they may differ: a turn is over when both say so, or soon after.
        self._turns = {at: when for at, when in self._turns.items() if when > now and at > clock - SOON}
        left, looked = self._left_lying, 0
        left.clear()
        for row in outbox.claim(session, now, LOOK):
            looked += 1
            try:
                made = self._prepare(session, row, now, clock, busy)
            except Exception as error:  # one broken text must not stop the service, nor come again at each start
                log.exception("message not drawn up", row=row.id)
                self._refuse(session, row, f"{type(error).__name__}: {error}"[:500])
                continue
            if made is not None:
                ready.append(made)
                busy.add((made.to.channel, made.to.chat))
            if len(ready) >= room:
                break
        self._wake_on_landing = "busy" in left
        more = looked == LOOK and not left  # all of them were put out of the way: there may be others behind them
        waits = [(when - now).total_seconds() for when in self._turns.values()]
        self._next_in = 0.001 if more else max(0.001, min([1.0, *waits]))
        return ready

    def _prepare(
        self, session: Session, row: Outbox, now: datetime, clock: float, busy: set[tuple[str, str]]
    ) -> Ready | None:
        """One row made ready and marked as being sent; None where it is settled, or its turn has not come."""
        aim = self._aim(session, row, now)
        if aim is None:
            return None
        (to, account), group = aim, row.chat_group is not None
        leaves = self._turn(to, group, clock, busy)
        if leaves is None:
            self._left_lying.add("busy")
            return None
        if leaves > clock + AHEAD:
            when = self._turns.setdefault(leaves, now + timedelta(seconds=leaves - clock))
            if leaves > clock + SOON:
                self._postpone(session, row, when)
            else:
                self._left_lying.add("soon")
            return None
        composed = self._compose(session, row, now)
        if composed is None:
            return None
        card, message = composed
        self._pacers[to.channel].take(to.chat, group, leaves)
        attempt = row.attempts + 1
        outbox.mark(
            session, row.id, state="sending", attempts=attempt, channel=to.channel, chat=to.chat, thread=to.thread,
            body=card.to_json(), changed_at=now,
        )  # fmt: skip
        return Ready(row, to, card, account, message, attempt, leaves)

    def _aim(self, session: Session, row: Outbox, now: datetime) -> tuple[Address, int | None] | None:
        """Still wanted, and somebody to say it to? None, with the row settled, where not."""
        if row.expires_at and row.expires_at <= now:
            self._drop(session, row, "cancelled", "expired")
            return None
        to, account = self._whereto(session, row)
        if to is None or to.channel not in self.channels:
            self.told(session, row, "unbound", "")
            self._drop(session, row, "failed", "unbound")
            return None
        if to.channel in self.stopped:
            self._postpone(session, row, now + timedelta(minutes=1))
            return None
        return to, account

    def _compose(self, session: Session, row: Outbox, now: datetime) -> tuple[Card, str] | None:
        """The card, and the message it replaces; looks again whether it should still be said. None, with the row settled, where not."""
        if not self._entitled(session, row, now):
            log.warning("withheld", row=row.id)
            self._drop(session, row, "cancelled", "not entitled")
            return None
        message = ""
        if row.edits is not None:
            original = outbox.by_id(session, row.edits)
            if original is None or original.state in ("pending", "sending"):
                self._postpone(session, row, now + timedelta(seconds=1))
                return None
            message = original.message
        card = Card.from_json(row.body) if row.body and not row.render else self._rendered(session, row, now)
        if card is None:
            self._drop(session, row, "cancelled", "pointless")
            return None
        return card, message

    def _turn(self, to: Address, group: bool, clock: float, busy: set[tuple[str, str]]) -> float | None:
        """When a message may leave, on the pacer's clock; None where something is being said in its chat just now."""
        pacer = self._pacers[to.channel]
        leaves = pacer.turn(to.chat, group, clock)
        if (to.channel, to.chat) not in busy:
            return leaves
        if not pacer.per_chat:
            return None
        if leaves <= clock:  # the answer takes long: nobody else need wait for it
            pacer.chats[to.chat] = leaves = clock + pacer.per_chat
        return leaves

    def _rendered(self, session: Session, row: Outbox, now: datetime) -> Card | None:
        card = self.render(session, row, now)
        return card and Card.from_json(outbox.dress(session, row.id, card, row.person, now, shown_in=row.edits))

    def _drop(self, session: Session, row: Outbox, state: str, error: str) -> None:
        outbox.mark(session, row.id, state=state, error=error, changed_at=self.clock())

    def _refuse(self, session: Session, row: Outbox, reason: str) -> None:
        self._drop(session, row, "failed", reason)
        self.told(session, row, "refused", reason)

    def _postpone(self, session: Session, row: Outbox, until: datetime) -> None:
        """Out of the way of those whose turn it is. The same moment for all who wait for the same: so they keep their order."""
        outbox.mark(session, row.id, not_before=until)

    def _whereto(self, session: Session, row: Outbox) -> tuple[Address | None, int | None]:
        if row.chat_group is not None:
            group = group_by_id(session, row.chat_group)
            return (Address(group.channel, group.chat, group.thread), None) if group and group.active else (None, None)
        if row.chat:
            return Address(row.channel, row.chat, row.thread), people.account_at(
                session, row.channel, row.chat, row.person
            )
        accounts = people.accounts_of(session, row.person) if row.person else []
        known = next((one for one in accounts if one.channel not in self.stopped), accounts[0] if accounts else None)
        return (Address(known.channel, known.chat), known.account) if known else (None, None)

    def _entitled(self, session: Session, row: Outbox, now: datetime) -> bool:
        """Nobody receives a project they may not see: checked here once more, and in doubt nothing is sent."""
        if not row.projects:
            return row.matter is None or self._concerned(session, row, now)
        scopes = entitlement.scopes(session, row.projects)
        if len(scopes) != len(set(row.projects)):
            return False
        if row.chat_group is not None:
            group = group_by_id(session, row.chat_group)
            units = people.subtree(session, group.unit) if group else frozenset()
            return all(scope.unit in units for scope in scopes.values())
        if row.person is None:
            return False
        standing = entitlement.standing(session, row.person, self.day(now))
        if row.matter is not None and row.matter in standing.matters:
            return True
        return all(may(standing, Action.SEE, scope) for scope in scopes.values())

    def _concerned(self, session: Session, row: Outbox, now: datetime) -> bool:
        """Of a matter that is about no project: whether it is this person's."""
        return row.person is not None and row.matter in entitlement.standing(session, row.person, self.day(now)).matters

    def _settle_ambiguous(self, session: Session) -> None:
        """Perhaps delivered, perhaps not: hands, urgent words and answers are said once more, edits too; nudges are not."""
        for row in outbox.left_sending(session):
            again = row.attempts < 2 and row.klass is not MessageClass.NUDGE
            outbox.mark(session, row.id, state="pending" if again else "uncertain", error="interrupted")

    # --- saying: at the service -------------------------------------------------------------------------------------

    async def _say(self, ready: Ready) -> None:
        channel = self.channels[ready.to.channel]
        try:
            drawn = await self._draw(ready.card)
            await asyncio.sleep(ready.leaves - self.monotonic())
            failpoint("sender.before")
            if ready.message and channel.caps.edit:
                sent = await self._update(channel, ready, drawn)
            else:
                sent = await channel.send(ready.to, drawn)
            failpoint("sender.after")
        except ChannelError as error:
            failure = error
        except Exception as error:
            log.exception("send failed", row=ready.row.id)
            failure = Undeliverable(f"{type(error).__name__}: {error}")
        else:
            await self.store.run(lambda session: self._sent(session, ready, sent))
            return
        await self.store.run(lambda session: self._failed(session, ready, failure))

    async def _update(self, channel: Channel, ready: Ready, drawn: Drawn) -> Sent:
        try:
            return await channel.update(ready.to, ready.message, drawn)
        except Gone:
            sent = await channel.send(ready.to, drawn)
            return Sent(sent.message, (*sent.degraded, "new message instead of an edit"))

    async def _draw(self, card: Card) -> Drawn:
        pictures: tuple[bytes, ...] = ()
        if card.picture is not None:
            try:
                pictures = tuple(await asyncio.to_thread(self.draw, card.picture))
            except Exception:
                log.exception("picture failed", kind=card.picture.kind)
        named = [place_and_name(file) for file in card.files]
        files = [(name, await asyncio.to_thread(_read, self.data_dir / place)) for place, name in named]
        return Drawn(card, pictures, tuple(files))

    # --- the outcome: in the writer ---------------------------------------------------------------------------------

    def _sent(self, session: Session, ready: Ready, sent: Sent) -> None:
        now, row = self.clock(), ready.row
        outbox.mark(
            session,
            row.id,
            state="sent",
            message=sent.message,
            sent_at=now,
            changed_at=now,
            error="",
            degraded=json.dumps(sent.degraded) if sent.degraded else "",
        )
        if row.edits is not None:
            new = {"message": sent.message} if sent.message else {}
            outbox.mark(session, row.edits, shown=ready.card.to_json(), changed_at=now, **new)

    def _failed(self, session: Session, ready: Ready, error: ChannelError) -> None:
        now, row, reason = self.clock(), ready.row, str(error)[:500]
        match error:
            case TryLater(whole=True):  # the account must rest; this try does not count
                self._pacers[ready.to.channel].paused_until = self.monotonic() + error.seconds
                self._again(session, ready, now + timedelta(seconds=error.seconds), reason, attempts=ready.attempt - 1)
            case TryLater() if ready.attempt < ATTEMPTS:
                self._again(session, ready, now + timedelta(seconds=error.seconds), reason)
            case Moved():
                group_moved(session, ready.to.channel, ready.to.chat, error.chat)
                self._again(session, ready, now, reason, chat=error.chat)
            case Stopped():
                self.stopped[ready.to.channel] = reason
                self._again(session, ready, now, reason, **self._anywhere(row))
                self.told(session, row, "stopped", reason)
            case Uncertain():
                again = ready.attempt < 2 and row.klass in SAID_AGAIN
                state = "pending" if again else "uncertain"
                outbox.mark(session, row.id, state=state, not_before=now + timedelta(seconds=5), error=reason)
            case Unreachable():
                self._lost(session, ready, reason)
            case _:
                self._refuse(session, row, reason)

    def _again(self, session: Session, ready: Ready, when: datetime, reason: str, **values: Any) -> None:
        outbox.mark(session, ready.row.id, state="pending", not_before=when, error=reason, **values)

    def _anywhere(self, row: Outbox) -> dict[str, str]:
        """What has no answer's place in a talk may be said at another of the person's accounts."""
        bound = row.klass is MessageClass.ANSWER or row.edits is not None or row.person is None
        return {} if bound else {"channel": "", "chat": "", "thread": ""}

    def _lost(self, session: Session, ready: Ready, reason: str) -> None:
        """Who cannot be reached here is spoken to elsewhere, where there is an elsewhere; else told about."""
        row, anywhere = ready.row, self._anywhere(ready.row)
        if ready.account is not None:
            people.unreachable(session, ready.account, reason)
        known = people.account_of(session, row.person) if anywhere and row.person else None
        if known and not known.unreachable:
            self._again(session, ready, self.clock(), reason, **anywhere)
            return
        self._drop(session, row, "failed", reason)
        self.told(session, row, "unreachable", reason)


def _read(path: Path) -> bytes:
    """A file as others may have it: a photo without the position it was taken at."""
    return bare(path.read_bytes())
