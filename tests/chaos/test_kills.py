"""A fortnight of officials reporting by telephone while the service is killed again and again: nothing is lost, nothing done twice."""

import asyncio
import json
import os
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot import policy as policies
from bot.channels.telegram import incoming
from bot.rules.calendar import WorkCalendar
from bot.rules.words import Role
from storage import people
from tests.bot_api import BotApi, Person, Shown
from tests.chaos.nursery import Nursery
from tests.service import Service
from tests.town import Town

KILLS = int(os.environ.get("DIAODU_CHAOS_KILLS", "60"))
SEED = int(os.environ.get("DIAODU_CHAOS_SEED", "1"))
OFFICIALS = 10
SILENT = 4
PATIENCE = 60.0
PLACES = (
    "telegram.polled",  # getUpdates has answered, nothing is committed
    "store.inside",  # in a transaction
    "telegram.committed",  # the effects are on disk, Telegram does not know yet
    "sender.before",  # marked as being sent, no request yet
    "held",  # the request is at the service, no answer
    "sender.after",  # the service has answered, "sent" is not committed
    "nudges.added",  # in a tick, the day's items inserted
    "nudges.laid",  # in a tick, the bundles inserted, their items not yet tied to them
    "errand.done",  # a file is kept, its errand still open
    "any",  # at any moment
)

