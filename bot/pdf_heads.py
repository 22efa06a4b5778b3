"""The words at the head of a PDF, as far as they are kept as text: of its first pages, without a library. Never raises."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

PAGES = 2
MOST = 400_000
"""Bytes that are unpacked of one stream, however large it says it is."""
OBJECTS = 20_000
LETTERS = 4000
_DEEPEST = 8
_LETTERS_OF_A_FONT = 70_000

# Every repetition is bounded: a file made to be slow is not.
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s{1,4}\d{1,5}\s{1,4}obj\b")
_STREAM = re.compile(rb"stream\r?\n")
_REFERENCE = re.compile(rb"(\d{1,9})\s{1,4}\d{1,5}\s{1,4}R\b")
_NAMED = re.compile(rb"/([^\s/<>\[\]()]{1,80})\s{1,4}(\d{1,9})\s{1,4}\d{1,5}\s{1,4}R\b")
_KIDS = re.compile(rb"/Kids\s{0,4}\[([^\]]{0,20000})\]")
_CONTENTS = re.compile(rb"/Contents\s{0,4}(?:\[([^\]]{0,20000})\]|(\d{1,9}\s{1,4}\d{1,5}\s{1,4}R\b))")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f]{1,8})>\s{0,4}<([0-9A-Fa-f]{1,8})>\s{0,4}(?:<([0-9A-Fa-f\s]{1,80})>|\[([^\]]{0,8000})\])"
)
_NUMBER = rb"-?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})"
_SHOWN = re.compile(
    rb"/(?P<font>[^\s/<>\[\]()]{1,80})\s{1,4}" + _NUMBER + rb"\s{1,4}Tf\b"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>|\((?P<plain>(?:\\.|[^\\()])*)\)"
    rb"|" + _NUMBER + rb"\s{1,4}(?P<down>" + _NUMBER + rb")\s{1,4}T[dD]\b"
    rb"|(?P<height>" + _NUMBER + rb")\s{1,4}Tm\b|(?P<line>\bT\*|\bET\b)",
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Font:
    """From the codes of its letters to the letters."""

    width: int = 1
    letters: dict[int, str] = field(default_factory=dict)

    def text(self, raw: bytes) -> str:
        if not self.letters:
            return raw.decode("latin-1")
        codes = (int.from_bytes(raw[at : at + self.width], "big") for at in range(0, len(raw), self.width))
        return "".join(self.letters.get(code, "") for code in codes)


def head(raw: bytes) -> str:
    """The text of the first pages, line by line; "" where it is locked, a picture, or not to be read."""
    if b"/Encrypt" in raw:
        return ""
    objects = dict(_found(raw))
    for body in [body for body in objects.values() if b"/ObjStm" in body[:200]]:
        objects.update(_packed(body))
    lines = "\n".join(_page(page, objects) for page in _pages(objects)[:PAGES])
    return lines[:LETTERS]


def _found(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects that lie open in the file."""
    at = 0
    for _ in range(OBJECTS):
        match = _OBJECT.search(raw, at)
        end = raw.find(b"endobj", match.end()) if match else -1
        if match is None or end < 0:
            return
        yield int(match[1]), raw[match.end() : end]
        at = end


def _stream(body: bytes) -> bytes:
    """What an object's stream holds, unpacked; b"" where it is packed in another way than Flate."""
    match = _STREAM.search(body)
    if match is None:
        return b""
    facts, packed = body[: match.start()], body[match.end() : body.rfind(b"endstream")]
    if b"/FlateDecode" not in facts and b"/Fl " not in facts:
        return b"" if b"/Filter" in facts else packed[:MOST]
    try:
        return zlib.decompressobj().decompress(packed, MOST)
    except zlib.error:
        return b""


def _packed(body: bytes) -> dict[int, bytes]:
    """The objects of an object stream: pairs of number and place, then the objects."""
    first = re.search(rb"/First\s+(\d{1,9})", body)
    raw = _stream(body)
    if first is None or not raw:
        return {}
    start = int(first[1])
    numbers = [int(one) for one in re.findall(rb"\d{1,9}", raw[:start])]
    places = [*numbers[1::2], len(raw) - start]
    return {
        number: raw[start + places[at] : start + places[at + 1]]
        for at, number in enumerate(numbers[0::2][: len(places) - 1])
    }


