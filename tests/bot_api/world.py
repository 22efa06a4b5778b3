"""What Telegram's side knows: people, chats, messages, files, and the updates the bot has not confirmed yet."""

import copy
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bot_api.markup import typed_entities

Json = dict[str, Any]

ANONYMOUS_ADMINISTRATOR = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
ALL_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass
class Chat:
    """A chat and what is visible in it. `messages` are as the Bot API shows them; deleted ones are gone."""

    id: int
    type: str
    title: str = ""
    forum: bool = False
    members: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    messages: list[Json] = field(default_factory=list)
    opened: bool = False
    blocked: bool = False
    deactivated: bool = False
    bot_status: str = "left"
    moved_to: int | None = None
    last_id: int = 0

    def json(self) -> Json:
        shown: Json = {"id": self.id, "type": self.type}
        if self.type == "private":
            return shown | {"first_name": self.title}
        return shown | {"title": self.title} | ({"is_forum": True} if self.forum else {})


@dataclass
class File:
    content: bytes
    name: str
    path: str


class World:
    """All state, guarded by one lock. `changed` is called after everything that somebody may be waiting for."""

    def __init__(self, token: str, username: str, clock: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.token, self.clock = token, clock
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "调度通",
            "username": username,
        }
        self.privacy = True
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.pending: list[Json] = []
        self.updates: list[Json] = []
        self.next_update_id = 500001
        self.allowed: tuple[str, ...] = ALL_KINDS
        self.queries: dict[str, Json] = {}
        self.queries_expired = False
        self.toasts: list[tuple[int, str]] = []
        self.commands: dict[str, list[Json]] = {}
        self.webhook: Json = {}
        self.frozen: set[tuple[int, int]] = set()
        self.last_shared_id = 100
        self.changed: Callable[[], None] = lambda: None

    # People and chats

    def add_user(self, name: str, username: str = "", is_bot: bool = False) -> Json:
        user: Json = {"id": 1001 + len(self.users), "is_bot": is_bot, "first_name": name, "language_code": "zh-hans"}
        user |= {"username": username} if username else {}
        self.users[user["id"]] = user
        self.chats[user["id"]] = Chat(user["id"], "private", name)
        return user

    def add_group(self, title: str, supergroup: bool = False, forum: bool = False) -> Chat:
        number = 1 + sum(chat.type != "private" for chat in self.chats.values())
        big = supergroup or forum
        chat = Chat(-1002000000000 - number if big else -2000 - number, "supergroup" if big else "group", title, forum)
        self.chats[chat.id] = chat
        return chat

    # Messages

    def new_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; private chats and small groups share one count."""
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self.last_shared_id += 1
        return self.last_shared_id

    def add_message(self, chat: Chat, sender: Json, content: Json, thread: int | None = None) -> Json:
        message: Json = {
            "message_id": self.new_message_id(chat),
            "from": sender,
            "chat": chat.json(),
            "date": int(self.clock()),
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        message |= content
        chat.messages.append(message)
        self.changed()
        return message

    def find(self, chat: Chat, message_id: int) -> Json | None:
        return next((message for message in chat.messages if message["message_id"] == message_id), None)

    def hear(self, chat: Chat, sender: Json, content: Json, thread: int | None = None) -> Json:
        """A person's message: shown in the chat, and delivered to the bot where it may read it."""
        for text, entities in (("text", "entities"), ("caption", "caption_entities")):
            if found := typed_entities(content.get(text) or ""):
                content = content | {entities: found}
        chat.opened = chat.opened or chat.type == "private"
        message = self.add_message(chat, sender, content, thread)
        if self.reads(chat, message):
            self.deliver("message", message)
        return message

    def reads(self, chat: Chat, message: Json) -> bool:
        """Whether the bot gets this message: blocked or outside it does not; in privacy mode only what is meant for it."""
        if chat.type == "private":
            return not chat.blocked
        if chat.bot_status not in ("member", "administrator"):
            return False
        if not self.privacy or chat.bot_status == "administrator":
            return True
        if not any(key in message for key in ("text", "caption")) and not any(
            key in message for key in ("photo", "document", "voice", "video", "location", "sticker")
        ):
            return True
        text, mine = message.get("text", ""), f"@{self.bot['username']}".lower()
        commands = [entity for entity in message.get("entities", ()) if entity["type"] == "bot_command"]
        said = [text[entity["offset"] : entity["offset"] + entity["length"]].lower() for entity in commands]
        if any("@" not in command or command.endswith(mine) for command in said):
            return True
        return bool(message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot["id"])

    # Updates

    def deliver(self, kind: str, content: Json) -> Json | None:
        """Lays an update before the bot, as it is now."""
        if kind not in self.allowed:
            return None
        return self.inject({kind: copy.deepcopy(content)})

    def inject(self, update: Json) -> Json:
        """Any update at all, well formed or not."""
        update = {"update_id": self.next_update_id} | update
        self.next_update_id = update["update_id"] + 1
        self.pending.append(update)
        self.updates.append(update)
        self.changed()
        return update

    def confirm(self, offset: int | None) -> None:
        """`offset` confirms all updates before it; a negative one keeps only the last ones."""
        if offset is None:
            return
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self.changed()

    def set_membership(self, chat: Chat, status: str, by: Json) -> None:
        """The bot's own standing in a chat changes, and it is told."""
        old, chat.bot_status = chat.bot_status, status
        self.deliver(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": by,
                "date": int(self.clock()),
                "old_chat_member": self.member(self.bot, old),
                "new_chat_member": self.member(self.bot, status),
            },
        )
        self.changed()

    def member(self, user: Json, status: str) -> Json:
        """A ChatMember of the Bot API, with every field its status asks for."""
        shown: Json = {"user": user, "status": status}
        if status == "kicked":
            shown["until_date"] = 0
        if status == "administrator":
            rights = (
                "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
                "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
                "can_edit_stories can_delete_stories"
            )
            shown |= dict.fromkeys(rights.split(), False)
        return shown

    # Files

    def add_file(self, content: bytes, name: str, folder: str) -> Json:
        number = 1 + len(self.files)
        path = f"{folder}/file_{number}{name[name.rfind('.') :] if '.' in name else ''}"
        self.files[f"file-{number}"] = File(content, name, path)
        return {"file_id": f"file-{number}", "file_unique_id": f"unique-{number}", "file_size": len(content)}

    def add_photo(self, content: bytes) -> list[Json]:
        """A photo in two sizes, the large one last, as Telegram lists them."""
        width, height = _size(content)
        small = self.add_file(content[:64], "small.jpg", "photos") | {"width": 90, "height": 67}
        return [small, self.add_file(content, "photo.jpg", "photos") | {"width": width, "height": height}]


def _size(content: bytes) -> tuple[int, int]:
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return 1280, 960
