"""The Bot API over HTTP on loopback, in a thread of its own: long polls, webhooks, downloads, a log of calls, scripted faults."""

import asyncio
import contextlib
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import httpx
import uvicorn
from starlette.datastructures import UploadFile
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tests.bot_api.methods import METHODS, Refused, Request, Upload
from tests.bot_api.world import ALL_KINDS, Json, World

WEBHOOK_RETRY = 0.02


@dataclass(frozen=True)
class Fault:
    """What happens instead of the proper answer. deliver: the method takes effect all the same."""

    status: int = 200
    body: Json | str = ""
    deliver: bool = False
    how: Literal["answer", "drop", "hang"] = "answer"


def refusal(code: int, words: str, **parameters: Any) -> Fault:
    """The service says no: {"ok": false, …}."""
    body: Json = {"ok": False, "error_code": code, "description": words}
    return Fault(code, body | ({"parameters": parameters} if parameters else {}))


def too_many(seconds: int) -> Fault:
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> Fault:
    return refusal(403, "Forbidden: bot was blocked by the user")


def migrated(chat: int) -> Fault:
    return refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat)


def bad_gateway(deliver: bool = False) -> Fault:
    return Fault(502, "<html><head><title>502 Bad Gateway</title></head></html>", deliver)


def foreign_page() -> Fault:
    """A page of some proxy in place of the answer, with status 200."""
    return Fault(200, "<html>Please log in</html>")


def dropped(deliver: bool = True) -> Fault:
    """The connection is cut without an answer."""
    return Fault(deliver=deliver, how="drop")


def hung(deliver: bool = True) -> Fault:
    """No answer, until the caller gives up."""
    return Fault(deliver=deliver, how="hang")


@dataclass
class Call:
    """One call of a method. number: counted from 1 for each method. at: monotonic seconds. answer: what was answered, or
    how it was not. Uploads in `params` are `Upload`s."""

    method: str
    number: int
    params: Json
    at: float
    status: int = 0
    answer: Any = None
    error: str = ""


@dataclass
class Limits:
    """Telegram's budgets: messages per second in all, per chat, and per group and minute."""

    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20
    sent: dict[Any, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def refuse(self, chat: int, now: float) -> int:
        """Seconds to wait, 0 where the message is within all budgets (it is counted then)."""
        budgets = [("all", 1.0, self.per_second), (chat, 1.0, self.per_chat_second)]
        budgets += [(("group", chat), 60.0, self.per_group_minute)] if chat < 0 else []
        for key, span, allowed in budgets:
            times = self.sent[key]
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) >= allowed:
                return max(1, round(times[0] + span - now))
        for key, _, _ in budgets:
            self.sent[key].append(now)
        return 0


