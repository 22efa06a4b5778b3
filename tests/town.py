"""A small town to live days in: people with phones, a clock that is moved, the whole service but for the network."""

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.app import App, make_house
from bot.channels import ChannelError, Gone
from bot.config import Settings
from bot.messages import Address, Attachment, Caps, Card, Drawn, Incoming, Sent, Sink, plain
from bot.policy import Policy, read_policy
from bot.rules.words import Level, Post, Role
from handlers import watching
from handlers.desk import Desk
from storage import people, schema
from storage.db import Store, next_id
from storage.tables import Assignment, Milestone, Plan, Project

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """A moment in Shanghai: at("2026-11-24 09:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@dataclass
class Shown:
    """A message as a person sees it now."""

    chat: str
    number: str
    card: Card
    pictures: tuple[bytes, ...]
    at: datetime
    edited: bool = False

    @property
    def text(self) -> str:
        return plain(self.card.text)

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.card.buttons]


@dataclass
class Phones:
    """A chat service that exists only here. `trouble`: chat -> the errors its next messages meet.
    deleted: what was taken away, as (chat, message), where it `deletes`."""

    clock: Any
    name: str = "phone"
    caps: Caps = field(default_factory=Caps)
    messages: list[Shown] = field(default_factory=list)
    toasts: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    trouble: dict[str, list[ChannelError]] = field(default_factory=dict)
    sends: int = 0
    deleted: list[tuple[str, str]] = field(default_factory=list)
    deletes: bool = True

    async def run(self, sink: Sink) -> None:
        """Nothing comes in by itself."""

    async def send(self, to: Address, drawn: Drawn) -> Sent:
        self._meet(to.chat)
        self.sends += 1
        shown = Shown(to.chat, str(self.sends), drawn.card, drawn.pictures, self.clock())
        self.messages.append(shown)
        return Sent(shown.number)

    async def update(self, to: Address, message: str, drawn: Drawn) -> Sent:
        self._meet(to.chat)
        shown = next((shown for shown in self.messages if shown.number == message), None)
        if shown is None:
            raise Gone("message to edit not found")
        shown.card, shown.edited = drawn.card, True
        return Sent(message)

    async def delete(self, to: Address, message: str) -> bool:
        if self.deletes:
            self.deleted.append((to.chat, message))
            self.messages[:] = [shown for shown in self.messages if (shown.chat, shown.number) != (to.chat, message)]
        return self.deletes

    async def ack(self, handle: str, toast: str) -> None:
        self.toasts.append((handle, toast))

    async def fetch(self, attachment: Attachment) -> bytes:
        return self.files[attachment.ref]

    def health(self) -> dict[str, object]:
        return {"ok": True}

    def _meet(self, chat: str) -> None:
        if self.trouble.get(chat):
            raise self.trouble[chat].pop(0)


class Town:
    """The service with its people. Everything is awaited: after a call returns, all that follows from it has been said."""

    def __init__(self, home: Path, now: str, policy: Policy | None = None, url: str = "") -> None:
        self.now = at(now)
        self.settings = Settings(
            _env_file=None, database_url=url or f"sqlite:///{home / 'town.db'}", data_dir=home / "data"
        )  # type: ignore[call-arg]
        self.store = Store(self.settings.database_url)
        schema.upgrade(self.store.engine)
        self.policy = policy or read_policy()
        self.phones = Phones(lambda: self.now)
        self.app = App(
            self.settings,
            self.store,
            make_house(self.settings, self.store, policy=self.policy),
            [self.phones],
            lambda: self.now,
        )
        self._dedup = itertools.count(1)
        self.people: dict[str, int] = {}

    def close(self) -> None:
        self.store.close()

    def reopen(self) -> None:
        """The service stops and starts again on the same database; the phones keep what they show."""
        self.store.close()
        self.store = Store(self.settings.database_url)
        house = make_house(self.settings, self.store, policy=self.policy)
        self.app = App(self.settings, self.store, house, [self.phones], lambda: self.now)

    def desk(self, session: Session) -> Desk:
        return Desk(session, self.now, self.app.house, channel="test")

    def do(self, job: Any) -> Any:
        """Runs `job(desk)` in the writer."""
        return self.store.run_now(lambda session: job(self.desk(session)))

    # --- settling in ------------------------------------------------------------------------------------------------

    def unit(self, name: str, parent: str | None = "长泉区") -> int:
        def make(desk: Desk) -> int:
            above = people.unit_named(desk.session, parent, make=True) if parent and parent != name else None
            unit = people.unit_named(desk.session, name, make=True, parent=above.id if above else None)
            assert unit is not None
            return unit.id

        return int(self.do(make))

    def person(
        self,
        name: str,
        unit: str = "长泉区",
        *,
        bound: bool = True,
        posts: Iterable[Post] = (),
        post_unit: str = "",
        **values: Any,
    ) -> int:
        """A person, bound to a phone of the same name unless told otherwise."""
        where = self.unit(unit)
        held_at = self.unit(post_unit) if post_unit else where

        def make(desk: Desk) -> int:
            row = people.add_person(desk.session, name, where, desk.now, **values)
            for post in posts:
                people.give_post(desk.session, row.id, held_at, post, date(2020, 1, 1))
            if bound:
                people.bind(desk.session, row.id, "phone", name, name, name, desk.now)
            return row.id

        self.people[name] = int(self.do(make))
        return self.people[name]

    def project(
        self, name: str, roles: dict[Role, list[str] | str], *, number: int | None = None, unit: str = "长泉区", lead: str = "", level: Level = Level.DISTRICT,
        plan: dict[int, int] | None = None, milestones: Iterable[tuple[str, str]] = (), accepted: str | None = "2020-01-01", **values: Any,
    ) -> int:  # fmt: skip
        """A project; plan: month -> 万元 of the current year; milestones: (name, due day)."""
        where, leading = self.unit(unit), self.unit(lead) if lead else None

        def make(desk: Desk) -> int:
            key = next_id(desk.session, Project)
            months = {month: amount * 10_000 for month, amount in (plan or {}).items()}
            row = Project(
                id=key, number=number or key, name=name, unit=where, lead_unit=leading, level=level, year=desk.today.year, year_plan=sum(months.values()) or None,
                accepted_on=date.fromisoformat(accepted) if accepted else None, created_at=desk.now, **values,
            )  # fmt: skip
            desk.session.add(row)
            desk.session.flush()
            rows: list[Any] = [
                Plan(project=key, year=desk.today.year, month=month, amount=amount) for month, amount in months.items()
            ]
            for role, names in roles.items():
                for rank, person in enumerate([names] if isinstance(names, str) else names):
                    rows.append(
                        Assignment(
                            id=next_id(desk.session, Assignment),
                            project=key,
                            role=role,
                            person=self.people[person],
                            rank=rank,
                            since=date(2020, 1, 1),
                        )
                    )
            for position, (title, due) in enumerate(milestones):
                rows.append(
                    Milestone(
                        id=next_id(desk.session, Milestone),
                        project=key,
                        position=position,
                        name=title,
                        due=date.fromisoformat(due),
                    )
                )
            desk.session.add_all(rows)
            desk.session.flush()
            watching.refresh(desk, row, quiet=True)
            desk.note("project.added", project=key, rows=[row, *rows])
            return key

        return int(self.do(make))

    # --- living -----------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Everything that may be said and done now is."""
        await self.app.errands.drain()
        await self.app.sender.drain()

    async def comes_in(self, **values: Any) -> None:
        base: dict[str, Any] = {
            "channel": "phone",
            "account": "bot",
            "dedup": str(next(self._dedup)),
            "direct": True,
            "kind": "text",
        }
        await self.app.receive([Incoming(**{**base, **values})])
        await self.settle()

    async def says(self, who: str, text: str, *, group: str = "", quote: Shown | None = None) -> None:
        """`who` types `text` (in a group, where named; in answer to `quote`). Text beginning with "/" is a command."""
        if text.startswith("/"):
            command, _, rest = text[1:].partition(" ")
            await self.comes_in(
                person=who, name=who, chat=group or who, direct=not group, kind="command", command=command, text=rest
            )
        else:
            quoted = quote.number if quote else ""
            await self.comes_in(person=who, name=who, chat=group or who, direct=not group, text=text, quote=quoted)

    async def presses(self, who: str, label: str, *, group: str = "", message: Shown | None = None) -> None:
        """`who` presses the button `label` on the newest message that shows it; on the last one, behind 更多 if need be."""
        chat = group or who
        seen: list[list[str]] = []
        while (
            message is None
            and self.messages(chat)
            and "更多" in self.last(chat).labels
            and label not in self.last(chat).labels
        ):
            if self.last(chat).labels in seen:
                break
            seen.append(self.last(chat).labels)
            await self.presses(who, "更多", group=group, message=self.last(chat))
        shown = message or next((one for one in reversed(self.messages(chat)) if label in one.labels), None)
        assert shown is not None, (
            f"no button {label!r} in sight of {who}: {[one.labels for one in self.messages(chat)][-3:]}"
        )
        token = next(button.token for button in shown.card.buttons if button.label == label)
        await self.comes_in(
            person=who,
            name=who,
            chat=chat,
            direct=not group,
            kind="press",
            press=token,
            quote=shown.number,
            handle=f"press{next(self._dedup)}",
        )

    async def sends_file(
        self, who: str, raw: bytes, *, caption: str = "", kind: str = "photo", name: str = "", album: str = ""
    ) -> None:
        ref = hashlib.sha256(raw).hexdigest()[:12]
        self.phones.files[ref] = raw
        facts = {"album": album} if album else {}
        await self.comes_in(
            person=who,
            name=who,
            chat=who,
            kind="files",
            text=caption,
            attachments=(Attachment(kind, ref, name, len(raw)),),
            facts=facts,
        )  # type: ignore[arg-type]

    async def walk(self, until: str, minutes: int = 30) -> None:
        """Lets time pass, tick by tick."""
        end = at(until)
        while self.now < end:
            self.now = min(end, self.now + timedelta(minutes=minutes))
            await self.app.look_at_everything()
            await self.settle()

    async def sleep_until(self, moment: str) -> None:
        """The service is down until then; afterwards it looks once."""
        self.now = at(moment)
        await self.app.look_at_everything()
        await self.settle()

    # --- seeing -----------------------------------------------------------------------------------------------------

    def messages(self, who: str) -> list[Shown]:
        return [shown for shown in self.phones.messages if shown.chat == who]

    def last(self, who: str) -> Shown:
        return self.messages(who)[-1]

    def text(self, who: str) -> str:
        return self.last(who).text
