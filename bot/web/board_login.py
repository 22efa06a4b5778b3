"""The board's own door: a code from the chat opens the board in this browser, for some hours, and nothing else. Nobody is bound by it."""

import asyncio
import secrets

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web.chat import refusal
from bot.web.guards import from_our_page
from bot.web.login import BOARD_ONLY, set_cookie
from bot.web.service import Service, Viewer
from handlers import board_code
from handlers.desk import Desk
from storage import webchat

COOKIE = "diaodu_board"
PATH = "/board"


class BoardLogin:
    """Who came in by this door."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def routes(self) -> list[Route]:
        return [
            Route(f"{PATH}/api/login", self.log_in, methods=["POST"]),
            Route(f"{PATH}/api/logout", self.log_out, methods=["POST"]),
        ]

    async def who(self, request: Request) -> Viewer | None:
        """Whose cookie this is; None: nobody's."""
        token = request.cookies.get(COOKIE, "")
        if not token.startswith(BOARD_ONLY):
            return None
        now = self.service.clock()
        account = await self.service.read(lambda session: webchat.account_logged_in(session, token, now))
        return await self.service.viewer(account) if account is not None else None

    async def log_in(self, request: Request) -> Response:
        """{code}: one that was made in the chat for the board."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        address = request.client.host if request.client else ""
        if not self.service.logins.take(address, asyncio.get_running_loop().time()):
            return refusal(429, "too_fast")
        try:
            code = str((await request.json()).get("code", "")).strip()[:40]
        except (ValueError, AttributeError):
            return refusal(400, "not_sent")
        token, hours = BOARD_ONLY + secrets.token_urlsafe(32), self.service.house.policy.file.board.login_hours

        def enter(session: Session) -> bool:
            desk = Desk(session, self.service.clock(), self.service.house, channel=webchat.CHANNEL)
            account = board_code.admit(desk, code)
            if account is not None:
                webchat.log_in(session, token, account, desk.now, hours)
            return account is not None

        if not await self.service.store.run(enter):
            return refusal(403, "board_code_wrong")
        answer = JSONResponse({})
        set_cookie(request, answer, COOKIE, token, hours=hours, path=PATH)
        return answer

    async def log_out(self, request: Request) -> Response:
        """Ends this login."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        token = request.cookies.get(COOKIE, "")
        if token.startswith(BOARD_ONLY):
            await self.service.store.run(lambda session: webchat.log_out(session, token))
        answer = JSONResponse({})
        answer.delete_cookie(COOKIE, path=PATH)
        return answer
