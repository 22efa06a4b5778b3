"""The demonstration: pick a person and hold their phone, and move the clock. Only `diaodu demo` mounts these routes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.rules.words import Category, Post, Role
from bot.web.board import Board
from bot.web.chat import Chat, refusal
from bot.web.guards import from_our_page
from bot.web.rendering import render
from bot.web.service import Service, Viewer
from bot.web.site import chat_page
from bot.web.words import told
from handlers.desk import Desk, House
from storage import people, webchat
from storage.db import next_id
from storage.personas import Persona, personas, unbound, waiting
from storage.tables import ChatGroup

Walk = Callable[[datetime], Awaitable[None]]
"""Lets the demonstration's time pass up to a moment, through every tick on the way."""


# --- settling in ------------------------------------------------------------------------------------------------------


def seed(desk: Desk) -> None:
    """Gives every person of the imported ledger a phone at the page, and the district one group. Again: nothing more."""
    for person in unbound(desk.session, webchat.CHANNEL):
        identity = f"demo-{person}"
        name = people.name_of(desk.session, person)
        people.bind(desk.session, person, webchat.CHANNEL, identity, identity, name, desk.now)
    root = people.root_unit(desk.session)
    if root is None or desk.session.exec(select(ChatGroup).where(ChatGroup.channel == webchat.CHANNEL)).first():
        return
    group, title = next_id(desk.session, ChatGroup), desk.text("demo.group_title", unit=root.name)
    desk.session.add(
        ChatGroup(
            id=group, channel=webchat.CHANNEL, chat=f"group:{group}", title=title, unit=root.id, bound_at=desk.now
        )
    )
    desk.session.flush()


# --- who can be played ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One card of the picker: `part` names its words, `chat` the chat that opens first."""

    part: str
    persona: Persona
    chat: str = ""

    @property
    def address(self) -> str:
        return f"/demo/{self.persona.account}" + (f"#{self.chat}" if self.chat else "")


def choices(house: House, session: Session, on: date) -> tuple[list[Choice], list[Persona]]:
    """The parts worth playing, each with one person, and everybody else."""
    everybody = personas(session, webchat.CHANNEL, on)
    unit = _department(house, session)
    wanted: list[tuple[str, Iterable[Persona]]] = [
        ("reporter", _with(everybody, Role.REPORTER, 4)),
        ("owner_contact", _with(everybody, Role.OWNER_CONTACT, 1)),
        ("dispatcher", (one for one in everybody if one.holds(Post.DISPATCHER))),
        ("leader", (one for one in _with(everybody, Role.GENERAL_COORDINATOR, 20) if one.holds(Post.LEADER))),
        ("intake", (one for one in everybody if one.holds(Post.INTAKE, unit))),
        ("deputy_head", (one for one in everybody if one.holds(Post.DEPUTY_HEAD, unit))),
        ("administrator", (one for one in everybody if one.holds(Post.ADMINISTRATOR))),
    ]
    chosen = [Choice(part, found) for part, among in wanted if (found := next(iter(among), None))]
    dispatcher = next((one.persona for one in chosen if one.part == "dispatcher"), None)
    groups = webchat.groups_of(session, dispatcher.person, on) if dispatcher else []
    if dispatcher and groups:
        chosen.append(Choice("group", dispatcher, groups[0].chat))
    taken = {choice.persona.account for choice in chosen}
    return chosen, [one for one in everybody if one.account not in taken]


def _with(everybody: Iterable[Persona], role: Role, count: int) -> list[Persona]:
    """Those with this part, first whose number of projects is nearest to `count`: a picker of one page is soon understood."""
    found = [one for one in everybody if one.roles.get(role)]
    return sorted(found, key=lambda one: (abs(one.roles[role] - count), one.person))


def _department(house: House, session: Session) -> int | None:
    """The department that the policy sends land questions to; None, any department, where there is none."""
    for name in house.policy.file.route.get(Category.LAND, []):
        unit = people.unit_named(session, name)
        if unit:
            return unit.id
    return None


def _unread(service: Service, session: Session) -> dict[str, int]:
    """The address of a phone, or of its group -> how much waits there."""
    counts = {f"/demo/{account}": count for account, count in waiting(session, webchat.CHANNEL).items()}
    chosen, _ = choices(service.house, session, service.house.calendar.day(service.clock()))
    for one in chosen:
        if one.chat:
            found = webchat.unread(session, one.persona.account, one.persona.person, "", [one.chat])
            counts[one.address] = found[one.chat]
    return counts


