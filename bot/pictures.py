"""Pictures for chats and paper: the summary's table, the charts and a QR code, drawn by Typst from stored values as PNG pages or one PDF."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from bot.messages import Picture

TEMPLATES = Path(__file__).parent / "templates" / "pictures"
PIXELS_PER_INCH = 144  # two pixels a point: the templates' pages of 540 × 640 pt are 1080 × 1280 pixels
SYSTEM_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
)
LONG_RUN = re.compile(r"[^\s\u2e80-\uffef]{16,}")  # without a break in it, a line would run out of its column
# What stands for a control character, an unseen mark (turned direction, joiner), half a character.
SEEN = {"Cc": " ", "Cf": "", "Cs": "\ufffd"}
LONGEST = 160  # characters of one text; more would make a row that no page can hold


def draw(picture: Picture, font: Path | None = None) -> list[bytes]:
    """The picture's pages as PNG, the first one first. Takes 0.1 to 0.3 s and keeps no state: call it in a thread.

    `font`: a font file to use instead of the one `font_path` finds. The values each kind needs stand at the head of its template.
    Raises ValueError where the kind is unknown or its values cannot be drawn, FileNotFoundError without a font.
    """
    return _compile(picture, font_path(font), "png")


def document(picture: Picture, font: Path | None = None) -> bytes:
    """The same pages as one PDF. Raises as `draw` does."""
    return _compile(picture, font_path(font), "pdf")[0]


def font_path(chosen: Path | None = None) -> Path:
    """The font file for all pictures: the chosen one; else the installed package's, so that every machine draws alike; else the system's.

    Raises FileNotFoundError where there is none: the caller then says in text what the picture would have shown.
    """
    if chosen is not None:
        if chosen.is_file():
            return chosen
        raise FileNotFoundError(f"no font file at {chosen}")
    packaged = _packaged_font()
    found = next((path for path in (packaged, *map(Path, SYSTEM_FONTS)) if path and path.is_file()), None)
    if found is None:
        raise FileNotFoundError(
            "no Chinese font: install the package pylopdf-fonts-zh-cn or the system's fonts-noto-cjk"
        )
    return found


def _packaged_font() -> Path | None:
    try:
        import pylopdf_fonts_zh_cn
    except ImportError:
        return None
    return Path(pylopdf_fonts_zh_cn.sans_path())


@lru_cache(maxsize=4)
def _fonts(path: Path) -> tuple[Any, str]:
    """Typst's fonts of the file's folder, and the family the file holds (the simplified Chinese one of a collection)."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)])
    families = [font.family for font in fonts.fonts() if font.path and Path(font.path) == path]
    if not families:
        raise FileNotFoundError(f"{path} holds no font that can be used")
    return fonts, next((family for family in families if family.endswith("SC")), families[0])


def _compile(picture: Picture, font: Path, form: Literal["png", "pdf"]) -> list[bytes]:
    """Runs the kind's template. Values go in as data, never as source: whatever people write is printed as it stands."""
    import typst

    prepare = KINDS.get(picture.kind)
    if prepare is None:
        raise ValueError(f"unknown kind of picture {picture.kind!r}; known are {', '.join(KINDS)}")
    values = prepare(picture.values)
    fonts, family = _fonts(font)
    try:
        pages = typst.compile(
            str(TEMPLATES / f"{picture.kind}.typ"),
            root=str(TEMPLATES),
            font_paths=fonts,
            ignore_system_fonts=True,
            format=form,
            ppi=PIXELS_PER_INCH,
            sys_inputs={"values": json.dumps(values, ensure_ascii=False), "font": family},
        )
    except typst.TypstError as error:
        raise ValueError(f"picture {picture.kind!r} cannot be drawn: {error.message}") from error
    return pages if isinstance(pages, list) else [pages]


def _tidy(value: Any) -> Any:
    """The value with every text made fit for print: one line of seen characters, not endless, that can be broken where it is long."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value]
    if not isinstance(value, str):
        return value
    seen = "".join(SEEN.get(unicodedata.category(letter), letter) for letter in value)
    line = " ".join(seen.split())
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    return LONG_RUN.sub(lambda run: "\u200b".join(run.group()), line)


def _qr(values: dict[str, Any]) -> dict[str, Any]:
    """Adds the code itself: rows of "0" and "1", without the quiet zone. The caption's lines stay lines."""
    import segno

    code = segno.make(values["text"], micro=False, error="m")
    matrix = ["".join(str(int(dark)) for dark in row) for row in code.matrix]
    return {"matrix": matrix, "caption": _tidy(values.get("caption", "").splitlines())}


KINDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    **dict.fromkeys(("summary", "chart", "lights", "gantt", "curve", "stages", "blockers"), _tidy),
    "qr": _qr,
}
