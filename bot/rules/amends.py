"""What is typed after a confirm card to put it right: 改成七成, 进度改为65, 不是主体封顶，是基础完成, 不对. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LINES: Mapping[str, tuple[str, ...]] = {
    "progress": ("形象进度", "工程进度", "总体进度", "总进度", "完成进度", "进度"),
    "invested": ("累计完成投资", "年度完成投资", "完成投资额", "完成投资", "累计投资", "投资额", "投资", "金额"),
    "milestones": ("节点",),
    "files": ("照片", "图片", "附件", "文件", "语音"),
}
"""The lines of a card and what people call them; the longest that fits counts."""


@dataclass(frozen=True)
class Amend:
    """One change. line: of LINES, or "" where it is not said; words: what is to stand there; withdrawn: what was denied (不是X);
    drop: the line is to go. None of them: something is wrong, and it is to be asked what."""

    line: str = ""
    words: str = ""
    withdrawn: str = ""
    drop: bool = False


_LINE = "|".join(sorted((word for words in LINES.values() for word in words), key=len, reverse=True))
_AT = rf"(?:把|将|请把|请将|这个|上面的?|刚才的?)?\s*(?P<line>{_LINE})?的?(?:那[一项行])?\s*"
_SLIP = r"(?:写|说|打|报|填|搞|弄|读|看|听|识别)?错了?|不对|有误|不准确?|不是这样|不正确"
_END = r"[了啊呀吧呢哦的]*[。.!！~\s]*"
_WRONG = re.compile(rf"(?:有点|好像|都)?{_AT}(?:好像|有点)?(?:{_SLIP}){_END}")
_DROP = re.compile(
    rf"(?:去掉|删掉|删除|删去|删|不要|不报|拿掉)了?\s*(?P<line>{_LINE}){_END}"
    rf"|(?P<other>{_LINE})\s*(?:去掉|删掉|删除|不要|不报|拿掉){_END}"
)
_NOT_BUT = re.compile(
    rf"{_AT}(?:(?:{_SLIP})[,;\s]*)?(?:应该|应当)?不是(?P<no>[^,;。]{{1,40}}?)\s*[,;。、\s]*(?:而是|应该是|应当是|应为|应是|是)(?P<words>.+)",
    re.DOTALL,
)
_NOT = re.compile(r"(?:应该|应当)?不是(?P<no>[^,;。]{1,40})[。!\s]*")
_CHANGED = re.compile(
    rf"(?:(?:{_SLIP})[,;。!\s]*)?{_AT}(?:(?:{_SLIP})[,;。!\s]*)?(?:请|帮我|麻烦)?(?:改|更正|修改|调整|订正|更改|换)(?:一下)?(?:成|为|到|回|:)\s*:?\s*(?P<words>.+)",
    re.DOTALL,
)
_CHANGE_LINE = re.compile(
    rf"(?:改|更正|修改|订正|更改)(?:一下)?\s*(?P<line>{_LINE})\s*(?:成|为|到|:|是)?\s*(?P<words>.*)", re.DOTALL
)
_SLIPPED = re.compile(
    rf"{_AT}(?:{_SLIP})了?[,;。!\s]+(?:应该是|应当是|应为|应是|实际是|其实是|是)?\s*(?P<words>.+)", re.DOTALL
)
_SHOULD = re.compile(
    rf"{_AT}(?:应该|应当|实际|其实|正确的?)(?:是|为)\s*(?P<words>.+)|{_AT.replace('?P<line>', '?P<other>')}应(?:是|为)\s*(?P<more>.+)",
    re.DOTALL,
)
_FIGURE = r"(?:[\d.,%零〇一二两三四五六七八九十百千万亿成半]|百分之|个亿|多|元)+"
_VALUE = re.compile(rf"(?P<line>{_LINE})\s*(?:是|为|到|:|=)?\s*(?P<words>{_FIGURE})[。!\s]*")
_BARE = re.compile(r"\d{1,3}(?:\.\d+)?")
_SPELT = re.compile(r"[零〇一二两三四五六七八九十]{1,4}")
_SHORT = 300


def read_amend(text: str) -> Amend | None:
    """The change that words typed after a card ask for; None where they are nothing of the kind (a report, most often)."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed or len(typed) > _SHORT:
        return None
    if found := _WRONG.fullmatch(typed):
        return Amend(_line(found["line"]))
    if found := _DROP.fullmatch(typed):
        return Amend(_line(found["line"] or found["other"]), drop=True)
    if found := _NOT_BUT.fullmatch(typed):
        return _with(found["line"], found["words"], found["no"].strip())
    if found := _NOT.fullmatch(typed):
        return Amend(withdrawn=found["no"].strip())
    for pattern in (_CHANGED, _CHANGE_LINE, _SLIPPED, _VALUE):
        if found := pattern.fullmatch(typed):
            return _with(found["line"], found["words"])
    if found := _SHOULD.fullmatch(typed):
        return _with(found["line"] or found["other"], found["words"] or found["more"])
    return None


def _with(line: str | None, words: str, withdrawn: str = "") -> Amend:
    return Amend(_line(line), words.strip(), withdrawn)


def _line(word: str | None) -> str:
    return next((name for name, words in LINES.items() if word in words), "")


def as_percent(words: str) -> str:
    """A bare number said of the progress, as a percentage: 65 → 65%, 六十五 → 百分之六十五; other words as they are."""
    bare = words.strip(" 。.!！")
    if _BARE.fullmatch(bare):
        return f"{bare}%"
    return f"百分之{bare}" if _SPELT.fullmatch(bare) else words