# --- the clock --------------------------------------------------------------------------------------------------------


def target(house: House, now: datetime, to: str) -> datetime | None:
    """Where a move of the clock ends; None for a move there is not."""
    if to == "hour":
        return now + timedelta(hours=1)
    hours, summary = house.policy.file.hours, house.policy.file.summary
    if to == "morning":
        return _next_at(house, now, hours.bundle, hours.jitter_minutes + 2)
    return _next_at(house, now, summary.send_at, 1) if to == "evening" else None


def _next_at(house: House, now: datetime, clock: time, later: int) -> datetime:
    """The next working day's hour that is still to come, and some minutes more."""
    calendar = house.calendar
    day = calendar.workday_on_or_after(calendar.day(now))
    found = calendar.at(day, clock) + timedelta(minutes=later)
    return found if found > now else calendar.at(calendar.next_workday(day), clock) + timedelta(minutes=later)


class ClockBar:
    """What the bar shows, and moving the time: one walk at a time."""

    def __init__(self, service: Service, walk: Walk) -> None:
        self._service = service
        self._walk = walk
        self._walking = asyncio.Lock()
        self._way: tuple[datetime, datetime] | None = None

    async def show(self, request: Request) -> Response:
        return JSONResponse(self._state())

    def _state(self) -> dict[str, Any]:
        """`part`: how much of a walk is done, 0 to 1; None where the clock is not being moved."""
        now, calendar = self._service.clock(), self._service.house.calendar
        local = calendar.local(now)
        part = (now - self._way[0]) / (self._way[1] - self._way[0]) if self._way else None
        return {
            "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "working": calendar.is_workday(calendar.day(now)),
            "part": part if part is None else max(0.0, min(1.0, part)),
        }  # fmt: skip

    async def move(self, request: Request) -> Response:
        """{to}: hour, morning or evening. Answers when the time has come and everything on the way was said."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        try:
            to = str((await request.json()).get("to", ""))
        except (ValueError, AttributeError):
            return refusal(400, "not_sent")
        start = self._service.clock()
        until = target(self._service.house, start, to)
        if until is None:
            return refusal(400, "not_sent")
        if self._walking.locked():
            return refusal(409, "demo_walking")
        async with self._walking:
            self._way = (start, until)
            try:
                await self._walk(until)
            finally:
                self._way = None
        return JSONResponse(self._state())


# --- the pages --------------------------------------------------------------------------------------------------------


def demo_routes(service: Service, walk: Walk) -> list[BaseRoute]:
    """The picker at "/", a phone per account below /demo, the clock bar, and what waits on whose phone."""

    async def who(request: Request) -> Viewer | None:
        account = int(request.path_params["account"])
        viewer = await service.viewer(account, f"/demo/{account}")
        return viewer if viewer and viewer.known.channel == webchat.CHANNEL else None

    async def phone(request: Request) -> Response:
        viewer = await who(request)
        return chat_page(service, viewer, demo=True) if viewer else refusal(404, "no_such_page")

    async def wall(request: Request) -> Response:
        viewer = await who(request)
        return await board.page(request, viewer, leave=False) if viewer else refusal(404, "no_such_page")

    async def picker(request: Request) -> Response:
        on = service.house.calendar.day(service.clock())
        chosen, others = await service.read(lambda session: choices(service.house, session, on))
        locale = service.house.texts.default
        settings = {"words": told(locale, True), "locale": locale.replace("_", "-")}
        return render("personas.html", locale, settings, chosen=chosen, others=others)

    async def unread(request: Request) -> Response:
        return JSONResponse(await service.read(lambda session: _unread(service, session)))

    bar, board = ClockBar(service, walk), Board(service, who)
    return [
        Route("/", picker),
        Route("/demo/clock", bar.show),
        Route("/demo/clock", bar.move, methods=["POST"]),
        Route("/demo/unread", unread),
        Route("/demo/{account:int}", phone),
        Route("/demo/{account:int}/board", wall),
        Mount("/demo/{account:int}", routes=[*board.routes(), *Chat(service, who).routes()]),
    ]
