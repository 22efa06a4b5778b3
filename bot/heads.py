"""The first words of a file that came in, for the marks a document bears at its head. Only what can be read with little work."""

import io
import re
import zipfile
from zlib import error as ZlibError

from bot import pdf_heads

MOST = 400_000
"""Bytes that are unpacked of one part, however large it says it is."""
LETTERS = 4000
_PARTS = re.compile(
    r"word/(?:header\d*|document)\.xml|xl/sharedStrings\.xml|xl/worksheets/sheet1\.xml|ppt/slides/slide1\.xml|content\.xml"
    r"|.*/Pages/Page_0/Content\.xml"
)
_BREAKS = re.compile(r"</(?:w:p|a:p|si|text:p|ofd:TextObject)>|<w:(?:br|tab)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def head(raw: bytes) -> str:
    """The text at the head of a document (docx, xlsx, pptx, odt, ods, ofd, pdf, doc, wps, plain text); "" where it cannot be read."""
    if raw.startswith(b"PK"):
        return _packed(raw)
    if raw.startswith(_OLE):  # the old binary forms keep their text in UTF-16
        return "\n".join(re.findall(r"[ -~\u3000-\u9fff\uff00-\uffef★☆]{2,}", raw[:MOST].decode("utf-16-le", "ignore")))
    if b"%PDF-" in raw[:1024]:
        return pdf_heads.head(raw)
    if b"\0" in raw[:LETTERS] or raw.startswith(b"\xff\xd8"):
        return ""
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return raw[: LETTERS * 3].decode(coding)
        except UnicodeDecodeError:
            continue
    return ""


def unread(raw: bytes, told: str) -> bool:
    """Whether a document has words that `head` (told) cannot see: a PDF without text or locked, an office document with a password."""
    if raw.startswith(_OLE):
        return _LOCKED in raw
    return b"%PDF-" in raw[:1024] and not told.strip()


def _packed(raw: bytes) -> str:
    texts = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = sorted(name for name in packed.namelist() if _PARTS.fullmatch(name))
            for name in sorted(names, key=lambda name: "header" not in name)[:8]:
                with packed.open(name) as part:
                    xml = part.read(MOST).decode("utf-8", "ignore")
                texts.append(_TAGS.sub("", _BREAKS.sub("\n", xml))[:LETTERS])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ZlibError, EOFError, ValueError):
        return "\n".join(texts)
    return "\n".join(texts)