class Server:
    """Serves one world on 127.0.0.1. `calls` is the log, in order of arrival."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world, self.port = world, port
        self.calls: list[Call] = []
        self.faults: dict[str, list[tuple[int | None, Fault]]] = defaultdict(list)
        self.limits: Limits | None = None
        self._held: dict[str, asyncio.Event] = {}
        self._counts: dict[str, int] = defaultdict(int)
        self._poll = 0
        self._transports: dict[Any, asyncio.Transport] = {}
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="bot-api", daemon=True)
        self._ready = threading.Event()
        world.changed = self.wake

    # Life

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the Bot API server did not start")

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)

    def refuse(self) -> None:
        """Closes the door: connections are cut, new ones refused."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    def accept(self) -> None:
        """Opens the door again, at the same port."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def hold(self, method: str) -> Callable[[], None]:
        """Keeps calls of a method waiting; what is returned lets them go on."""
        gate = self._held[method] = asyncio.Event()

        def release() -> None:
            del self._held[method]
            self._loop.call_soon_threadsafe(gate.set)

        return release

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        plain: Any = {"lifespan": "off", "ws": "none", "date_header": False, "proxy_headers": False}
        config = uvicorn.Config(self._app, interface="asgi3", log_config=None, access_log=False, **plain)
        config.load()
        self._config, self._state = config, ServerState()
        await self._open()
        webhooks = asyncio.ensure_future(self._webhooks())
        self._ready.set()
        await self._stopping.wait()
        webhooks.cancel()
        await self._close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _open(self) -> None:
        server = self

        class Protocol(H11Protocol):
            """Uvicorn's HTTP, with the connection at hand for cutting it."""

            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                self.access_log = False  # whatever an application's logging says: the address holds the token
                server._transports[transport.get_extra_info("peername")] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                server._transports.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        self._listener = await self._loop.create_server(
            lambda: Protocol(config=self._config, server_state=self._state, app_state={}), "127.0.0.1", self.port
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for transport in list(self._transports.values()):
            transport.abort()
        await asyncio.sleep(0)

    # Waiting for a change

    def wake(self) -> None:
        """Something changed: whoever waits looks again."""
        for loop, event in list(self._waiting):
            with contextlib.suppress(RuntimeError):  # its loop has ended meanwhile
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set at each change."""
        pair = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(pair)
        try:
            yield pair[1]
        finally:
            self._waiting.discard(pair)

    # Requests

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        path = scope["path"]
        if path.startswith(f"/file/bot{self.world.token}/"):
            response = self._download(path.removeprefix(f"/file/bot{self.world.token}/"))
            await response(scope, receive, send)
        else:
            with contextlib.suppress(asyncio.CancelledError):  # the server stops, its connections are cut
                await self._called(path, request, scope, receive, send)

    def _download(self, path: str) -> Response:
        with self.world.lock:
            content = next((file.content for file in self.world.files.values() if file.path == path), None)
        if content is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(content, media_type="application/octet-stream")

    async def _called(self, path: str, request: HttpRequest, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, name = path.removeprefix("/bot").partition("/")
        params = await _parameters(request)
        with self.world.lock:
            method = next((known for known in (*METHODS, "getUpdates") if known.lower() == name.lower()), name)
            self._counts[method] += 1
            call = Call(method, self._counts[method], params, time.monotonic())
            self.calls.append(call)
            fault = self._fault(call)
        self.wake()
        if gate := self._held.get(method):
            await gate.wait()
        status, body = 0, cast(Json | str, {})
        if fault is None or fault.deliver:
            status, body = await self._answer(token, call)
        if fault is not None:
            status, body = fault.status, fault.body
        call.status, call.answer = status, body if fault is None or fault.how == "answer" else fault.how
        call.error = body.get("description", "") if isinstance(body, dict) else str(body)
        self.wake()
        if fault is not None and fault.how == "drop":
            self._transports[scope["client"]].abort()
        elif fault is not None and fault.how == "hang":
            while (await receive())["type"] != "http.disconnect":
                pass
        elif isinstance(body, str):
            await Response(body, status, media_type="text/html")(scope, receive, send)
        else:
            await JSONResponse(body, status)(scope, receive, send)

    def _fault(self, call: Call) -> Fault | None:
        script = self.faults[call.method]
        for at, (number, fault) in enumerate(script):
            if number in (None, call.number):
                del script[at]
                return fault
        return None

    async def _answer(self, token: str, call: Call) -> tuple[int, Json]:
        try:
            if token != self.world.token:
                raise Refused(401, "Unauthorized")
            if call.method == "getUpdates":
                return 200, {"ok": True, "result": await self._get_updates(Request(call.params))}
            if call.method not in METHODS:
                raise Refused(404, "Not Found")
            with self.world.lock:
                self._within_limits(call)
                result = METHODS[call.method](self.world, Request(call.params))
                return 200, json.loads(json.dumps({"ok": True, "result": result}))
        except Refused as no:
            parameters = {"parameters": no.parameters} if no.parameters else {}
            return no.code, {"ok": False, "error_code": no.code, "description": no.words} | parameters

    def _within_limits(self, call: Call) -> None:
        if self.limits is None or not call.method.startswith("send") or call.method == "sendChatAction":
            return
        if wait := self.limits.refuse(Request(call.params).number("chat_id") or 0, self.world.clock()):
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    async def _get_updates(self, request: Request) -> list[Json]:
        """Long poll. The offset confirms; what is answered stays pending until it is confirmed."""
        world, wanted = self.world, min(request.number("limit") or 100, 100)
        self._poll += 1
        mine, until = self._poll, self._loop.time() + (request.number("timeout") or 0)
        with world.lock:
            if world.webhook:
                raise Refused(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; "
                    "use deleteWebhook to delete the webhook first",
                )
            world.confirm(request.number("offset"))
            if (allowed := request.json("allowed_updates")) is not None:
                world.allowed = tuple(allowed) or ALL_KINDS
        self.wake()
        with self.watching() as changed:
            while True:
                changed.clear()
                with world.lock:
                    found = world.pending[:wanted]
                if found or self._loop.time() >= until:
                    return found
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), until - self._loop.time())
                if self._poll != mine:
                    raise Refused(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )

    async def _webhooks(self) -> None:
        """Delivers pending updates in order, each until it is answered with 2xx."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            with self.watching() as changed:
                while True:
                    changed.clear()
                    webhook, pending = self.world.webhook, self.world.pending[:1]
                    if not webhook or not pending:
                        await changed.wait()
                    elif await self._delivered(client, webhook, pending[0]):
                        with self.world.lock:
                            self.world.confirm(pending[0]["update_id"] + 1)
                    else:
                        await asyncio.sleep(WEBHOOK_RETRY)

    async def _delivered(self, client: httpx.AsyncClient, webhook: Json, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
        try:
            answer = await client.post(webhook["url"], json=update, headers=headers)
        except httpx.HTTPError as failure:
            webhook["error"] = type(failure).__name__
            return False
        if not answer.is_success:
            webhook["error"] = f"Wrong response from the webhook: {answer.status_code}"
        return answer.is_success


async def _parameters(request: HttpRequest) -> Json:
    found: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        found |= await request.json()
        return found
    async with request.form(max_files=100, max_fields=1000, max_part_size=4_000_000) as form:
        for name, value in form.multi_items():
            found[name] = Upload(value.filename or name, await value.read()) if isinstance(value, UploadFile) else value
    return found
