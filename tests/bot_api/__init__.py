"""A Bot API server for tests, on loopback: Telegram's side of the talk, scripted in the test's own process.

    with BotApi() as api:
        wang = api.user("王芳")
        wang.says("65%")                      # the bot at api.url (token api.token) gets an update
        card = await wang.hears("请确认")       # what she sees
        wang.presses("确认")                   # the latest button with this label
        api.fail("sendMessage", too_many(3))  # the next sendMessage is answered 429

Everything may be called from any thread. What the bot is told stays pending until it confirms it, whatever becomes of the bot.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.bot_api.markup import slice_units
from tests.bot_api.methods import Upload
from tests.bot_api.server import (
    Call,
    Fault,
    Limits,
    Server,
    bad_gateway,
    blocked,
    dropped,
    foreign_page,
    hung,
    migrated,
    refusal,
    too_many,
)
from tests.bot_api.world import ANONYMOUS_ADMINISTRATOR, Chat, Json, World

__all__ = [
    "BotApi",
    "Call",
    "Fault",
    "Group",
    "Limits",
    "Person",
    "Shown",
    "Upload",
    "bad_gateway",
    "blocked",
    "dropped",
    "foreign_page",
    "hung",
    "migrated",
    "refusal",
    "too_many",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """One message as people see it now. buttons: rows of labels. bold, pre: the parts of the text shown so."""

    id: int
    sender: str
    from_bot: bool
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()
    bold: tuple[str, ...] = ()
    pre: tuple[str, ...] = ()
    photo: bool = False
    document: str = ""
    album: str = ""
    thread: str = ""
    entities: tuple[Json, ...] = ()
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]


def _shown(message: Json) -> Shown:
    text = message.get("text", message.get("caption", ""))
    entities = message.get("entities", message.get("caption_entities", []))

    def marked(kind: str) -> tuple[str, ...]:
        return tuple(slice_units(text, e["offset"], e["length"]) for e in entities if e["type"] == kind)

    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(
        id=message["message_id"],
        sender=message["from"]["first_name"],
        from_bot=message["from"]["is_bot"],
        text=text,
        buttons=tuple(tuple(button["text"] for button in row) for row in rows),
        bold=marked("bold"),
        pre=marked("pre"),
        photo="photo" in message,
        document=message.get("document", {}).get("file_name", ""),
        album=message.get("media_group_id", ""),
        thread=str(message.get("message_thread_id", "")),
        entities=tuple(entities),
        raw=message,
    )


class Group:
    """A group, or one topic of a forum."""

    def __init__(self, api: "BotApi", chat: Chat, thread: int | None = None) -> None:
        self.api, self.chat, self.thread = api, chat, thread

    @property
    def id(self) -> int:
        return self.chat.id

    def topic(self, name: str) -> "Group":
        """A topic of this forum, opened if need be."""
        with self.api.world.lock:
            number = next((number for number, known in self.chat.topics.items() if known == name), None)
            if number is None:
                opening = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
                number = self.api.world.add_message(self.chat, ANONYMOUS_ADMINISTRATOR, opening)["message_id"]
                self.chat.topics[number] = name
            return Group(self.api, self.chat, number)

    def becomes_supergroup(self) -> "Group":
        """The group moves to a new id; both service messages reach the bot."""
        world = self.api.world
        with world.lock:
            new = world.add_group(self.chat.title, supergroup=True)
            new.members, new.bot_status, self.chat.moved_to = set(self.chat.members), self.chat.bot_status, new.id
            old_notice = world.add_message(self.chat, ANONYMOUS_ADMINISTRATOR, {"migrate_to_chat_id": new.id})
            world.deliver("message", old_notice | {"sender_chat": self.chat.json()})
            new_notice = world.add_message(new, ANONYMOUS_ADMINISTRATOR, {"migrate_from_chat_id": self.chat.id})
            world.deliver("message", new_notice | {"sender_chat": new.json()})
            return Group(self.api, new)


class Person:
    """Somebody with a telephone. `in_` is the group they do it in; their direct chat with the bot where it is None."""

    def __init__(self, api: "BotApi", user: Json) -> None:
        self.api, self.user = api, user

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def toasts(self) -> list[str]:
        """What flashed up after pressing, in order."""
        return [text for person, text in self.api.world.toasts if person == self.id]

    def says(
        self,
        text: str,
        in_: Group | None = None,
        reply_to: int | None = None,
        forwarded: bool = False,
        anonymously: bool = False,
    ) -> int:
        """Types a message; its id."""
        return self._posts({"text": text}, in_, reply_to, forwarded, anonymously)

    def edits(self, message: int, text: str, in_: Group | None = None) -> None:
        """Changes a message of theirs."""
        world, chat = self.api.world, self._chat(in_)
        with world.lock:
            found = world.find(chat, message)
            assert found is not None, f"no message {message} in {chat.title}"
            found.update({"text" if "text" in found else "caption": text, "edit_date": int(world.clock())})
            world.changed()
            if world.reads(chat, found):
                world.deliver("edited_message", found)

    def presses(self, label: str, in_: Group | None = None, message: int | None = None) -> str:
        """Presses the button on the latest message that shows it (or on `message`); the id of the press."""
        world, chat = self.api.world, self._chat(in_)
        with world.lock:
            for found in reversed(chat.messages):
                if message not in (None, found["message_id"]):
                    continue
                for button in (b for row in found.get("reply_markup", {}).get("inline_keyboard", []) for b in row):
                    if button["text"] == label:
                        return self._pressed(found, button["callback_data"])
            seen = [label for shown in self.api.messages(in_ or self) for label in shown.labels]
            raise AssertionError(f"no button {label} for {self.user['first_name']}; there are {seen}")

    def presses_again(self, query: str) -> str:
        """Presses the same button once more, even if it is gone from the screen by now."""
        with self.api.world.lock:
            old = self.api.world.queries[query]
            return self._pressed(old["message"], old["data"])

    def sends_photo(self, content: bytes, caption: str = "", in_: Group | None = None) -> int:
        return self._posts({"photo": self.api.world.add_photo(content)} | _caption(caption), in_)

    def sends_document(
        self, content: bytes, name: str, caption: str = "", in_: Group | None = None, mime: str = ""
    ) -> int:
        document = self.api.world.add_file(content, name, "documents") | {"file_name": name}
        return self._posts({"document": document | ({"mime_type": mime} if mime else {})} | _caption(caption), in_)

    def sends_voice(self, content: bytes, in_: Group | None = None) -> int:
        voice = self.api.world.add_file(content, "voice.oga", "voice") | {"duration": 3, "mime_type": "audio/ogg"}
        return self._posts({"voice": voice}, in_)

    def sends_location(self, latitude: float, longitude: float, in_: Group | None = None) -> int:
        return self._posts({"location": {"latitude": latitude, "longitude": longitude}}, in_)

    def sends_sticker(self, in_: Group | None = None) -> int:
        sticker = self.api.world.add_file(b"sticker", "sticker.webp", "stickers")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._posts({"sticker": sticker | shape}, in_)

    def album(self, photos: Sequence[bytes], caption: str = "", in_: Group | None = None) -> list[int]:
        """Several photos in one go; the first carries the caption. Each arrives at the bot by itself."""
        with self.api.world.lock:
            name = {"media_group_id": f"album-of-{self.id}-{self.api.world.next_update_id}"}
            return [
                self._posts({"photo": self.api.world.add_photo(photo)} | name | _caption("" if at else caption), in_)
                for at, photo in enumerate(photos)
            ]

    def opens(self, link: str) -> int:
        """Follows a deep link and presses Start."""
        payload = link.partition("?start=")[2]
        return self.says(f"/start {payload}".strip())

    def blocks(self) -> None:
        self._blocked(True)

    def unblocks(self) -> None:
        self._blocked(False)

    def leaves_telegram(self) -> None:
        """The account is deleted."""
        self.api.world.chats[self.id].deactivated = True

    def invites_bot(self, group: Group, code: str | None = None) -> None:
        """Adds the bot to a group; with a code as through a ?startgroup= link."""
        with self.api.world.lock:
            group.chat.members.add(self.id)
            self.api.world.set_membership(group.chat, "member", self.user)
        if code is not None:
            self.says(f"/start@{self.api.username} {code}", group)

    def removes_bot(self, group: Group) -> None:
        with self.api.world.lock:
            self.api.world.set_membership(group.chat, "kicked", self.user)

    async def hears(self, text: str, in_: Group | None = None, timeout: float = 5.0) -> Shown:  # noqa: ASYNC109
        """Waits until the bot shows a message with this text; the latest of them."""

        def heard() -> Shown | None:
            seen = [shown for shown in self.api.messages(in_ or self) if shown.from_bot and text in shown.text]
            return seen[-1] if seen else None

        return await self.api.until(heard, timeout, f"{self.user['first_name']} hears {text!r}")

    def _chat(self, in_: Group | None) -> Chat:
        return in_.chat if in_ else self.api.world.chats[self.id]

    def _posts(
        self,
        content: Json,
        in_: Group | None,
        reply_to: int | None = None,
        forwarded: bool = False,
        anonymously: bool = False,
    ) -> int:
        world, chat = self.api.world, self._chat(in_)
        with world.lock:
            if in_:
                chat.members.add(self.id)
            if reply_to is not None:
                content = content | {"reply_to_message": world.find(chat, reply_to)}
            elif in_ and in_.thread is not None:
                content = content | {"reply_to_message": world.find(chat, in_.thread)}
            if forwarded:
                origin = {"type": "hidden_user", "sender_user_name": "张三", "date": int(world.clock())}
                content = content | {"forward_origin": origin}
            sender = ANONYMOUS_ADMINISTRATOR if anonymously else self.user
            content = content | ({"sender_chat": chat.json()} if anonymously else {})
            return int(world.hear(chat, sender, content, in_.thread if in_ else None)["message_id"])

    def _pressed(self, message: Json, data: str) -> str:
        world = self.api.world
        name = f"query-{len(world.queries) + 1}"
        query = {"id": name, "from": self.user, "message": message, "chat_instance": "1", "data": data}
        world.queries[name] = query
        world.deliver("callback_query", query)
        return name

    def _blocked(self, yes: bool) -> None:
        world = self.api.world
        with world.lock:
            chat = world.chats[self.id]
            chat.blocked, chat.bot_status = yes, "member" if yes else "kicked"
            world.set_membership(chat, "kicked" if yes else "member", self.user)


def _caption(text: str) -> Json:
    return {"caption": text} if text else {}


class BotApi:
    """The server with its people and groups. `url` is what DIAODU_TELEGRAM_API_URL takes.

    clock: seconds for the dates in messages and for `limits`. privacy: the bot hears in groups only what is meant for it.
    """

    def __init__(
        self,
        token: str = "123456:TEST-TOKEN",
        username: str = "diaodu_bot",
        *,
        port: int = 0,
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token, self.username = token, username
        self.world = World(token, username, clock)
        self.world.privacy = privacy
        self.server = Server(self.world, port)

    def start(self) -> "BotApi":
        self.server.start()
        return self

    def stop(self) -> None:
        self.server.stop()

    def __enter__(self) -> "BotApi":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    # People

    def user(self, name: str, username: str = "", *, started: bool = True, is_bot: bool = False) -> Person:
        """A new person. started=False: has never pressed Start, so the bot may not write to them."""
        with self.world.lock:
            user = self.world.add_user(name, username, is_bot)
            self.world.chats[user["id"]].opened = started
            return Person(self, user)

    def group(
        self,
        title: str,
        topic: str | None = None,
        *,
        supergroup: bool = False,
        with_bot: bool = True,
        administrator: bool = False,
    ) -> Group:
        """A new group with the bot in it (it is not told: `Person.invites_bot` does that). With a topic it is a forum."""
        with self.world.lock:
            chat = self.world.add_group(title, supergroup, forum=topic is not None)
            if with_bot:
                chat.bot_status = "administrator" if administrator else "member"
            group = Group(self, chat)
            return group.topic(topic) if topic is not None else group

    # What happened

    def messages(self, where: Person | Group) -> list[Shown]:
        """What is on the screen now, oldest first; of a topic only its own."""
        with self.world.lock:
            chat = where.chat if isinstance(where, Group) else self.world.chats[where.id]
            thread = where.thread if isinstance(where, Group) else None
            return [_shown(m) for m in chat.messages if thread is None or m.get("message_thread_id") == thread]

    def last(self, where: Person | Group) -> Shown | None:
        """The bot's latest message there."""
        return next((shown for shown in reversed(self.messages(where)) if shown.from_bot), None)

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls in order of arrival, of one method or all."""
        with self.world.lock:
            return [call for call in self.server.calls if method in (None, call.method)]

    @property
    def pending(self) -> list[Json]:
        """Updates the bot has not confirmed."""
        with self.world.lock:
            return list(self.world.pending)

    async def until(self, predicate: Callable[[], T | None], timeout: float = 5.0, what: str = "") -> T:  # noqa: ASYNC109
        """Waits until the predicate holds, and returns what it returned. Raises AssertionError with the last calls."""
        with self.server.watching() as changed:
            try:
                async with asyncio.timeout(timeout):
                    while not (found := predicate()):
                        changed.clear()
                        await _either(changed, 0.05)
                    return found
            except TimeoutError:
                raise AssertionError(self._story(what)) from None

    def wait(self, predicate: Callable[[], T | None], timeout: float = 5.0, what: str = "") -> T:
        """The same for a test that has no loop."""
        return asyncio.run(self.until(predicate, timeout, what))

    def _story(self, what: str) -> str:
        last = [f"{c.method} #{c.number} → {c.status} {c.error}" for c in self.calls() if c.method != "getUpdates"][
            -10:
        ]
        return f"waited in vain: {what or 'the predicate never held'}; last calls: {last}; pending: {len(self.pending)}"

    # What goes wrong

    def fail(self, method: str, fault: Fault, *, call: int | None = None, times: int = 1) -> None:
        """The next `times` calls of a method go wrong, or its call number `call` (counted from the start, from 1)."""
        with self.world.lock:
            self.server.faults[method] += [(call, fault)] * times

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """No connection can be made."""
        self.server.refuse()
        try:
            yield
        finally:
            self.server.accept()

    def inject(self, update: Json) -> Json:
        """Lays any update before the bot, also one it cannot read; it gets an id where it has none."""
        with self.world.lock:
            return self.world.inject(update)

    def expire_presses(self, yes: bool = True) -> None:
        """answerCallbackQuery comes too late."""
        self.world.queries_expired = yes

    def freeze(self, where: Person | Group, message: int) -> None:
        """This message can no longer be edited."""
        self.world.frozen.add((where.id, message))

    def erase(self, where: Person | Group, message: int) -> None:
        """Somebody deletes a message."""
        with self.world.lock:
            chat = self.world.chats[where.id]
            chat.messages[:] = [m for m in chat.messages if m["message_id"] != message]

    def revoke_token(self) -> None:
        """From now on every call is answered 401."""
        self.world.token = "revoked"

    def enforce(self, limits: Limits | None) -> None:
        """Telegram's budgets: what is beyond them is answered 429."""
        self.server.limits = limits


async def _either(event: asyncio.Event, seconds: float) -> Any:
    """Until the event is set, at most so long (a predicate may look at things this server does not know)."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
