"""Files that come in and go out over the page. Each is kept once, under its hash; an upload is another name for it."""

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from bot.bare import bare, may_tell
from bot.channels.webchat import WebChat
from bot.errands import stored_path
from bot.messages import place_and_name
from storage.webchat import Line

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
SEALED = "sandbox; default-src 'none'"


async def take(stream: AsyncIterator[bytes], channel: WebChat, data_dir: Path, account: int) -> str | None:
    """Keeps a file as it streams in and returns its ref; None where it is empty. Whatever breaks the stream leaves nothing behind."""
    channel.uploads.mkdir(parents=True, exist_ok=True)
    ref = f"{account}-{secrets.token_hex(16)}"
    path, digest = channel.uploads / ref, hashlib.sha256()
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            async for piece in stream:
                digest.update(piece)
                file.write(piece)
            if not file.tell():
                return None
            file.flush()
            os.fsync(file.fileno())
        stored = stored_path(data_dir, digest.hexdigest())
        stored.parent.mkdir(parents=True, exist_ok=True)
        if not stored.exists():
            part.replace(stored)
        os.link(stored, path)
        return ref
    finally:
        part.unlink(missing_ok=True)


def picture_type(path: Path) -> str:
    """The type of a picture that browsers draw, by its first bytes; "" for every other file, whatever its name says."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in PICTURES.items() if head.startswith(magic)), "")


def tidy_name(name: str) -> str:
    """A name that is safe in a header and on every disk."""
    return UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")[-120:]


def copy_for_others(path: Path) -> bytes | None:
    """A photo or film without the position it was taken at; None where it is none, and may go out as it is."""
    with path.open("rb") as file:
        head = file.read(16)
        return bare(head + file.read()) if may_tell(head) else None


def headers(path: Path, name: str) -> dict[str, str]:
    """Pictures are shown, everything else is only ever saved."""
    mime = picture_type(path)
    disposition = "inline" if mime else f"attachment; filename*=UTF-8''{quote(name or 'file')}"
    return {
        "Content-Type": mime or "application/octet-stream",
        "Content-Disposition": disposition,
        "Content-Security-Policy": SEALED,
        "Cache-Control": "private, max-age=86400",
    }


def of_line(line: Line, kind: str, at: int, channel: WebChat) -> tuple[Path, str] | None:
    """Where a file of a line lies, and its name; None where there is none."""
    if line.card is not None and kind == "picture":
        pages = channel.pictures(line.card)
        return (pages[at], f"{at + 1}.png") if at < len(pages) else None
    if line.card is not None and kind == "file" and at < len(line.card.files):
        place, name = place_and_name(line.card.files[at])
        path = (channel.data_dir / place).resolve()
        inside = path.is_relative_to(channel.data_dir.resolve()) and path.is_file()
        return (path, name) if inside else None
    if line.incoming is not None and kind == "sent" and at < len(line.incoming.attachments):
        attachment = line.incoming.attachments[at]
        upload = channel.upload(attachment.ref)
        return (upload, attachment.name) if upload else None
    return None