T = TypeVar("T")
pytestmark = [pytest.mark.chaos, pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")]


@dataclass
class Official:
    """Somebody who reports, one report after the other, and counts what was done and what must come of it."""

    phone: Person
    project: int
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    percents: list[str] = field(default_factory=list)
    photos: list[bytes] = field(default_factory=list)
    resting: bool = False

    async def work(self) -> None:
        while not self.resting:
            await self.chance.choice((self.types, self.types, self.on_plan, self.sends_photo))()

    async def types(self) -> None:
        """65% → card → 确认."""
        self.phone.says(self._percent())
        self.answers += 1
        await self._confirms()

    async def on_plan(self) -> None:
        """填报 → 按计划推进, where it is offered; else a number."""
        seen = {shown.id for shown in self._cards()}
        self.phone.says("填报")
        self.answers += 1
        (card,) = await self._until(lambda: [shown for shown in self._cards() if shown.id not in seen][:1])
        if "按计划推进" not in card.labels:
            await self.types()
            return
        thanked = self._thanks()
        self._taps("按计划推进", card.id)
        self.answers += 1
        self.done["on_plan"] += 1
        await self._until(lambda: self._thanks() > thanked)

    async def sends_photo(self) -> None:
        """A photo with its percent below → card → 确认."""
        self.photos.append(f"photo of {self.phone.id}, number {len(self.photos)}".encode())
        self.phone.sends_photo(self.photos[-1], self._percent())
        self.answers += 1
        await self._confirms()

    def _percent(self) -> str:
        self.percents.append(f"{10 + len(self.percents) / 10:.1f}%".replace(".0%", "%"))
        return self.percents[-1]

    async def _confirms(self) -> None:
        wanted = f"形象进度 {self.percents[-1]}"
        (card,) = await self._until(lambda: [shown for shown in self._cards("确认") if wanted in shown.text][-1:])
        thanked = self._thanks()
        self._taps("确认", card.id)
        self.answers += 1
        self.done["confirmed"] += 1
        await self._until(lambda: self._thanks() > thanked)

    def _taps(self, label: str, message: int) -> None:
        """Presses, sometimes twice as people do."""
        query = self.phone.presses(label, message=message)
        if self.chance.random() < 0.25:
            self.phone.presses_again(query)

    def _cards(self, label: str = "取消") -> list[Shown]:
        return [shown for shown in self.phone.api.messages(self.phone) if label in shown.labels]

    def _thanks(self) -> int:
        return sum("已记下" in shown.text for shown in self.phone.api.messages(self.phone))

    async def _until(self, predicate: Callable[[], T | None]) -> T:
        return await self.phone.api.until(predicate, PATIENCE, f"{self.phone.user['first_name']} goes on")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as nursery:
        yield nursery


LOOKED = (
    "SELECT (SELECT count(*) FROM note WHERE name = 'nudges' AND value LIKE '%{day}%') = 1 AND NOT EXISTS "
    "(SELECT 1 FROM nudge JOIN person ON person.id = nudge.person WHERE person.name LIKE '静%' AND nudge.state = 'open')"
)
"""The nudges of this day are laid down, and bundled for those who only are reminded."""


class Mornings:
    """The working mornings that pass: each tick that is to be killed wants a new one."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.days = [date(2026, 11, 24)]

    def next(self) -> str:
        self.days.append(self.calendar.next_workday(self.days[-1]))
        return f"{self.days[-1]} 09:20"


def settle(town: Town, bind: Callable[[str], object]) -> list[tuple[str, int]]:
    """Officials who report, each with a project: (name, project); and some who only are reminded, of milestones on many days."""
    reporting = []
    for number in range(OFFICIALS):
        name = f"科长{number + 1}"
        town.person(name, bound=False)
        bind(name)
        project = town.project(
            f"标准厂房{number + 1}期", {Role.REPORTER: name}, plan=dict.fromkeys(range(1, 13), 1000), invested_before=0,
            invested_year=110_000_000,
        )  # fmt: skip
        reporting.append((name, project))
    for number in range(SILENT):
        name = f"静科长{number + 1}"
        town.person(name, bound=False)
        bind(name)
        for at in range(12):
            due = date(2026, 11, 20) + timedelta(days=3 * at + number)
            milestones = [(f"节点{step}", str(due + timedelta(days=40 * step))) for step in range(5)]
            town.project(f"道路{number + 1}-{at + 1}", {Role.REPORTER: name}, milestones=milestones)
    return reporting


def reminded_without_kills(home: Path, days: list[date]) -> Counter[tuple[str, str]]:
    """What the same days bring to those who only are reminded, when nothing is killed: (item or bundle, its key)."""
    home.mkdir()
    town = Town(home, "2026-11-24 09:20")

    async def live() -> None:
        for day in days:
            await town.sleep_until(f"{day} 09:20")

    try:
        settle(
            town,
            lambda name: town.do(
                lambda desk: people.bind(desk.session, town.people[name], "phone", name, name, name, desk.now)
            ),
        )
        with asyncio.Runner() as runner:
            runner.run(live())
        return reminded(town.settings.database_url.removeprefix("sqlite:///"))
    finally:
        town.close()


def reminded(database: str | Path) -> Counter[tuple[str, str]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        silent = "JOIN person ON person.id = person WHERE person.name LIKE '静%'"
        items = connection.execute(f"SELECT 'item', key FROM nudge {silent}").fetchall()
        return Counter(
            items + connection.execute(f"SELECT 'bundle', key FROM outbox {silent} AND klass = 'nudge'").fetchall()
        )


async def kill_once(service: Service, place: str, mornings: Mornings, chance: random.Random) -> str:
    """One life and its end; the place where it was. It is not killed before what the last one left half said is said: a message that
    two kills in a row interrupt is given up (DESIGN, section 4: "once more")."""
    await service.start()
    await service.until("SELECT count(*) = 0 FROM outbox WHERE state IN ('pending', 'sending') AND attempts > 0", 30)
    if place.startswith(
        "nudges"
    ):  # these come first thing in the morning, when the morning before is all said and done
        await service.until(LOOKED.format(day=mornings.days[-1]), 30)
        await service.stop()
        service.set_clock(mornings.next())
        service.arm(place)
        await service.begin()
        return place if await dies(service, 20) else "any"
    if place == "held":
        with service.api.holding("sendMessage"):
            said = len(service.api.calls("sendMessage"))
            await service.api.until(lambda: len(service.api.calls("sendMessage")) > said, 30, "somebody to be answered")
            await service.kill()
        return place
    if place != "any":
        service.arm(place, chance.randint(1, 3))
        return place if await dies(service, 10) else "any"
    await asyncio.sleep(chance.random() / 2)
    await service.kill()
    return place


async def dies(service: Service, seconds: float) -> bool:
    """Whether it comes to the place where it is to die; if not, it is killed where it is."""
    try:
        await service.dead(seconds)
    except TimeoutError:
        await service.kill()
        return False
    finally:
        service.disarm()
    return True


async def test_nothing_is_lost_and_nothing_done_twice(
    tmp_path: Path, api: BotApi, nursery: Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "policy.toml"
    usual = (Path(policies.__file__).parent / "data" / "policy.toml").read_text(encoding="utf-8")
    policy.write_text(
        usual.replace("draft_hours = 24", "draft_hours = 999"), encoding="utf-8"
    )  # days pass in seconds here
    service = Service(tmp_path, api, "2026-11-24 09:20", nursery, policy=str(policy))
    chance = random.Random(SEED)
    phones: dict[str, Person] = {}

    def bind(name: str) -> None:
        phones[name] = api.user(name)
        service.bind(town, name, phones[name])

    with service.settling() as town:
        mornings = Mornings(town.app.house.calendar)
        officials = [
            Official(phones[name], project, random.Random(f"{SEED} {name}")) for name, project in settle(town, bind)
        ]
    places = [PLACES[at % len(PLACES)] for at in range(KILLS)]
    chance.shuffle(places)
    died: Counter[str] = Counter()
    async with asyncio.TaskGroup() as tasks:
        for official in officials:
            tasks.create_task(official.work())
        for place in places:
            died[await kill_once(service, place, mornings, chance)] += 1
        await service.start()
        for official in officials:
            official.resting = True
    await service.quiet()
    code, seconds = await service.stop()
    assert (code, seconds < 5) == (0, True)
    lost, doubled = lost_and_doubled(service, officials)
    control = await asyncio.to_thread(reminded_without_kills, tmp_path / "control", mornings.days)
    found = reminded(service.database)
    twice = said_twice(service)
    with capsys.disabled():
        where = ", ".join(f"{place} {times}" for place, times in sorted(died.items()))
        days = f"{len(mornings.days)} days, {found.total()} reminders: {(control - found).total()} lost, {(found - control).total()} doubled"
        print(
            f"\n{KILLS} kills, {len(api.world.updates)} updates: {lost} lost, {doubled} doubled; {days}; {twice} answers said twice ({where})"
        )
    assert (lost, doubled) == (0, 0)
    assert found == control
    assert set(died) == set(places)
    service.verify()


def lost_and_doubled(service: Service, officials: list[Official]) -> tuple[int, int]:
    """Counts, over everything that updates lead to, what is missing and what is there too often."""
    api, rows = service.api, service.rows
    account = api.token.partition(":")[0]
    updates = [one.dedup for update in api.world.updates for one in incoming(update, account, api.username)]
    kinds = {"chat": "confirmed", "on_plan": "on_plan"}
    taken = "SELECT dedup FROM incoming WHERE channel = 'telegram' AND account <> 'errands' AND state = 'done'"
    answers = "SELECT id, chat, body, created_at, edits FROM outbox WHERE klass = 'answer' AND render = '' AND state = 'sent' ORDER BY id"
    checks: list[tuple[Counter[Any], Counter[Any]]] = [
        (Counter(updates), Counter(row["dedup"] for row in rows(taken))),
        (
            Counter({(one.project, source): one.done[kind] for one in officials for source, kind in kinds.items()}),
            Counter((row["project"], row["source"]) for row in rows("SELECT project, source FROM report")),
        ),
        (
            Counter((one.project, round(float(percent[:-1]) * 100)) for one in officials for percent in one.percents),
            Counter(
                (row["project"], row["progress"])
                for row in rows("SELECT project, progress FROM report WHERE progress > 0")
            ),
        ),
        (
            Counter({one.project: one.done.total() for one in officials}),
            Counter(row["project"] for row in rows("SELECT project FROM dispatch_log WHERE kind = 'report.received'")),
        ),
        (Counter({str(one.phone.id): one.answers for one in officials}), Counter(once(rows(answers)))),
        (
            Counter(photo for one in officials for photo in one.photos),
            Counter(path.read_bytes() for path in (service.home / "data" / "files").glob("*/*")),
        ),
    ]
    for expected, found in checks:
        if expected != found:
            print("lost:", list(expected - found)[:5], "doubled:", list(found - expected)[:5])
    return sum((one - two).total() for one, two in checks), sum((two - one).total() for one, two in checks)


def once(answers: list[Any]) -> Iterator[str]:
    """The chat of each answer: without the second copies of cards whose first answer was lost, and what stands in their place once pressed."""
    seen: set[tuple[Any, ...]] = set()
    copies: set[int] = set()
    for row in answers:
        same = (row["chat"], row["body"], row["created_at"])
        if (same in seen and row["edits"] is None) or row["edits"] in copies:
            copies.add(row["id"])
        else:
            yield row["chat"]
        seen.add(same)


def said_twice(service: Service) -> int:
    """Nothing is left unsaid or in doubt, but a nudge; nothing is said more than once, but what was being said in a kill."""
    said = Counter(
        button["callback_data"].partition(":")[0]
        for call in service.api.calls("sendMessage")
        if call.status == 200 and "reply_markup" in call.params
        for button in json.loads(call.params["reply_markup"])["inline_keyboard"][0][:1]
    )
    twice = 0
    for row in service.rows("SELECT * FROM outbox"):
        assert row["state"] in ("sent", "cancelled") or (row["klass"], row["state"]) == ("nudge", "uncertain"), row
        keys = [button for line in json.loads(row["body"])["rows"] for button in line] if row["body"] else []
        if not keys or row["edits"]:
            continue
        times = said[keys[0]["token"].partition(":")[0]]
        assert times <= row["attempts"] <= (1 if row["klass"] == "nudge" else 2), row
        assert times >= 1 or row["state"] != "sent", row
        twice += times > 1
    return twice
