"""What went wrong, in the words of bot.channels: above all, whether the message may have arrived."""

from datetime import timedelta

import httpx
from telegram import error

from bot.channels import ChannelError, Gone, Moved, Stopped, TryLater, Uncertain, Undeliverable, Unreachable

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
GONE = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message_id_invalid",
    "message not found",
)


class Conflicted(TryLater):
    """Somebody else polls with this token (409)."""


def problem(failure: error.TelegramError, token: str) -> ChannelError:
    """The error to raise for what the library raised. Its words come along, without the token."""
    words = _words(failure, token)
    match failure:
        case error.RetryAfter(retry_after=wait):
            return TryLater(words, wait.total_seconds() if isinstance(wait, timedelta) else float(wait), whole=True)
        case error.ChatMigrated(new_chat_id=chat):
            return Moved(str(chat))
        case error.Forbidden():
            return Unreachable(words)
        case error.InvalidToken() | error.EndPointNotFound():
            return Stopped(words)
        case error.Conflict():
            return Conflicted(words)
        case error.BadRequest():
            return _refused(words)
        case _ if isinstance(failure.__cause__, NOT_SENT):
            return TryLater(words)
        case _ if "too many requests" in words.lower():
            return TryLater(words, whole=True)
        case _ if "entity too large" in words.lower():
            return Undeliverable(words)
    return Uncertain(words)


def _refused(words: str) -> ChannelError:
    said = words.lower()
    if any(text in said for text in UNREACHABLE):
        return Unreachable(words)
    if any(text in said for text in GONE):
        return Gone(words)
    return Undeliverable(words)


def _words(failure: error.TelegramError, token: str) -> str:
    return f"{type(failure).__name__}: {failure}".replace(token, "***")[:300]
