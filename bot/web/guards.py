"""What every request must get past: size, rate, where it comes from; and the headers every answer carries."""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 1_000_000
LARGEST = 20_000_000
UPLOAD = "/api/upload"
HEADER = "x-diaodu"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class TooLarge(Exception):
    """A body grew beyond what is taken."""


class Guard:
    """Limits bodies and adds the headers. 413 where a body is too large, before any of it is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGEST if scope["path"].endswith(UPLOAD) else BODY_BYTES
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, _counted(receive, limit), sending)
        except TooLarge:
            if not started:
                await sending({"type": "http.response.start", "status": 413, "headers": []})
                await sending({"type": "http.response.body", "body": b""})


def _counted(receive: Receive, limit: int) -> Receive:
    """The same messages until the body has grown beyond `limit` bytes."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message: Message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge
        return message

    return counting


def from_our_page(request: Request) -> bool:
    """Whether a page of ours asks: no other site can set this header without asking first, and we never allow it."""
    return HEADER in request.headers


def from_this_machine(request: Request) -> bool:
    """Whether the request comes over loopback."""
    try:
        return bool(request.client) and ipaddress.ip_address(request.client.host).is_loopback  # type: ignore[union-attr]
    except ValueError:
        return False


@dataclass
class Bucket:
    """So many at once, then so many a second, for each who asks. Seconds of `clock`, any monotonic one."""

    most: float
    per_second: float
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, who: str, clock: float) -> bool:
        """One more; False where it is too soon."""
        left, at = self._left.get(who, (self.most, clock))
        left = min(self.most, left + (clock - at) * self.per_second)
        if len(self._left) > 10_000:
            self._left = {name: one for name, one in self._left.items() if one[0] < self.most - 1}
        self._left[who] = (left - 1 if left >= 1 else left, clock)
        return left >= 1


Answer = Callable[[Request], Awaitable[object]]
