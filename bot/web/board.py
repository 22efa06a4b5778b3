"""The board page (网页看板): read-only, of what the viewer may see, live. It has a door of its own, which opens nothing else."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.web import live
from bot.web.chat import refusal
from bot.web.rendering import render, rendered
from bot.web.service import Service, Viewer, Who
from bot.web.words import told
from handlers import board_page
from handlers.desk import Desk

LOOK_SECONDS = 3.0
"""How often a stream asks whether anything has changed: one look at the newest entry of the log."""


@dataclass(frozen=True)
class Board:
    """The page below one base address; `who` tells who asks."""

    service: Service
    who: Who

    def routes(self) -> list[Route]:
        """The page itself is its caller's, who may show a door first."""
        return [Route("/board/sheet", self.sheet), Route("/board/live", self.live)]

    def _read(self, viewer: Viewer, view: board_page.View) -> Any:
        """A job for a session: the mark and the sheet."""

        def read(session: Session) -> tuple[str, dict[str, Any] | None]:
            desk = Desk(session, self.service.clock(), self.service.house)
            return board_page.mark(desk), board_page.values(desk, viewer.known.person, self._locale(viewer), view)

        return read

    def _locale(self, viewer: Viewer) -> str:
        return viewer.known.locale or self.service.house.texts.default

    async def page(self, request: Request, viewer: Viewer, *, leave: bool) -> HTMLResponse:
        """The whole page. leave: with a button that ends the login here."""
        locale = self._locale(viewer)
        mark, sheet = await self.service.read(self._read(viewer, _view(request)))
        settings = {"base": viewer.base, "mark": mark, "locale": locale.replace("_", "-"), "words": told(locale)}
        return render("board.html", locale, settings, sheet=sheet, leave=leave, status=200 if sheet else 403)

    async def sheet(self, request: Request) -> Response:
        """What is on it now: its HTML, and the mark to listen from."""
        viewer = await self.who(request)
        if viewer is None:
            return refusal(401, "logged_out")
        mark, sheet = await self.service.read(self._read(viewer, _view(request)))
        if sheet is None:
            return refusal(403, "board_not_yours")
        html = rendered("sheet.html", self._locale(viewer), {}, sheet=sheet)
        return JSONResponse({"html": html, "mark": mark}, headers={"Cache-Control": "no-store"})

    async def live(self, request: Request) -> Response:
        """Server-sent events: that something has changed since a mark. It ends with the login, or with the right to see."""
        viewer = await self.who(request)
        if viewer is None:
            return refusal(401, "logged_out")
        since = request.headers.get("last-event-id") or request.query_params.get("since", "")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(request, viewer, since), media_type="text/event-stream", headers=headers)

    async def _events(self, request: Request, viewer: Viewer, told_last: str) -> AsyncIterator[str]:
        with self.service.channel.listening([f"board:{viewer.known.account}"]) as listener:
            yield _event("here", told_last)
            silent = 0.0
            while listener.open:
                mark, allowed = await self.service.read(lambda session: self._look(session, viewer))
                due = silent >= live.HEARTBEAT_SECONDS
                if not allowed or (due and await self.who(request) is None):
                    yield _event("bye", told_last)
                    return
                if mark != told_last or due:
                    yield _event("beat" if mark == told_last else "changed", mark)
                    told_last, silent = mark, 0.0
                if not await live.woken(listener, LOOK_SECONDS):
                    silent += LOOK_SECONDS

    async def allowed(self, viewer: Viewer) -> bool:
        return (await self.service.read(lambda session: self._look(session, viewer)))[1]

    def _look(self, session: Session, viewer: Viewer) -> tuple[str, bool]:
        desk = Desk(session, self.service.clock(), self.service.house)
        return board_page.mark(desk), board_page.allowed(desk, viewer.known.person)


def _view(request: Request) -> board_page.View:
    """What was picked, as the address says it; what makes no sense there picks nothing."""
    asked = request.query_params

    def number(name: str) -> int:
        told = asked.get(name, "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0

    return board_page.View(number("unit"), asked.get("light", ""), number("sheet") or 1)


def _event(name: str, mark: str) -> str:
    return f"id: {mark}\nevent: {name}\ndata: {json.dumps({'mark': mark})}\n\n"
