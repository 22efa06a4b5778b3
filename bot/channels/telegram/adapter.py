"""The Telegram channel: takes in by long polling or webhook, confirms only what is on disk, sends and edits cards."""

import asyncio
import hmac
import itertools
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import InvalidToken, TelegramError

from bot.channels import ChannelError, Gone, Stopped, TryLater, Uncertain, Undeliverable, Unreachable
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.incoming import CHANNEL, incoming
from bot.channels.telegram.problems import Conflicted, problem
from bot.channels.telegram.requests import Lanes, Requests
from bot.failpoints import failpoint
from bot.messages import Address, Attachment, Caps, Drawn, Incoming, Sent, Sink

API = "https://api.telegram.org"
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
BATCH = 100
LONGEST_WAIT = 30.0
LANES = 16
REBUILD_AFTER = 5
CONFLICTS = 5
TOAST = 200
WEBHOOK_BYTES = 1_000_000
PIECES = re.compile("[:,;]")
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

log = logging.getLogger(__name__)
T = TypeVar("T")


class Api(Bot):
    """The library's bot, plus updates as they come over the wire, each to be read by itself."""

    async def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        """Waits up to `seconds` for updates; tells Telegram that those before `offset` have been received."""
        data = {"offset": offset, "limit": BATCH, "timeout": seconds, "allowed_updates": ALLOWED}
        found: list[dict[str, Any]] = await self._post("getUpdates", data, read_timeout=seconds + 5)
        return found

    def __repr__(self) -> str:
        return "Api()"


