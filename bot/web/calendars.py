"""Dates by a link (日历): the token in the address is all that a calendar program brings along."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.rules import icalendar
from bot.web.chat import refusal
from bot.web.guards import Bucket
from bot.web.service import Service
from handlers import calendars
from handlers.desk import Desk
from storage import calendar_links

TYPE = "text/calendar; charset=utf-8"


class Calendars:
    """Answers a token that works with its person's dates of this moment; every other one as if there were no such page."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.asked = Bucket(60, 1.0)

    def routes(self) -> list[Route]:
        return [Route("/calendar/{token}.ics", self.answer)]

    async def answer(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not self.asked.take(address, asyncio.get_running_loop().time()):
            return refusal(429, "too_fast")
        token = request.path_params["token"]
        now = self.service.clock()

        def made() -> str | None:
            with self.service.store.read() as session:
                link = calendar_links.by_token(session, token, now)
                desk = Desk(session, now, self.service.house, channel="calendar")
                return calendars.text(desk, link) if link is not None else None

        text = await asyncio.to_thread(made)
        if text is None:
            return refusal(404, "no_such_page")
        mark = f'"{icalendar.mark(text)}"'
        headers = {"Cache-Control": "private, no-cache", "ETag": mark}  # kept by its reader, and asked about each time
        if mark in map(str.strip, request.headers.get("if-none-match", "").replace("W/", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(
            text, media_type=TYPE, headers={**headers, "Content-Disposition": 'inline; filename="diaodu.ics"'}
        )
