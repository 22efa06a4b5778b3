"""The sender: claims what is due, looks again whether it should still be said, says it at the pace each service allows, keeps the outcome."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.channels import Channel, ChannelError, Gone, Moved, Stopped, TryLater, Uncertain, Undeliverable, Unreachable
from bot.failpoints import failpoint
from bot.messages import Address, Card, Drawn, Picture, Sent
from bot.rules.entitlement import Action, may
from bot.rules.words import MessageClass
from storage import entitlement, outbox, people
from storage.db import Store
from storage.groups import group_by_id, group_moved
from storage.tables import Outbox

log = structlog.get_logger()

FLIGHT = 6
ATTEMPTS = 8
Render = Callable[[Session, Outbox, datetime], Card | None]
Draw = Callable[[Picture], list[bytes]]


@dataclass
class Ready:
    """One message about to be said."""

    row: Outbox
    to: Address
    card: Card
    account: int | None
    message: str = ""
    group: bool = False


@dataclass
class Pacer:
    """When the next message may leave: an even flow per account, a gap per chat, a number per group and minute. Seconds of `clock`."""

    per_second: float
    per_chat: float
    per_group_minute: int
    free_at: float = 0.0
    chats: dict[str, float] = field(default_factory=dict)
    groups: dict[str, deque[float]] = field(default_factory=dict)
    paused_until: float = 0.0

    def delay(self, chat: str, group: bool, clock: float) -> float:
        """Seconds to wait before this message may leave; nothing is reserved."""
        at = max(self.free_at, self.chats.get(chat, 0.0), self.paused_until)
        if group and self.per_group_minute:
            sent = self.groups.get(chat, deque())
            while sent and sent[0] <= clock - 60:
                sent.popleft()
            if len(sent) >= self.per_group_minute:
                at = max(at, sent[0] + 60)
        return max(0.0, at - clock)

    def held(self, clock: float) -> list[str]:
        """The chats that must still wait."""
        return [chat for chat, at in self.chats.items() if at > clock]

    def take(self, chat: str, group: bool, clock: float) -> None:
        """Reserves a place for a message that leaves now."""
        self.free_at = max(self.free_at, clock) + 1 / self.per_second
        if self.per_chat:
            self.chats[chat] = clock + self.per_chat
            if len(self.chats) > 10_000:
                self.chats = {name: at for name, at in self.chats.items() if at > clock}
        if group and self.per_group_minute:
            self.groups.setdefault(chat, deque()).append(clock)


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
    ) -> None:
        self.store = store
        self.channels = channels
        self.clock = clock
        self.render = render
        self.draw = draw
        self.data_dir = data_dir
        self.told = told
        self.monotonic = monotonic
        self.wake = asyncio.Event()
        self.stopped: dict[str, str] = {}
        self.idle = asyncio.Event()
        self._busy_chats: set[tuple[str, str]] = set()
        self._pacers = {
            name: Pacer(channel.caps.per_second, channel.caps.per_chat_seconds, channel.caps.per_group_minute)
            for name, channel in channels.items()
        }
        self._free = asyncio.Semaphore(FLIGHT)
        self._next_in = 1.0

    async def run(self) -> None:
        """Sends until cancelled. What was being sent when the process died is settled first."""
        await self.store.run(lambda session: self._settle_ambiguous(session))
        async with asyncio.TaskGroup() as tasks:
            while True:
                self.wake.clear()
                sent = await self._round(tasks)
                if not sent:
                    if not self._busy_chats:
                        self.idle.set()
                    try:
                        await asyncio.wait_for(self.wake.wait(), self._next_in)
                    except TimeoutError:
                        continue

    async def drain(self) -> None:
        """Says everything that may be said now, then returns: for walks through time."""
        while True:
            async with asyncio.TaskGroup() as tasks:
                sent = await self._round(tasks)
            if not sent and self._next_in >= 1.0:
                return
            if not sent:
                await asyncio.sleep(self._next_in)

    async def _round(self, tasks: asyncio.TaskGroup) -> int:
        """Claims what may leave now and starts saying it; returns how many."""
        await self._free.acquire()
        self._free.release()
        ready = await self.store.run(self._claim)
        if ready:
            self.idle.clear()
        for message in ready:
            await self._free.acquire()
            tasks.create_task(self._say_and_release(message))
        return len(ready)

    # --- claiming: in the writer ------------------------------------------------------------------------------------

    def _claim(self, session: Session) -> list[Ready]:
        now = self.clock()
        ready: list[Ready] = []
        taken = set(self._busy_chats) | {
            (name, chat) for name, pacer in self._pacers.items() for chat in pacer.held(self.monotonic())
        }
        self._next_in = 1.0 if taken == self._busy_chats else 0.1
        for row in outbox.claim(session, now, FLIGHT * 4, sorted(taken)):
            if len(ready) >= FLIGHT:
                break
            made = self._prepare(session, row, now)
            if made is None:
                continue
            chat = (made.to.channel, made.to.chat)
            pacer = self._pacers[made.to.channel]
            delay = pacer.delay(made.to.chat, made.group, self.monotonic())
            if chat in taken or delay > 0:
                self._next_in = min(self._next_in, max(delay, 0.005))
                continue
            pacer.take(made.to.chat, made.group, self.monotonic())
            taken.add(chat)
            outbox.mark(
                session,
                row.id,
                state="sending",
                attempts=row.attempts + 1,
                channel=made.to.channel,
                chat=made.to.chat,
                thread=made.to.thread,
                body=made.card.to_json(),
                changed_at=now,
            )
            ready.append(made)
        self._busy_chats |= {(made.to.channel, made.to.chat) for made in ready}
        return ready

    def _prepare(self, session: Session, row: Outbox, now: datetime) -> Ready | None:
        """Looks again: still wanted, still allowed, still somebody to say it to? None, with the row settled, where not."""
        if row.expires_at and row.expires_at <= now:
            self._drop(session, row, "cancelled", "expired")
            return None
        to, account = self._whereto(session, row)
        if to is None or to.channel not in self.channels:
            self.told(session, row, "unbound", "")
            self._drop(session, row, "failed", "unbound")
            return None
        if to.channel in self.stopped:
            outbox.mark(session, row.id, not_before=now + timedelta(minutes=1))
            return None
        if not self._entitled(session, row, now):
            log.warning("withheld", row=row.id)
            self._drop(session, row, "cancelled", "not entitled")
            return None
        message = ""
        if row.edits is not None:
            original = session.get(Outbox, row.edits)
            if original is None or original.state in ("pending", "sending"):
                outbox.mark(session, row.id, not_before=now + timedelta(seconds=1))
                return None
            message = original.message
        card = Card.from_json(row.body) if row.body and not row.render else self._rendered(session, row, now)
        if card is None:
            self._drop(session, row, "cancelled", "pointless")
            return None
        return Ready(row, to, card, account, message, row.chat_group is not None)

    def _rendered(self, session: Session, row: Outbox, now: datetime) -> Card | None:
        card = self.render(session, row, now)
        return card and Card.from_json(outbox.dress(session, row.id, card, row.person, now, shown_in=row.edits))

    def _drop(self, session: Session, row: Outbox, state: str, error: str) -> None:
        outbox.mark(session, row.id, state=state, error=error, changed_at=self.clock())

    def _whereto(self, session: Session, row: Outbox) -> tuple[Address | None, int | None]:
        if row.chat_group is not None:
            group = group_by_id(session, row.chat_group)
            return (Address(group.channel, group.chat, group.thread), None) if group and group.active else (None, None)
        if row.chat:
            known = people.account_at(session, row.channel, row.chat, row.person)
            return Address(row.channel, row.chat, row.thread), known
        known_person = people.account_of(session, row.person) if row.person else None
        return (
            (Address(known_person.channel, known_person.chat), known_person.account) if known_person else (None, None)
        )

    def _entitled(self, session: Session, row: Outbox, now: datetime) -> bool:
        """Nobody receives a project they may not see: checked here once more, and in doubt nothing is sent."""
        if not row.projects:
            return True
        scopes = entitlement.scopes(session, row.projects)
        if len(scopes) != len(set(row.projects)):
            return False
        if row.chat_group is not None:
            group = group_by_id(session, row.chat_group)
            units = people.subtree(session, group.unit) if group else frozenset()
            return all(scope.unit in units for scope in scopes.values())
        if row.person is None:
            return False
        standing = entitlement.standing(session, row.person, now.date())
        if row.matter is not None and row.matter in standing.matters:
            return True
        return all(may(standing, Action.SEE, scope) for scope in scopes.values())

    def _settle_ambiguous(self, session: Session) -> None:
        """Perhaps delivered, perhaps not: hands, urgent words and answers are said once more, edits too; nudges are not."""
        for row in outbox.left_sending(session):
            again = row.attempts < 2 and row.klass is not MessageClass.NUDGE
            outbox.mark(session, row.id, state="pending" if again else "uncertain", error="interrupted")

    # --- saying: at the service -------------------------------------------------------------------------------------

    async def _say_and_release(self, ready: Ready) -> None:
        try:
            await self._say(ready)
        finally:
            self._busy_chats.discard((ready.to.channel, ready.to.chat))
            self._free.release()
            self.wake.set()

    async def _say(self, ready: Ready) -> None:
        channel = self.channels[ready.to.channel]
        try:
            drawn = await self._draw(ready.card)
            failpoint("sender.before")
            if ready.message and channel.caps.edit:
                sent = await self._update(channel, ready, drawn)
            else:
                sent = await channel.send(ready.to, drawn)
            failpoint("sender.after")
        except ChannelError as error:
            await self.store.run(lambda session, error=error: self._failed(session, ready, error))  # type: ignore[misc]
            return
        except Exception as error:
            log.exception("send failed", row=ready.row.id)
            reason = f"{type(error).__name__}: {error}"
            await self.store.run(lambda session: self._failed(session, ready, Undeliverable(reason)))
            return
        await self.store.run(lambda session: self._sent(session, ready, sent))

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
        files = [(Path(name).name, await asyncio.to_thread((self.data_dir / name).read_bytes)) for name in card.files]
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
        now, row = self.clock(), ready.row
        reason = str(error)[:500]
        if isinstance(error, TryLater) and (error.whole or row.attempts < ATTEMPTS):
            if error.whole:
                self._pacers[ready.to.channel].paused_until = self.monotonic() + error.seconds
            outbox.mark(
                session,
                row.id,
                state="pending",
                not_before=now + timedelta(seconds=error.seconds),
                error=reason,
                attempts=row.attempts if error.whole else row.attempts + 1,
            )
        elif isinstance(error, Moved):
            group_moved(session, ready.to.channel, ready.to.chat, error.chat)
            outbox.mark(session, row.id, state="pending", chat=error.chat if row.chat else "", error=reason)
        elif isinstance(error, Stopped):
            self.stopped[ready.to.channel] = reason
            outbox.mark(session, row.id, state="pending", not_before=now + timedelta(minutes=1), error=reason)
            self.told(session, row, "stopped", reason)
        elif isinstance(error, Uncertain):
            again = row.attempts < 1 and row.klass in (MessageClass.HAND, MessageClass.URGENT, MessageClass.ANSWER)
            outbox.mark(
                session,
                row.id,
                state="pending" if again else "uncertain",
                not_before=now + timedelta(seconds=5),
                error=reason,
            )
        else:
            outbox.mark(session, row.id, state="failed", error=reason, changed_at=now)
            if isinstance(error, Unreachable) and ready.account is not None:
                people.unreachable(session, ready.account, reason)
            self.told(session, row, "unreachable" if isinstance(error, Unreachable) else "refused", reason)