class Telegram:
    """One bot account.

    token: from BotFather. api_url: a Bot API server, without "/bot"; the public one where None. webhook_url: where Telegram
    shall deliver, with the secret it must bring; long polling where None. menu: (command, description) for direct chats.
    timeout: seconds for one request. poll_seconds: how long one poll waits. first_wait: seconds before the first retry.
    """

    name = CHANNEL
    caps = Caps(text=4096, caption=1024, edit=True, per_second=28.5, per_chat_seconds=1.05, per_group_minute=18)

    def __init__(
        self,
        token: str,
        api_url: str | None = None,
        *,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        menu: Sequence[tuple[str, str]] = (),
        timeout: float = 20.0,
        poll_seconds: int = 30,
        first_wait: float = 1.0,
    ) -> None:
        if webhook_url and not webhook_secret:
            raise ValueError("a webhook needs a secret")
        for talkative in ("httpx", "httpcore", "telegram"):  # they log addresses, and the address holds the token
            logging.getLogger(talkative).setLevel(logging.WARNING)
        self._token, self._webhook_url, self._secret, self._menu = token, webhook_url, webhook_secret or "", menu
        self._poll_seconds, self._first_wait = poll_seconds, first_wait
        base = (api_url or API).rstrip("/")
        limits: dict[str, Any] = {
            "read_timeout": timeout,
            "write_timeout": timeout,
            "connect_timeout": min(timeout, 10.0),
        }
        self._polls = Requests(**limits)
        self._sends = Lanes(lambda: Requests(media_write_timeout=3 * timeout, **limits), LANES)
        self._bot = Api(token, f"{base}/bot", f"{base}/file/bot", request=self._sends, get_updates_request=self._polls)
        self.account = token.partition(":")[0]
        self.username = ""
        self._offset: int | None = None
        self._conflicts = 0
        self._running = False
        self.started = asyncio.Event()
        self._last_poll: float | None = None
        self._error = ""
        self._reads_groups: bool | None = None

    async def run(self, sink: Sink) -> None:
        """Takes in until cancelled. Raises Stopped where the token is refused or somebody else polls with it."""
        await self._persist(self._start)
        self._running = True
        self.started.set()
        try:
            if self._webhook_url:
                await asyncio.Event().wait()
            while True:
                await self._persist(lambda: self._poll(sink))
        finally:
            self._running = False

    async def close(self) -> None:
        """Closes the connections, after `run` has ended and nothing is being sent any more."""
        await self._polls.shutdown()
        await self._sends.shutdown()

    async def _persist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Runs `step` until it succeeds, with longer and longer waits between tries."""
        for failures in itertools.count(1):
            try:
                await step()
                self._error = ""
                return
            except Stopped as failure:
                self._error = str(failure)
                raise
            except Exception as failure:  # the network, or the sink: the offset has not moved, nothing is lost
                self._error = f"{type(failure).__name__}: {failure}".replace(self._token, "***")
                log.warning("telegram: try %d failed: %s", failures, self._error)
                wait = failure.seconds if isinstance(failure, TryLater) and failure.whole else 0.0
            if failures % REBUILD_AFTER == 0:
                await self._polls.shutdown()
                await self._polls.initialize()
            await asyncio.sleep(max(wait, min(LONGEST_WAIT, self._first_wait * 2 ** min(failures - 1, 10))))

    async def _start(self) -> None:
        me = await self._ask(self._bot.get_me())
        self.username, self._reads_groups = me.username or "", me.can_read_all_group_messages
        try:
            commands = [BotCommand(word, words) for word, words in self._menu]
            await self._ask(self._bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats()))
        except Undeliverable as failure:
            log.warning("telegram: the menu was refused: %s", failure)
        if not self._webhook_url:
            await self._ask(self._bot.delete_webhook(drop_pending_updates=False))
            return
        try:
            await self._ask(
                self._bot.set_webhook(self._webhook_url, secret_token=self._secret, allowed_updates=ALLOWED)
            )
        except Undeliverable as failure:
            raise Stopped(f"the webhook was refused: {failure}") from None

    async def _poll(self, sink: Sink) -> None:
        """One poll: the offset moves only after the sink has returned, and is told with the next poll."""
        try:
            updates = await self._ask(self._bot.updates(self._offset, self._poll_seconds))
        except Conflicted as failure:
            self._conflicts += 1
            if self._conflicts >= CONFLICTS:
                raise Stopped(f"somebody else polls with this token: {failure}") from None
            raise
        self._last_poll = asyncio.get_running_loop().time()
        if not updates:
            self._conflicts = 0  # only a poll that could wait undisturbed shows that we are alone
            return
        batch = [one for update in updates for one in incoming(update, self.account, self.username)]
        if batch:
            failpoint("telegram.polled")
            await sink(batch)
            failpoint("telegram.committed")
        self._offset = max(update["update_id"] for update in updates) + 1

    async def webhook(self, body: bytes, secret: str | None, sink: Sink) -> int:
        """One delivery → the HTTP status to answer with: 200 only after the sink has returned; 403 for a wrong secret."""
        if not self._secret or not hmac.compare_digest((secret or "").encode(), self._secret.encode()):
            return 403
        if len(body) > WEBHOOK_BYTES:
            return 413
        if not self._running:
            return 503
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(update, dict):
            return 400
        try:
            batch: list[Incoming] = incoming(update, self.account, self.username)
            if batch:
                await sink(batch)
        except Exception as failure:  # Telegram delivers it again
            self._error = f"{type(failure).__name__}: {failure}"
            log.warning("telegram: a delivery failed: %s", self._error)
            return 500
        self._last_poll, self._error = asyncio.get_running_loop().time(), ""
        return 200

    async def send(self, to: Address, drawn: Drawn) -> Sent:
        """Sends one card. `message` is "12", "p:12" where the text is a caption, "12,13" where it took several messages,
        the last with the buttons; "12;14" where 14 is what is there to copy."""
        return await Delivery(self._bot, self._ask, to).card(drawn, self.caps)

    async def update(self, to: Address, message: str, drawn: Drawn) -> Sent:
        """Replaces text and buttons of what `send` sent (of several messages the last)."""
        return await Delivery(self._bot, self._ask, to).edit(message, drawn, self.caps)

    async def delete(self, to: Address, message: str) -> bool:
        """Telegram lets a bot take away, within 48 hours, what it sent and, in a private chat, what was sent to it."""
        taken = True
        for number in filter(str.isdecimal, PIECES.split(message)):
            try:
                await self._ask(self._bot.delete_message(to.chat, int(number)))
            except Gone:
                pass
            except (Undeliverable, Unreachable):
                taken = False
        return taken

    async def ack(self, handle: str, toast: str) -> None:
        """Ends the waiting sign on a pressed button. Too late is no harm."""
        try:
            await self._ask(self._bot.answer_callback_query(handle, text=toast[:TOAST] or None))
        except ChannelError as failure:
            log.info("telegram: a press was not acknowledged: %s", failure)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The file's bytes. Raises Undeliverable("too_large") above 20 MB, TryLater where it may come later."""
        if attachment.size > self.caps.file_bytes:
            raise Undeliverable("too_large")
        try:
            file = await self._ask(self._bot.get_file(attachment.ref))
            if (file.file_size or 0) > self.caps.file_bytes:
                raise Undeliverable("too_large")
            return bytes(await self._ask(_downloaded(file.download_as_bytearray())))
        except Uncertain as failure:
            raise TryLater(str(failure)) from None
        except Undeliverable as failure:
            if "file is too big" in str(failure).lower():
                raise Undeliverable("too_large") from None
            raise

    async def _ask(self, request: Awaitable[T]) -> T:
        try:
            return await request
        except TelegramError as failure:
            found = problem(failure, self._token)
        raise found  # outside the handler: the library's error, which may name the token, is not chained to it

    def health(self) -> dict[str, object]:
        """`last_poll`: the loop's time of the last answer or delivery; `ok`: running and the last try did not fail."""
        return {
            "ok": self._running and not self._error,
            "mode": "webhook" if self._webhook_url else "polling",
            "last_poll": self._last_poll,
            "last_error": self._error,
            "username": self.username,
            "reads_all_group_messages": self._reads_groups,
        }

    def deep_link(self, payload: str, group: bool = False) -> str:
        """A link that opens the chat with the bot (or adds it to a group) and sends /start PAYLOAD. Raises ValueError where
        the payload is not 1 to 64 of A–Z a–z 0–9 _ -, or the bot's name is not known yet."""
        if not self.username or not PAYLOAD.fullmatch(payload):
            raise ValueError("no deep link: the bot has not started, or the payload is not 1 to 64 of A-Z a-z 0-9 _ -")
        return f"https://t.me/{self.username}?{'startgroup' if group else 'start'}={payload}"


async def _downloaded(download: Awaitable[T]) -> T:
    """The file server answers 404 for a file that is gone; the library takes that for a refused token."""
    try:
        return await download
    except InvalidToken:
        pass
    raise Undeliverable("the file is gone")
