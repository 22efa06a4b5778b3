"""Slow work, done outside the writer: fetching files, reading workbooks. What an errand finds comes in as an Incoming."""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from bot import photos
from bot.channels import Channel, ChannelError, TryLater
from bot.failpoints import failpoint
from bot.heads import head, unread
from bot.messages import Address, Attachment, Incoming
from bot.rules import guard
from storage.db import Store
from storage.tables import Errand

log = structlog.get_logger()

ATTEMPTS = 6
LARGEST = 20_000_000
HASH = re.compile("[0-9a-f]{64}")
Work = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(eq=False)
class Failed(Exception):
    """An errand that cannot succeed: `reason` is a code for the person's text; `facts`: what else its result tells."""

    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Errands:
    """Does what lies in the errand table, one at a time; each can be done again."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        work: Mapping[str, Work],
        sink: Callable[[list[Incoming]], Awaitable[Any]],
    ) -> None:
        self.store = store
        self.clock = clock
        self.work = work
        self.sink = sink
        self.wake = asyncio.Event()
        self.idle = asyncio.Event()

    async def run(self) -> None:
        """Works until cancelled; what was under way when the process died is done again."""
        await self.store.run(
            lambda session: session.execute(
                sa.update(Errand).where(col(Errand.state) == "running").values(state="pending")
            )
        )
        while True:
            self.wake.clear()
            errand = await self.store.run(self._claim)
            if errand is not None:
                self.idle.clear()
                await self._do(errand)
                continue
            self.idle.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await self.wake.wait()

    async def drain(self) -> None:
        """Does everything that may be done now, then returns: for walks through time."""
        while (errand := await self.store.run(self._claim)) is not None:
            await self._do(errand)

    def _claim(self, session: Session) -> Errand | None:
        errand = session.exec(
            select(Errand)
            .where(sa.literal_column("errand.state = 'pending'"), col(Errand.not_before) <= self.clock())
            .order_by(col(Errand.id))
            .limit(1)
        ).first()
        if errand:
            errand.state, errand.attempts = "running", errand.attempts + 1
        return errand

    async def _do(self, errand: Errand) -> None:
        try:
            facts = {"ok": True, **await self.work[errand.kind](errand.payload)}
            failpoint("errand.done")
        except TryLater as error:
            if errand.attempts < ATTEMPTS:
                seconds = error.seconds * 2**errand.attempts
                await self.store.run(lambda session: self._later(session, errand.id, seconds))
                return
            facts = {"ok": False, "error": "unreachable"}
        except Failed as error:
            facts = {"ok": False, "error": error.reason, **error.facts}
        except Exception as error:
            log.exception("errand failed", kind=errand.kind, errand=errand.id)
            facts = {"ok": False, "error": f"{type(error).__name__}"}
        address = errand.address
        await self.sink([Incoming(
            channel=address.get("channel", ""), account="errands", dedup=f"errand:{errand.id}", person=address.get("person", ""), name="",
            chat=address.get("chat", ""), thread=address.get("thread", ""), direct=bool(address.get("person")), kind="errand", command=errand.kind,
            facts={"errand": errand.id, "payload": errand.payload, "person": errand.person, **facts},
        )])  # fmt: skip
        state = "done" if facts["ok"] else "failed"
        await self.store.run(
            lambda session: session.execute(
                sa.update(Errand)
                .where(col(Errand.id) == errand.id)
                .values(state=state, error=str(facts.get("error", "")))
            )
        )

    def _later(self, session: Session, errand: int, seconds: float) -> None:
        not_before = self.clock() + timedelta(seconds=min(seconds, 3600))
        session.execute(
            sa.update(Errand).where(col(Errand.id) == errand).values(state="pending", not_before=not_before)
        )


def fetcher(channels: Mapping[str, Channel], data_dir: Path) -> Work:
    """The errand that fetches a file and keeps it once, under its hash; unread: its words could not be looked at for a mark."""

    async def fetch(payload: dict[str, Any]) -> dict[str, Any]:
        if payload.get("size", 0) > LARGEST:
            raise Failed("too_large")
        channel = channels.get(payload["channel"])
        if channel is None:
            raise Failed("channel_gone")
        attachment = Attachment(
            payload["kind"], payload["ref"], payload["name"], payload.get("size", 0), payload.get("mime", "")
        )
        try:
            raw = await channel.fetch(attachment)
        except TryLater:
            raise
        except ChannelError as error:
            raise Failed("too_large" if "large" in str(error) else "not_to_be_had") from error
        told = await asyncio.to_thread(head, raw)
        if mark := guard.secret_document(told):
            raise Failed("secret", {"mark": mark, "sha256": hashlib.sha256(raw).hexdigest()})
        digest = await asyncio.to_thread(keep, data_dir, raw)
        photo = await asyncio.to_thread(photos.look, raw)
        return {"sha256": digest, "size": len(raw), "photo": photo, "unread": unread(raw, told)}

    return fetch


def keep(data_dir: Path, raw: bytes) -> str:
    """Writes a file below the data directory under its hash, once; returns the hash."""
    digest = hashlib.sha256(raw).hexdigest()
    path = stored_path(data_dir, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(raw)
        part.replace(path)
    return digest


def taker(channels: Mapping[str, Channel]) -> Work:
    """The errand that takes a message away at its service."""

    async def take_away(payload: dict[str, Any]) -> dict[str, Any]:
        channel = channels.get(payload["channel"])
        to = Address(payload["channel"], payload["chat"], payload.get("thread", ""))
        return {"taken": channel is not None and await channel.delete(to, payload["message"])}

    return take_away


def destroyer(data_dir: Path) -> Work:
    """The errand that destroys files: those stored (by hash) and what was uploaded (by its name)."""

    async def destroy(payload: dict[str, Any]) -> dict[str, Any]:
        places = [stored_path(data_dir, digest) for digest in payload.get("stored", []) if HASH.fullmatch(digest)]
        places += [data_dir / "uploads" / Path(name).name for name in payload.get("uploads", [])]
        for place in places:
            await asyncio.to_thread(place.unlink, missing_ok=True)
        return {"destroyed": len(places)}

    return destroy


def stored_path(data_dir: Path, digest: str) -> Path:
    return data_dir / "files" / digest[:2] / digest
