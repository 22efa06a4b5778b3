"""The chat behind the page: what was said, what is new, and what a person says, presses and sends."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.messages import Attachment, Incoming
from bot.rules.entitlement import Action, Standing, may
from bot.web import files, lines
from bot.web.guards import from_our_page
from bot.web.live import Live
from bot.web.service import Service, Viewer, Who
from bot.web.words import words
from storage import entitlement, webchat
from storage.tables import ChatGroup
from storage.webchat import Line, Mark

PAGE = 40
LONGEST = 4000
MOST_FILES = 9
ACCOUNT = "page"
SHORTCUTS: tuple[tuple[str, Action | None], ...] = (
    ("report", Action.REPORT), ("todo", None), ("blocker", Action.RAISE), ("desk", Action.DISPATCH), ("board", Action.BOARD), ("help", None),
)  # fmt: skip
LINE = re.compile(r"[io]\d{1,18}")
CLIENT = re.compile(r"[0-9A-Za-z-]{8,64}")
COMMAND = re.compile(r"/([a-z]{1,32})(?:\s+(.*))?", re.DOTALL)
Endpoint = Callable[[Request, Viewer], Awaitable[Response]]


def refusal(status: int, reason: str) -> JSONResponse:
    """An answer the page can show: `reason` names the words."""
    return JSONResponse({"wrong": reason}, status)


class Chat:
    """The endpoints below one base address; `who` tells who asks."""

    def __init__(self, service: Service, who: Who) -> None:
        self.service = service
        self.who = who

    def routes(self) -> list[Route]:
        return [
            Route("/api/chats", self._seen_by(self.chats)),
            Route("/api/lines", self._seen_by(self.lines)),
            Route("/api/live", self._seen_by(self.live)),
            Route("/api/say", self._posted_by(self.say), methods=["POST"]),
            Route("/api/press", self._posted_by(self.press), methods=["POST"]),
            Route("/api/seen", self._posted_by(self.seen), methods=["POST"]),
            Route("/api/upload", self._posted_by(self.upload), methods=["POST"]),
            Route("/api/{kind:str}/{key:str}/{at:int}", self._seen_by(self.file)),
        ]

    # --- who may ask ------------------------------------------------------------------------------------------------

    def _seen_by(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def asked(request: Request) -> Response:
            viewer = await self.who(request)
            return await endpoint(request, viewer) if viewer else refusal(401, "logged_out")

        return asked

    def _posted_by(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def posted(request: Request) -> Response:
            if not from_our_page(request):
                return refusal(403, "not_from_here")
            viewer = await self.who(request)
            if viewer is None:
                return refusal(401, "logged_out")
            if not self.service.posts.take(str(viewer.known.account), asyncio.get_running_loop().time()):
                return refusal(429, "too_fast")
            return await endpoint(request, viewer)

        return posted

    def _groups(self, session: Session, viewer: Viewer) -> list[ChatGroup]:
        return webchat.groups_of(session, viewer.known.person, self._day())

    def _chats(self, session: Session, viewer: Viewer) -> list[str]:
        return [viewer.chat, *(group.chat for group in self._groups(session, viewer))]

    # --- seeing -----------------------------------------------------------------------------------------------------

    def _drawn(self, viewer: Viewer, found: list[Line]) -> list[dict[str, Any]]:
        def link(kind: str, key: str, at: int) -> str:
            return f"{viewer.base}/api/{kind}/{key}/{at}"

        service, told = self.service, words(viewer.known.locale or self.service.house.texts.default)
        return [lines.line(one, viewer.known.identity, service.zone, service.channel, link, told) for one in found]

    async def chats(self, request: Request, viewer: Viewer) -> Response:
        """The chats of a person with what is unread, and the mark from which on the live stream tells what is new.

        `recent`: what the stream may tell again though it was there before.
        """
        known, locale = viewer.known, viewer.known.locale or self.service.house.texts.default

        def read(session: Session) -> dict[str, Any]:
            groups = self._groups(session, viewer)
            chats = [viewer.chat, *(group.chat for group in groups)]
            unread = webchat.unread(session, known.account, known.person, known.identity, chats)
            titles = {viewer.chat: words(locale)["name"], **{group.chat: group.title for group in groups}}
            found = [
                {"chat": chat, "title": titles[chat], "group": chat != viewer.chat, "unread": unread[chat]}
                for chat in chats
            ]
            recent, mark = webchat.news(session, chats, known.person, webchat.newest(session, chats, known.person))
            standing = entitlement.standing(session, known.person, self._day())
            return {
                "chats": found, "mark": str(mark), "recent": [one.key for one in recent], "today": self._today(),
                "shortcuts": _shortcuts(standing, locale), "reports": may(standing, Action.REPORT),
            }  # fmt: skip

        return JSONResponse(await self.service.read(read))

    def _day(self) -> date:
        return self.service.house.calendar.day(self.service.clock())

    def _today(self) -> str:
        return self._day().isoformat()

    async def lines(self, request: Request, viewer: Viewer) -> Response:
        """A page of one chat: the newest, or those before a moment."""
        chat, before = request.query_params.get("chat", viewer.chat), _moment(request.query_params.get("before", ""))

        def read(session: Session) -> dict[str, Any] | None:
            if chat not in self._chats(session, viewer):
                return None
            found, more = webchat.page(session, chat, viewer.known.person, before=before, limit=PAGE)
            return {"lines": self._drawn(viewer, found), "more": more, "today": self._today()}

        found = await self.service.read(read)
        return JSONResponse(found) if found else refusal(404, "no_such_chat")

    async def live(self, request: Request, viewer: Viewer) -> Response:
        """Server-sent events: what is said in any of the person's chats, from a mark on. It ends when the login ends."""
        service, person = self.service, viewer.known.person
        chats = await service.read(lambda session: self._chats(session, viewer))
        given = Mark.read(request.headers.get("last-event-id") or request.query_params.get("since", ""))
        mark: Mark = given if given else await service.read(lambda session: webchat.newest(session, chats, person))

        async def news(after: Mark) -> tuple[list[Line], Mark]:
            return await service.read(lambda session: webchat.news(session, chats, person, after))

        async def current() -> list[str]:
            still = await self.who(request)
            return await service.read(lambda session: self._chats(session, still)) if still else []

        live = Live(chats, mark, news, lambda found: self._drawn(viewer, found), self._today, current)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(live.events(service.channel), media_type="text/event-stream", headers=headers)

    async def file(self, request: Request, viewer: Viewer) -> Response:
        """A picture or file of a line the person can see."""
        kind, key, at = (request.path_params[name] for name in ("kind", "key", "at"))

        def read(session: Session) -> Line | None:
            return webchat.line(session, key, self._chats(session, viewer), viewer.known.person)

        found = await self.service.read(read)
        served = files.of_line(found, kind, at, self.service.channel) if found else None
        if served is None:
            return refusal(404, "no_such_file")
        path, name = served
        headers = await asyncio.to_thread(files.headers, path, name)
        copy = await asyncio.to_thread(files.copy_for_others, path) if kind != "picture" else None
        return FileResponse(path, headers=headers) if copy is None else Response(copy, headers=headers)

    # --- saying -----------------------------------------------------------------------------------------------------

    async def _body(self, request: Request, viewer: Viewer) -> tuple[dict[str, Any], Incoming] | None:
        """What was posted and the beginnings of an Incoming from it; None where it is not for a chat of theirs."""
        try:
            body = await request.json()
        except ValueError:
            return None
        if not isinstance(body, dict) or not CLIENT.fullmatch(str(body.get("client", ""))):
            return None
        chat = str(body.get("chat", ""))
        if chat not in await self.service.read(lambda session: self._chats(session, viewer)):
            return None
        known = viewer.known
        return body, Incoming(
            webchat.CHANNEL, ACCOUNT, f"{known.account}:{body['client']}", known.identity, known.name, chat,
            chat == viewer.chat, "text",
        )  # fmt: skip

    async def say(self, request: Request, viewer: Viewer) -> Response:
        """Words, with uploads or without: {client, chat, text, files: [{ref, name}], reply}. Several photos are one album; reply: the key
        of the line that is answered."""
        posted = await self._body(request, viewer)
        if posted is None:
            return refusal(400, "not_sent")
        body, incoming = posted
        text, given = str(body.get("text", "")).strip(), body.get("files") or []
        if len(text) > LONGEST:
            return refusal(413, "too_long")
        attachments = await asyncio.to_thread(self._attachments, viewer, given)
        if attachments is None or not (text or attachments):
            return refusal(400, "not_sent")
        command = COMMAND.fullmatch(text) if not attachments else None
        if command:
            incoming = replace(incoming, kind="command", command=command[1], text=(command[2] or "").strip())
        else:
            incoming = replace(incoming, kind="files" if attachments else "text", text=text, attachments=attachments)
        await self.service.receive([await self._replying(incoming, str(body.get("reply", "")))])
        self.service.channel.wake(incoming.chat)
        return JSONResponse({})

    async def _replying(self, incoming: Incoming, key: str) -> Incoming:
        """What is said, in answer to a line of the same chat; as it is where that line is not there (any more)."""
        if not LINE.fullmatch(key):
            return incoming
        quote = await self.service.read(lambda session: webchat.message_of(session, key, incoming.chat))
        facts = {"reply": key, **({"addressed": True} if key.startswith("o") else {})}
        return replace(incoming, quote=quote, facts=facts) if quote else incoming

    def _attachments(self, viewer: Viewer, given: Any) -> tuple[Attachment, ...] | None:
        """The uploads named in a post; None where one of them is not theirs or not there."""
        if not isinstance(given, list) or len(given) > MOST_FILES:
            return None
        found = []
        for one in given:
            if not isinstance(one, dict):
                return None
            ref, name = str(one.get("ref", "")), files.tidy_name(str(one.get("name", "")))
            path = self.service.channel.upload(ref)
            if path is None or not ref.startswith(f"{viewer.known.account}-"):
                return None
            mime = files.picture_type(path)
            found.append(Attachment("photo" if mime else "file", ref, name, path.stat().st_size, mime or ""))
        return tuple(found)

    async def press(self, request: Request, viewer: Viewer) -> Response:
        """A button: {client, chat, key, token}. Answers with what is to be shown for a moment."""
        posted = await self._body(request, viewer)
        if posted is None:
            return refusal(400, "not_sent")
        body, incoming = posted
        pressed = replace(
            incoming, kind="press", press=str(body.get("token", ""))[:80], quote=str(body.get("key", ""))[:20],
            handle=incoming.dedup,
        )  # fmt: skip
        acks = await self.service.receive([pressed])
        self.service.channel.wake(incoming.chat)
        return JSONResponse({"toast": next((ack.toast for ack in acks), "")})

    async def seen(self, request: Request, viewer: Viewer) -> Response:
        """A chat was read up to now: {client, chat}."""
        posted = await self._body(request, viewer)
        if posted is None:
            return refusal(400, "not_sent")
        chat, account = posted[1].chat, viewer.known.account
        await self.service.store.run(lambda session: webchat.saw(session, account, chat, self.service.clock()))
        return JSONResponse({})

    async def upload(self, request: Request, viewer: Viewer) -> Response:
        """The bytes of one file as the body. Answers with its ref, to be named in the post that sends it."""
        ref = await files.take(
            request.stream(), self.service.channel, self.service.house.data_dir, viewer.known.account
        )
        return JSONResponse({"ref": ref}) if ref else refusal(400, "empty_file")


def _shortcuts(standing: Standing, locale: str) -> list[tuple[str, str]]:
    """(what is said, its label) for the words this person needs most."""
    said = words(locale)
    wanted = [word for word, right in SHORTCUTS if right is None or may(standing, right)]
    return [(said[f"say_{word}"] if locale == "zh_CN" else f"/{word}", said[f"say_{word}"]) for word in wanted]


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
