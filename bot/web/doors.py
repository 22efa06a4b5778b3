"""What both doors of the page share: the chat's login and the board's. Who may knock, how often; whose cookie it is; how it ends."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.chat import refusal
from bot.web.guards import from_our_page
from bot.web.service import Service, Viewer
from storage import webchat

BOARD_ONLY = "board."
"""What the tokens of the board's own door begin with (`bot.web.board_login`): they open nothing else, whichever cookie brings them."""
LONGEST = 40
"""Characters of a code that are looked at."""


class Door:
    """One way into the page: a cookie, and the path it is for. board: it opens the board alone."""

    def __init__(self, service: Service, cookie: str, path: str = "/", *, board: bool = False) -> None:
        self.service = service
        self.cookie = cookie
        self.path = path
        self.board = board

    async def code(self, request: Request) -> str | Response:
        """The code that was posted as {code}, or why it is not looked at: not from our page, too often, no code in it."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        if not self.service.logins.take(address_of(request), asyncio.get_running_loop().time()):
            return refusal(429, "too_fast")
        try:
            return str((await request.json()).get("code", "")).strip()[:LONGEST]
        except (ValueError, AttributeError):
            return refusal(400, "not_sent")

    def token(self, request: Request) -> str:
        """The token of this door that the request brings; "": none, or one of the other door."""
        token = request.cookies.get(self.cookie, "")
        return token if token.startswith(BOARD_ONLY) == self.board else ""

    async def who(self, request: Request) -> Viewer | None:
        """Whose cookie this is; None: nobody's."""
        token = self.token(request)
        if not token:
            return None
        now = self.service.clock()
        account = await self.service.read(lambda session: webchat.account_logged_in(session, token, now))
        return await self.service.viewer(account) if account is not None else None

    async def log_out(self, request: Request) -> Response:
        """Ends this login; the account stays bound."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        token = self.token(request)
        if token:
            await self.service.store.run(lambda session: webchat.log_out(session, token))
        answer = JSONResponse({})
        answer.delete_cookie(self.cookie, path=self.path)
        return answer

    def opened(self, request: Request, token: str, hours: int) -> Response:
        """The answer to whoever is let in, with the cookie."""
        answer = JSONResponse({})
        set_cookie(request, answer, self.cookie, token, hours=hours, path=self.path)
        return answer


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def set_cookie(request: Request, answer: Response, name: str, value: str, *, hours: int, path: str = "/") -> None:
    """A cookie that no script reads and no other site sends."""
    answer.set_cookie(
        name, value, max_age=hours * 3600, path=path, httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
