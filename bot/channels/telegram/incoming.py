"""What the Bot API delivers, in the bot's own words: one update in, what happened out. Pure: nothing is asked or sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telegram import CallbackQuery, Chat, Message, MessageEntity, Update, User

from bot.messages import Attachment, Incoming

CHANNEL = "telegram"
UNREADABLE = "unparsed"


def incoming(raw: Mapping[str, Any], account: str, username: str) -> list[Incoming]:
    """What one update says; [] where it says nothing to us (service notices, other bots, a command for another bot).

    raw: the update as the Bot API sent it. account: the bot's id. username: the bot's name without "@".
    An update that cannot be read becomes an errand "unparsed" with facts {"raw": …}, so that it is kept and told, not lost.
    """
    dedup = str(raw.get("update_id") or "unreadable-" + _digest(raw))
    try:
        if change := raw.get("my_chat_member"):
            found = _membership(change, account, dedup)
        else:
            found = _happened(Update.de_json(dict(raw)), account, dedup, username)
    except Exception:  # whatever the service sent, the updates behind it must not wait
        facts = {"raw": dict(raw)}
        return [Incoming(CHANNEL, account, dedup, "", "", "", False, "errand", command=UNREADABLE, facts=facts)]
    return [found] if found else []


def _digest(raw: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:16]


def _happened(update: Update, account: str, dedup: str, username: str) -> Incoming | None:
    if query := update.callback_query:
        if query.message is None:
            return None
        return _press(query, _base(account, dedup, query.message.chat, query.from_user))
    if message := update.message:
        base = _base(account, dedup, message.chat, message.from_user, message.sender_chat)
        return _message(message, base, account, username)
    if (message := update.edited_message) and not message.location:  # a live location edits itself every few seconds
        base = _base(account, dedup, message.chat, message.from_user, message.sender_chat)
        edited = _message(message, base, account, username)
        return edited and replace(edited, kind="edited", quote=str(message.message_id))
    return None


def _base(account: str, dedup: str, chat: Chat, who: User | None, behind: Chat | None = None) -> Incoming:
    """Who and where. Whoever speaks as a chat (an anonymous administrator, a channel) is nobody in particular: person ""."""
    person, name = (str(who.id), who.full_name) if who and not behind else ("", (behind and behind.title) or "")
    return Incoming(
        CHANNEL, account, dedup, person, name, str(chat.id), chat.type == Chat.PRIVATE, "text", title=chat.title or ""
    )


def _press(query: CallbackQuery, base: Incoming) -> Incoming:
    message = query.message
    assert message is not None
    return replace(
        base,
        kind="press",
        press=query.data or "",
        quote=str(message.message_id),
        thread=_thread(message) if isinstance(message, Message) else "",
        handle=query.id,
        facts={"message": str(message.message_id)},
    )


def _membership(change: Mapping[str, Any], account: str, dedup: str) -> Incoming | None:
    """Came in, was put out; in a direct chat: blocked, or unblocked. A mere change of rights says nothing. Read without the
    library's types, which ask for every right by name: a right they do not know yet must not hide that we were put out."""
    chat = Chat.de_json(change["chat"])
    base = _base(account, dedup, chat, User.de_json(change["from"]))
    was, now = _inside(change["old_chat_member"]), _inside(change["new_chat_member"])
    if was == now or chat.type == Chat.CHANNEL:
        return None
    if now:
        return replace(base, kind="joined")
    return replace(base, kind="blocked" if base.direct else "left")


def _inside(member: Mapping[str, Any]) -> bool:
    return member["status"] in ("creator", "administrator", "member") or member.get("is_member", False) is True


def _message(message: Message, base: Incoming, account: str, username: str) -> Incoming | None:
    if message.migrate_to_chat_id:
        return replace(base, kind="migrated", facts={"from": base.chat, "to": str(message.migrate_to_chat_id)})
    if message.migrate_from_chat_id:
        return replace(base, kind="migrated", facts={"from": str(message.migrate_from_chat_id), "to": base.chat})
    if message.from_user and message.from_user.is_bot and not message.sender_chat:
        return None
    text, attachments, quoted = message.text or message.caption or "", _attachments(message), _quoted(message)
    if not text and message.effective_attachment is None:
        return None  # a service notice: a pinned message, a new title, who came and went
    found = replace(
        base,
        text=text,
        kind="files" if attachments else "text",
        thread=_thread(message),
        quote=str(quoted.message_id) if quoted else "",
        attachments=attachments,
        facts=_facts(message, account),
    )
    return _command(message, found, username) if message.text else found


def _command(message: Message, found: Incoming, username: str) -> Incoming | None:
    """/word@bot rest → a command; @bot text → text said to the bot; None for another bot's command."""
    first = next((entity for entity in message.entities if entity.offset == 0), None)
    if first is None:
        return found
    said, rest = message.parse_entity(first), found.text[first.length :].strip()
    if first.type == MessageEntity.MENTION and said.lower() == f"@{username}".lower():
        return replace(found, text=rest, facts=found.facts | {"addressed": True})
    if first.type != MessageEntity.BOT_COMMAND:
        return found
    word, _, whose = said.removeprefix("/").partition("@")
    if whose and whose.lower() != username.lower():
        return None
    return replace(found, kind="command", command=word.lower(), text=rest)


def _thread(message: Message) -> str:
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""


def _quoted(message: Message) -> Message | None:
    """What was replied to. In a forum every message "replies" to the notice that opened its topic: that is no reply."""
    quoted = message.reply_to_message
    return None if quoted is None or quoted.forum_topic_created else quoted


def _facts(message: Message, account: str) -> dict[str, Any]:
    """message: its id. at: when it was sent, Unix seconds. album, forwarded, location, sticker, other, addressed: where so."""
    facts: dict[str, Any] = {"message": str(message.message_id), "at": int(message.date.timestamp())}
    if message.media_group_id:
        facts["album"] = message.media_group_id
    if message.forward_origin:
        facts["forwarded"] = True
    if (quoted := _quoted(message)) and quoted.from_user and str(quoted.from_user.id) == account:
        facts["addressed"] = True
    if message.location:
        facts["location"] = [message.location.latitude, message.location.longitude]
    elif message.sticker:
        facts["sticker"] = True
    elif message.effective_attachment and not _attachments(message):
        facts["other"] = True
    return facts


def _attachments(message: Message) -> tuple[Attachment, ...]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        name = f"{largest.file_unique_id}.jpg"
        return (Attachment("photo", largest.file_id, name, largest.file_size or 0, "image/jpeg"),)
    if voice := message.voice:
        return (Attachment("voice", voice.file_id, "", voice.file_size or 0, voice.mime_type or ""),)
    if note := message.video_note:
        return (Attachment("video", note.file_id, "", note.file_size or 0, "video/mp4"),)
    if film := message.video or message.animation:
        return (Attachment("video", film.file_id, film.file_name or "", film.file_size or 0, film.mime_type or ""),)
    if file := message.document or message.audio:
        return (Attachment("file", file.file_id, file.file_name or "", file.file_size or 0, file.mime_type or ""),)
    return ()
