"""The project office on Telegram: people with telephones, three projects, and the real service, whose lives are forked from one
process so that a kill costs no time. For stories of what goes in and out: tables, papers, charts, lists."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from openpyxl import Workbook, load_workbook

from bot.rules.words import Kind, Level, Post, Role
from tests.bot_api import BotApi, Group, Person
from tests.chaos.nursery import Nursery
from tests.service import Service

LI, WANG, CHEN, ZHAO, REN = "调度小李", "填报小王", "陈区长", "管理员老赵", "任调度"
NAME, OTHER, THIRD = "智诚慧家标准车间", "北辰机电二期", "黄河大桥连接线"
WAN = 10_000
GAP = 0.15
"""Seconds between two messages to one chat, so that a story does not spend its time waiting for Telegram's limits."""


@dataclass
class Office:
    """The service, its Telegram, and who has a telephone."""

    service: Service
    api: BotApi
    phones: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        return self.phones[name]

    def documents(self, where: Person | Group, part: str = "") -> list[tuple[str, bytes]]:
        """(name, content) of the files the bot sent there whose name holds `part`, oldest first."""
        shown = [one.raw["document"] for one in self.api.messages(where) if one.from_bot and one.document]
        files = self.api.world.files
        return [(one["file_name"], files[one["file_id"]].content) for one in shown if part in one["file_name"]]

    def photos(self, where: Person | Group) -> list[bytes]:
        """The pictures the bot sent there, oldest first."""
        shown = [one.raw["photo"][-1] for one in self.api.messages(where) if one.from_bot and one.photo]
        return [self.api.world.files[one["file_id"]].content for one in shown]

    async def gets(self, where: Person | Group, part: str, count: int = 1) -> bytes:
        """Waits for the file number `count` whose name holds `part`; its content."""
        await self.api.until(lambda: len(self.documents(where, part)) >= count, 20, f"a file {part!r}")
        return self.documents(where, part)[count - 1][1]

    async def taps(self, who: str, *labels: str) -> None:
        """Presses one button after the other, each as soon as it is in sight."""
        for label in labels:
            await self.api.until(lambda label=label: self._in_sight(who, label), 20, f"a button {label!r}")  # type: ignore[misc]
            self[who].presses(label)

    def _in_sight(self, who: str, label: str) -> bool:
        return any(label in shown.labels for shown in self.api.messages(self[who]))

    async def reports(self, words: str, by: str = WANG) -> None:
        """One report, confirmed."""
        before = self.service.value("SELECT count(*) FROM report")
        self[by].says(words)
        await self[by].hears("请确认")
        self[by].presses("确认")
        await self.service.until(f"SELECT count(*) > {before} FROM report")
        await self.service.quiet()


@asynccontextmanager
async def office(home: Path, now: str, **settings: str) -> AsyncIterator[Office]:
    """Settled at a moment (Shanghai), not yet started."""
    with BotApi() as api:
        async with Nursery() as nursery:
            service = Service(home, api, now, nursery, GAP, **settings)
            yield Office(service, api, _settled(service, api))


def _settled(service: Service, api: BotApi) -> dict[str, Person]:
    """A reporter of two projects, the dispatcher, a leader, an administrator; the third project is reported by nobody with a telephone."""
    phones: dict[str, Person] = {}
    with service.settling() as town:
        posts = {LI: [Post.DISPATCHER], CHEN: [Post.LEADER], ZHAO: [Post.ADMINISTRATOR], WANG: []}
        for name, held in posts.items():
            phones[name] = api.user(name)
            town.person(name, bound=False, posts=held)
            service.bind(town, name, phones[name])
        town.person(REN, bound=False, title="科长")
        roles: dict[Role, list[str] | str] = {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: REN}
        values: dict[str, Any] = {
            "plan": dict.fromkeys(range(1, 13), 1000),
            "invested_before": 0,
            "total": 400_000_000,
            "kind": Kind.NEW,
        }
        last = [("主体封顶", "2026-12-20")]
        town.project(NAME, roles, number=17, level=Level.CITY, milestones=last, **values)
        town.project(OTHER, roles, number=18, milestones=last, **values)
        town.project(THIRD, {Role.DISPATCH_OFFICIAL: REN}, number=19, milestones=[("通车", "2026-11-30")], **values)
    return phones


def book(raw: bytes) -> Workbook:
    """A workbook as it is read by whoever gets it."""
    return load_workbook(io.BytesIO(raw))


def texts(raw: bytes) -> str:
    """All cells of a workbook, a row a line."""
    lines = [row for sheet in book(raw) for row in sheet.iter_rows(values_only=True)]
    return "\n".join(" | ".join(str(cell) for cell in row if cell is not None) for row in lines)


def words(raw: bytes) -> str:
    """The text of a Word document with that of its tables."""
    paper = docx.Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])
