"""Logging in with the invite code: the front door binds, as it does for every channel; the page only keeps the login."""

import secrets
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.messages import Incoming, spans
from bot.web.doors import Door, address_of, set_cookie
from bot.web.service import Service, Viewer
from handlers.start import code_hash
from storage import people, webchat
from storage.people import Known

COOKIE = "diaodu"
STRANGER = "diaodu_stranger"
DAYS = 90


class Login:
    """Who has a login, and how to get one."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.door = Door(service, COOKIE)

    def routes(self) -> list[Route]:
        return [
            Route("/api/login", self.log_in, methods=["POST"]),
            Route("/api/logout", self.door.log_out, methods=["POST"]),
        ]

    async def who(self, request: Request) -> Viewer | None:
        """Whose cookie this is; None: nobody's."""
        return await self.door.who(request)

    async def log_in(self, request: Request) -> Response:
        """{code}: binds it as a message of a stranger would, then starts a login. What a wrong code is told, it is told by the bot."""
        code = await self.door.code(request)
        if isinstance(code, Response):
            return code
        identity, stranger = await self._identity(request, code)
        incoming = Incoming(
            webchat.CHANNEL, "page", f"login:{secrets.token_hex(8)}", identity, address_of(request), identity, True, "command",
            text=code, command="start", facts={"login": True},
        )  # fmt: skip
        await self.service.receive([incoming])
        account, said = await self.service.read(lambda session: self._outcome(session, code, identity))
        if account is None:
            refused = JSONResponse({"said": said}, 403)
            set_cookie(request, refused, STRANGER, stranger, hours=24)
            return refused
        token, now = secrets.token_urlsafe(32), self.service.clock()
        chosen: int = account
        await self.service.store.run(lambda session: webchat.log_in(session, token, chosen, now, DAYS * 24))
        answer = self.door.opened(request, token, DAYS * 24)
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
