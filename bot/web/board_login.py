"""The board's own door: a code from the chat opens the board in this browser, for some hours, and nothing else. Nobody is bound by it."""

import secrets

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.chat import refusal
from bot.web.doors import BOARD_ONLY, Door
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
        self.door = Door(service, COOKIE, PATH, board=True)

    def routes(self) -> list[Route]:
        return [
            Route(f"{PATH}/api/login", self.log_in, methods=["POST"]),
            Route(f"{PATH}/api/logout", self.door.log_out, methods=["POST"]),
        ]

    async def who(self, request: Request) -> Viewer | None:
        """Whose cookie this is; None: nobody's."""
        return await self.door.who(request)

    async def log_in(self, request: Request) -> Response:
        """{code}: one that was made in the chat for the board."""
        code = await self.door.code(request)
        if isinstance(code, Response):
            return code
        token, hours = BOARD_ONLY + secrets.token_urlsafe(32), self.service.house.policy.file.board.login_hours

        def enter(session: Session) -> bool:
            desk = Desk(session, self.service.clock(), self.service.house, channel=webchat.CHANNEL)
            account = board_code.admit(desk, code)
            if account is not None:
                webchat.log_in(session, token, account, desk.now, hours)
            return account is not None

        if not await self.service.store.run(enter):
            return refusal(403, "board_code_wrong")
        return self.door.opened(request, token, hours)
