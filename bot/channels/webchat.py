"""The page as a channel. Its transcript is the incoming and outbox rows, so sending only keeps the pictures and wakes whoever looks."""

import asyncio
import contextlib
import hashlib
import itertools
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.channels import Undeliverable
from bot.messages import Address, Attachment, Caps, Card, Drawn, Picture, Sent, Sink

CHANNEL = "webchat"
MOST = 12
REF = re.compile(r"\d{1,12}-[0-9a-f]{32}")


@dataclass(eq=False)
class Listener:
    """Somebody who looks at some chats. `woken` is set when there is something new; at the end `open` is False."""

    chats: frozenset[str]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    open: bool = True

    def end(self) -> None:
        self.open = False
        self.woken.set()


class WebChat:
    """The page's side of the channel. data_dir: where uploads and drawn pictures lie."""

    name = CHANNEL
    caps = Caps(text=20_000, caption=20_000, edit=True)

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._listeners: list[Listener] = []

    async def run(self, sink: Sink) -> None:
        """Nothing comes in by itself: the page hands over what is posted."""

    async def send(self, to: Address, drawn: Drawn) -> Sent:
        await asyncio.to_thread(self._keep_pictures, drawn)
        self.wake(to.chat)
        return Sent(hashlib.sha256(drawn.card.to_json().encode()).hexdigest()[:16])

    async def update(self, to: Address, message: str, drawn: Drawn) -> Sent:
        await asyncio.to_thread(self._keep_pictures, drawn)
        self.wake(to.chat)
        return Sent(message)

    async def delete(self, to: Address, message: str) -> bool:
        """The transcript is the rows themselves: what is taken out there is gone here."""
        self.wake(to.chat)
        return True

    async def ack(self, handle: str, toast: str) -> None:
        """The page gets its toast with the answer to its own request."""

    async def fetch(self, attachment: Attachment) -> bytes:
        path = self.upload(attachment.ref)
        if path is None:
            raise Undeliverable("this upload is no longer there")
        return await asyncio.to_thread(path.read_bytes)

    def health(self) -> dict[str, object]:
        return {"ok": True, "listening": len(self._listeners)}

    # --- whoever looks ----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def listening(self, chats: Iterable[str]) -> Iterator[Listener]:
        """Someone who is woken whenever something happens in one of these chats. Of too many who look at the same, the first must go."""
        listener = Listener(frozenset(chats))
        same = [other for other in self._listeners if other.chats == listener.chats and other.open]
        for other in same[: max(0, len(same) - MOST + 1)]:
            other.end()
        self._listeners.append(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)

    def wake(self, chat: str) -> None:
        """Something happened in this chat."""
        for listener in self._listeners:
            if chat in listener.chats:
                listener.woken.set()

    def close(self) -> None:
        """Ends every stream: a server that stops would else wait for them."""
        for listener in self._listeners:
            listener.end()

    # --- files ------------------------------------------------------------------------------------------------------

    def upload(self, ref: str) -> Path | None:
        """Where an upload lies; None where there is none of this name."""
        if not REF.fullmatch(ref):
            return None
        path = self.uploads / ref
        return path if path.is_file() else None

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"

    def pictures(self, card: Card) -> list[Path]:
        """The drawn pages of a card's picture, in order."""
        if card.picture is None:
            return []
        pages = (self._page(card.picture, at) for at in itertools.count())
        return list(itertools.takewhile(Path.exists, pages))

    def _page(self, picture: Picture, at: int) -> Path:
        return self.data_dir / "pictures" / f"{picture_name(picture)}-{at}.png"

    def _keep_pictures(self, drawn: Drawn) -> None:
        if drawn.card.picture is None:
            return
        for at, raw in enumerate(drawn.pictures):
            page = self._page(drawn.card.picture, at)
            page.parent.mkdir(parents=True, exist_ok=True)
            part = page.with_name(f"{secrets.token_hex(8)}.part")  # the same picture may go to several people at once
            part.write_bytes(raw)
            part.replace(page)


def picture_name(picture: Picture) -> str:
    """The same name for the same stored values: the rows need not remember where a picture lies."""
    words = json.dumps(asdict(picture), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:32]
