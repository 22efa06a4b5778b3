"""A fortnight of officials reporting by telephone while the service is killed again and again: nothing is lost, nothing done twice."""

import asyncio
import itertools
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.telegram import incoming
from bot.rules.words import Role
from tests.bot_api import BotApi, Person
from tests.chaos.nursery import Nursery
from tests.town import Town

KILLS = int(os.environ.get("DIAODU_CHAOS_KILLS", "60"))
SEED = int(os.environ.get("DIAODU_CHAOS_SEED", "1"))
OFFICIALS = 10
PATIENCE = 120.0
PLACES = (
    "telegram.polled",  # getUpdates has answered, nothing is committed
    "store.inside",  # in a transaction
    "telegram.committed",  # the effects are on disk, Telegram does not know yet
    "sender.before",  # marked as being sent, no request yet
    "held",  # the request is at the service, no answer
    "sender.after",  # the service has answered, "sent" is not committed
    "errand.done",  # a file is kept, its errand still open
    "any",  # at any moment
)

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

    def _cards(self, label: str = "取消") -> list:
        return [shown for shown in self.phone.api.messages(self.phone) if label in shown.labels]

    def _thanks(self) -> int:
        return sum("已记下" in shown.text for shown in self.phone.api.messages(self.phone))

    async def _until(self, predicate):
        return await self.phone.api.until(predicate, PATIENCE, f"{self.phone.user['first_name']} goes on")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    with BotApi() as api:
        yield api


def settle(town: Town, service: Nursery, api: BotApi) -> list[Official]:
    officials = []
    for number in range(OFFICIALS):
        name, phone = f"科长{number + 1}", api.user(f"科长{number + 1}")
        town.person(name, bound=False)
        service.bind(town, name, phone)
        project = town.project(
            f"标准厂房{number + 1}期", {Role.REPORTER: name}, plan=dict.fromkeys(range(1, 13), 1000), invested_before=0,
            invested_year=110_000_000,
        )  # fmt: skip
        officials.append(Official(phone, project, random.Random(f"{SEED} {number}")))
    return officials


async def kill_once(service: Nursery, place: str, chance: random.Random) -> str:
    """One life and its end; the place where it was."""
    await service.start()
    await service.until("SELECT count(*) = 0 FROM outbox WHERE state IN ('pending', 'sending') AND attempts > 0", 30)
    if place == "held":
        with service.api.holding("sendMessage"):
            said = len(service.api.calls("sendMessage"))
            await service.api.until(lambda: len(service.api.calls("sendMessage")) > said, 30, "somebody to be answered")
            await service.kill()
        return place
    if place != "any":
        service.arm(place, chance.randint(1, 3))
        try:
            await service.dead(5)
        except TimeoutError:
            place = "any"
        service.disarm()
    else:
        await asyncio.sleep(chance.random() / 2)
    if not service.ending.done():
        await service.kill()
    return place


async def test_nothing_is_lost_and_nothing_done_twice(tmp_path: Path, api: BotApi, capsys: pytest.CaptureFixture[str]) -> None:
    service, chance = Nursery(tmp_path, api), random.Random(SEED)
    with service.settling() as town:
        officials = settle(town, service, api)
    places = list(itertools.islice(itertools.cycle(PLACES), KILLS))
    chance.shuffle(places)
    died: Counter[str] = Counter()
    async with asyncio.TaskGroup() as tasks:
        for official in officials:
            tasks.create_task(official.work())
        for place in places:
            died[await kill_once(service, place, chance)] += 1
        await service.start()
        for official in officials:
            official.resting = True
    await service.quiet()
    code, seconds = await service.stop()
    await service.close()
    assert code == 0 and seconds < 5
    lost, doubled = lost_and_doubled(service, officials)
    with capsys.disabled():
        places = ", ".join(f"{place} {times}" for place, times in sorted(died.items()))
        print(f"\n{KILLS} kills ({places}); {len(api.world.updates)} updates, {lost} lost, {doubled} doubled")
    assert (lost, doubled) == (0, 0)
    assert set(died) == set(PLACES)
    service.verify()


def lost_and_doubled(service: Nursery, officials: list[Official]) -> tuple[int, int]:
    """Counts, over everything an update leads to, what is missing and what is there too often."""
    api = service.api
    expected: dict[str, Counter] = {}
    found: dict[str, Counter] = {}
    expected["incoming"] = Counter(
        one.dedup for update in api.world.updates for one in incoming(update, api.token.partition(":")[0], api.username)
    )
    found["incoming"] = Counter(row["dedup"] for row in service.rows("SELECT dedup FROM incoming WHERE channel = 'telegram' AND account <> 'errands' AND state = 'done'"))
    expected["reports"] = Counter({(o.project, "chat"): o.done["confirmed"] for o in officials}) + Counter({(o.project, "on_plan"): o.done["on_plan"] for o in officials})
    found["reports"] = Counter((row["project"], row["source"]) for row in service.rows("SELECT project, source FROM report"))
    expected["percents"] = Counter((o.project, round(100 * float(percent[:-1]))) for o in officials for percent in o.percents)
    found["percents"] = Counter((row["project"], row["progress"] ) for row in service.rows("SELECT project, progress FROM report WHERE progress IS NOT NULL"))
    expected["log"] = Counter({o.project: o.done.total() for o in officials})
    found["log"] = Counter(row["project"] for row in service.rows("SELECT project FROM dispatch_log WHERE kind = 'report.received'"))
    expected["answers"] = Counter({str(o.phone.id): o.answers for o in officials})
    found["answers"] = Counter(row["chat"] for row in service.rows("SELECT chat FROM outbox WHERE klass = 'answer' AND state = 'sent'"))
    expected["files"] = Counter(photo for o in officials for photo in o.photos)
    found["files"] = Counter(path.read_bytes() for path in (service.home / "data" / "files").glob("*/*"))
    lost = {name: expected[name] - found[name] for name in expected}
    doubled = {name: found[name] - expected[name] for name in expected}
    for name in expected:
        if lost[name] or doubled[name]:
            print(name, "lost", lost[name].most_common(3), "doubled", doubled[name].most_common(3))
    return sum(map(Counter.total, lost.values())), sum(map(Counter.total, doubled.values()))
