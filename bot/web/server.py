"""The HTTP server, made to stop at once: signals are the business of whoever starts it, and open streams end first."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Generator

import uvicorn
from starlette.types import ASGIApp

STOP_SECONDS = 1


class Server(uvicorn.Server):
    """uvicorn's server, which would else raise SIGTERM once more after it has stopped: what comes after would never run."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0: any free one. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


def address(listening: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


async def serve_web(
    site: ASGIApp, listening: socket.socket, *, closing: Callable[[], None], ready: Callable[[], None] = lambda: None
) -> None:
    """Serves until cancelled, then stops within half a second. `closing` ends the open streams; `ready` is called once it answers."""
    config = uvicorn.Config(
        site, lifespan="off", access_log=False, log_config=None, log_level="warning", timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False, timeout_keep_alive=30, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    server = Server(config, ready)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve([listening]))
        try:
            await asyncio.wait([serving])
        finally:
            closing()
            server.should_exit = True
            await asyncio.wait([serving], timeout=2 * STOP_SECONDS)
