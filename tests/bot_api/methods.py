"""The Bot API's methods: what each does to the world, and the words with which it refuses."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bot_api.markup import Unparsable, parse_html, trimmed, units
from tests.bot_api.world import ALL_KINDS, Chat, Json, World

TEXT, CAPTION, DATA = 4096, 1024, 64
DOWNLOAD = 20_000_000
PRIVATE_SCOPE = {"type": "default"}


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, words: str, **parameters: Any) -> None:
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters


@dataclass
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes


class Request:
    """The parameters of one call, whichever way they were encoded."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        try:
            return None if value in (None, "") else int(value)
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified") from None

    def json(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload:
        """The file under `name`, or the one that "attach://…" points to."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self.values.get(value.removeprefix("attach://"))
        if not isinstance(value, Upload):
            raise bad(f"there is no {name} in the request")
        return value


def bad(words: str) -> Refused:
    return Refused(400, f"Bad Request: {words}")


# What calls have in common


def target(world: World, request: Request) -> Chat:
    """The chat to write to. Refuses as Telegram does where the bot may not."""
    chat = _chat(world, request)
    if chat.moved_to is not None:
        raise Refused(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.moved_to,
        )
    if chat.type == "private":
        if chat.deactivated:
            raise Refused(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if not chat.opened:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
    elif chat.bot_status == "kicked":
        raise Refused(403, f"Forbidden: bot was kicked from the {chat.type} chat")
    elif chat.bot_status == "left":
        raise Refused(403, f"Forbidden: bot is not a member of the {chat.type} chat")
    elif chat.bot_status == "restricted":
        raise bad("not enough rights to send text messages to the chat")
    thread = request.number("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise bad("message thread not found")
    if thread is not None and thread in chat.closed_topics:
        raise bad("TOPIC_CLOSED")
    return chat


def _chat(world: World, request: Request) -> Chat:
    chat = world.chats.get(request.number("chat_id") or 0)
    if chat is None:
        raise bad("chat not found")
    return chat


def formatted(request: Request, name: str, limit: int) -> tuple[str, list[Json]]:
    """The text or caption with its entities, trimmed and measured."""
    text, entities = request.text(name), request.json("entities") or []
    if request.text("parse_mode").upper() == "HTML":
        try:
            text, entities = parse_html(text)
        except Unparsable as failure:
            raise bad(f"can't parse entities: {failure}") from None
    text, entities = trimmed(text, entities)
    if units(text) > limit:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return text, entities


def content_of(request: Request, name: str, limit: int) -> Json:
    text, entities = formatted(request, name, limit)
    found: Json = {name: text} if text else {}
    if entities:
        found["entities" if name == "text" else "caption_entities"] = entities
    return found


def markup(request: Request) -> Json:
    """{"reply_markup": …} or {}; refuses buttons Telegram would refuse."""
    found = request.json("reply_markup") or {}
    rows = [row for row in found.get("inline_keyboard", []) if row]
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise bad("can't parse inline keyboard button: Text buttons must have non-empty text")
        if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= DATA:
            raise bad("BUTTON_DATA_INVALID")
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def say(world: World, chat: Chat, request: Request, content: Json) -> Json:
    quoted = (request.json("reply_parameters") or {}).get("message_id")
    if quoted and (found := world.find(chat, quoted)):
        content = content | {"reply_to_message": found}
    return world.add_message(chat, world.bot, content, request.number("message_thread_id"))


def editable(world: World, request: Request) -> Json:
    chat, number = target(world, request), request.number("message_id") or 0
    message = world.find(chat, number)
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.bot["id"] or (chat.id, number) in world.frozen:
        raise bad("message can't be edited")
    return message


def change(world: World, message: Json, gone: tuple[str, ...], content: Json) -> Json:
    """Puts new content in place of the old; refuses where nothing would change."""
    old = {key: message[key] for key in (*gone, "reply_markup") if key in message}
    if old == content:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    for key in old:
        del message[key]
    message.update(content, edit_date=int(world.clock()))
    world.changed()
    return message


# The methods


def get_me(world: World, request: Request) -> Any:
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
    }


def send_message(world: World, request: Request) -> Any:
    chat, content = target(world, request), content_of(request, "text", TEXT)
    if not content:
        raise bad("message text is empty")
    return say(world, chat, request, content | markup(request))


def send_photo(world: World, request: Request) -> Any:
    chat, content = target(world, request), content_of(request, "caption", CAPTION) | markup(request)
    photo = world.add_photo(request.upload("photo").content)
    return say(world, chat, request, {"photo": photo} | content)


def send_document(world: World, request: Request) -> Any:
    chat, content = target(world, request), content_of(request, "caption", CAPTION) | markup(request)
    file = request.upload("document")
    document = world.add_file(file.content, file.name, "documents") | {"file_name": file.name}
    return say(world, chat, request, {"document": document} | content)


def send_media_group(world: World, request: Request) -> Any:
    chat, media = target(world, request), request.json("media") or []
    if not 2 <= len(media) <= 10:
        raise bad("media group must include 2-10 items")
    album, sent = f"album-{world.last_shared_id}-{len(chat.messages)}", []
    for item in media:
        part = Request(request.values | item)
        content = content_of(part, "caption", CAPTION)
        if item["type"] == "photo":
            content["photo"] = world.add_photo(part.upload("media").content)
        else:
            file = part.upload("media")
            content["document"] = world.add_file(file.content, file.name, "documents") | {"file_name": file.name}
        sent.append(say(world, chat, request, {"media_group_id": album} | content))
    return sent


def edit_message_text(world: World, request: Request) -> Any:
    message, content = editable(world, request), content_of(request, "text", TEXT)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    if not content:
        raise bad("message text is empty")
    return change(world, message, ("text", "entities"), content | markup(request))


def edit_message_caption(world: World, request: Request) -> Any:
    message, content = editable(world, request), content_of(request, "caption", CAPTION)
    if "text" in message:
        raise bad("there is no caption in the message to edit")
    return change(world, message, ("caption", "caption_entities"), content | markup(request))


def edit_message_media(world: World, request: Request) -> Any:
    message, media = editable(world, request), request.json("media") or {}
    part = Request(request.values | media)
    content = content_of(part, "caption", CAPTION) | {"photo": world.add_photo(part.upload("media").content)}
    gone = ("text", "entities", "caption", "caption_entities", "photo", "document")
    return change(world, message, gone, content | markup(request))


def edit_message_reply_markup(world: World, request: Request) -> Any:
    return change(world, editable(world, request), (), markup(request))


def delete_message(world: World, request: Request) -> Any:
    chat = target(world, request)
    message = world.find(chat, request.number("message_id") or 0)
    if message is None:
        raise bad("message to delete not found")
    if int(world.clock()) - message["date"] > 48 * 3600:
        raise bad("message can't be deleted for everyone")
    if message["from"]["id"] != world.bot["id"] and chat.type != "private":
        raise bad("message can't be deleted")
    chat.messages.remove(message)
    world.changed()
    return True


def answer_callback_query(world: World, request: Request) -> Any:
    query = world.queries.get(request.text("callback_query_id"))
    if query is None or world.queries_expired:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    world.toasts.append((query["from"]["id"], request.text("text")))
    world.changed()
    return True


def get_file(world: World, request: Request) -> Any:
    file = world.files.get(request.text("file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD:
        raise bad("file is too big")
    number = request.text("file_id").removeprefix("file-")
    size = {"file_size": len(file.content), "file_path": file.path}
    return {"file_id": request.text("file_id"), "file_unique_id": f"unique-{number}"} | size


def get_chat(world: World, request: Request) -> Any:
    kinds = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
    gifts = dict.fromkeys(kinds.split(), False)
    return _chat(world, request).json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_chat_member(world: World, request: Request) -> Any:
    chat, number = _chat(world, request), request.number("user_id")
    if number == world.bot["id"]:
        return world.member(world.bot, chat.bot_status)
    if number not in world.users:
        raise bad("user not found")
    return world.member(world.users[number], "member" if number in chat.members else "left")


def leave_chat(world: World, request: Request) -> Any:
    target(world, request).bot_status = "left"
    return True


def set_my_commands(world: World, request: Request) -> Any:
    commands = request.json("commands") or []
    for command in commands:
        if not 1 <= len(command["command"]) <= 32 or not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_INVALID")
    world.commands[_scope(request)] = commands
    return True


def get_my_commands(world: World, request: Request) -> Any:
    return world.commands.get(_scope(request), [])


def _scope(request: Request) -> str:
    return str((request.json("scope") or PRIVATE_SCOPE)["type"])


def set_webhook(world: World, request: Request) -> Any:
    if not request.text("url").startswith(("http://", "https://")):
        raise bad("bad webhook: invalid URL")
    world.webhook = {"url": request.text("url"), "secret": request.text("secret_token")}
    if (allowed := request.json("allowed_updates")) is not None:
        world.allowed = tuple(allowed) or ALL_KINDS
    if request.values.get("drop_pending_updates") in (True, "true", "True"):
        world.pending.clear()
    world.changed()
    return True


def delete_webhook(world: World, request: Request) -> Any:
    world.webhook = {}
    if request.values.get("drop_pending_updates") in (True, "true", "True"):
        world.pending.clear()
    world.changed()
    return True


def get_webhook_info(world: World, request: Request) -> Any:
    found = {"url": world.webhook.get("url", ""), "pending_update_count": len(world.pending)}
    error = {"last_error_message": world.webhook["error"]} if "error" in world.webhook else {}
    return found | {"has_custom_certificate": False} | error


def nothing(world: World, request: Request) -> Any:
    return True


METHODS: dict[str, Callable[[World, Request], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "sendChatAction": nothing,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
