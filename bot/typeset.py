"""Papers as PDF, set by Typst from stored values: what people wrote goes in as data and is printed as it stands."""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.pictures import font_path

TEMPLATES = Path(__file__).parent / "templates" / "papers"
UNSEEN = {"Cc": " ", "Cf": "", "Cs": "\ufffd"}
"""What stands for a control character, an unseen mark, half a character; line breaks stay."""
LAYOUTS = {
    "bulletin": "bulletin", "ten_days": "bulletin", "project": "project", "order": "order", "supervision": "order", "escalation": "order"
}  # fmt: skip


def pdf(kind: str, values: dict[str, Any], font: Path | None = None) -> bytes:
    """A paper of a kind as PDF. Raises ValueError where its values cannot be set, FileNotFoundError without a Chinese font."""
    import typst

    face = font_path(font)
    fonts, family = _fonts(face)
    try:
        made = typst.compile(
            str(TEMPLATES / f"{LAYOUTS[kind]}.typ"), root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True, format="pdf",
            sys_inputs={"values": json.dumps(tidy(values), ensure_ascii=False, default=str), "font": family},
        )  # fmt: skip
    except typst.TypstError as error:
        raise ValueError(f"paper {kind!r} cannot be set: {error.message}") from error
    return made if isinstance(made, bytes) else b"".join(made)


@lru_cache(maxsize=2)
def _fonts(path: Path) -> tuple[Any, str]:
    """Typst's fonts of the file's folder, and the family the file holds."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)])
    families = [font.family for font in fonts.fonts() if font.path and Path(font.path) == path]
    if not families:
        raise FileNotFoundError(f"{path} holds no font that can be used")
    return fonts, next((family for family in families if family.endswith("SC")), families[0])


def tidy(value: Any) -> Any:
    """The value with every text made fit for print."""
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    if not isinstance(value, str):
        return value
    return "".join("\n" if one == "\n" else UNSEEN.get(unicodedata.category(one), one) for one in value)
