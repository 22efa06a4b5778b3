"""People and groups on Telegram's side: what they do, and what they see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bot_api.markup import slice_units
from tests.bot_api.world import ANONYMOUS_ADMINISTRATOR, Chat, Json

if TYPE_CHECKING:
    from tests.bot_api import BotApi


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


def shown(message: Json) -> Shown:
    """A stored message as it looks."""
    text = str(message.get("text") or message.get("caption") or "")
    entities: list[Json] = message.get("entities") or message.get("caption_entities") or []

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

    async def hears(self, text: str, in_: Group | None = None, timeout: float = 20.0) -> Shown:  # noqa: ASYNC109
        """Waits until the bot shows a message with this text; the latest of them."""

        def heard() -> Shown | None:
            seen = [shown for shown in self.api.messages(in_ or self) if shown.from_bot and text in shown.text]
            return seen[-1] if seen else None

        try:
            return await self.api.until(heard, timeout, f"{self.user['first_name']} hears {text!r}")
        except AssertionError as vain:
            seen = [shown.text for shown in self.api.messages(in_ or self)][-6:]
            raise AssertionError(f"{vain}; on the screen: {seen}") from None

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
