"""The whole site: which address does what."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.web import vitals
from bot.web.board import Board
from bot.web.board_login import BoardLogin
from bot.web.calendars import Calendars
from bot.web.chat import Chat, refusal
from bot.web.guards import Guard, from_this_machine
from bot.web.login import Login
from bot.web.rendering import render
from bot.web.service import Service, Viewer
from bot.web.words import locale_of, told, words

STATIC = Path(__file__).parent.parent / "static"
SECRET = "x-telegram-bot-api-secret-token"


class Static(StaticFiles):
    """The page's own files: asked for anew each time, answered "not modified" as a rule."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def chat_page(service: Service, viewer: Viewer, *, demo: bool = False, board: bool = False) -> HTMLResponse:
    """The page with a person's chats. board: with the way to the board, for who may see it."""
    locale = viewer.known.locale or service.house.texts.default
    settings = {
        "base": viewer.base, "chat": viewer.chat, "name": viewer.known.name, "locale": locale.replace("_", "-"),
        "words": told(locale, demo), "demo": demo,
    }  # fmt: skip
    return render("chat.html", locale, settings, viewer=viewer, demo=demo, board=board)


def make_site(service: Service, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The site. `routes` come first: the demonstration's, which puts its own page in the place of the login."""
    own = [] if service.house.demo else login_routes(service)
    return Starlette(
        routes=[
            *routes,
            *own,
            Mount("/static", Static(directory=STATIC)),
            Route("/manifest.webmanifest", partial(manifest, service)),
            *Calendars(service).routes(),
            Route("/health", partial(health, service)),
            Route("/metrics", Metrics(service).answer),
            Route("/telegram", partial(telegram, service), methods=["POST"]),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={404: not_found},
    )


def login_routes(service: Service) -> list[BaseRoute]:
    """The page in `serve`: whoever has no login is asked for the code."""
    login = Login(service)
    at_board = BoardLogin(service)

    async def seer(request: Request) -> Viewer | None:
        """Who may have the board here: whoever has the chat, or came in by the board's own door."""
        return await login.who(request) or await at_board.who(request)

    board = Board(service, seer)

    async def page(request: Request) -> Response:
        viewer = await login.who(request)
        if viewer:
            return chat_page(service, viewer, board=await board.allowed(viewer))
        return door(request, "/", "")

    async def board_page(request: Request) -> Response:
        viewer = await seer(request)
        if viewer:
            return await board.page(request, viewer, leave=await login.who(request) is None)
        return door(request, "/board", "board_")

    def door(request: Request, path: str, words_of: str) -> Response:
        locale = locale_of(request.headers.get("accept-language", ""), service.house.texts.default)
        settings = {"words": told(locale), "base": path.rstrip("/"), "next": path}
        return render("login.html", locale, settings, of=words_of)

    return [
        Route("/", page),
        Route("/board", board_page),
        *login.routes(),
        *at_board.routes(),
        *board.routes(),
        *Chat(service, login.who).routes(),
    ]


async def not_found(request: Request, error: Exception) -> Response:
    return refusal(404, "no_such_page")


async def manifest(service: Service, request: Request) -> Response:
    """What a phone needs to keep the page on its home screen."""
    said = words(locale_of(request.headers.get("accept-language", ""), service.house.texts.default))
    icons = [
        {"src": f"/static/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JSONResponse(
        {
            "name": said["name"], "short_name": said["name"], "start_url": "/", "scope": "/", "display": "standalone",
            "background_color": "#f2f4f7", "theme_color": "#f2f4f7", "icons": icons,
        },
        media_type="application/manifest+json",
    )  # fmt: skip


async def health(service: Service, request: Request) -> Response:
    """200 when everything is alive, else 503, with what is wrong; the particulars are for this machine only."""
    channels = {name: channel.health() for name, channel in service.channels.items()}
    found = await service.read(
        lambda session: vitals.health(session, service.clock(), service.started, service.ticks(), channels)
    )
    shown = found if from_this_machine(request) else {name: found[name] for name in ("ok", "wrong")}
    return JSONResponse(shown, 200 if found["ok"] else 503, headers={"Cache-Control": "no-store"})


class Metrics:
    """Numbers for Prometheus, for this machine only."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def answer(self, request: Request) -> Response:
        if not from_this_machine(request):
            return refusal(404, "no_such_page")
        service = self.service

        def made() -> bytes:
            with service.store.read() as session:
                return vitals.exposition(vitals.Numbers(lambda job: job(session), service.clock, service.ticks))

        text = await asyncio.to_thread(made)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def telegram(service: Service, request: Request) -> Response:
    """Telegram's delivery: answered only when its effects are on disk."""
    if service.telegram is None:
        return refusal(404, "no_such_page")
    return Response(status_code=await service.telegram(await request.body(), request.headers.get(SECRET, "")))
