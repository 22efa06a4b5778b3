"""Cards on their way to a chat. Sent: pictures and files first, then the text with the buttons, then what is there to copy."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from telegram import Bot, InlineKeyboardMarkup, InputFile, InputMediaPhoto, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.channels import ChannelError, Gone, Stopped, TryLater, Undeliverable
from bot.channels.telegram.writing import bare, clean, keyboard, parts, split, to_html, units, written
from bot.messages import Address, Caps, Drawn, Sent, Span

ALBUM = 10
TRIES = 3
PATIENCE = 60.0
CAPTIONED = "p:"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

T = TypeVar("T")
Say = Callable[[str, str | None], Awaitable[T]]


class Ask(Protocol):
    """Awaits a request of the library; raises the errors of bot.channels."""

    async def __call__(self, request: Awaitable[T], /) -> T: ...


class Delivery:
    """Sends one card piece by piece. Once a piece has arrived, a later one that is put off is waited for here, so that the
    card is not begun again."""

    def __init__(self, bot: Bot, ask: Ask, to: Address) -> None:
        self._bot, self._ask = bot, ask
        self._where: dict[str, Any] = {"chat_id": to.chat, "message_thread_id": int(to.thread) if to.thread else None}
        self._begun = False
        self._degraded: tuple[str, ...] = ()

    async def card(self, drawn: Drawn, caps: Caps) -> Sent:
        """Raises the errors of bot.channels. Only what is to be copied may fail without raising: degraded "copy"."""
        keys, text = keyboard(drawn.card), written(drawn.card.text)
        media = len(drawn.pictures) + len(drawn.files)
        if media == 1 and units(bare(text)) <= caps.caption:
            message = CAPTIONED + await self._captioned(drawn, text, keys)
        elif not bare(text).strip():
            raise Undeliverable("the card says nothing")
        else:
            before = await self._pictures(drawn.pictures)
            for name, content in drawn.files:
                send = partial(self._bot.send_document, document=InputFile(content, name), **self._where)
                before.append(str((await self._piece(send)).message_id))
            message = ",".join([*before, await self._text(parts(text, caps.text), keys)])
        if drawn.card.copy:
            message = ";".join([message, *await self._copy(split(clean(drawn.card.copy), caps.text))])
        return Sent(message, self._degraded)

    async def edit(self, message: str, drawn: Drawn, caps: Caps) -> Sent:
        """Replaces text (or caption) and buttons of a sent card; a picture only where one is given again. Raises Gone where
        the message is no longer there or the new text does not fit into it."""
        captioned, told = message.startswith(CAPTIONED), message.partition(";")[0]
        number = told.removeprefix(CAPTIONED).rpartition(",")[2]
        text = written(drawn.card.text)
        if not number.isdecimal() or units(bare(text)) > (caps.caption if captioned else caps.text):
            raise Gone("there is no message to edit, or the new text is too long for it")
        where = {"chat_id": self._where["chat_id"], "message_id": int(number), "reply_markup": keyboard(drawn.card)}
        try:
            await self._said(text, lambda words, mode: self._edit(words, mode, where, captioned, drawn.pictures))
        except Undeliverable as failure:
            if "there is no text in the message" in str(failure).lower() and not captioned:
                return await self.edit(CAPTIONED + number, drawn, caps)
            if "message is not modified" not in str(failure).lower():
                raise
        return Sent(message, self._degraded)

    def _edit(
        self, words: str, mode: str | None, where: dict[str, Any], captioned: bool, pictures: tuple[bytes, ...]
    ) -> Awaitable[Any]:
        if not words:
            return self._bot.edit_message_reply_markup(**where)
        if not captioned:
            return self._bot.edit_message_text(words, parse_mode=mode, link_preview_options=NO_PREVIEW, **where)
        if pictures:
            return self._bot.edit_message_media(InputMediaPhoto(pictures[0], words, mode), **where)
        return self._bot.edit_message_caption(caption=words, parse_mode=mode, **where)

    async def _captioned(self, drawn: Drawn, text: list[Span], keys: InlineKeyboardMarkup | None) -> str:
        def say(caption: str, mode: str | None) -> Awaitable[Any]:
            common = {"caption": caption, "parse_mode": mode, "reply_markup": keys, **self._where}
            if drawn.pictures:
                return self._bot.send_photo(photo=drawn.pictures[0], **common)
            name, content = drawn.files[0]
            return self._bot.send_document(document=InputFile(content, name), **common)

        return str((await self._said(text, say)).message_id)

    async def _pictures(self, pictures: tuple[bytes, ...]) -> list[str]:
        ids: list[str] = []
        for start in range(0, len(pictures), ALBUM):
            some = [InputMediaPhoto(picture) for picture in pictures[start : start + ALBUM]]
            if len(some) == 1:
                one = await self._piece(partial(self._bot.send_photo, photo=pictures[start], **self._where))
                ids.append(str(one.message_id))
            else:
                many = await self._piece(partial(self._bot.send_media_group, media=some, **self._where))
                ids += [str(one.message_id) for one in many]
        return ids

    async def _text(self, texts: list[list[Span]], keys: InlineKeyboardMarkup | None) -> str:
        ids = []
        for text in texts:
            below = keys if text is texts[-1] else None

            def say(words: str, mode: str | None, below: InlineKeyboardMarkup | None = below) -> Awaitable[Any]:
                return self._bot.send_message(
                    text=words, parse_mode=mode, reply_markup=below, link_preview_options=NO_PREVIEW, **self._where
                )

            ids.append(str((await self._said(text, say)).message_id))
        return ",".join(ids)

    async def _copy(self, texts: list[str]) -> list[str]:
        ids: list[str] = []
        try:
            for text in texts:
                html = f"<pre>{to_html([(text, False)])}</pre>"
                send = partial(self._bot.send_message, text=html, parse_mode=ParseMode.HTML, **self._where)
                ids.append(str((await self._piece(send)).message_id))
        except Stopped:
            raise
        except ChannelError:
            self._degraded += ("copy",)
        return ids

    async def _said(self, text: list[Span], say: Say[T]) -> T:
        """Says it with its markup; plainly where Telegram cannot parse that."""
        try:
            return await self._piece(lambda: say(to_html(text), ParseMode.HTML))
        except Undeliverable as failure:
            if "can't parse entities" not in str(failure).lower():
                raise
        self._degraded = ("plain",)
        return await self._piece(lambda: say(bare(text), None))

    async def _piece(self, request: Callable[[], Awaitable[T]]) -> T:
        for _ in range(TRIES if self._begun else 0):
            try:
                return await self._ask(request())
            except TryLater as failure:
                await asyncio.sleep(min(failure.seconds, PATIENCE))
        answer = await self._ask(request())
        self._begun = True
        return answer
