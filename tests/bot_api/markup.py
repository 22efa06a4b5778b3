"""Text as Telegram's server reads it: HTML into plain text and entities, with the server's own words for what is wrong."""

import re
from typing import Any

Entity = dict[str, Any]

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-fA-F]+));")
TYPED = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?|(?<!\w)@[A-Za-z]\w{3,31}")


class Unparsable(Exception):
    """The text is not the HTML Telegram knows; the argument is what the server says."""


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """HTML → (plain text, entities with offset and length in UTF-16 units). Raises Unparsable."""
    plain, at = "", 0
    open_tags: list[tuple[str, int, Entity]] = []
    entities: list[Entity] = []
    while at < len(text):
        if text[at] == "&" and (found := REFERENCE.match(text, at)):
            named, decimal, hexadecimal = found.groups()
            plain += NAMED[named] if named else chr(int(decimal) if decimal else int(hexadecimal, 16))
            at = found.end()
        elif text[at] != "<":
            plain, at = plain + text[at], at + 1
        else:
            offset, end = len(text[:at].encode()), text.find(">", at)
            if end < 0:
                raise Unparsable(f"Unclosed start tag at byte offset {offset}")
            inside, at = text[at + 1 : end], end + 1
            if inside.startswith("/"):
                entities += _closed(inside[1:].strip().lower(), open_tags, plain, offset)
            else:
                name, entity = _opened(inside, offset)
                open_tags.append((name, units(plain), entity))
    if open_tags:
        raise Unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return plain, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _opened(inside: str, offset: int) -> tuple[str, Entity]:
    name = re.split(r"\s", inside, maxsplit=1)[0].lower()
    if name not in KINDS or (name == "span" and "tg-spoiler" not in inside):
        raise Unparsable(f'Unsupported start tag "{name}" at byte offset {offset}')
    link = re.search(r'href\s*=\s*"([^"]*)"', inside)
    return name, {"type": KINDS[name]} | ({"url": link[1]} if link and name == "a" else {})


def _closed(name: str, open_tags: list[tuple[str, int, Entity]], plain: str, offset: int) -> list[Entity]:
    if not open_tags:
        raise Unparsable(f"Unexpected end tag at byte offset {offset}")
    expected, start, entity = open_tags.pop()
    if name and name != expected:
        raise Unparsable(f'Unmatched end tag at byte offset {offset}, expected "</{expected}>", found "</{name}>"')
    length = units(plain) - start
    return [entity | {"offset": start, "length": length}] if length else []


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at both ends, as the server keeps it."""
    kept = text.strip()
    shift, total = units(text[: len(text) - len(text.lstrip())]), units(kept)
    found = []
    for entity in entities:
        start, end = max(0, entity["offset"] - shift), min(total, entity["offset"] - shift + entity["length"])
        if end > start:
            found.append(entity | {"offset": start, "length": end - start})
    return kept, found


def typed_entities(text: str) -> list[Entity]:
    """The entities the server finds in what a person typed: commands and mentions."""
    return [
        {
            "type": "bot_command" if found[0].startswith("/") else "mention",
            "offset": units(text[: found.start()]),
            "length": units(found[0]),
        }
        for found in TYPED.finditer(text)
    ]


def slice_units(text: str, offset: int, length: int) -> str:
    """The part of the text that an entity covers."""
    return text.encode("utf-16-le", "surrogatepass")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
