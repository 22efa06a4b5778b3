"""What comes in and what goes out, in words no chat service owns. Frozen values that can be written down and read back."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

_JSON = json.JSONEncoder(ensure_ascii=False)
IncomingKind = Literal["text", "command", "press", "files", "edited", "joined", "left", "blocked", "migrated", "errand"]


@dataclass(frozen=True)
class Address:
    """Where a message goes: a chat of one channel. `person` is the channel's id of a person in a direct chat, "" in a group."""

    channel: str
    chat: str
    thread: str = ""
    person: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that came in, still at the service: `ref` is what `Channel.fetch` needs. Size in bytes, 0 where unknown."""

    kind: Literal["photo", "file", "voice", "video"]
    ref: str
    name: str = ""
    size: int = 0
    mime: str = ""


@dataclass(frozen=True)
class Incoming:
    """One thing that happened at a chat service.

    dedup: unique for (channel, account); the same thing delivered twice has the same one.
    person, name: the service's id of who did it and the name shown there.
    text: what was typed (a caption for files; the payload after /start and the like for commands, whose word is `command`).
    press: the button's token with its index, "TOKEN:INDEX".
    quote: the service's id of the message replied to, or of the card pressed.
    handle: what `Channel.ack` needs to acknowledge a press; never stored as identity.
    facts: what else a kind needs (migrated: {"to": chat}; errand: the errand's result).
    """

    channel: str
    account: str
    dedup: str
    person: str
    name: str
    chat: str
    direct: bool
    kind: IncomingKind
    text: str = ""
    command: str = ""
    press: str = ""
    thread: str = ""
    quote: str = ""
    title: str = ""
    handle: str = ""
    attachments: tuple[Attachment, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> Address:
        return Address(self.channel, self.chat, self.thread, self.person if self.direct else "")

    def to_json(self) -> str:
        attachments = [vars(item) for item in self.attachments]
        return _JSON.encode({**vars(self), "attachments": attachments})

    @staticmethod
    def from_json(text: str) -> "Incoming":
        values = json.loads(text)
        values["attachments"] = tuple(Attachment(**item) for item in values["attachments"])
        return Incoming(**values)


@dataclass(frozen=True)
class Button:
    """A label and what pressing it does: a route's name with its arguments. `token` is filled in when the card is laid in the outbox.
    style: "", "primary" or "danger"."""

    label: str
    action: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    style: str = ""

    def with_token(self, token: str) -> "Button":
        return Button(self.label, self.action, self.args, token, self.style)


@dataclass(frozen=True)
class Picture:
    """A picture to be drawn by the sender from stored values: `kind` names the drawing in bot.pictures."""

    kind: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Card:
    """One message to people. `text` is light markup: **bold**; what people wrote is escaped in it by `bot.texts`.

    rows: rows of buttons (at most six in all). picture: drawn when sent. files: paths below the data directory, sent as documents,
    "PATH|NAME" under another name.
    copy: plain text that a person may want to copy into another chat.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    picture: Picture | None = None
    files: tuple[str, ...] = ()
    copy: str = ""

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)

    def with_tokens(self, token: str) -> "Card":
        """The same card, each button carrying "token:index"."""
        index, rows = 0, []
        for row in self.rows:
            rows.append(tuple([one.with_token(f"{token}:{at}") for at, one in enumerate(row, index)]))
            index += len(row)
        return Card(self.text, tuple(rows), self.picture, self.files, self.copy)

    def to_json(self) -> str:
        rows = [[vars(button) for button in row] for row in self.rows]
        picture = self.picture and vars(self.picture)
        return _JSON.encode({**vars(self), "rows": rows, "picture": picture})

    @staticmethod
    def from_json(text: str) -> "Card":
        values = json.loads(text)
        values["rows"] = tuple(tuple(Button(**button) for button in row) for row in values["rows"])
        values["files"] = tuple(values["files"])
        if values["picture"]:
            values["picture"] = Picture(**values["picture"])
        return Card(**values)


@dataclass(frozen=True)
class Drawn:
    """A card ready to be sent: its pictures as PNG bytes, its files as (name, bytes)."""

    card: Card
    pictures: tuple[bytes, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Sent:
    """A service took a message: its id there ("" where it has none), and what could not be shown as asked."""

    message: str
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ack:
    """The answer to a press: shown for a moment on the presser's screen."""

    handle: str
    toast: str = ""


@dataclass(frozen=True)
class Caps:
    """What a service can show: text in its own units, whether a sent message can be edited, limits per second and per chat."""

    text: int = 4096
    caption: int = 1024
    edit: bool = True
    file_bytes: int = 20_000_000
    per_second: float = 1000.0
    per_chat_seconds: float = 0.0
    per_group_minute: int = 0


class Sink(Protocol):
    """Where a channel puts what came in. Returns after the effects are on disk, with the presses to acknowledge; only then may the
    channel tell its service "received"."""

    async def __call__(self, batch: list[Incoming]) -> list[Ack]: ...


def place_and_name(file: str) -> tuple[str, str]:
    """One of a card's files: where it lies below the data directory, and the name it is sent under."""
    place, _, name = file.partition("|")
    return place, name or place.rpartition("/")[2]


Span = tuple[str, bool]


def escape_markup(text: str) -> str:
    """What people wrote, made safe inside light markup."""
    return text.replace("\\", "\\\\").replace("*", "\\*")


def spans(text: str) -> list[Span]:
    """Light markup as (plain text, bold?) pieces, escapes resolved: the one parser, for every channel."""
    pieces: list[Span] = []
    plain, bold, at = "", False, 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            plain, at = plain + text[at + 1], at + 2
        elif text.startswith("**", at):
            if plain:
                pieces.append((plain, bold))
            plain, bold, at = "", not bold, at + 2
        else:
            plain, at = plain + text[at], at + 1
    if plain:
        pieces.append((plain, bold))
    return pieces


def plain(text: str) -> str:
    """Light markup with the markup taken off."""
    return "".join(piece for piece, _ in spans(text))
