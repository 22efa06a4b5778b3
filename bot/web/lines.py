"""Lines of a transcript as the page draws them: plain values, texts as (text, bold) pieces, never HTML."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels.webchat import WebChat
from bot.messages import Attachment, Button, Card, Incoming, place_and_name, spans
from storage.webchat import Line

Link = Callable[[str, str, int], str]
"""kind of file, the line's key, which one -> its address."""


def line(
    found: Line, identity: str, zone: ZoneInfo, channel: WebChat, link: Link, told: Mapping[str, str]
) -> dict[str, Any]:
    """One line; `told`: the page's words. `mine`: written by who looks. `at` orders lines, `day` and `time` are the deployment's."""
    local = found.at.astimezone(zone)
    base: dict[str, Any] = {
        "key": found.key, "chat": found.chat, "at": found.at.isoformat(), "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}",
    }  # fmt: skip
    if found.card is not None:
        return {**base, "mine": False, "edited": found.edited, **_card(found, found.card, channel, link)}
    assert found.incoming is not None
    return {**base, **_words(found, found.incoming, identity, link, told)}


def _card(found: Line, card: Card, channel: WebChat, link: Link) -> dict[str, Any]:
    pages = len(channel.pictures(card))
    return {
        "bot": True,
        "text": spans(card.text),
        "rows": [[_button(button) for button in row] for row in card.rows] if found.open else [],
        "pictures": [link("picture", found.key, at) for at in range(pages)],
        "files": [
            {"name": place_and_name(file)[1], "address": link("file", found.key, at)}
            for at, file in enumerate(card.files)
        ],
        "copy": card.copy,
    }


def _button(button: Button) -> dict[str, str]:
    return {"label": button.label, "token": button.token, "style": button.style}


def _words(found: Line, incoming: Incoming, identity: str, link: Link, told: Mapping[str, str]) -> dict[str, Any]:
    text = f"/{incoming.command} {incoming.text}".strip() if incoming.kind == "command" else incoming.text
    for taken_out in ("erased", "refused"):
        if taken_out in incoming.facts:
            text = told[f"said_{taken_out}"]
    addresses = [link("sent", found.key, at) for at in range(len(incoming.attachments))]
    attached = list(zip(incoming.attachments, addresses, strict=True))
    return {
        "bot": False,
        "mine": incoming.person == identity,
        "name": incoming.name,
        "client": incoming.dedup.partition(":")[2],
        "text": [(text, False)] if text else [],
        "rows": [],
        "pictures": [address for one, address in attached if one.kind == "photo"],
        "files": [_file(one, address) for one, address in attached if one.kind != "photo"],
        "copy": "",
        "reply": str(incoming.facts.get("reply", "")),
    }


def _file(attachment: Attachment, address: str) -> dict[str, Any]:
    return {"name": attachment.name or "file", "address": address, "size": attachment.size}