def _pages(objects: dict[int, bytes]) -> list[bytes]:
    """The pages in their order; in that of the file where the tree leads nowhere."""
    root = next((body for body in objects.values() if re.search(rb"/Type\s*/Catalog\b", body)), b"")
    top = re.search(rb"/Pages\s+(\d{1,9})", root)
    found = list(_below(int(top[1]), objects, 0)) if top else []
    return found or [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]


def _below(number: int, objects: dict[int, bytes], depth: int) -> Iterator[bytes]:
    body = objects.get(number, b"")
    kids = _KIDS.search(body)
    if kids is None:
        if body:
            yield body
    elif depth < _DEEPEST:
        for kid in _REFERENCE.findall(kids[1])[:PAGES]:
            yield from _below(int(kid), objects, depth + 1)


def _page(page: bytes, objects: dict[int, bytes]) -> str:
    contents = _CONTENTS.search(page)
    if contents is None:
        return ""
    raw = b"\n".join(_stream(objects.get(int(one), b"")) for one in _REFERENCE.findall(contents[1] or contents[2]))
    return _shown(raw, _fonts(page, objects))


def _fonts(page: bytes, objects: dict[int, bytes]) -> dict[bytes, Font]:
    """By the names that the page calls them; also those its resources, or the tree above, keep elsewhere."""
    facts, above = page, page
    for _ in range(_DEEPEST):
        parent = re.search(rb"/Parent\s+(\d{1,9})", above)
        if b"/Resources" in above or parent is None:
            break
        above = objects.get(int(parent[1]), b"")
        facts += above
    for key in (rb"/Resources", rb"/Font"):
        facts += b"".join(
            objects.get(int(one), b"") for one in re.findall(key + rb"\s+(\d{1,9})\s+\d{1,5}\s+R\b", facts)
        )
    return {name: _font(objects.get(int(number), b""), objects) for name, number in _NAMED.findall(facts)}


def _font(body: bytes, objects: dict[int, bytes]) -> Font:
    table = re.search(rb"/ToUnicode\s+(\d{1,9})", body)
    return _table(_stream(objects.get(int(table[1]), b""))) if table else Font()


def _table(raw: bytes) -> Font:
    """A ToUnicode table."""
    font = Font()
    for part in _between(raw, b"bfchar"):
        codes = [one.translate(None, b" \r\n\t") for one in _HEX.findall(part)]
        for code, letter in zip(codes[0::2], codes[1::2], strict=False):
            if code:
                font.width, font.letters[int(code, 16)] = len(code) // 2 or 1, _letters(letter)
    left = _LETTERS_OF_A_FONT
    for part in _between(raw, b"bfrange"):
        for low, high, first, each in _RANGE.findall(part):
            font.width = len(low) // 2 or 1
            last = min(int(high, 16), int(low, 16) + left)
            left -= max(0, last - int(low, 16))
            _fill(font, int(low, 16), last, first, _HEX.findall(each))
    return font


def _between(raw: bytes, name: bytes) -> list[bytes]:
    """What stands between begin… and end…."""
    return [part.partition(b"end" + name)[0] for part in raw.split(b"begin" + name)[1:]]


def _fill(font: Font, low: int, high: int, first: bytes, each: list[bytes]) -> None:
    if each:
        font.letters.update({low + at: _letters(one) for at, one in enumerate(each[: high - low + 1])})
        return
    letter = _letters(first.translate(None, b" \r\n\t"))
    if len(letter) == 1:
        font.letters.update(
            {
                code: chr(ord(letter) + code - low)
                for code in range(low, high + 1)
                if ord(letter) + code - low < 0x11_0000
            }
        )


def _letters(code: bytes) -> str:
    try:
        return bytes.fromhex(code.decode()).decode("utf-16-be", "ignore")
    except ValueError:
        return ""


def _shown(raw: bytes, fonts: dict[bytes, Font]) -> str:
    """The strings that a page's contents show, with a new line where the pen goes up or down."""
    text: list[str] = []
    font, height = Font(), b""
    for match in _SHOWN.finditer(raw):
        if match["font"] is not None:
            font = fonts.get(match["font"], Font())
        elif match["hex"] is not None:
            digits = match["hex"].translate(None, b" \r\n\t")
            text.append(font.text(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())))
        elif match["plain"] is not None:
            text.append(font.text(_ESCAPED.sub(_unescaped, match["plain"])))
        elif match["line"] is not None or (match["down"] is not None and float(match["down"])):
            text.append("\n")
        elif match["height"] is not None and match["height"] != height:
            height = match["height"]
            text.append("\n")
    return "".join(text)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() and code[0] < 0x38 else _LETTERS.get(code, code)
