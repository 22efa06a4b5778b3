"""Logging in with the invite code: the front door binds, as it does for every channel; the page only keeps the login."""

import asyncio
import secrets
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.messages import Incoming, spans
from bot.web.chat import refusal
from bot.web.guards import from_our_page
from bot.web.service import Service, Viewer
from handlers.start import code_hash
from storage import people, webchat
from storage.people import Known

COOKIE = "diaodu"
STRANGER = "diaodu_stranger"
DAYS = 90
BOARD_ONLY = "board."
"""What the tokens of the board's own door begin with (`bot.web.board_login`): they open nothing else, whichever cookie brings them."""


class Login:
    """Who has a login, and how to get one."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def routes(self) -> list[Route]:
        return [
            Route("/api/login", self.log_in, methods=["POST"]),
            Route("/api/logout", self.log_out, methods=["POST"]),
        ]

    async def who(self, request: Request) -> Viewer | None:
        """Whose cookie this is; None: nobody's."""
        token = request.cookies.get(COOKIE, "")
        if not token or token.startswith(BOARD_ONLY):
            return None

        now = self.service.clock()
        account = await self.service.read(lambda session: webchat.account_logged_in(session, token, now))
        return await self.service.viewer(account) if account is not None else None

    async def log_in(self, request: Request) -> Response:
        """{code}: binds it as a message of a stranger would, then starts a login. What a wrong code is told, it is told by the bot."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        address = request.client.host if request.client else ""
        if not self.service.logins.take(address, asyncio.get_running_loop().time()):
            return refusal(429, "too_fast")
        try:
            code = str((await request.json()).get("code", "")).strip()[:40]
        except (ValueError, AttributeError):
            return refusal(400, "not_sent")
        identity, stranger = await self._identity(request, code)
        incoming = Incoming(
            webchat.CHANNEL, "page", f"login:{secrets.token_hex(8)}", identity, address, identity, True, "command",
            text=code, command="start", facts={"login": True},
        )  # fmt: skip
        await self.service.receive([incoming])
        account, said = await self.service.read(lambda session: self._outcome(session, code, identity))
        if account is None:
            answer = JSONResponse({"said": said}, 403)
            set_cookie(request, answer, STRANGER, stranger, hours=24)
            return answer
        token, now = secrets.token_urlsafe(32), self.service.clock()
        chosen: int = account
        await self.service.store.run(lambda session: webchat.log_in(session, token, chosen, now, DAYS * 24))
        answer = JSONResponse({})
        set_cookie(request, answer, COOKIE, token, hours=DAYS * 24)
        answer.delete_cookie(STRANGER, path="/")
        return answer

    async def _identity(self, request: Request, code: str) -> tuple[str, str]:
        """As whom the code is tried: a person with an account here keeps it (one transcript on every device); anybody else is the same
        stranger at each try, so that wrong tries are counted. Returns that and the stranger's cookie."""
        stranger = request.cookies.get(STRANGER) or secrets.token_urlsafe(24)
        now = self.service.clock()

        def read(session: Session) -> str:
            known = self._account_of_code(session, code, now)
            mine = f"web-{webchat.token_hash(stranger)[:24]}"
            taken = people.known_at(session, webchat.CHANNEL, mine) is not None
            return known.identity if known else f"web-{secrets.token_hex(12)}" if taken else mine

        return await self.service.read(read), stranger

    def _account_of_code(self, session: Session, code: str, now: datetime) -> Known | None:
        invite = people.invite_by_hash(session, code_hash(code))
        if invite is None or invite.used_at or invite.withdrawn or invite.expires_at <= now:
            return None
        return webchat.account_of(session, invite.person)

    def _outcome(self, session: Session, code: str, identity: str) -> tuple[int | None, list[tuple[str, bool]]]:
        """The account that this code has bound just now, or what the bot said instead."""
        invite, known = (
            people.invite_by_hash(session, code_hash(code)),
            people.known_at(session, webchat.CHANNEL, identity),
        )
        if invite and known and invite.used_by == known.account:
            return known.account, []
        card = webchat.last_said(session, identity)
        return None, spans(card.text) if card else []

    async def log_out(self, request: Request) -> Response:
        """Ends this login; the account stays bound."""
        if not from_our_page(request):
            return refusal(403, "not_from_here")
        token = request.cookies.get(COOKIE, "")
        if token:
            await self.service.store.run(lambda session: webchat.log_out(session, token))
        answer = JSONResponse({})
        answer.delete_cookie(COOKIE, path="/")
        return answer


def set_cookie(request: Request, answer: Response, name: str, value: str, *, hours: int, path: str = "/") -> None:
    """A cookie that no script reads and no other site sends."""
    answer.set_cookie(
        name, value, max_age=hours * 3600, path=path, httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
